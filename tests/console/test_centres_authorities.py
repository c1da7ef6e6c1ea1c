"""Authorities over HTTP: codes, the check digit of a CVR number, who keeps a new one's people, and what is taken back."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from borgerlinje.cooperation.models import Authority
from borgerlinje.staff.models import RoleAssignment
from borgerlinje.staff.roles import Role
from tests.console.staffing import get, keeper, post, said
from tests.support.cast import Cast

PAGE, NEW = "/konsol/myndigheder/", "/konsol/myndigheder/ny/"


@pytest.fixture
def administrator(cast: Cast) -> Client:
    return keeper(cast, Role.ADMINISTRATOR, "Alma")


def make(client: Client, **values: Any) -> Any:
    usual = {"kind": "municipality", "code": "316", "name": "Holbæk Kommune", "cvr": "", "keeps": "on"}
    return post(client, NEW, **(usual | values))


@pytest.mark.parametrize(("role", "name"), [(Role.ADMINISTRATOR, "Alma"), (Role.SECRETARIAT, "Sara")])
def test_who_makes_an_authority_keeps_its_people_by_the_same_role(cast: Cast, role: Role, name: str) -> None:
    assert make(keeper(cast, role, name)).status_code == HTTPStatus.FOUND
    made = Authority.objects.get(code="316")
    assert (made.name, made.full_name) == ("Holbæk", "Holbæk Kommune")
    assert RoleAssignment.objects.get(authority=made).role == role


def test_nobody_keeps_the_people_of_one_made_without(administrator: Client) -> None:
    make(administrator, keeps="")
    assert not RoleAssignment.objects.filter(authority__code="316").exists()


def test_authority_made_for_a_centre_goes_on_to_its_membership(cast: Cast, administrator: Client) -> None:
    values = {"kind": "agency", "code": "digst", "name": "Digitaliseringsstyrelsen", "cvr": "34051178"}
    answer = post(administrator, f"{NEW}?center={cast.centre.pk}", **values)
    made = Authority.objects.get(code="digst")
    assert answer["Location"] == f"/konsol/centre/{cast.centre.pk}/medlem/?myndighed={made.pk}"
    assert f'<option value="{made.pk}" selected' in get(administrator, answer["Location"])


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"code": "37"}, "En kommunekode er tre cifre"),
        ({"code": "3 7"}, "bindestreg"),
        ({"code": "370"}, "Koden 370 bruges af Næstved Kommune"),
        ({"cvr": "64942213"}, "64942213 er ikke et CVR-nummer"),
        ({"cvr": "6494"}, "6494 er ikke et CVR-nummer"),
        ({"name": ""}, "Skriv, hvad myndigheden hedder"),
        ({"kind": "kingdom"}, "Vælg en type"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(administrator: Client, values: dict[str, str], fault: str) -> None:
    answer = make(administrator, **values)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert fault in said(answer)


def test_cvr_number_may_be_written_as_people_write_it(administrator: Client) -> None:
    make(administrator, cvr="64 94 22 12")
    assert Authority.objects.get(code="316").cvr == "64942212"


def test_change_is_noted_and_taken_back(cast: Cast, administrator: Client) -> None:
    address = f"{PAGE}{cast.outside.pk}/"
    values = {"kind": "municipality", "code": "101", "name": "Byen", "cvr": "64942212"}
    assert post(administrator, address, **values).status_code == HTTPStatus.FOUND
    shown = get(administrator, address)
    assert "<td>København</td><td>Byen</td>" in shown
    post(administrator, "/konsol/centre/fortryd/")
    assert Authority.objects.get(pk=cast.outside.pk).name == "København"


def test_secretariat_changes_its_members_and_no_stranger(cast: Cast) -> None:
    client = keeper(cast)
    shown = get(client, PAGE)
    assert "Slagelse Kommune" in shown
    assert "Københavns" not in shown
    values = {"kind": "municipality", "code": "101", "name": "Byen", "cvr": ""}
    assert post(client, f"{PAGE}{cast.outside.pk}/", **values).status_code == HTTPStatus.NOT_FOUND
    assert Authority.objects.get(pk=cast.outside.pk).name == "København"
