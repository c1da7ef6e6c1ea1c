"""The pages of the telephone network and of call details."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client

from borgerlinje.channels.phone.models import PhoneEndpoint, Server, Trunk, TrunkState
from borgerlinje.channels.phone.network import servers
from borgerlinje.channels.phone.network.trunk import PURPOSE
from borgerlinje.kit import clock, sealed
from borgerlinje.kit.database import run
from borgerlinje.staff.models import Employee
from borgerlinje.staff.roles import Role
from tests.support.cast import NOW, Cast, later, make_employee, user_of
from tests.support.database import as_web

PAGE = "/konsol/telefonnet/"
GOOD: dict[str, Any] = {
    "name": "Udbyder",
    "host": "sip.udbyder.example",
    "port": "5061",
    "transport": "tls",
    "srtp": "on",
    "registers": "on",
    "username": "bl",
    "password": "hemmelig nok",
    "from_domain": "",
    "number_format": "e164_plus",
    "addresses": "198.51.100.7\n198.51.100.0/24",
    "max_calls": "30",
    "is_active": "on",
}


def signed_in(employee: Employee) -> Client:
    client = Client()
    client.force_login(user_of(employee), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def administrator(cast: Cast) -> Client:
    return signed_in(make_employee("Adam", cast.own, cast.centre, role=Role.ADMINISTRATOR))


def get(client: Client, path: str = PAGE, **values: str) -> str:
    with as_web(), clock.turned(NOW):
        answer = client.get(path, values)
    assert answer.status_code == HTTPStatus.OK
    return str(answer.content.decode())


def post(client: Client, path: str = f"{PAGE}ny/", **values: str):
    with as_web(), clock.turned(NOW):
        return client.post(path, {name: value for name, value in values.items() if value is not None})


def test_without_a_trunk_the_page_says_what_works_all_the_same(administrator: Client) -> None:
    assert "Der er ingen forbindelse til telefonnettet endnu" in get(administrator)
    assert "Ingen telefonserver har meldt sig" in get(administrator)


def test_trunk_is_stored_with_its_password_sealed_and_never_shown(administrator: Client) -> None:
    answer = post(administrator, **GOOD)
    assert answer.status_code == HTTPStatus.FOUND, answer.content.decode()
    trunk = Trunk.objects.get()
    assert sealed.unseal(bytes(trunk.secret or b""), purpose=PURPOSE) == b"hemmelig nok"
    assert b"hemmelig" not in bytes(trunk.secret or b"")
    assert trunk.matches == ["198.51.100.7/32", "198.51.100.0/24"]
    assert "hemmelig" not in get(administrator, f"{PAGE}{trunk.pk}/")
    assert "Ingen telefonserver har meldt noget" in get(administrator)


def test_password_is_kept_when_nothing_is_written_and_asked_for_when_it_would_go_elsewhere(
    administrator: Client,
) -> None:
    post(administrator, **GOOD)
    trunk = Trunk.objects.get()
    before = bytes(trunk.secret or b"")
    assert post(administrator, f"{PAGE}{trunk.pk}/", **GOOD | {"password": "", "max_calls": "5"}).status_code == 302
    trunk.refresh_from_db()
    assert (bytes(trunk.secret or b""), trunk.max_calls) == (before, 5)
    answer = post(administrator, f"{PAGE}{trunk.pk}/", **GOOD | {"password": "", "host": "sip.anden.example"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Skriv adgangskoden igen" in answer.content.decode()
    trunk.refresh_from_db()
    assert trunk.host == "sip.udbyder.example"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"host": "sip:udbyder.example"}, "uden sip: foran"),
        ({"host": "a;b=c"}, "uden sip: foran"),
        ({"port": "70000"}, "Skriv et helt tal fra 0 til 65535."),
        ({"addresses": "udbyder"}, "Det er ikke adresser eller net: udbyder."),
        ({"addresses": "0.0.0.0/0"}, "enhver ringe ind"),
        ({"username": "a@b"}, "Skriv brugernavnet uden mellemrum"),
        ({"username": ""}, "Skriv det brugernavn, der tilmeldes med."),
        ({"password": ""}, "Skriv adgangskoden til brugernavnet."),
        ({"transport": "udp"}, "Vælg også TLS"),
        ({"name": ""}, "Feltet skal udfyldes."),
    ],
)
def test_every_fault_is_said_beside_its_field(administrator: Client, wrong: dict[str, str], said: str) -> None:
    answer = post(administrator, **GOOD | wrong)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said in answer.content.decode()
    assert not Trunk.objects.exists()


def make_trunk(**more: Any) -> Trunk:
    return Trunk.objects.create(
        **{"name": "Udbyder", "host": "sip.udbyder.example", "registers": True, "username": "bl", **more}
    )


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"registration": "registered"}, "Tilmeldt"),
        ({"registration": "rejected"}, "Afvist af udbyderen"),
        ({"registration": "unanswered"}, "Intet svar fra udbyderen"),
        ({"registration": "unknown", "is_reachable": True}, "Om tilmeldingen er taget, kan ikke ses herfra."),
        ({"fault": "sealed"}, "Adgangskoden kan ikke læses"),
        ({"fault": "refused"}, "Indstillingerne kan ikke bruges"),
        ({"seen_at": NOW - timedelta(minutes=5)}, "Ingen melding siden kl. 13.55"),
    ],
)
def test_page_says_how_a_trunk_is_doing(administrator: Client, state: dict[str, Any], said: str) -> None:
    TrunkState.objects.create(**{"trunk": make_trunk(), "server": "asterisk", "seen_at": NOW, **state})
    assert said in get(administrator)
    assert said in get(administrator, f"{PAGE}nu/")


def test_trunk_without_a_registration_is_as_well_as_its_provider_answers(administrator: Client) -> None:
    trunk = make_trunk(registers=False, username="")
    state = TrunkState.objects.create(trunk=trunk, server="asterisk", seen_at=NOW, is_reachable=False)
    assert "Udbyderen svarer ikke endnu" in get(administrator)
    TrunkState.objects.filter(pk=state.pk).update(is_reachable=True)
    assert "Udbyderen svarer" in get(administrator)


def test_dead_server_is_told_from_a_living_one(administrator: Client) -> None:
    for name, ago in (("a", 1), ("b", 60)):
        report(name)
        Server.objects.filter(name=name).update(seen_at=NOW - timedelta(seconds=ago))
    page = get(administrator)
    assert "I gang" in page
    assert "Ikke set siden 24-11-2026 13.59" in page


def test_members_administrator_sees_and_changes_nothing(cast: Cast) -> None:
    make_trunk()
    guest = signed_in(make_employee("Gert", cast.colleague_authority, cast.centre, role=Role.ADMINISTRATOR))
    assert "Ny forbindelse" not in get(guest)
    assert post(guest, **GOOD).status_code == HTTPStatus.NOT_FOUND


def report(name: str, *, is_start: bool = True) -> None:
    """Let a telephone server say that it is there."""
    with connection.cursor() as cursor:
        run(servers.do_report(name, is_start=is_start), cursor)


def chosen() -> str:
    """Return the server a browser is sent to."""
    with connection.cursor() as cursor:
        return run(servers.choose(), cursor).name


def test_browsers_are_spread_over_the_servers_that_live(cast: Cast) -> None:
    assert cast.line.pk
    assert chosen() == ""
    for name in ("a", "b"):
        report(name)
    Server.objects.filter(name="a").update(seen_at=F("seen_at") - timedelta(minutes=1))
    assert {chosen() for _ in range(8)} == {"b"}
    report("a", is_start=False)
    now = clock.now()
    PhoneEndpoint.objects.create(
        name="bl-e-1",
        kind="employee",
        employee=cast.employee,
        server="b",
        secret="s",
        created_at=now,
        expires_at=later(9e8),
    )
    assert {chosen() for _ in range(8)} == {"a"}


CALLS = "/konsol/opkald/"


def test_calls_of_a_day_are_shown_with_numbers_hidden(secretariat: Client, cast: Cast) -> None:
    cast.wait()
    connection.cursor().execute("UPDATE contacts_contact SET server = 'asterisk'")
    page = get(secretariat, CALLS)
    assert "46 12 ** **" in page
    assert "46120000" not in page
    assert "I gang" in page
    assert "46120000" in get(secretariat, CALLS, numre="1")


def test_calls_come_as_a_table_and_only_those_one_may_see(secretariat: Client, cast: Cast) -> None:
    cast.wait()
    text = get(secretariat, f"{CALLS}tabel.csv", fra="2026-11-24", til="2026-11-24")
    rows = text.removeprefix("\ufeff").splitlines()
    assert rows[0].startswith("Henvendelse;Del;Retning;Begynder")
    assert len(rows) == 2
    outsider = signed_in(make_employee("Ole", cast.outside, None, role=Role.SECRETARIAT))
    assert "Ingen opkald i perioden." in get(outsider, CALLS)


def test_period_that_makes_no_sense_is_said(secretariat: Client) -> None:
    assert "Vælg en første og en sidste dag." in get(secretariat, CALLS, fra="2026-11-24", til="igår")
    assert "Vælg højst tre måneder" in get(secretariat, CALLS, fra="2026-01-01", til="2026-11-24")
