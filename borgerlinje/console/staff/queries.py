"""What the pages on people show. The rows come through the person's own fence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from borgerlinje.console.staff.words import ACCOUNTS, LEVELS, expiry
from borgerlinje.dispatch.models import Presence, PresenceState
from borgerlinje.kit import clock
from borgerlinje.staff.invitations import Account, account_of, latest
from borgerlinje.staff.models import Employee, EmployeeCentre, EmployeeSkill, Invitation

SHOWN = 40
_IN_HAND = (PresenceState.TALKING, PresenceState.WRAP_UP, PresenceState.OFFERED)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is narrowed to; empty and None: not narrowed."""

    words: str = ""
    authority_id: int | None = None
    centre: str = ""
    skill: str = ""
    with_left: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything narrows the list."""
        return bool(self.words or self.authority_id or self.centre or self.skill)


@dataclass(frozen=True, slots=True)
class HeldSkill:
    """A skill somebody holds, its level in words, and what there is to say of its expiry."""

    held: EmployeeSkill
    level: str
    expiry: str


@dataclass(frozen=True, slots=True)
class Person:
    """An employee as the pages show them."""

    employee: Employee
    account: Account
    word: str
    works: Sequence[EmployeeCentre]
    skills: Sequence[HeldSkill]
    invitation: Invitation | None

    @property
    def last_day(self) -> date | None:
        """The last day of work, None while there is none."""
        return self.employee.to_on - timedelta(days=1) if self.employee.to_on else None

    @property
    def tag(self) -> str:
        """How the account's state is drawn: shape and word first, colour last."""
        return {Account.ACTIVE: "ok", Account.STOPPED: "bad", Account.EXPIRED: "warn"}.get(self.account, "")


def listed(people: "QuerySet[Employee]", asked: Asked) -> "QuerySet[Employee]":
    """Return the people that are asked for, by name; those who have left only when they are asked for."""
    today = clock.today()
    if not asked.with_left:
        people = people.filter(Q(to_on=None) | Q(to_on__gt=today))
    for word in asked.words.split():
        people = people.filter(
            Q(given_name__icontains=word) | Q(initial__iexact=word.strip(".")) | Q(user__email__icontains=word)
        )
    if asked.authority_id:
        people = people.filter(employer=asked.authority_id)
    if asked.centre:
        works = EmployeeCentre.objects.filter(centre__slug=asked.centre).exclude(to_on__lte=today)
        people = people.filter(pk__in=works.values("employee"))
    if asked.skill:
        people = people.filter(pk__in=EmployeeSkill.objects.filter(skill__code=asked.skill).values("employee"))
    return people


def person_of(employee: Employee, *, now: datetime) -> Person:
    """Return an employee as the pages show them; work that is over is left out."""
    today = clock.today()
    account = account_of(employee, now=now)
    return Person(
        employee,
        account,
        str(ACCOUNTS[account]),
        [work for work in employee.works.all() if work.to_on is None or work.to_on > today],
        [
            HeldSkill(held, str(LEVELS[held.level]), expiry(held.expires_on, today=today))
            for held in employee.skills.all()
        ],
        latest(employee.user) if employee.user else None,
    )


def has_contact_in_hand(employee: Employee) -> bool:
    """Tell whether a citizen is with an employee now, or on the way to them."""
    return Presence.objects.filter(employee=employee, state__in=_IN_HAND).exists()
