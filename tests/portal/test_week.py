"""A line's coming seven days: hours, and why a day differs."""

from datetime import UTC, date, datetime, time

from django.utils import translation

from borgerlinje.lines.models import Line, LineNumber, SpecialDay
from borgerlinje.portal.week import week
from tests.portal.asking import ready, text
from tests.portal.test_portal_pages import get
from tests.support.cast import NOW, Cast


def days(line: Line, at: datetime = NOW) -> list[tuple[str, str, str]]:
    return [(day.name, day.hours, day.why) for day in week(Line.objects.get(pk=line.pk), at)]


def test_week_begins_today_and_has_seven_days(cast: Cast) -> None:
    ready(cast)
    shown = week(cast.line, NOW)
    assert [day.name for day in shown][:2] == ["tirsdag", "onsdag"]
    assert len(shown) == 7
    assert [day.is_today for day in shown] == [True] + [False] * 6
    assert shown[0].on == "24. november"


def test_special_day_has_its_hours_and_its_reason(cast: Cast) -> None:
    ready(cast)
    SpecialDay.objects.create(line=cast.line, on=date(2026, 11, 25), note="Personaledag")
    SpecialDay.objects.create(
        line=cast.line, on=date(2026, 11, 26), opens=time(10), closes=time(0), note="Åbent til midnat"
    )
    shown = days(cast.line)
    assert shown[1] == ("onsdag", "Lukket", "Personaledag")
    assert shown[2] == ("torsdag", "10–24", "Åbent til midnat")
    page = text(get("/kommune/370/"))
    assert "Lukket Personaledag" in page
    assert "I dag:" in page


def test_holiday_says_which_unless_the_line_is_open_on_it(cast: Cast) -> None:
    ready(cast)
    christmas = datetime(2026, 12, 24, 9, tzinfo=UTC)
    assert days(cast.line, christmas)[1] == ("fredag", "Lukket", "Juledag")
    SpecialDay.objects.create(line=cast.line, on=date(2026, 12, 25), opens=time(9), closes=time(12, 30))
    assert days(cast.line, christmas)[1] == ("fredag", "9–12.30", "")


def test_times_are_written_as_english_readers_do(cast: Cast) -> None:
    ready(cast)
    SpecialDay.objects.create(line=cast.line, on=date(2026, 11, 24), opens=time(9), closes=time(0))
    with translation.override("en"):
        assert week(cast.line, NOW)[0].hours == "09:00–24:00"


def test_line_that_is_always_open_has_no_table(cast: Cast) -> None:
    cast.line.always_open = True
    assert week(cast.line, NOW) == ()


def test_line_that_has_no_number_yet_is_shown_nowhere_and_breaks_no_page(cast: Cast) -> None:
    Line.objects.create(
        slug="ny", name="Ny linje", owner=cast.own, centre=cast.centre, greeting_text="Hej.", closed_text="Lukket."
    )
    assert LineNumber.objects.filter(line__slug="ny").count() == 0
    assert "Ny linje" not in text(get("/"))
