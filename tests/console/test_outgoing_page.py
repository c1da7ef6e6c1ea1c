"""The page on calls that go out: the centre's rules, the numbers not to be called, and what was called or refused."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from borgerlinje.channels.phone.models import DoNotCall, OutgoingPolicy
from borgerlinje.channels.phone.outgoing.ledger import do_note_answered, do_note_ended
from borgerlinje.kit import clock
from borgerlinje.kit.ids import uuid7
from borgerlinje.staff.models import Employee
from borgerlinje.staff.roles import Role
from tests.channels.phone.ledger import begin, do, with_trunk
from tests.support.cast import NOW, Cast, later, make_employee, user_of
from tests.support.database import as_web

PAGE = "/konsol/udgaaende/"
GOOD: dict[str, Any] = {
    "center": "prove",
    "countries": "dk, se",
    "allowed_prefixes": "1813\n+47",
    "barred_prefixes": "+4699",
    "per_number_per_day": "4",
    "per_hour": "100",
    "longest_minutes": "60",
}
BARRED: dict[str, Any] = {"center": "prove", "number": "46 12 00 00", "reason": "Har bedt om det", "to_on": ""}


def signed_in(employee: Employee) -> Client:
    client = Client()
    client.force_login(user_of(employee), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def members(cast: Cast) -> Client:
    """The secretariat of a member that does not house the centre."""
    return signed_in(make_employee("Mette", cast.colleague_authority, cast.centre, role=Role.SECRETARIAT))


def get(client: Client, path: str = PAGE, *, at: float = 60) -> str:
    with as_web(), clock.turned(later(at)):
        answer = client.get(path)
    assert answer.status_code == HTTPStatus.OK
    return str(answer.content.decode())


def post(client: Client, path: str = PAGE, *, at: float = 60, **values: str):
    with as_web(), clock.turned(later(at)):
        return client.post(path, values)


def test_rules_are_saved_as_they_are_compared(cast: Cast, secretariat: Client) -> None:
    assert post(secretariat, **GOOD).status_code == HTTPStatus.FOUND
    policy = OutgoingPolicy.objects.get()
    assert (policy.centre, policy.countries, policy.allowed_prefixes) == (cast.centre, ["DK", "SE"], ["1813", "+47"])
    assert (policy.barred_prefixes, policy.per_number_per_day, policy.per_hour) == (["+4699"], 4, 100)
    with_trunk()
    assert begin(cast.wait(), "+46701234567").digits == "+46701234567"
    assert "DK, SE" in get(secretariat)


def test_every_fault_of_the_rules_is_told_at_once_and_nothing_is_saved(cast: Cast, secretariat: Client) -> None:
    wrong = {"countries": "DK, Sverige", "allowed_prefixes": "abc\n1", "barred_prefixes": "tel:90", "per_hour": "0"}
    answer = post(secretariat, **(GOOD | wrong | {"per_number_per_day": "", "longest_minutes": "9999"}))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = answer.content.decode()
    for text in (
        "Det er ikke landekoder: SVERIGE.",
        "abc, 1.",
        "tel:90",
        "fra 1 til 50",
        "fra 1 til 10000",
        "fra 1 til 480",
    ):
        assert text in page
    assert not OutgoingPolicy.objects.exists()


def test_rules_are_the_hosts_to_set_and_everybody_elses_to_read(members: Client) -> None:
    page = get(members)
    assert "Reglerne sættes af Næstved Kommune, som huser centret." in page
    assert "<fieldset" in page
    assert " disabled" in page
    assert post(members, **GOOD).status_code == HTTPStatus.NOT_FOUND
    assert not OutgoingPolicy.objects.exists()


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.PLANNER, Role.AUDITOR, Role.AUTHORITY_MANAGER])
def test_page_is_for_those_who_keep_the_rules(cast: Cast, role: Role) -> None:
    other = signed_in(make_employee("Anna", cast.own, cast.centre, role=role))
    assert post(other, **GOOD).status_code == HTTPStatus.FORBIDDEN
    assert post(other, f"{PAGE}spaerret/", **BARRED).status_code == HTTPStatus.FORBIDDEN


def test_number_is_barred_removed_and_put_back(cast: Cast, secretariat: Client) -> None:
    contact = cast.wait()
    with_trunk()
    assert post(secretariat, f"{PAGE}spaerret/", **BARRED, authority=str(cast.own.pk)).status_code == HTTPStatus.FOUND
    entry = DoNotCall.objects.get()
    assert (entry.digits, entry.authority, entry.reason, entry.to_at) == (
        "+4546120000",
        cast.own,
        "Har bedt om det",
        None,
    )
    assert begin(contact).digits == "+4546120000"
    assert "46 12 00 00" in get(secretariat)
    removed = post(secretariat, f"{PAGE}spaerret/{entry.pk}/fjern/", center="prove")
    assert "46120000" not in removed["Location"]
    assert not DoNotCall.objects.exists()
    assert "46 12 00 00 må ringes op igen." in get(secretariat)
    post(secretariat, f"{PAGE}spaerret/fortryd/", center="prove")
    assert DoNotCall.objects.get().reason == "Har bedt om det"
    assert "må ringes op igen" not in get(secretariat)
    assert post(secretariat, f"{PAGE}spaerret/fortryd/", center="prove").status_code == HTTPStatus.NOT_FOUND


def test_removal_is_put_back_for_a_moment_only(cast: Cast, secretariat: Client) -> None:
    entry = DoNotCall.objects.create(authority=cast.own, digits="+4546120000", reason="x", made_at=NOW)
    post(secretariat, f"{PAGE}spaerret/{entry.pk}/fjern/", center="prove")
    assert "må ringes op igen" not in get(secretariat, at=3600)
    assert post(secretariat, f"{PAGE}spaerret/fortryd/", at=3600, center="prove").status_code == HTTPStatus.NOT_FOUND


def test_every_fault_of_a_number_is_told_at_once(cast: Cast, secretariat: Client) -> None:
    answer = post(secretariat, f"{PAGE}spaerret/", center="prove", number="tel:1", to_on="2020-01-01", reason="")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = answer.content.decode()
    for text in ("Skriv et telefonnummer.", "Vælg, hvilken myndigheds", "Skriv hvorfor", "Vælg en dato efter i dag."):
        assert text in page


def test_cpr_number_is_no_reason(cast: Cast, secretariat: Client) -> None:
    values = BARRED | {"reason": "Borger 010190-1234 har bedt om det", "authority": str(cast.own.pk)}
    assert post(secretariat, f"{PAGE}spaerret/", **values).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not DoNotCall.objects.exists()


def test_others_lists_are_neither_seen_nor_touched(cast: Cast, members: Client) -> None:
    entry = DoNotCall.objects.create(authority=cast.own, digits="+4546120000", reason="Hemmelig", made_at=NOW)
    assert "Hemmelig" not in get(members)
    assert post(members, f"{PAGE}spaerret/{entry.pk}/fjern/", center="prove").status_code == HTTPStatus.NOT_FOUND
    values = BARRED | {"authority": str(cast.own.pk)}
    assert post(members, f"{PAGE}spaerret/", **values).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert DoNotCall.objects.count() == 1
    outsiders = signed_in(make_employee("Ole", cast.outside, None, role=Role.SECRETARIAT))
    assert post(outsiders, f"{PAGE}spaerret/{entry.pk}/fjern/", center="prove").status_code == HTTPStatus.NOT_FOUND


def test_last_calls_are_there_with_why_some_were_refused(cast: Cast, secretariat: Client) -> None:
    with_trunk()
    contact, call_id = cast.wait(), uuid7(NOW)
    begin(contact, "46121234", call_id=call_id, employee_id=cast.employee.pk)
    do(do_note_answered(call_id, now=later(5)))
    do(do_note_ended(call_id, 16, now=later(50)))
    begin(contact, "90123456")
    page = get(secretariat)
    assert "46 12 ** **" in page
    assert "46 12 12 34" not in page, "a citizen's number is nobody's business here"
    assert "90 12 34 56" in page
    assert "Afvist: overtakseret" in page
    assert "1 af højst 600" in page
    assert "1 af højst 6<" in page
    only = get(secretariat, f"{PAGE}?center=prove&vis=afviste")
    assert "46 12 ** **" not in only
    assert "90 12 34 56" in only


def test_calls_of_other_authorities_are_out_of_sight(cast: Cast, members: Client) -> None:
    with_trunk()
    begin(cast.wait(), "90123456")
    page = get(members)
    assert "90 12 34 56" not in page
    assert "Der er ikke ringet ud endnu." in page


def test_page_says_when_nothing_can_be_called_or_texted(
    cast: Cast, secretariat: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BORGERLINJE_SMS_URL", raising=False)
    assert "Der kan ikke ringes ud" in get(secretariat)
    assert "der er ingen sms-tjeneste" in get(secretariat)
    with_trunk()
    monkeypatch.setenv("BORGERLINJE_SMS_URL", "https://sms.example/send")
    page = get(secretariat)
    assert "Der kan ikke ringes ud" not in page
    assert "der er ingen sms-tjeneste" not in page
