"""Several special days at once over HTTP: on many lines and dates, all or nothing, looked at first and taken back together."""

from collections.abc import Iterator
from datetime import date, time
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from borgerlinje.kit import clock
from borgerlinje.lines.models import Line, OpeningPeriod, OpeningVersion, SpecialDay
from borgerlinje.staff.models import ChangeNote
from borgerlinje.staff.roles import Role
from tests.console.test_crisis_pages import get, person, post, text_of
from tests.console.test_hours_pages import DAY, PAGE, digest, faults, special
from tests.support.cast import LONG_AGO, Cast, later
from tests.support.counting import Counter

UNMAKE = f"{DAY}fortryd-nye/"
WEDNESDAY, SUNDAY = date(2026, 12, 2), date(2026, 12, 6)


@pytest.fixture(autouse=True)
def _at_a_fixed_time() -> Iterator[None]:
    with clock.turned(later(0)):
        yield


@pytest.fixture
def secretariat(cast: Cast) -> Client:
    return person(cast, "Sofie", Role.SECRETARIAT)


@pytest.fixture
def second(cast: Cast) -> Line:
    """Another line of the same centre; both are open on weekdays."""
    line = Line.objects.create(
        slug="affald",
        name="Affald",
        owner=cast.own,
        centre=cast.centre,
        skill=cast.skill,
        greeting_text="Hej.",
        closed_text="Lukket.",
    )
    for each in (cast.line, line):
        version = OpeningVersion.objects.create(line=each, from_on=LONG_AGO)
        OpeningPeriod.objects.bulk_create(
            OpeningPeriod(version=version, weekday=day, opens=time(9), closes=time(17)) for day in range(5)
        )
    return line


def closed(**changes: Any) -> dict[str, Any]:
    usual = special(on=str(WEDNESDAY), to_on=str(SUNDAY), kind="closed", hours="", note="Vi flytter.")
    return {**usual, "skips_closed": "on", "all_lines": "on", **changes}


def save(client: Client, **values: Any) -> Any:
    seen = post(client, DAY, **values, vis="1")
    assert seen.status_code == HTTPStatus.OK, text_of(seen)
    return post(client, DAY, **values, set=digest(seen), gem="1")


def stored() -> list[tuple[str, date]]:
    return list(SpecialDay.objects.order_by("line__name", "on").values_list("line__name", "on"))


def test_day_in_the_calendar_opens_the_form_with_its_date(cast: Cast, secretariat: Client, second: Line) -> None:
    assert second.pk
    page = text_of(get(secretariat, PAGE))
    assert f'href="{DAY}?dato=2026-12-02" aria-label="onsdag 2. december 2026: Åbent 9–17"' in page
    assert "?dato=2026-11-23" not in page, "what is over is not made special"
    assert "?dato=2026-11-24" in page
    form = text_of(get(secretariat, DAY, dato="2026-12-02"))
    assert 'name="on" value="2026-12-02"' in form
    for nonsense in ("2026-11-23", "x", "2026-02-30"):
        assert 'name="on" value' not in text_of(get(secretariat, DAY, dato=nonsense))
    day = SpecialDay.objects.create(line=cast.line, on=WEDNESDAY, note="Flytning")
    assert f'href="{DAY}{day.pk}/"' in text_of(get(secretariat, PAGE))


def test_dates_on_all_lines_are_looked_at_and_made_together(cast: Cast, secretariat: Client, second: Line) -> None:
    seen = post(secretariat, DAY, **closed(), vis="1")
    page = text_of(seen)
    for said in (
        "Alle linjer i Prøvecenter (2)",
        "6 særlige dage bliver lavet.",
        "Hotline: 3 dage",
        "Affald: 3 dage",
        "Lukket (Vi flytter.)",
        "lukket i forvejen, springes over",
    ):
        assert said in page, said
    assert not SpecialDay.objects.exists()
    assert post(secretariat, DAY, **closed(), set=digest(seen), gem="1")["Location"] == PAGE
    week = [WEDNESDAY, date(2026, 12, 3), date(2026, 12, 4)]
    assert stored() == [*(("Affald", on) for on in week), *(("Hotline", on) for on in week)]
    assert "6 særlige dage er gemt på 2 linjer." in text_of(get(secretariat, PAGE))
    note = ChangeNote.objects.get(object_id=str(second.pk))
    assert note.after == {"special_day": "3 dage fra 02-12-2026 til 04-12-2026: lukket (Vi flytter.)"}


def test_days_made_together_are_taken_back_together(cast: Cast, secretariat: Client, second: Line) -> None:
    other = SpecialDay.objects.create(line=second, on=date(2026, 12, 9), note="En anden")
    save(secretariat, **closed(kind="hours", hours="10–12, 13–14"))
    assert SpecialDay.objects.count() == 7
    assert post(secretariat, UNMAKE)["Location"] == PAGE
    assert SpecialDay.objects.get() == other
    assert "De særlige dage er fjernet igen." in text_of(get(secretariat, PAGE))
    assert post(secretariat, UNMAKE).status_code == HTTPStatus.NOT_FOUND, "once only"
    save(secretariat, **closed())
    with clock.turned(later(601)):
        assert post(secretariat, UNMAKE).status_code == HTTPStatus.NOT_FOUND


def test_days_of_which_one_was_touched_since_all_stay(secretariat: Client, second: Line) -> None:
    save(secretariat, **closed())
    second.special_days.filter(on=WEDNESDAY).update(note="Rettet af en anden")
    post(secretariat, UNMAKE)
    assert "En af dagene er ændret imens. Der er ikke fjernet noget." in text_of(get(secretariat, PAGE))
    assert SpecialDay.objects.count() == 6


def test_day_that_is_special_already_stops_them_all(secretariat: Client, second: Line) -> None:
    SpecialDay.objects.create(line=second, on=date(2026, 12, 3), opens=time(10), closes=time(12), note="Julefrokost")
    page = faults(secretariat, DAY, **closed())
    assert "Nogle af dagene er særlige dage i forvejen. Der er ikke lavet noget." in page
    assert "Affald: torsdag 3. december 2026 er allerede en særlig dag, 10–12 (Julefrokost)." in page
    assert SpecialDay.objects.count() == 1
    # Unless they are to stay as they are.
    assert "Lad dem være, og lav resten" in page
    assert "særlig i forvejen, bliver ikke rørt" in text_of(post(secretariat, DAY, **closed(keeps="on"), vis="1"))
    save(secretariat, **closed(keeps="on"))
    assert SpecialDay.objects.count() == 6
    assert second.special_days.get(on=date(2026, 12, 3)).note == "Julefrokost"


def test_day_that_another_makes_meanwhile_is_shown_before_anything_is_made(secretariat: Client, second: Line) -> None:
    seen = digest(post(secretariat, DAY, **closed(keeps="on"), vis="1"))
    SpecialDay.objects.create(line=second, on=WEDNESDAY, note="Lige lavet")
    page = text_of(post(secretariat, DAY, **closed(keeps="on"), set=seen, gem="1"))
    assert "særlig i forvejen, bliver ikke rørt" in page
    assert SpecialDay.objects.count() == 1


def test_chosen_lines_and_every_date_when_none_is_skipped(cast: Cast, secretariat: Client, second: Line) -> None:
    save(secretariat, **closed(all_lines="", lines=[second.pk], skips_closed=""))
    assert stored() == [("Affald", date(2026, 12, day)) for day in range(2, 7)]
    # A single date is made though the line is closed on it: that is why one chooses it.
    sunday = closed(on=str(SUNDAY), to_on="", all_lines="", lines=[cast.line.pk], kind="hours", hours="10–12")
    save(secretariat, **sunday)
    assert cast.line.special_days.get().on == SUNDAY


def test_faults_of_a_stretch_are_said(cast: Cast, secretariat: Client, second: Line) -> None:
    assert "Den sidste dag ligger før den første." in faults(secretariat, DAY, **closed(to_on="2026-12-01"))
    assert "Vælg højst 62 dage ad gangen." in faults(secretariat, DAY, **closed(to_on="2027-02-02"))
    assert "Vælg mindst én linje." in faults(secretariat, DAY, **closed(all_lines=""))
    assert "Vælg en dato." in faults(secretariat, DAY, **closed(to_on="snart"))
    weekend = closed(on="2026-12-05")
    assert "Der er ingen dag at lave" in faults(secretariat, DAY, **weekend)
    stranger = Line.objects.create(
        slug="andet", name="Andet", owner=cast.outside, centre=cast.outside.hosted_centres.get(), greeting_text="A"
    )
    assert "Vælg linjer, som du må ændre." in faults(secretariat, DAY, **closed(all_lines="", lines=[stranger.pk]))
    assert second.pk
    assert not SpecialDay.objects.exists()


def test_many_lines_cost_no_more_questions_than_two(cast: Cast, secretariat: Client, second: Line) -> None:
    def asked() -> int:
        counter = Counter()
        with connection.execute_wrapper(counter):
            assert post(secretariat, DAY, **closed(), vis="1").status_code == HTTPStatus.OK
        return counter.count

    few = asked()
    for number in range(4):
        Line.objects.create(
            slug=f"mere-{number}",
            name=f"Mere {number}",
            owner=cast.own,
            centre=cast.centre,
            skill=cast.skill,
            greeting_text="Hej.",
        )
    assert second.pk
    assert asked() == few
    assert few <= 20
