"""The check digit of a CVR number, and the half-yearly dates."""

from datetime import date

import pytest

from borgerlinje.cooperation.cvr import is_cvr
from borgerlinje.cooperation.intake import is_intake, next_intake


@pytest.mark.parametrize("number", ["64942212", "29189625", "29188505", "34051178"])
def test_numbers_of_real_authorities_pass(number: str) -> None:
    assert is_cvr(number)


@pytest.mark.parametrize("number", ["", "6494221", "649422120", "64942213", "46942212", "6494221x", "６４９４２２１２"])
def test_what_is_no_number_or_mistyped_fails(number: str) -> None:
    assert not is_cvr(number)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 24), date(2027, 1, 1)),
        (date(2027, 1, 1), date(2027, 7, 1)),
        (date(2027, 6, 30), date(2027, 7, 1)),
        (date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_next_half_year_is_the_first_date_after(day: date, expected: date) -> None:
    assert next_intake(day) == expected
    assert is_intake(expected)
    assert not is_intake(date(2026, 11, 24))
