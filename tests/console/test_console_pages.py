"""The console's explanations, over HTTP, as the web's own database role."""

from collections.abc import Iterator
from http import HTTPStatus
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from borgerlinje.contacts.lifecycle import Event
from borgerlinje.contacts.models import Contact
from borgerlinje.dispatch.actions import do_offer
from borgerlinje.dispatch.matching import Match
from borgerlinje.dispatch.models import Offer
from borgerlinje.kit import clock
from borgerlinje.kit.database import run
from borgerlinje.staff.models import Employee
from borgerlinje.staff.roles import Role
from tests.support.cast import NOW, Cast, later, make_employee, user_of
from tests.support.database import as_web


@pytest.fixture(autouse=True)
def _at_a_fixed_time() -> Iterator[None]:
    with clock.turned(later(20)):
        yield


def signed_in(employee: Employee) -> Client:
    client = Client()
    client.force_login(user_of(employee), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def planner(cast: Cast) -> Client:
    return signed_in(make_employee("Paula", cast.own, cast.centre, role=Role.PLANNER))


def get(client: Client, path: str, **query: str):
    with as_web():
        return client.get(path, query)


def page_of(client: Client, path: str, **query: str) -> str:
    answer = get(client, path, **query)
    assert answer.status_code == HTTPStatus.OK
    return str(answer.content.decode())


def test_live_view_leads_to_each_contacts_story(cast: Cast, planner: Client) -> None:
    contact_id = cast.wait()
    assert f'href="/konsol/henvendelse/{contact_id}/"' in page_of(planner, "/konsol/lige-nu/")


def test_page_tells_why_a_contact_waits(cast: Cast, planner: Client) -> None:
    contact_id = cast.wait()
    for path in (f"/konsol/henvendelse/{contact_id}/", f"/konsol/henvendelse/{contact_id}/nu/"):
        page = page_of(planner, path)
        assert "Hvorfor den ikke er tilbudt endnu" in page
        assert "Ingen er klar." in page
        assert "Borger 46 12 ** **" in page
        assert "46120000" not in page
    assert 'data-live="queue"' in page_of(planner, f"/konsol/henvendelse/{contact_id}/")


def test_page_tells_why_an_offer_was_made_and_links_to_what_came_next(cast: Cast, planner: Client) -> None:
    contact_id, other_id = cast.wait(), cast.wait(at=later(1))
    cast.ready(cast.employee)
    why = {
        "v": 2,
        "rule": "only",
        "candidates": [cast.employee.pk],
        "candidate_count": 1,
        "next_contact": str(other_id),
    }
    with connection.cursor() as cursor:
        run(do_offer([Match(contact_id, cast.employee.pk, why)], now=later(2)), cursor)
    cast.event(contact_id, Event.OFFER_DECLINED, at=later(6))
    cast.event(contact_id, Event.CITIZEN_LEFT, at=later(9))
    page = page_of(planner, f"/konsol/henvendelse/{contact_id}/")
    assert "Regel: den eneste, der var klar og opfyldte kravene." in page
    assert f'<a href="/konsol/henvendelse/{other_id}/"' in page
    assert "Beholdt sin plads i køen fra kl. 14.00.00." in page
    assert "Lukket som: opgivet." in page
    # Nothing changes any more, so nothing is asked for again.
    assert "hx-get" not in page.partition('id="henvendelse"')[2]


def test_call_that_a_fault_cut_off_leads_to_its_callback_and_back(cast: Cast, planner: Client) -> None:
    lost_id = cast.wait()
    cast.event(lost_id, Event.TECHNICAL_FAULT, at=later(4))
    callback = Contact.objects.get(origin=lost_id)
    assert f'href="/konsol/henvendelse/{callback.pk}/"' in page_of(planner, f"/konsol/henvendelse/{lost_id}/")
    page = page_of(planner, f"/konsol/henvendelse/{callback.pk}/")
    assert f'href="/konsol/henvendelse/{lost_id}/"' in page
    assert "Opkaldet blev afbrudt af en teknisk fejl. Borgeren skal ringes op." in page
    assert "en medarbejder tager det fra listen" in page


def test_planner_of_one_member_is_told_that_others_may_stand_in_front(cast: Cast, planner: Client) -> None:
    assert "Du ser ikke alle medlemmers" in page_of(planner, f"/konsol/henvendelse/{cast.wait()}/")
    both = signed_in(cast.employee)
    assert "Du ser ikke alle medlemmers" not in page_of(both, f"/konsol/henvendelse/{cast.wait()}/")


def test_contact_behind_the_fence_is_not_there(cast: Cast, planner: Client) -> None:
    contact_id = cast.wait()
    assert get(planner, f"/konsol/henvendelse/{contact_id}/").status_code == HTTPStatus.OK
    stranger = signed_in(cast.outsider)
    assert get(stranger, f"/konsol/henvendelse/{contact_id}/").status_code == HTTPStatus.NOT_FOUND
    assert get(stranger, "/konsol/henvendelse/", id=str(contact_id)).status_code == HTTPStatus.NOT_FOUND
    assert str(contact_id) not in page_of(stranger, "/konsol/henvendelse/")
    assert get(planner, f"/konsol/henvendelse/{uuid4()}/").status_code == HTTPStatus.NOT_FOUND


def test_contact_is_found_by_its_id_or_a_beginning(cast: Cast, planner: Client) -> None:
    contact_id, other_id = cast.wait(), cast.wait()
    for asked in (str(contact_id), f" {contact_id.hex[:31]} "):
        assert get(planner, "/konsol/henvendelse/", id=asked)["Location"] == f"/konsol/henvendelse/{contact_id}/"
    several = page_of(planner, "/konsol/henvendelse/", id=str(other_id)[:6])
    assert "2 henvendelser" in several
    assert str(other_id) in several
    missing = get(planner, "/konsol/henvendelse/", id="nonsense")
    assert missing.status_code == HTTPStatus.NOT_FOUND
    assert "Ingen henvendelse, du må se, har det nummer eller det id." in missing.content.decode()
    assert str(contact_id) in page_of(planner, "/konsol/henvendelse/")


def test_story_of_an_open_offer_says_that_it_rings(cast: Cast, planner: Client) -> None:
    contact_id = cast.wait()
    cast.ready(cast.employee)
    with connection.cursor() as cursor:
        run(do_offer([Match(contact_id, cast.employee.pk, {"rule": "only"})], now=NOW), cursor)
    assert Offer.objects.filter(ended_at=None).exists()
    page = page_of(planner, f"/konsol/henvendelse/{contact_id}/")
    assert "Ringer endnu." in page
    assert "Hvorfor den ikke er tilbudt endnu" not in page


def test_waits_of_each_member_are_shown_with_their_formula(cast: Cast) -> None:
    cast.wait()
    page = page_of(signed_in(cast.employee), "/konsol/ventetid/")
    assert "Venter værtens egne borgere længere? Næstved mod de øvrige medlemmer" in page
    assert "der skal være besvaret mindst 5 fra hver side" in page
    assert "Inden for målet = besvaret inden for linjens servicemål ÷ nåede køen." in page
    assert "Slagelse" in page
    assert "Ingen henvendelser er besvaret i perioden." in page


def test_member_manager_sees_their_own_member_alone(cast: Cast) -> None:
    cast.wait()
    manager = signed_in(make_employee("Lena", cast.colleague_authority, None, role=Role.AUTHORITY_MANAGER))
    page = page_of(manager, "/konsol/ventetid/").partition('id="ventetid"')[2]
    assert "Slagelse" in page
    assert "Næstved" not in page


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"dage": "1"}, "24-11-2026 til 24-11-2026"),
        ({"dage": "30"}, "26-10-2026 til 24-11-2026"),
        ({"dage": "nonsense"}, "18-11-2026 til 24-11-2026"),
        ({"fra": "2026-01-01", "til": "2026-03-31"}, "01-01-2026 til 31-03-2026"),
        ({"fra": "2026-03-01", "til": "2026-01-31"}, "Vælg en første og en sidste dag"),
        ({"fra": "2020-01-01", "til": "2026-01-31"}, "Vælg en første og en sidste dag"),
        ({"fra": "x", "til": ""}, "Vælg en første og en sidste dag"),
    ],
)
def test_period_is_days_or_from_and_to(cast: Cast, asked: dict[str, str], shown: str) -> None:
    assert shown in " ".join(page_of(signed_in(cast.employee), "/konsol/ventetid/", **asked).split())


def test_same_figures_as_a_table_to_take_along(cast: Cast) -> None:
    cast.wait()
    answer = get(signed_in(cast.employee), "/konsol/ventetid/tabel.csv", fra="2026-11-24", til="2026-11-24")
    assert answer["Content-Disposition"] == 'attachment; filename="ventetid-prove-2026-11-24-2026-11-24.csv"'
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("Borgere fra;Nåede køen;Besvaret;Opgivet")
    assert "Næstved;1;0;0;1;0;0;;;" in rows


def test_person_without_a_centre_is_told_so(cast: Cast) -> None:
    loner = make_employee("Bodil", cast.outside, None, role=Role.PLANNER)
    cast.outside.memberships.all().delete()
    answer = get(signed_in(loner), "/konsol/ventetid/")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "Du hører ikke til noget center" in answer.content.decode()
