"""The fixed cast: two authorities in one centre, one outside it, and the people who work there."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from borgerlinje.contacts.actions import do_arrive
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.contacts.models import Contact
from borgerlinje.cooperation.models import Authority, Centre, Membership
from borgerlinje.dispatch.actions import Change, do_event
from borgerlinje.dispatch.attendance import do_ready
from borgerlinje.kit.database import run
from borgerlinje.kit.ids import uuid7
from borgerlinje.lines.models import Line, LineNumber
from borgerlinje.staff.models import Employee, EmployeeCentre, EmployeeSkill, RoleAssignment, Skill, User
from borgerlinje.staff.roles import Role

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)  # a Tuesday, 14.00 in Denmark
LONG_AGO = date(2020, 1, 1)


@dataclass
class Cast:
    """Everybody, stored."""

    own: Authority
    colleague_authority: Authority
    outside: Authority
    centre: Centre
    skill: Skill
    line: Line
    employee: Employee
    colleague: Employee
    outsider: Employee

    def arrive(self, digits: str = "46313020", *, at: datetime = NOW, caller: str = "46120000") -> UUID:
        """Store a citizen's call to a number, still in the greeting."""
        contact_id = uuid7(at)
        with connection.cursor() as cursor:
            row = run(
                do_arrive(contact_id, dialled=digits, caller=caller, channel_ref=f"c-{contact_id}", now=at), cursor
            )
        assert row is not None
        return contact_id

    def wait(self, *, at: datetime = NOW) -> UUID:
        """Store a citizen who waits since `at`."""
        contact_id = self.arrive(at=at)
        self.event(contact_id, Event.GREETED, at=at)
        return contact_id

    def event(self, contact_id: UUID, event: Event, *, at: datetime = NOW, offer_id: UUID | None = None) -> Change:
        """Let something happen to a contact."""
        with connection.cursor() as cursor:
            change = run(do_event(contact_id, event, now=at, offer_id=offer_id), cursor)
        assert change is not None
        return change

    def ready(self, employee: Employee, *, at: datetime = NOW) -> None:
        """Make an employee ready since `at`."""
        with connection.cursor() as cursor:
            run(do_ready(employee.pk, now=at), cursor)

    def contact(self, contact_id: UUID) -> Contact:
        """Read a contact anew."""
        return Contact.objects.get(pk=contact_id)


def make_employee(name: str, authority: Authority, centre: Centre | None, role: Role = Role.EMPLOYEE) -> Employee:
    """Store an account, its employee, where they work and their role."""
    user = User.objects.create_user(f"{name.lower()}@example.org", name=name)
    employee = Employee.objects.create(
        user=user, employer=authority, given_name=name, initial=name[0], from_on=LONG_AGO
    )
    if centre:
        EmployeeCentre.objects.create(employee=employee, centre=centre, from_on=LONG_AGO)
    RoleAssignment.objects.create(user=user, authority=authority, role=role.value, from_on=LONG_AGO)
    return employee


@pytest.fixture
def cast(db: None) -> Cast:
    """Store the fixed cast in the test's own transaction."""
    del db
    return store_cast()


def store_cast() -> Cast:
    """Store the fixed cast through Django's connection."""
    own = Authority.objects.create(code="370", name="Næstved", kind="municipality")
    colleague_authority = Authority.objects.create(code="330", name="Slagelse", kind="municipality")
    outside = Authority.objects.create(code="101", name="København", kind="municipality")
    centre = Centre.objects.create(slug="prove", name="Prøvecenter", host=own)
    for authority in (own, colleague_authority):
        Membership.objects.create(centre=centre, authority=authority, from_on=LONG_AGO)
    other_centre = Centre.objects.create(slug="andet", name="Andet center", host=outside)
    Membership.objects.create(centre=other_centre, authority=outside, from_on=LONG_AGO)
    skill = Skill.objects.create(code="selvbetjening", name="Selvbetjening")
    line = Line.objects.create(
        slug="hotline",
        name="Hotline",
        owner=own,
        centre=centre,
        skill=skill,
        skill_level=2,
        greeting_text="Velkommen.",
        closed_text="Vi har lukket.",
    )
    LineNumber.objects.create(line=line, digits="46313020", home_authority=own, is_main=True)
    LineNumber.objects.create(line=line, digits="1881")
    employee = make_employee("Karen", own, centre)
    colleague = make_employee("Birgit", colleague_authority, centre)
    outsider = make_employee("Otto", outside, other_centre)
    for someone in (employee, colleague):
        EmployeeSkill.objects.create(employee=someone, skill=skill, level=2)
    return Cast(own, colleague_authority, outside, centre, skill, line, employee, colleague, outsider)


def later(seconds: float) -> datetime:
    """Return an instant so many seconds after the cast's now."""
    return NOW + timedelta(seconds=seconds)


def user_of(employee: Employee) -> User:
    """Return the account of an employee who has one."""
    assert employee.user is not None
    return employee.user
