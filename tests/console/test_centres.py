"""Centres and their members over HTTP: who may, what is refused and why, what is noted, and that it can be taken back."""

import re
from datetime import date
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from borgerlinje.cooperation.models import Authority, Centre, Membership
from borgerlinje.staff.models import ChangeNote
from borgerlinje.staff.roles import Role
from tests.console.staffing import get, keeper, post, said
from tests.support.cast import LONG_AGO, Cast

CENTRES = "/konsol/centre/"
TODAY = date(2026, 11, 24)


@pytest.fixture
def administrator(cast: Cast) -> Client:
    return keeper(cast, Role.ADMINISTRATOR, "Alma")


@pytest.fixture
def newcomer(db: None) -> Authority:
    del db
    return Authority.objects.create(code="316", name="Holbæk", kind="municipality")


def page(cast: Cast, rest: str = "") -> str:
    return f"{CENTRES}{cast.centre.pk}/{rest}"


def member(cast: Cast, authority: Authority) -> Membership:
    return Membership.objects.get(centre=cast.centre, authority=authority)


def save(client: Client, address: str, **values: Any) -> Any:
    """Look at what a form does, and save what was looked at; return the look when it says what is wrong."""
    looked = post(client, address, **values, vis="1")
    found = re.search(r'name="set" value="(\w+)"', said(looked))
    return post(client, address, **values, set=found[1], gem="1") if found else looked


def join(client: Client, cast: Cast, authority: Authority, **values: Any) -> Any:
    usual = {"authority": authority.pk, "phase": "trial", "from_on": "2027-01-01", "last_on": ""}
    return save(client, page(cast, "medlem/"), **(usual | values))


def end(client: Client, membership: Membership, last_on: str, **values: Any) -> Any:
    address = f"{CENTRES}{membership.centre_id}/medlem/{membership.pk}/slut/"
    return (post if values else save)(client, address, **{"slut-last_on": last_on}, **values)


def test_administrator_sees_every_centre_and_a_secretariat_its_own(
    cast: Cast, administrator: Client, secretariat: Client
) -> None:
    assert "Andet center" in get(administrator, CENTRES)
    seen = get(secretariat, CENTRES)
    assert "Prøvecenter" in seen
    assert "Andet center" not in seen
    other = cast.outside.hosted_centres.get()
    assert post(secretariat, f"{CENTRES}{other.pk}/ret/").status_code == HTTPStatus.NOT_FOUND


def test_secretariat_of_a_member_reads_and_changes_nothing(cast: Cast, administrator: Client) -> None:
    del administrator
    Centre.objects.filter(pk=cast.centre.pk).update(host=cast.colleague_authority)
    client = keeper(cast, name="Vera")
    assert "Nyt medlem" not in get(client, page(cast))
    assert post(client, page(cast, "ret/"), name="Et andet", host=cast.own.pk).status_code == HTTPStatus.FORBIDDEN
    assert Centre.objects.get(pk=cast.centre.pk).name == "Prøvecenter"


def test_only_an_administrator_makes_a_centre_and_its_host_is_the_first_member(
    cast: Cast, administrator: Client, secretariat: Client
) -> None:
    values = {"name": "Callcenter Nørre Å", "host": cast.colleague_authority.pk}
    assert post(secretariat, f"{CENTRES}nyt/", **values).status_code == HTTPStatus.FORBIDDEN
    assert post(administrator, f"{CENTRES}nyt/", **values).status_code == HTTPStatus.FOUND
    made = Centre.objects.get(name="Callcenter Nørre Å")
    assert made.slug == "callcenter-noerre-aa"
    assert made.memberships.values_list("authority", "phase", "from_on").get() == (
        cast.colleague_authority.pk,
        "full",
        TODAY,
    )


def test_centre_of_the_same_name_is_refused(administrator: Client, cast: Cast) -> None:
    answer = post(administrator, f"{CENTRES}nyt/", name="prøvecenter", host=cast.own.pk)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "hedder det samme" in said(answer)


def test_renamed_centre_is_noted_and_taken_back(cast: Cast, secretariat: Client) -> None:
    post(secretariat, page(cast, "ret/"), name="Nyt navn", host=cast.own.pk)
    shown = get(secretariat, page(cast))
    assert "<td>Prøvecenter</td><td>Nyt navn</td>" in shown
    assert "Fortryd" in shown
    assert post(secretariat, f"{CENTRES}fortryd/").status_code == HTTPStatus.FOUND
    assert Centre.objects.get(pk=cast.centre.pk).name == "Prøvecenter"
    assert "Fortryd" not in get(secretariat, page(cast))
    assert post(secretariat, f"{CENTRES}fortryd/").status_code == HTTPStatus.NOT_FOUND


def test_host_can_only_be_a_member(cast: Cast, secretariat: Client) -> None:
    answer = post(secretariat, page(cast, "ret/"), name="Prøvecenter", host=cast.outside.pk)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert post(secretariat, page(cast, "ret/"), name="Prøvecenter", host=cast.colleague_authority.pk).status_code == (
        HTTPStatus.FOUND
    )


def test_new_member_is_suggested_from_the_next_half_year(cast: Cast, secretariat: Client) -> None:
    assert 'value="2027-01-01"' in get(secretariat, page(cast, "medlem/"))


def test_look_first_stores_nothing(cast: Cast, secretariat: Client, newcomer: Authority) -> None:
    values = {"authority": newcomer.pk, "phase": "full", "from_on": "2027-03-01", "last_on": "", "vis": "1"}
    looked = said(post(secretariat, page(cast, "medlem/"), **values))
    assert "Holbæk Kommune er medlem af Prøvecenter fra 01-03-2027." in looked
    assert "ikke 1. januar eller 1. juli" in looked
    assert not Membership.objects.filter(authority=newcomer).exists()


def test_member_is_stored_noted_and_taken_back(cast: Cast, secretariat: Client, newcomer: Authority) -> None:
    assert join(secretariat, cast, newcomer).status_code == HTTPStatus.FOUND
    stored = member(cast, newcomer)
    assert (stored.phase, stored.from_on, stored.to_on) == ("trial", date(2027, 1, 1), None)
    assert "Holbæk, prøveperiode fra 01-01-2027" in get(secretariat, page(cast))
    post(secretariat, f"{CENTRES}fortryd/")
    assert not Membership.objects.filter(authority=newcomer).exists()
    assert ChangeNote.objects.filter(kind="centre", object_id=str(cast.centre.pk)).count() == 2


def test_membership_beside_another_is_refused(cast: Cast, secretariat: Client) -> None:
    answer = join(secretariat, cast, cast.colleague_authority)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Slagelse Kommune er allerede medlem fra 01-01-2020. Afslut det medlemskab først." in said(answer)


def test_membership_that_ends_before_it_begins_is_refused(cast: Cast, secretariat: Client, newcomer: Authority) -> None:
    answer = join(secretariat, cast, newcomer, last_on="2026-12-31")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Det slutter, før det begynder" in said(answer)


def test_member_that_still_has_lines_and_people_does_not_leave_today(cast: Cast, secretariat: Client) -> None:
    cast.line.owner = cast.colleague_authority
    cast.line.save()
    answer = end(secretariat, member(cast, cast.colleague_authority), "2026-11-24")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Linjen Hotline er myndighedens" in said(answer)
    assert "1 medarbejder fra myndigheden arbejder for centret" in said(answer)
    assert member(cast, cast.colleague_authority).to_on is None


def test_planned_end_says_what_has_to_be_settled_and_is_stored(cast: Cast, secretariat: Client) -> None:
    membership = member(cast, cast.colleague_authority)
    looked = said(end(secretariat, membership, "2026-12-31", vis="1"))
    assert "Skal være ordnet inden da: 1 medarbejder" in looked
    assert member(cast, cast.colleague_authority).to_on is None
    assert end(secretariat, membership, "2026-12-31").status_code == HTTPStatus.FOUND
    assert member(cast, cast.colleague_authority).to_on == date(2027, 1, 1)
    assert "31-12-2026" in get(secretariat, page(cast))


def test_host_does_not_leave(cast: Cast, secretariat: Client) -> None:
    answer = end(secretariat, member(cast, cast.own), "2026-12-31")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "er centrets vært" in said(answer)


def test_end_before_the_start_is_refused(cast: Cast, secretariat: Client) -> None:
    answer = end(secretariat, member(cast, cast.colleague_authority), "2019-12-31")
    assert "begynder først 01-01-2020" in said(answer)


def test_phase_changes_from_a_day_on_and_both_rows_are_taken_back(cast: Cast, secretariat: Client) -> None:
    membership = member(cast, cast.colleague_authority)
    address = page(cast, f"medlem/{membership.pk}/fase/")
    values = {"fase-phase": "trial", "fase-from_on": "2027-01-01"}
    assert "Til og med 31-12-2026: Fuldt medlem. Fra 01-01-2027: Prøveperiode." in said(
        post(secretariat, address, **values, vis="1")
    )
    assert save(secretariat, address, **values).status_code == HTTPStatus.FOUND
    rows = Membership.objects.filter(authority=cast.colleague_authority).order_by("from_on")
    assert list(rows.values_list("phase", "from_on", "to_on")) == [
        ("full", LONG_AGO, date(2027, 1, 1)),
        ("trial", date(2027, 1, 1), None),
    ]
    post(secretariat, f"{CENTRES}fortryd/")
    assert member(cast, cast.colleague_authority).to_on is None


def test_same_phase_is_refused(cast: Cast, secretariat: Client) -> None:
    membership = member(cast, cast.colleague_authority)
    values = {"fase-phase": "full", "fase-from_on": "2027-01-01"}
    answer = save(secretariat, page(cast, f"medlem/{membership.pk}/fase/"), **values)
    assert "Det er den fase, medlemskabet har nu" in said(answer)


def test_membership_to_come_is_withdrawn_and_put_back(cast: Cast, secretariat: Client, newcomer: Authority) -> None:
    join(secretariat, cast, newcomer)
    address = page(cast, f"medlem/{member(cast, newcomer).pk}/traek-tilbage/")
    assert post(secretariat, address).status_code == HTTPStatus.FOUND
    assert not Membership.objects.filter(authority=newcomer).exists()
    post(secretariat, f"{CENTRES}fortryd/")
    assert member(cast, newcomer).phase == "trial"


def test_what_was_changed_since_is_not_taken_back(cast: Cast, secretariat: Client) -> None:
    membership = member(cast, cast.colleague_authority)
    end(secretariat, membership, "2026-12-31")
    Membership.objects.filter(pk=membership.pk).update(to_on=date(2027, 7, 1))
    post(secretariat, f"{CENTRES}fortryd/")
    assert member(cast, cast.colleague_authority).to_on == date(2027, 7, 1)
    assert "Det er ændret imens" in get(secretariat, page(cast))


def test_what_was_changed_after_the_look_is_looked_at_again(
    cast: Cast, secretariat: Client, newcomer: Authority
) -> None:
    address = page(cast, "medlem/")
    values = {"authority": newcomer.pk, "phase": "full", "from_on": "2027-01-01", "last_on": ""}
    found = re.search(r'name="set" value="(\w+)"', said(post(secretariat, address, **values, vis="1")))
    assert found
    changed = post(secretariat, address, **(values | {"from_on": "2027-07-01"}), set=found[1], gem="1")
    assert "fra 01-07-2027" in said(changed)
    assert not Membership.objects.filter(authority=newcomer).exists()


def test_list_and_page_do_few_queries(cast: Cast, secretariat: Client, django_assert_max_num_queries: Any) -> None:
    for address in (CENTRES, page(cast), page(cast, "medlem/")):
        with django_assert_max_num_queries(24):
            get(secretariat, address)
