"""The database's own fence. Each negative test proves its premise first: the row is there."""

import pytest
from django.db import DatabaseError, connection, transaction

from borgerlinje.contacts.models import Contact, ContactEvent
from borgerlinje.dispatch.models import Offer, Presence
from borgerlinje.kit import clock
from borgerlinje.staff.fence import Standing, set_fence, who
from borgerlinje.staff.models import Employee, RoleAssignment
from borgerlinje.staff.roles import Role
from tests.support.cast import LONG_AGO, NOW, Cast, later, user_of
from tests.support.database import as_web


def test_web_sees_the_contacts_of_the_authorities_it_serves_and_no_others(cast: Cast) -> None:
    contact_id = cast.wait()
    assert Contact.objects.filter(pk=contact_id).exists()
    with as_web(cast.own.pk):
        assert Contact.objects.filter(pk=contact_id).exists()
        assert ContactEvent.objects.filter(contact_id=contact_id).exists()
    with as_web(cast.outside.pk):
        assert not Contact.objects.filter(pk=contact_id).exists()
        assert not ContactEvent.objects.filter(contact_id=contact_id).exists()
    with as_web():
        assert not Contact.objects.exists()


def test_web_changes_nothing_outside_its_fence(cast: Cast) -> None:
    contact_id = cast.wait()
    with as_web(cast.outside.pk):
        assert Contact.objects.filter(pk=contact_id).update(note="fremmed") == 0
    assert cast.contact(contact_id).note == ""


def test_web_cannot_move_a_contact_out_of_its_fence(cast: Cast) -> None:
    contact_id = cast.wait()
    with as_web(cast.own.pk), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Contact.objects.filter(pk=contact_id).update(authority=cast.outside)


@pytest.mark.parametrize("verb", ["UPDATE contacts_contactevent SET name = 'x'", "DELETE FROM contacts_contactevent"])
@pytest.mark.parametrize("role", ["bl_web", "bl_engine"])
def test_story_of_a_contact_can_only_grow(cast: Cast, verb: str, role: str) -> None:
    cast.wait()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute(verb)
        cursor.execute("RESET ROLE")


def test_engine_sees_every_contact(cast: Cast) -> None:
    contact_id = cast.wait()
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE bl_engine")
        assert Contact.objects.filter(pk=contact_id).exists()
        cursor.execute("RESET ROLE")


def test_who_gives_an_employee_the_centres_members_and_their_roles(cast: Cast) -> None:
    with as_web():
        standing = who(user_of(cast.employee).pk)
    assert standing.roles == {Role.EMPLOYEE}
    assert standing.authorities() == sorted([cast.own.pk, cast.colleague_authority.pk])


def test_who_forgets_a_role_and_a_membership_on_the_day_they_end(cast: Cast) -> None:
    today = NOW.date()
    RoleAssignment.objects.filter(user=cast.employee.user).update(to_on=today)
    cast.centre.memberships.filter(authority=cast.colleague_authority).update(from_on=LONG_AGO, to_on=today)
    with as_web(), clock.turned(NOW):
        standing = who(user_of(cast.employee).pk)
    assert standing.roles == frozenset()
    assert standing.served == {cast.own.pk}
    assert standing.authorities() == []


def test_colleagues_are_seen_and_strangers_are_not(cast: Cast) -> None:
    cast.ready(cast.colleague)
    cast.ready(cast.outsider)
    with as_web(cast.own.pk, cast.colleague_authority.pk, user_id=cast.employee.user_id):
        seen = set(Employee.objects.values_list("pk", flat=True))
        present = set(Presence.objects.values_list("employee_id", flat=True))
    assert seen == {cast.employee.pk, cast.colleague.pk}
    assert present == {cast.colleague.pk}


def test_nobody_gives_themselves_a_role_elsewhere(cast: Cast) -> None:
    with as_web(cast.own.pk, user_id=cast.employee.user_id):
        assert RoleAssignment.objects.filter(user=cast.employee.user).exists()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            RoleAssignment.objects.create(
                user=user_of(cast.employee), authority=cast.outside, role=Role.ADMINISTRATOR.value, from_on=LONG_AGO
            )


def test_fence_ends_with_the_transaction(cast: Cast) -> None:
    with transaction.atomic():
        set_fence(user_id=cast.employee.user_id, authorities=[cast.own.pk])
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT is_local FROM (SELECT current_setting('app.authorities', true) = %s) s(is_local)",
                [str(cast.own.pk)],
            )
            assert cursor.fetchone() == (True,)


def test_offers_are_fenced_like_their_contacts(cast: Cast) -> None:
    cast.ready(cast.employee)
    contact_id = cast.wait()
    Offer.objects.create(
        contact_id=contact_id, authority=cast.own, employee=cast.employee, made_at=later(0), expires_at=later(20)
    )
    with as_web(cast.own.pk):
        assert Offer.objects.count() == 1
    with as_web(cast.outside.pk):
        assert Offer.objects.count() == 0


def test_role_at_one_authority_opens_nothing_at_another() -> None:
    standing = Standing({Role.AUDITOR: frozenset({1}), Role.DIGITAL_AMBASSADOR: frozenset({2})}, frozenset({3}))
    assert standing.authorities([Role.AUDITOR]) == [1]
    assert standing.authorities([Role.DIGITAL_AMBASSADOR]) == [2]
    assert standing.authorities([Role.EMPLOYEE]) == []
    assert standing.authorities() == [1, 2]
