"""A year of a line, day by day."""

from datetime import date, time

from hypothesis import given
from hypothesis import strategies as st

from borgerlinje.lines.holiday_calendar import closed_days
from borgerlinje.lines.hours import Schedule, Version, closed_words
from borgerlinje.lines.year import Kind, day_of, months_of
from tests.support.cast import NOW

WEEK = {day: [(time(9), time(17))] for day in range(5)}
CHRISTMAS, EVE = date(2026, 12, 25), date(2026, 12, 24)
LINE = Schedule(
    versions=(Version(date(2026, 1, 1), None, WEEK),),
    special={EVE: [(time(9), time(12))], date(2026, 11, 24): []},
    holidays=closed_days({2026}, ()),
    reasons={EVE: "Juleaften", date(2026, 11, 24): "Vi flytter"},
)


def test_days_are_what_the_timetable_the_calendar_and_the_special_days_make_them() -> None:
    kinds = {
        date(2026, 11, 23): Kind.OPEN,
        date(2026, 11, 22): Kind.CLOSED,
        date(2026, 11, 24): Kind.SPECIAL_CLOSED,
        EVE: Kind.SPECIAL_OPEN,
        CHRISTMAS: Kind.HOLIDAY,
        date(2025, 11, 24): Kind.CLOSED,
    }
    assert {on: day_of(LINE, on).kind for on in kinds} == kinds
    assert day_of(LINE, EVE).why == "Juleaften"
    assert "jul" in day_of(LINE, CHRISTMAS).why.lower()


@given(st.integers(2000, 2100))
def test_year_has_each_of_its_days_once_in_weeks_of_seven(year: int) -> None:
    months = months_of(LINE, year)
    assert len(months) == 12
    assert {len(week) for month in months for week in month} == {7}
    days = [day.on for month in months for week in month for day in week if day is not None]
    assert days[0] == date(year, 1, 1)
    assert days[-1] == date(year, 12, 31)
    assert len(days) == (date(year + 1, 1, 1) - date(year, 1, 1)).days
    assert days == sorted(set(days))


def test_reason_of_a_special_day_is_said_first_and_on_that_day_only() -> None:
    assert closed_words(LINE, "Vi har lukket.", NOW) == "Vi flytter. Vi har lukket."
    assert closed_words(Schedule(), "Vi har lukket.", NOW) == "Vi har lukket."
    asked = Schedule(reasons={date(2026, 11, 24): "Vi flytter!"})
    assert closed_words(asked, "Vi har lukket.", NOW) == "Vi flytter! Vi har lukket."
