"""A line's opening hours over HTTP: versions, special days, the year, what is refused and in which words, and who may."""

from datetime import UTC, date, datetime, time
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from borgerlinje.channels.phone import book
from borgerlinje.kit import clock
from borgerlinje.kit.request_database import run_here
from borgerlinje.lines import queries, schedules
from borgerlinje.lines.models import Line, OpeningPeriod, OpeningVersion, SpecialDay, SpecialPeriod
from borgerlinje.staff.models import ChangeNote
from borgerlinje.staff.roles import Role
from tests.console.test_crisis_pages import get, person, post, text_of
from tests.support.cast import LONG_AGO, Cast, later

PAGE, DAY = "/konsol/linje/hotline/aabningstider/", "/konsol/linje/hotline/saerlig-dag/"
NEW, HOLIDAYS = f"{PAGE}ny/", "/konsol/linje/hotline/lukkedage/"
TODAY = date(2026, 11, 24)
WEEK = {**{f"day{day}": "9–21" for day in range(4)}, "day4": "9–17", "day5": "", "day6": ""}


@pytest.fixture
def in_force(cast: Cast) -> OpeningVersion:
    """Nine to nine, Friday to five: the hours that hold today."""
    version = OpeningVersion.objects.create(line=cast.line, from_on=LONG_AGO, source="Budget 2016")
    for day in range(5):
        OpeningPeriod.objects.create(
            version=version, weekday=day, opens=time(9), closes=time(17) if day == 4 else time(21)
        )
    return version


def new_hours(**changes: str) -> dict[str, str]:
    return {**WEEK, "from_on": "2027-01-01", "source": "", **changes}


def special(**changes: str) -> dict[str, str]:
    return {"on": "2026-12-23", "kind": "hours", "hours": "10–14", "note": "Vi flytter til nye lokaler.", **changes}


def digest(answer: Any) -> str:
    """Return what the preview says it has shown."""
    return str(answer.content.decode()).split('name="set" value="', 1)[1].split('"', 1)[0]


def save(client: Client, path: str, **values: str) -> Any:
    """Look at a change first, and save what was looked at."""
    seen = post(client, path, **values, vis="1")
    assert seen.status_code == HTTPStatus.OK, text_of(seen)
    return post(client, path, **values, set=digest(seen), gem="1")


def faults(client: Client, path: str, **values: str) -> str:
    answer = post(client, path, **values, vis="1")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = text_of(answer)
    assert "Intet er gemt. Ret det, der er markeret" in page
    return page


# Versions.


def test_page_shows_the_week_the_versions_and_the_year(
    cast: Cast, secretariat: Client, in_force: OpeningVersion
) -> None:
    OpeningVersion.objects.create(line=cast.line, from_on=date(2010, 1, 1), to_on=LONG_AGO, source="Den gamle")
    SpecialDay.objects.create(line=cast.line, on=date(2026, 12, 23), opens=time(10), closes=time(14), note="Kort dag")
    SpecialDay.objects.create(line=cast.line, on=date(2026, 12, 30), note="Flytning")
    page = text_of(get(secretariat, PAGE))
    for said in (
        "56 timer om ugen",
        "Mandag–torsdag 9–21; fredag 9–17",
        "Budget 2016",
        "Den gamle",
        "Kalender 2026",
        "onsdag 23. december 2026: Særlig dag med andre tider 10–14 (Kort dag)",
        "onsdag 30. december 2026: Særlig dag, lukket (Flytning)",
        "I dag, tirsdag 24. november 2026: Åbent 9–21",
        "lørdag 28. november 2026: Lukket",
        "Helligdag, lukket (Juledag)",
        "Ingen har ændret noget endnu.",
    ):
        assert said in page, said
    assert str(in_force.pk)


def test_calendar_turns_to_other_years_and_ignores_what_is_no_year(
    secretariat: Client, in_force: OpeningVersion
) -> None:
    assert in_force.to_on is None
    page = text_of(get(secretariat, PAGE, aar="2027"))
    assert "Kalender 2027" in page
    assert "torsdag 25. marts 2027: Helligdag, lukket (Skærtorsdag)" in page
    for nonsense in ("x", "1", "99999", "²"):
        assert "Kalender 2026" in text_of(get(secretariat, PAGE, aar=nonsense))
    assert "?aar=1999" not in text_of(get(secretariat, PAGE, aar="2000"))


def test_line_without_hours_says_so(cast: Cast, secretariat: Client) -> None:
    assert "Linjen har ingen åbningstider i dag og er lukket." in text_of(get(secretariat, PAGE))
    Line.objects.filter(pk=cast.line.pk).update(always_open=True, always_open_reason="Prøvedrift")
    assert "Grunden er: Prøvedrift." in text_of(get(secretariat, PAGE))


def test_new_hours_begin_as_a_copy(secretariat: Client, in_force: OpeningVersion) -> None:
    assert in_force.to_on is None
    page = text_of(get(secretariat, NEW))
    assert page.count('value="9–21"') == 4
    assert page.count('value="9–17"') == 1


def test_new_hours_are_looked_at_before_they_are_stored(secretariat: Client, in_force: OpeningVersion) -> None:
    values = new_hours(from_on="2026-12-21", day0="9–12, 13–17", day5="10–14")
    seen = post(secretariat, NEW, **values, vis="1")
    page = text_of(seen)
    for said in (
        "Sådan bliver det",
        "Intet er gemt endnu.",
        # Two Mondays and a Saturday: the other Saturday is the second day of Christmas.
        "3 dage af de 14 bliver anderledes.",
        "Timer om ugen: før 56, nu 55.",
        "9–12, 13–17",
        "Lukket (Juledag)",
    ):
        assert said in page, said
    # Pressing "save" without having looked, or after having changed something, only shows it.
    assert "Sådan bliver det" in text_of(post(secretariat, NEW, **values, gem="1"))
    changed = text_of(post(secretariat, NEW, **{**values, "day0": "9–12"}, set=digest(seen), gem="1"))
    assert "Du har rettet noget siden." in changed
    assert OpeningVersion.objects.get() == in_force
    assert post(secretariat, NEW, **values, set=digest(seen), gem="1")["Location"] == PAGE
    in_force.refresh_from_db()
    new = OpeningVersion.objects.get(from_on=date(2026, 12, 21))
    assert (in_force.to_on, new.to_on) == (date(2026, 12, 21), None)
    monday = new.periods.filter(weekday=0).values_list("opens", "closes")
    assert list(monday) == [(time(9), time(12)), (time(13), time(17))]


def test_stored_hours_are_told_and_open_the_line(cast: Cast, secretariat: Client, in_force: OpeningVersion) -> None:
    tuesday_noon = later(0).replace(hour=11)
    assert queries.line_status(cast.line, at=tuesday_noon).is_open
    save(secretariat, NEW, **new_hours(from_on="2026-11-24", day1="", source="Direktionen 20-11-2026"))
    assert not queries.line_status(Line.objects.get(pk=cast.line.pk), at=tuesday_noon).is_open
    page = text_of(get(secretariat, PAGE))
    assert "Åbningstiderne er gemt. De gælder fra den dato, du valgte." in page
    assert "Direktionen 20-11-2026" in page
    assert "fra 24-11-2026: mandag 9–21; onsdag–torsdag 9–21; fredag 9–17" in page
    note = ChangeNote.objects.get()
    assert (note.kind, note.object_id, str(note.by)) == ("line_hours", str(cast.line.pk), "Sofie")
    assert note.before == {"hours": "mandag–torsdag 9–21; fredag 9–17"}
    assert in_force.pk


def test_hours_between_two_versions_last_until_the_next(
    cast: Cast, secretariat: Client, in_force: OpeningVersion
) -> None:
    save(secretariat, NEW, **new_hours(from_on="2027-03-01", day5="10–12"))
    seen = text_of(post(secretariat, NEW, **new_hours(from_on="2027-01-04", day5="10–14"), vis="1"))
    assert "De gælder til 01-03-2027, hvor andre begynder." in seen
    save(secretariat, NEW, **new_hours(from_on="2027-01-04", day5="10–14"))
    found = cast.line.opening_versions.values_list("from_on", "to_on")
    assert list(found) == [
        (in_force.from_on, date(2027, 1, 4)),
        (date(2027, 1, 4), date(2027, 3, 1)),
        (date(2027, 3, 1), None),
    ]


def test_coming_hours_are_withdrawn(cast: Cast, secretariat: Client, in_force: OpeningVersion) -> None:
    save(secretariat, NEW, **new_hours(day5="10–14"))
    coming = cast.line.opening_versions.get(from_on=date(2027, 1, 1))
    assert "Træk tilbage" in text_of(get(secretariat, PAGE))
    assert post(secretariat, f"{PAGE}{coming.pk}/tilbage/")["Location"] == PAGE
    in_force.refresh_from_db()
    assert in_force.to_on is None
    assert list(cast.line.opening_versions.all()) == [in_force]
    assert ChangeNote.objects.count() == 2
    assert "De, der gjaldt før, gælder stadig." in text_of(get(secretariat, PAGE))
    # Those that hold, or have held, are history and stay.
    assert post(secretariat, f"{PAGE}{in_force.pk}/tilbage/").status_code == HTTPStatus.NOT_FOUND


def test_withdrawn_hours_between_two_give_their_time_back(
    cast: Cast, secretariat: Client, in_force: OpeningVersion
) -> None:
    for from_on, saturday in (("2027-03-01", "10–12"), ("2027-01-04", "10–14")):
        save(secretariat, NEW, **new_hours(from_on=from_on, day5=saturday))
    middle = cast.line.opening_versions.get(from_on=date(2027, 1, 4))
    post(secretariat, f"{PAGE}{middle.pk}/tilbage/")
    in_force.refresh_from_db()
    assert in_force.to_on == date(2027, 3, 1)


def test_every_fault_of_new_hours_is_said_at_once(secretariat: Client, in_force: OpeningVersion) -> None:
    page = faults(
        secretariat,
        NEW,
        **new_hours(from_on="2026-11-23", day0="9–12, 11–15", day1="17–9", day2="ni til fem", source="0101701234"),
    )
    for fault in (
        "Den dato er gået. Vælg i dag eller senere.",
        "11–15 begynder, før tidsrummet før det er slut.",
        "17–9 slutter, før det begynder. Midnat skrives 24.",
        "»ni til fem« er ikke et tidsrum. Skriv fx 9–12, 13–17.",
    ):
        assert fault in page, fault
    # What was typed is still there to be mended.
    assert 'value="ni til fem"' in page
    assert "Vælg en dato." in faults(secretariat, NEW, **new_hours(from_on=""))
    assert "mere end fem år ude" in faults(secretariat, NEW, **new_hours(from_on="2040-01-01"))
    assert "Ret mindst én dag." in faults(secretariat, NEW, **new_hours())
    save(secretariat, NEW, **new_hours(day5="10–14"))
    assert "Den dato begynder allerede andre åbningstider." in faults(secretariat, NEW, **new_hours(day5="10–12"))
    assert in_force.pk
    assert OpeningVersion.objects.count() == 2


def test_changed_hours_are_hinted_to_the_telephone(
    cast: Cast, secretariat: Client, in_force: OpeningVersion, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[Any] = []

    def heard(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's interface
        if "pg_notify" in sql:
            sent.extend(params[1])
        return execute(sql, params, many, context)

    seen = digest(post(secretariat, NEW, **new_hours(day5="10–14"), vis="1"))
    with connection.execute_wrapper(heard), django_capture_on_commit_callbacks(execute=True):
        post(secretariat, NEW, **new_hours(day5="10–14"), set=seen, gem="1")
    assert f"line:{cast.line.pk}" in sent
    assert in_force.pk


# Special days.


def test_special_day_is_looked_at_stored_and_changed(cast: Cast, secretariat: Client, in_force: OpeningVersion) -> None:
    assert in_force.pk
    seen = post(secretariat, DAY, **special(), vis="1")
    page = text_of(seen)
    assert "1 dag af de 14 bliver anderledes." in page
    assert "10–14 (Vi flytter til nye lokaler.)" in page
    assert not SpecialDay.objects.exists()
    assert post(secretariat, DAY, **special(), set=digest(seen), gem="1")["Location"] == PAGE
    day = SpecialDay.objects.get()
    assert (day.on, day.opens, day.closes) == (date(2026, 12, 23), time(10), time(14))
    assert 'value="10–14"' in text_of(get(secretariat, f"{DAY}{day.pk}/"))
    moved = special(on="2026-12-22", kind="closed", hours="")
    assert "2 dage af de 14 bliver anderledes." in text_of(post(secretariat, f"{DAY}{day.pk}/", **moved, vis="1"))
    save(secretariat, f"{DAY}{day.pk}/", **moved)
    day.refresh_from_db()
    assert (day.on, day.opens, day.closes) == (date(2026, 12, 22), None, None)
    last = ChangeNote.objects.exclude(before={}).get()
    assert last.before == {"special_day": "23-12-2026: 10–14 (Vi flytter til nye lokaler.)"}
    assert last.after == {"special_day": "22-12-2026: lukket (Vi flytter til nye lokaler.)"}
    assert "22-12-2026: lukket" in text_of(get(secretariat, PAGE))
    assert cast.line.special_days.count() == 1


def test_every_fault_of_a_special_day_is_said_at_once(cast: Cast, secretariat: Client) -> None:
    page = faults(secretariat, DAY, **special(on="2026-11-23", kind="", hours="14–10", note=""))
    for fault in (
        "Den dato er gået. Vælg i dag eller senere.",
        "Vælg, hvad der sker.",
        "14–10 slutter, før det begynder.",
        "Skriv, hvorfor dagen er anderledes. Borgeren får det at vide.",
    ):
        assert fault in page, fault
    assert "Du har valgt, at der er lukket." in faults(secretariat, DAY, **special(kind="closed"))
    assert "Skriv, hvornår der er åbent, fx 10–14." in faults(secretariat, DAY, **special(hours=""))
    assert "11–14 begynder, før tidsrummet før det er slut." in faults(secretariat, DAY, **special(hours="9–12, 11–14"))
    SpecialDay.objects.create(line=cast.line, on=date(2026, 12, 23), note="Julefrokost")
    taken = faults(secretariat, DAY, **special())
    assert "Nogle af dagene er særlige dage i forvejen. Der er ikke lavet noget." in taken
    assert "Hotline: onsdag 23. december 2026 er allerede en særlig dag, lukket (Julefrokost)." in taken
    assert SpecialDay.objects.count() == 1


def test_special_day_may_close_in_between(cast: Cast, secretariat: Client, in_force: OpeningVersion) -> None:
    assert save(secretariat, DAY, **special(hours="13–14, 9–12, 20–24"))["Location"] == PAGE
    day = SpecialDay.objects.get()
    openings = [(time(9), time(12)), (time(13), time(14)), (time(20), time(0))]
    assert day.spans == openings
    # The telephone, the pages and the write paths read the same.
    assert list(queries.schedule(cast.line, at=later(0)).special[day.on]) == openings
    assert list(queries.schedule(queries.shown_line(cast.line.pk), at=later(0)).special[day.on]) == openings
    assert sorted(run_here(schedules.schedule_of(cast.line.pk, at=later(0))).special[day.on]) == sorted(openings)
    page = text_of(get(secretariat, PAGE))
    assert "Særlig dag med andre tider 9–12, 13–14, 20–24" in page
    assert 'value="9–12, 13–14, 20–24"' in text_of(get(secretariat, f"{DAY}{day.pk}/"))
    post(secretariat, f"{DAY}{day.pk}/fjern/")
    assert not SpecialPeriod.objects.exists()
    post(secretariat, f"{DAY}fortryd/")
    assert SpecialDay.objects.get().spans == openings
    save(secretariat, f"{DAY}{SpecialDay.objects.get().pk}/", **special(hours="10–12"))
    assert SpecialDay.objects.get().spans == [(time(10), time(12))]
    assert in_force.pk


# Holidays.


def test_line_chooses_which_optional_holidays_it_observes(
    cast: Cast, secretariat: Client, in_force: OpeningVersion
) -> None:
    SpecialDay.objects.create(line=cast.line, on=date(2026, 12, 31), note="Status")
    page = text_of(get(secretariat, PAGE))
    for said in (
        "På de danske helligdage er linjen altid lukket.",
        'Grundlovsdag</span> <span class="bl-small">fredag 5. juni 2026',
        "torsdag 31. december 2026, særlig dag, som går forud",
        "torsdag 24. december 2026: Åbent 9–21",
    ):
        assert said in page, said
    ticked = {"aar": "2026", "dag": ["Juleaftensdag", "Grundlovsdag", "Opdigtet"]}
    assert post(secretariat, HOLIDAYS, **ticked)["Location"] == f"{PAGE}?aar=2026#helligdage"
    cast.line.refresh_from_db()
    assert cast.line.optional_holidays == ["Grundlovsdag", "Juleaftensdag"]
    page = text_of(get(secretariat, PAGE))
    assert "torsdag 24. december 2026: Helligdag, lukket (Juleaftensdag)" in page
    assert page.count("checked>") == 2
    assert "Lukker også" in page
    assert not queries.line_status(cast.line, at=datetime(2026, 12, 24, 10, tzinfo=UTC)).is_open
    post(secretariat, HOLIDAYS, aar="2026")
    cast.line.refresh_from_db()
    assert cast.line.optional_holidays == []
    assert ChangeNote.objects.filter(kind="line_hours").count() == 2
    assert in_force.pk


def test_line_that_closes_for_good_is_closed_in_the_calendar(
    cast: Cast, secretariat: Client, in_force: OpeningVersion
) -> None:
    Line.objects.filter(pk=cast.line.pk).update(ended_on=date(2026, 12, 1))
    page = text_of(get(secretariat, PAGE))
    assert "mandag 30. november 2026: Åbent 9–21" in page
    assert "tirsdag 1. december 2026: Lukket" in page
    assert in_force.pk


def test_removed_special_day_is_put_back(cast: Cast, secretariat: Client) -> None:
    day = SpecialDay.objects.create(
        line=cast.line, on=date(2026, 12, 23), opens=time(10), closes=time(0), note="Åben jul"
    )
    assert post(secretariat, f"{DAY}{day.pk}/fjern/")["Location"] == PAGE
    assert not SpecialDay.objects.exists()
    assert "onsdag 23. december 2026 er ikke længere en særlig dag." in text_of(get(secretariat, PAGE))
    assert post(secretariat, f"{DAY}fortryd/")["Location"] == PAGE
    back = SpecialDay.objects.get()
    assert (back.on, back.opens, back.closes, back.note) == (day.on, time(10), time(0), "Åben jul")
    assert ChangeNote.objects.count() == 2
    # Once only.
    assert post(secretariat, f"{DAY}fortryd/").status_code == HTTPStatus.NOT_FOUND


def test_removed_special_day_is_not_put_back_over_another_or_too_late(cast: Cast, secretariat: Client) -> None:
    day = SpecialDay.objects.create(line=cast.line, on=date(2026, 12, 23), note="Den første")
    post(secretariat, f"{DAY}{day.pk}/fjern/")
    other = SpecialDay.objects.create(line=cast.line, on=date(2026, 12, 23), note="Den anden")
    post(secretariat, f"{DAY}fortryd/")
    assert "er blevet en anden særlig dag imens." in text_of(get(secretariat, PAGE))
    assert SpecialDay.objects.get() == other
    post(secretariat, f"{DAY}{other.pk}/fjern/")
    with clock.turned(later(601)):
        assert "ikke længere en særlig dag" not in text_of(get(secretariat, PAGE))
        assert post(secretariat, f"{DAY}fortryd/").status_code == HTTPStatus.NOT_FOUND


def test_special_day_that_is_over_stays(cast: Cast, secretariat: Client) -> None:
    over = SpecialDay.objects.create(line=cast.line, on=date(2026, 11, 23), note="I går")
    for path in (f"{DAY}{over.pk}/", f"{DAY}{over.pk}/fjern/"):
        assert post(secretariat, path, **special()).status_code == HTTPStatus.NOT_FOUND
    assert "23-11-2026: lukket (I går)" in text_of(get(secretariat, PAGE))


def test_hours_of_others_are_not_set(cast: Cast, in_force: OpeningVersion) -> None:
    day = SpecialDay.objects.create(line=cast.line, on=date(2026, 12, 23), note="Vores")
    other = person(cast, "Otte", Role.SECRETARIAT, cast.outside)
    for path in (PAGE, NEW, DAY, f"{DAY}{day.pk}/"):
        assert get(other, path).status_code == HTTPStatus.NOT_FOUND
    for path in (
        NEW,
        DAY,
        f"{DAY}{day.pk}/",
        f"{DAY}{day.pk}/fjern/",
        f"{DAY}fortryd/",
        f"{PAGE}{in_force.pk}/tilbage/",
    ):
        assert post(other, path, **new_hours(), **special()).status_code == HTTPStatus.NOT_FOUND
    planner = person(cast, "Palle", Role.PLANNER)
    assert get(planner, PAGE).status_code == HTTPStatus.FORBIDDEN
    assert SpecialDay.objects.get() == day


def test_reason_is_said_on_the_telephone_on_its_day(cast: Cast, secretariat: Client) -> None:
    save(secretariat, DAY, **special(on="2026-11-24", kind="closed", hours=""))
    line = Line.objects.get(pk=cast.line.pk)
    assert book._entry(line, (), later(0)).closed_text == "Vi flytter til nye lokaler. Vi har lukket."
    assert book._entry(line, (), later(86_400)).closed_text == "Vi har lukket."
