"""From an empty installation to somebody who is offered a call: the link, the account, and the guide's steps, over HTTP."""

from http import HTTPStatus
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from borgerlinje.contacts.actions import do_arrive
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.contacts.models import Contact
from borgerlinje.cooperation.models import Authority, Centre, Membership
from borgerlinje.dispatch.actions import do_event
from borgerlinje.dispatch.attendance import do_ready
from borgerlinje.dispatch.pool import match
from borgerlinje.dispatch.queries import standing
from borgerlinje.kit import clock
from borgerlinje.kit.database import run
from borgerlinje.kit.home import home
from borgerlinje.kit.ids import uuid7
from borgerlinje.kit.running import Process, Running
from borgerlinje.lines import queries
from borgerlinje.lines.models import Line
from borgerlinje.staff.models import Employee, RoleAssignment, Skill, User
from borgerlinje.staff.roles import Role
from borgerlinje.staff.set_up_link import PATH, is_token, token
from borgerlinje.up import first_account, summary
from tests.console.staffing import PASSWORD, get, keeper, post, said
from tests.support.cast import NOW, Cast, later
from tests.support.database import TestDatabase, as_web

GUIDE = "/konsol/kom-i-gang/"
ACCOUNT = {"name": "Anna Berg", "email": "Anna@Kommunen.example", "password": PASSWORD, "again": PASSWORD}
HOST = {
    "center-centre_name": "Callcenter Nord",
    "center-kind": "municipality",
    "center-code": "370",
    "center-name": "Næstved",
}
LINE = {"linje-name": "Borgerlinjen", "linje-numbers": "46 31 30 20"}
ME = {"dig-given_name": "Anna", "dig-letter": "b"}


def opened() -> Client:
    """Open the link in a browser of its own."""
    client = Client()
    with as_web():
        assert client.get(f"{PATH}{token(settings.SECRET_KEY)}/")["Location"] == PATH
    return client


@pytest.fixture
def first(db: None) -> Client:
    """Make the first account."""
    del db
    client = opened()
    assert post(client, PATH, **ACCOUNT)["Location"] == GUIDE
    return client


def member(client: Client, code: str, name: str, **values: Any) -> Any:
    usual = {"medlem-kind": "municipality", "medlem-code": code, "medlem-name": name}
    return post(client, f"{GUIDE}medlem/", **(usual | values))


@pytest.fixture
def set_up(first: Client) -> Client:
    """Go through every step but the call."""
    post(first, f"{GUIDE}center/", **HOST)
    member(first, "330", "Slagelse")
    member(first, "316", "Holbæk")
    post(first, f"{GUIDE}linje/", **LINE)
    answer = post(first, f"{GUIDE}medarbejder/", **ME)
    assert answer.status_code == HTTPStatus.FOUND, said(answer)
    return first


def test_link_is_made_of_the_key_and_of_nothing_else() -> None:
    assert is_token(token("one key"), "one key")
    assert not is_token(token("one key"), "another key")
    assert not is_token("æøå", "one key")
    assert len(token("one key")) >= 43


@pytest.mark.django_db
def test_nobody_makes_the_first_account_without_the_link() -> None:
    client = Client()
    with as_web():
        client.get(f"{PATH}guessed/")
    for browser in (client, Client()):
        answer = post(browser, PATH, **ACCOUNT)
        assert answer.status_code == HTTPStatus.GONE
        assert "Åbn hele det link" in said(answer)
    assert not User.objects.exists()


@pytest.mark.django_db
def test_sign_in_says_where_the_link_stands_until_there_is_an_account() -> None:
    with as_web():
        assert "Her er ingen konto endnu" in said(Client().get("/konto/login/"))
        User.objects.create_user("anna@kommunen.example", PASSWORD)
        assert "Her er ingen konto endnu" not in said(Client().get("/konto/login/"))


def test_link_is_worth_nothing_once_there_is_an_account(first: Client) -> None:
    del first
    second = opened()
    answer = post(second, PATH, **(ACCOUNT | {"email": "b@kommunen.example"}))
    assert answer.status_code == HTTPStatus.GONE
    assert "Den første konto er lavet" in said(answer)
    assert User.objects.get().email == "anna@kommunen.example"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"name": ""}, "Skriv dit navn"),
        ({"email": "anna"}, "ligner ikke en e-mailadresse"),
        ({"again": "noget andet"}, "De to adgangskoder er ikke ens"),
        ({"password": "kort", "again": "kort"}, "kort"),
        ({"password": "anna@kommunen.example", "again": "anna@kommunen.example"}, "e-mail"),
    ],
)
def test_account_that_cannot_be_is_refused_beside_its_field(values: dict[str, str], fault: str) -> None:
    answer = post(opened(), PATH, **(ACCOUNT | values))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert fault in said(answer)
    assert not User.objects.exists()


def test_first_account_is_led_to_the_guide(first: Client) -> None:
    assert "Gå til Kom i gang" in get(first, "/konsol/")
    shown = get(first, GUIDE)
    assert "0 af 5 trin er gjort" in shown
    assert "Centrets navn" in shown


def test_first_centre_makes_its_host_a_member_and_the_person_its_administrator(first: Client) -> None:
    assert post(first, f"{GUIDE}center/", **HOST).status_code == HTTPStatus.FOUND
    centre = Centre.objects.get()
    assert (centre.name, centre.slug, centre.host.full_name) == (
        "Callcenter Nord",
        "callcenter-nord",
        "Næstved Kommune",
    )
    assert Membership.objects.get().authority == centre.host
    assert RoleAssignment.objects.get().role == Role.ADMINISTRATOR
    assert "1 af 5 trin er gjort" in get(first, GUIDE)
    assert post(first, f"{GUIDE}center/", **HOST).status_code >= HTTPStatus.BAD_REQUEST
    assert Centre.objects.count() == 1


def test_what_is_wrong_is_said_in_its_step(first: Client) -> None:
    answer = post(first, f"{GUIDE}center/", **(HOST | {"center-code": "37"}))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "En kommunekode er tre cifre" in said(answer)
    assert not Authority.objects.exists()


def test_step_can_wait_and_the_next_says_so(first: Client) -> None:
    assert post(first, f"{GUIDE}linje/", **LINE).status_code >= HTTPStatus.BAD_REQUEST
    assert not Line.objects.exists()
    assert "Kommer efter centret." in get(first, GUIDE)


def test_guide_makes_members_a_line_and_somebody_who_can_answer(set_up: Client) -> None:
    shown = get(set_up, GUIDE)
    assert "4 af 5 trin er gjort" in shown
    assert Membership.objects.count() == 3
    assert Line.objects.get().numbers.get().digits == "46313020"
    employee = Employee.objects.get()
    assert str(employee) == "Anna B."
    assert set(RoleAssignment.objects.filter(authority=employee.employer).values_list("role", flat=True)) == {
        Role.ADMINISTRATOR,
        Role.EMPLOYEE,
    }
    assert "Åbn bordet" in shown
    assert 'href="/ring/46313020/"' in shown


def test_every_member_has_somebody_who_may_make_its_first_account(set_up: Client) -> None:
    shown = get(set_up, "/konsol/medarbejdere/ny/")
    assert all(f">{name}</option>" in shown for name in ("Næstved", "Slagelse", "Holbæk"))


def arrive(digits: str = "46313020") -> Any:
    """Let a citizen call and wait."""
    contact_id = uuid7(NOW)
    with connection.cursor() as cursor:
        run(do_arrive(contact_id, dialled=digits, caller="", channel_ref="c-1", now=NOW), cursor)
        run(do_event(contact_id, Event.GREETED, now=NOW), cursor)
    return contact_id


def test_dispatcher_offers_the_call_to_who_the_guide_made(set_up: Client) -> None:
    del set_up
    employee, contact_id = Employee.objects.get(), arrive()
    with connection.cursor() as cursor:
        run(do_ready(employee.pk, now=NOW), cursor)
    now = standing(Centre.objects.get().pk, today=clock.today())
    (found,) = match(now.waiting, [each.employee for each in now.people if each.is_free], now.rules, now=NOW)
    assert (found.contact_id, found.employee_id) == (contact_id, employee.pk)


def test_call_is_followed_until_it_is_closed(set_up: Client) -> None:
    assert "Ingen har ringet endnu" in get(set_up, f"{GUIDE}opkald/")
    contact_id = arrive()
    assert "Venter på en" in get(set_up, f"{GUIDE}opkald/")
    Contact.objects.filter(pk=contact_id).update(state="closed", closed_as="abandoned", closed_at=NOW)
    assert "blev ikke besvaret" in get(set_up, f"{GUIDE}opkald/")
    Contact.objects.filter(pk=contact_id).update(closed_as="answered")
    assert "Det første opkald er taget" in get(set_up, f"{GUIDE}opkald/")
    assert "5 af 5 trin er gjort" in get(set_up, GUIDE)
    assert "Gå til Kom i gang" not in get(set_up, "/konsol/")


def test_line_that_is_closed_now_is_held_open_until_midnight(set_up: Client) -> None:
    evening = 6 * 3600  # 20.00 in Denmark
    line = Line.objects.get()
    assert not queries.line_status(line, at=later(evening)).is_open
    assert "Hold åbent til midnat" in get(set_up, GUIDE, at=evening)
    post(set_up, f"{GUIDE}aaben/", at=evening)
    line = Line.objects.get()
    assert queries.line_status(line, at=later(evening)).is_open
    assert not queries.line_status(line, at=later(evening + 4 * 3600)).is_open
    assert "Hold åbent til midnat" not in get(set_up, GUIDE, at=evening)


def test_skill_that_the_line_asks_for_is_given(first: Client) -> None:
    post(first, f"{GUIDE}center/", **HOST)
    post(first, f"{GUIDE}linje/", **LINE)
    Line.objects.update(skill=Skill.objects.create(code="pas", name="Pas"), skill_level=2)
    post(first, f"{GUIDE}medarbejder/", **ME)
    assert Employee.objects.get().skills.values_list("skill__name", "level").get() == ("Pas", 2)
    assert "Åbn bordet" in get(first, GUIDE)


def test_second_time_adds_what_is_lacking_and_makes_nobody_twice(set_up: Client) -> None:
    RoleAssignment.objects.filter(role=Role.EMPLOYEE).delete()
    assert "Jeg svarer selv" in get(set_up, GUIDE)
    post(set_up, f"{GUIDE}medarbejder/", **ME)
    assert Employee.objects.count() == 1
    assert "Jeg svarer selv" not in get(set_up, GUIDE)


def test_guide_is_not_for_an_employee(cast: Cast) -> None:
    client = keeper(cast, Role.EMPLOYEE, "Ida")
    with as_web():
        assert client.get(GUIDE).status_code == HTTPStatus.FORBIDDEN
        assert client.post(f"{GUIDE}medlem/").status_code == HTTPStatus.FORBIDDEN
    assert "Gå til Kom i gang" not in get(client, "/konsol/")


def test_guide_does_few_queries(set_up: Client, django_assert_max_num_queries: Any) -> None:
    # Twenty of the page's own, and what the test itself sends to be the web.
    with django_assert_max_num_queries(28):
        get(set_up, GUIDE)


def test_nobody_is_left_at_a_desk_that_is_not_theirs(first: Client) -> None:
    with as_web():
        answer = first.get("/bord/")
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert 'href="/konsol/"' in said(answer)


def test_front_page_of_an_empty_installation_leads_who_sets_it_up(db: None) -> None:
    del db
    with as_web():
        assert f'href="{GUIDE}"' in said(Client().get("/"))


@pytest.mark.django_db
def test_command_prints_the_link_until_there_is_an_account(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("first_account")
    assert capsys.readouterr().out.endswith(f"{PATH}{token(settings.SECRET_KEY)}/\n")
    User.objects.create_user("anna@kommunen.example", PASSWORD)
    with pytest.raises(CommandError, match="already"):
        call_command("first_account")


def test_terminal_shows_the_link_until_there_is_an_account(database: TestDatabase) -> None:
    running = Running(Process(1, 1), 8000, "http://localhost:8000", database.url(), None, None, "")
    shown = first_account.link(running, home())
    secret = home().secret_file.read_text().strip()
    assert shown == f"http://localhost:8000{PATH}{token(secret)}/"
    assert shown in summary.text(running, home(), demo=False, first_account=shown)
    with database.as_owner() as owner:
        owner.execute(
            "INSERT INTO staff_user (password, is_superuser, email, name, is_active, is_staff, is_demo, date_joined)"
            " VALUES ('', false, 'a@example.org', '', true, false, false, now())"
        )
    assert first_account.link(running, home()) == ""
    assert "secret" not in summary.text(running, home(), demo=False)
