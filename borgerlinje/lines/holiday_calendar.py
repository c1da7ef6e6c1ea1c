"""Danish public holidays, and the optional days each line chooses for itself.

Source of the dates: the library `holidays`, which knows among other things that store bededag ended with 2023. Days on which many
but not all are closed (1 May, Constitution Day, 24 and 31 December) are its category "optional".
"""

from collections.abc import Collection
from datetime import date
from functools import cache

from holidays import country_holidays
from holidays.constants import OPTIONAL, PUBLIC


@cache
def _days(year: int, category: str) -> dict[date, str]:
    return dict(country_holidays("DK", years=year, categories=(category,), language="da").items())


def optional_days(year: int) -> dict[date, str]:
    """Return the days of a year on which a line may choose to be closed, with their Danish names."""
    return dict(sorted(_days(year, OPTIONAL).items()))


def closed_days(years: Collection[int], chosen: Collection[str]) -> dict[date, str]:
    """Return the holidays of some years: every public one, and the optional ones whose name is in `chosen`."""
    closed: dict[date, str] = {}
    for year in years:
        closed.update({day: name for day, name in _days(year, OPTIONAL).items() if name in chosen})
        closed.update(_days(year, PUBLIC))
    return closed
