"""The coverage map over HTTP: who answers whose citizens when, for a usual week and for a chosen one."""

import csv
import io
from datetime import date, time
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from borgerlinje.lines.models import Line, LineNumber, OpeningPeriod, OpeningVersion, SpecialDay, SwitchboardHours
from borgerlinje.staff.models import ChangeNote
from borgerlinje.staff.roles import Role
from tests.console.test_crisis_pages import get, person, post, text_of
from tests.support.cast import LONG_AGO, Cast

PAGE, TABLE = "/konsol/daekning/", "/konsol/daekning/tabel.csv"


@pytest.fixture
def hours(cast: Cast) -> OpeningVersion:
    """The line is open from 8 to 20 on workdays; Næstved's own switchboard from 9 to 15.30."""
    version = OpeningVersion.objects.create(line=cast.line, from_on=LONG_AGO)
    for day in range(5):
        OpeningPeriod.objects.create(version=version, weekday=day, opens=time(8), closes=time(20))
        SwitchboardHours.objects.create(authority=cast.own, weekday=day, opens=time(9), closes=time(15, 30))
    return version


def switchboard_of(authority_id: int) -> str:
    return f"/konsol/daekning/omstilling/{authority_id}/"


def table(client: Client, **query: str) -> list[list[str]]:
    answer = get(client, TABLE, **query)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_usual_week_says_who_answers_in_words_and_hours(secretariat: Client, hours: OpeningVersion) -> None:
    assert hours.to_on is None
    page = text_of(get(secretariat, PAGE))
    for said in (
        "En almindelig uge",
        "Mandag–fredag",
        'title="Egen omstilling 9–15.30"',
        "Egen 9–15.30<",
        "Centret 15.30–20",
        "Ingen 20–24",
        "Lørdag–søndag",
        "Ingen 0–24",
        "Centrets linjer: Hotline",
        "Omstillingens tider er ikke skrevet ind.",
        # Næstved: 32,5 own, 27,5 the centre, 108 nobody. Slagelse: 60 the centre.
        '<td class="is-num">32,5</td><td class="is-num">27,5</td><td class="is-num">108</td>',
        '<td class="is-num">0</td><td class="is-num">60</td><td class="is-num">108</td>',
    ):
        assert said in page, said
    assert "København" not in page


def test_chosen_week_counts_special_days_and_holidays(cast: Cast, secretariat: Client, hours: OpeningVersion) -> None:
    assert hours.to_on is None
    SpecialDay.objects.create(line=cast.line, on=date(2026, 12, 22), opens=time(10), closes=time(16), note="Kort")
    page = text_of(get(secretariat, PAGE, dag="2026-12-24"))
    assert "Ugen fra 21-12-2026 til 27-12-2026" in page
    rows = table(secretariat, dag="2026-12-24")
    minutes: dict[tuple[str, str], list[int]] = {}
    for row in rows[1:]:
        counted = minutes.setdefault((row[0], row[2]), [0, 0, 0])
        for at, figure in enumerate(row[7:10]):
            counted[at] += int(figure)
    assert minutes["Næstved", "21-12-2026"] == [390, 330, 720]
    # Own from 9 to 15.30, the centre only its last half hour.
    assert minutes["Næstved", "22-12-2026"] == [390, 30, 1020]
    # Christmas Day: neither the switchboard nor the line.
    assert minutes["Næstved", "25-12-2026"] == [0, 0, 1440]
    assert minutes["Slagelse", "22-12-2026"] == [0, 360, 1080]


def test_table_has_each_hour_of_each_member_once(secretariat: Client, hours: OpeningVersion) -> None:
    assert hours.to_on is None
    rows = table(secretariat)
    assert len(rows) == 1 + 2 * 7 * 24
    assert {sum(int(figure) for figure in row[7:10]) for row in rows[1:]} == {60}
    half = next(row for row in rows if row[:2] == ["Næstved", "Mandag"] and row[3] == "15")
    assert half == ["Næstved", "Mandag", "", "15", "16", "Centret", "nej", "30", "30", "0"]


def test_line_without_a_number_for_a_member_does_not_count(
    cast: Cast, secretariat: Client, hours: OpeningVersion
) -> None:
    assert hours.to_on is None
    LineNumber.objects.filter(digits="1881").delete()
    page = text_of(get(secretariat, PAGE))
    assert "Ingen af centrets linjer har et nummer til borgerne her." in page
    assert '<td class="is-num">0</td><td class="is-num">0</td><td class="is-num">168</td>' in page
    assert cast.line.numbers.count() == 1


def test_line_held_open_counts_so_until_asked_otherwise(cast: Cast, secretariat: Client, hours: OpeningVersion) -> None:
    assert hours.to_on is None
    Line.objects.filter(pk=cast.line.pk).update(always_open=True, always_open_reason="Prøvedrift")
    page = text_of(get(secretariat, PAGE))
    assert "Holdes åben hele døgnet: Hotline." in page
    assert '<td class="is-num">32,5</td><td class="is-num">135,5</td><td class="is-num">0</td>' in page
    written = text_of(get(secretariat, PAGE, tider="1"))
    assert '<td class="is-num">27,5</td><td class="is-num">108</td>' in written
    assert "tider=1" in written


def test_date_that_cannot_be_read_is_told(secretariat: Client) -> None:
    for nonsense in ("i morgen", "1999-01-01", "9999-12-31"):
        page = text_of(get(secretariat, PAGE, dag=nonsense))
        assert "Vælg en dato i den uge, du vil se. Her er en almindelig uge." in page
    assert "Centret har ingen medlemmer i den uge." in text_of(get(secretariat, PAGE, dag="2010-01-01"))


def test_switchboard_is_kept_by_its_authority_and_by_the_host(cast: Cast, secretariat: Client) -> None:
    manager = person(cast, "Mona", Role.AUTHORITY_MANAGER, cast.colleague_authority)
    week = {f"day{day}": "" for day in range(7)} | {"day3": "9–12, 13–17"}
    mine, hosts = switchboard_of(cast.colleague_authority.pk), switchboard_of(cast.own.pk)
    assert post(manager, mine, **week)["Location"] == PAGE
    found = SwitchboardHours.objects.values_list("authority_id", "weekday", "opens", "closes")
    other = cast.colleague_authority.pk
    assert list(found) == [(other, 3, time(9), time(12)), (other, 3, time(13), time(17))]
    assert post(secretariat, mine, **{**week, "day4": "9–13"})["Location"] == PAGE
    assert "torsdag 9–12, 13–17; fredag 9–13" in text_of(get(secretariat, mine))
    assert ChangeNote.objects.filter(kind="switchboard_hours").count() == 2
    # The manager of one member keeps no other's, and nobody outside keeps any of them.
    assert post(manager, hosts, **week).status_code == HTTPStatus.NOT_FOUND
    outsider = person(cast, "Otte", Role.SECRETARIAT, cast.outside)
    for path in (mine, hosts):
        assert get(outsider, path).status_code == HTTPStatus.NOT_FOUND
    assert get(person(cast, "Rita", Role.AUDITOR), hosts).status_code == HTTPStatus.FORBIDDEN
    back = post(secretariat, f"{mine}?center=prove", **week)
    assert back["Location"] == f"{PAGE}?center=prove"
    assert post(secretariat, f"{mine}?center=andet", **week)["Location"] == PAGE


def test_every_fault_of_a_switchboard_is_said_and_nothing_stored(cast: Cast, secretariat: Client) -> None:
    answer = post(secretariat, switchboard_of(cast.own.pk), day0="9–8", day1="8–10, 9–12", day2="?")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = text_of(answer)
    for fault in ("9–8 slutter, før det begynder.", "9–12 begynder, før", "»?« er ikke et tidsrum."):
        assert fault in page, fault
    assert not SwitchboardHours.objects.exists()


def test_auditor_reads_the_map_and_an_employee_does_not(cast: Cast) -> None:
    page = text_of(get(person(cast, "Rita", Role.AUDITOR), PAGE))
    assert "Timer om ugen" in page
    assert "/omstilling/" not in page
    employee = person(cast, "Eva", Role.EMPLOYEE)
    for path in (PAGE, TABLE):
        assert get(employee, path).status_code == HTTPStatus.FORBIDDEN


def test_person_without_a_centre_is_told(cast: Cast) -> None:
    stranger = cast.own.__class__.objects.create(code="999", name="Ingensteds", kind="municipality")
    answer = get(person(cast, "Nina", Role.PLANNER, stranger), PAGE)
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "Du hører ikke til noget center i dag" in text_of(answer)


def test_pages_ask_the_database_a_fixed_number_of_times(
    cast: Cast, secretariat: Client, hours: OpeningVersion, django_assert_max_num_queries: Any
) -> None:
    # The limit is the whole page's: who asks, the fence, the menu and what the page shows.
    for path in (PAGE, f"{PAGE}?dag=2026-12-24", "/konsol/linje/hotline/aabningstider/"):
        with django_assert_max_num_queries(20):
            assert secretariat.get(path).status_code == HTTPStatus.OK
    assert hours.line == cast.line
