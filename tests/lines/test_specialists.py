"""When a specialist unit can be asked."""

from dataclasses import dataclass
from datetime import datetime, time

import pytest

from borgerlinje.kit.clock import COPENHAGEN
from borgerlinje.lines.specialists import status_of


@dataclass
class Unit:
    first_weekday: int = 0
    last_weekday: int = 4
    opens: time | None = time(8)
    closes: time | None = time(15)


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    """Return an instant of 2026: 24 November is a Tuesday."""
    return datetime(2026, month, day, hour, minute, tzinfo=COPENHAGEN)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [(at(24, 8), True), (at(24, 14, 59), True), (at(24, 15), False), (at(24, 7, 59), False), (at(28, 10), False)],
)
def test_open_on_its_weekdays_within_its_hours(moment: datetime, is_open: bool) -> None:  # noqa: FBT001 - a parameter
    assert status_of(Unit(), at=moment).is_open is is_open


def test_open_says_until_when_and_closed_from_when() -> None:
    assert status_of(Unit(), at=at(24, 10)).closes_at == at(24, 15)
    assert status_of(Unit(), at=at(24, 16)).opens_at == at(25, 8)
    assert status_of(Unit(), at=at(27, 16)).opens_at == at(30, 8)


def test_nobody_is_there_on_a_public_holiday() -> None:
    closed = status_of(Unit(), at=at(25, 10, month=12))
    assert (closed.is_open, closed.opens_at) == (False, at(28, 8, month=12))


def test_unit_without_times_is_always_there() -> None:
    assert status_of(Unit(opens=None, closes=None), at=at(28, 3)).is_open


def test_week_may_go_past_sunday() -> None:
    weekend = Unit(first_weekday=5, last_weekday=6)
    assert status_of(weekend, at=at(28, 10)).is_open
    assert not status_of(weekend, at=at(27, 10)).is_open
    around = Unit(first_weekday=6, last_weekday=0)
    assert status_of(around, at=at(29, 10)).is_open
    assert status_of(around, at=at(30, 10)).is_open
    assert not status_of(around, at=at(24, 10)).is_open
