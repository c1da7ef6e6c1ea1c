"""Finding a contact by what a person remembers of it: the number, the day and time, who answered."""

from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from borgerlinje.contacts.lifecycle import Event
from borgerlinje.contacts.models import Contact
from borgerlinje.kit import clock
from borgerlinje.staff.roles import Role
from tests.console.test_console_pages import get, page_of, signed_in
from tests.support.cast import NOW, Cast, later, make_employee

PATH = "/konsol/henvendelse/"
# The cast's citizens call from it.
NUMBER = "46 12 00 00"


def found(page: str, *contacts: UUID) -> list[bool]:
    """Tell of each contact whether the list of what fits leads to it."""
    hits = page.partition('id="fundet"')[2]
    return [f'href="{PATH}{each}/"' in hits for each in contacts]


@pytest.fixture
def planner(cast: Cast) -> Client:
    """Sign in somebody who sees the live view."""
    return signed_in(make_employee("Paula", cast.own, cast.centre, role=Role.PLANNER))


@pytest.fixture
def elsewhere(cast: Cast) -> UUID:
    """Let somebody wait who called from another number, and yesterday."""
    contact_id = cast.wait()
    Contact.objects.filter(pk=contact_id).update(caller_number="46129999", arrived_at=NOW - timedelta(days=1))
    return contact_id


@pytest.mark.parametrize("asked", [NUMBER, "+4546120000", "46120000"])
def test_all_of_a_number_are_listed_and_the_number_is_not_shown_whole(
    cast: Cast, planner: Client, elsewhere: UUID, asked: str
) -> None:
    first, second = cast.wait(), cast.wait(at=later(60))
    page = page_of(planner, PATH, id=asked)
    assert found(page, first, second, elsewhere) == [True, True, False]
    assert page.index(str(second)) < page.index(str(first))
    assert "Borger 46 12 ** **" in page


def test_only_one_that_fits_is_gone_to(cast: Cast, planner: Client, elsewhere: UUID) -> None:
    cast.wait()
    assert get(planner, PATH, id="46 12 99 99")["Location"] == f"{PATH}{elsewhere}/"


def test_number_the_citizen_wanted_to_be_called_at_is_theirs_too(cast: Cast, planner: Client) -> None:
    contact_id = cast.wait()
    Contact.objects.filter(pk=contact_id).update(caller_number="", callback_number="46127777")
    assert get(planner, PATH, id="46127777")["Location"] == f"{PATH}{contact_id}/"


def test_day_and_time_find_a_quarter_of_an_hour_to_each_side(cast: Cast, planner: Client, elsewhere: UUID) -> None:
    near, also_near, far = cast.wait(), cast.wait(at=later(14 * 60)), cast.wait(at=later(16 * 60))
    local = NOW.astimezone(clock.COPENHAGEN)
    page = page_of(planner, PATH, dag=f"{local:%Y-%m-%d}", kl=f"{local:%H:%M}")
    assert found(page, near, also_near, far, elsewhere) == [True, True, False, False]
    page = page_of(planner, PATH, dag=f"{local:%Y-%m-%d}")
    assert found(page, near, far, elsewhere) == [True, True, False]


@pytest.mark.parametrize("name", ["Karen", "karen k", "Karen K.", "kar"])
def test_who_answered_is_found_by_the_name_as_it_is_shown(cast: Cast, planner: Client, name: str) -> None:
    hers, _nobodys = cast.wait(), cast.wait(at=later(1))
    Contact.objects.filter(pk=hers).update(employee=cast.employee)
    assert get(planner, PATH, medarbejder=name)["Location"] == f"{PATH}{hers}/"


def test_all_that_is_asked_for_must_fit(cast: Cast, planner: Client, elsewhere: UUID) -> None:
    cast.wait()
    asked = {"id": NUMBER, "dag": f"{NOW - timedelta(days=1):%Y-%m-%d}"}
    missing = get(planner, PATH, **asked)
    assert missing.status_code == HTTPStatus.NOT_FOUND
    page = missing.content.decode()
    assert "passer på det hele" in page
    assert str(elsewhere) in page.partition('id="seneste"')[2]


@pytest.mark.parametrize(("field", "said"), [("dag", "Vælg en dag i kalenderen."), ("kl", "Skriv klokken som 14.05.")])
def test_what_cannot_be_read_is_said_under_its_field(cast: Cast, planner: Client, field: str, said: str) -> None:
    cast.wait()
    answer = get(planner, PATH, **{field: "i går"})
    assert said in answer.content.decode()


def test_contact_behind_the_fence_is_not_found_by_anything(cast: Cast, planner: Client) -> None:
    contact_id = cast.wait()
    Contact.objects.filter(pk=contact_id).update(employee=cast.employee)
    day = f"{NOW.astimezone(clock.COPENHAGEN):%Y-%m-%d}"
    stranger = signed_in(cast.outsider)
    for asked in ({"id": NUMBER}, {"dag": day}, {"medarbejder": "Karen"}):
        assert get(planner, PATH, **asked)["Location"] == f"{PATH}{contact_id}/"
        assert get(stranger, PATH, **asked).status_code == HTTPStatus.NOT_FOUND


def test_long_list_is_cut_and_says_so_within_twenty_queries(cast: Cast, planner: Client) -> None:
    for second in range(51):
        contact_id = cast.wait(at=later(second))
        cast.event(contact_id, Event.CITIZEN_LEFT, at=later(second + 1))
    page_of(planner, PATH, id=NUMBER)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = page_of(planner, PATH, id=NUMBER)
    assert "De 50 nyeste vises." in page
    assert page.count(f'href="{PATH}0') <= 51
    assert len(queries) <= 20
