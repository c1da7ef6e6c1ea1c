"""Reads a contact's whole story, and for one that waits everything that decides who gets it. The rows come through the reader's fence."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from borgerlinje.contacts.lifecycle import POOL
from borgerlinje.contacts.models import Contact
from borgerlinje.cooperation.models import Membership
from borgerlinje.dispatch import explain
from borgerlinje.dispatch.explain import Happened, Moment, Offered
from borgerlinje.dispatch.matching import Free, LineRule, Rules, Step, SubjectRule, Waiting
from borgerlinje.dispatch.models import Presence, PresenceState
from borgerlinje.dispatch.obstacles import NotOffered, Present, Standing, needed, not_offered
from borgerlinje.dispatch.words import Names
from borgerlinje.kit import clock
from borgerlinje.lines.models import Line, Reservation, Subject
from borgerlinje.lines.tasks import SCOPES, Task
from borgerlinje.staff.models import Employee, EmployeeCentre, EmployeeSkill, Skill

_IN_POOL = sorted(state.value for state in POOL)
_HEX_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Account:
    """A contact's story in words. `needs`: what it requires under the rules of now; `not_offered` is None unless it waits.

    `is_partial`: the reader may not see every member's contacts and people, so those who wait may stand behind others than those named.
    """

    contact: Contact
    moments: list[Moment]
    needs: list[str]
    not_offered: NotOffered | None
    names: Names
    is_partial: bool


def find(text: str, *, limit: int = 2) -> list[Contact]:
    """Return the contacts whose id is `text` or begins with it, oldest first; hyphens do not matter."""
    digits = text.strip().replace("-", "").lower()
    if not digits or len(digits) > _HEX_DIGITS or set(digits) - set("0123456789abcdef"):
        return []
    first, last = (UUID(digits.ljust(_HEX_DIGITS, filler)) for filler in "0f")
    found = Contact.objects.filter(pk__gte=first, pk__lte=last)
    found = found.select_related("line__centre", "home_authority", "employee__employer")
    return list(found.order_by("pk")[:limit])


def latest(*, limit: int) -> list[Contact]:
    """Return the newest contacts of the lines that are shown, newest first: their ids begin with the time."""
    found = Contact.objects.filter(line__is_hidden=False, is_test=False).select_related("line", "home_authority")
    return list(found.order_by("-pk")[:limit])


def account(contact: Contact, *, now: datetime, visible: Collection[int] | None = None) -> Account:
    """Tell a contact's story; `visible` are the authorities whose rows the reader sees, None for all."""
    happened = [
        Happened(event.at, event.name, event.from_state, event.to_state, event.employee_id, event.data)
        for event in contact.events.all()
    ]
    offers = [
        Offered(
            offer.pk,
            offer.employee_id,
            offer.made_at,
            offer.rung_at,
            offer.ended_at,
            offer.ended_as,
            offer.why,
        )
        for offer in contact.offers.all()
    ]
    is_waiting = contact.state in _IN_POOL
    now_standing = standing(contact.line.centre_id if is_waiting else None, today=_day(now))
    rules = now_standing.rules
    people = {each.employee_id for each in happened if each.employee_id} | {offer.employee_id for offer in offers}
    people |= {each for offer in offers for each in offer.why.get("candidates", ())}
    people |= {each.employee.employee_id for each in now_standing.people}
    names = Names(
        _people(people),
        dict(Skill.objects.values_list("id", "name")),
        rules.lines[contact.line_id].steps,
        contact.home_authority.name if contact.home_authority else "",
    )
    waits = _waiting(contact)
    return Account(
        contact,
        explain.story(happened, offers, names, waiting_since=contact.waiting_since, closed_as=contact.closed_as),
        needed(waits, rules, names, now=now) if is_waiting else _needed_then(offers, waits, rules, names, now=now),
        not_offered(waits, now_standing, names, now=now) if is_waiting else None,
        names,
        is_partial=visible is not None and _hides_members(contact, visible, today=_day(now)),
    )


def standing(centre_id: int | None, *, today: date) -> Standing:
    """Return the rules, who waits in a centre and who is at work, with what each may be offered on a local date; None: the rules alone.

    It is what the dispatcher's own reader (`feed`) sees, through Django's connection and its fence.
    """
    rules = _rules()
    if centre_id is None:
        return Standing(rules, (), ())
    contacts = Contact.objects.filter(state__in=_IN_POOL, line__centre=centre_id)
    people = (
        Presence.objects.exclude(state=PresenceState.SIGNED_OUT)
        .filter(_in_force(today, "employee__"))
        .select_related("employee")
        .prefetch_related(
            Prefetch("employee__works", EmployeeCentre.objects.filter(_in_force(today))),
            Prefetch(
                "employee__skills",
                EmployeeSkill.objects.filter(Q(expires_on__isnull=True) | Q(expires_on__gt=today)).select_related(
                    "skill"
                ),
            ),
            Prefetch("employee__reservations", Reservation.objects.filter(_in_force(today))),
        )
        .order_by("idle_since", "employee_id")
    )
    return Standing(rules, [_waiting(contact) for contact in contacts], [_present(presence) for presence in people])


def _needed_then(offers: list[Offered], waits: Waiting, rules: Rules, names: Names, *, now: datetime) -> list[str]:
    """Return what a contact that no longer waits required when it was offered last, or else what it would require now."""
    why = next((offer.why for offer in reversed(offers) if offer.why.get("scope")), None)
    return explain.demands(why, names) if why else needed(waits, rules, names, now=now)


def _rules() -> Rules:
    """Return the rules of all lines and subjects."""
    lines = Line.objects.prefetch_related("relaxations", "tasks")
    return Rules(
        {line.pk: _line_rule(line) for line in lines},
        {subject.pk: SubjectRule(subject.skill_id, subject.skill_level) for subject in Subject.objects.all()},
    )


def _line_rule(line: Line) -> LineRule:
    return LineRule(
        line.pk,
        line.centre_id,
        line.scope,
        line.skill_id,
        line.skill_level,
        line.language,
        line.head_start_seconds,
        line.own_authority_wait_seconds,
        line.crowd_seconds,
        line.crowd_cap_seconds,
        line.offers_callbacks,
        tuple(
            Step(each.after_seconds, each.lower_level_by, each.any_skill, each.any_language, each.use_reserved)
            for each in line.relaxations.all()
        ),
        tuple(
            Task(each.subject_id, each.first_weekday, each.last_weekday, each.opens, each.closes, each.scope)
            for each in line.tasks.all()
        ),
    )


def _waiting(contact: Contact) -> Waiting:
    return Waiting(
        contact.pk,
        contact.line_id,
        contact.waiting_since or contact.arrived_at,
        contact.channel,
        contact.home_authority_id,
        contact.subject_item_id,
        contact.language,
        contact.head_start_seconds,
        contact.is_callback,
        contact.due_at,
        contact.employee_id,
    )


def _present(presence: Presence) -> Present:
    employee = presence.employee
    # A conversation takes the whole person: who chats has no ear left.
    is_alone = presence.chat_load == 0
    room = {
        "phone": presence.phone_capacity if is_alone else 0,
        "counter": presence.counter_capacity if is_alone else 0,
        "chat": presence.chat_capacity - presence.chat_load,
        "mail": presence.mail_capacity - presence.mail_load,
    }
    skills = list(employee.skills.all())
    free = Free(
        employee.pk,
        employee.employer_id,
        presence.idle_since,
        {work.centre_id: SCOPES.index(work.clearance) for work in employee.works.all()},
        {held.skill_id: held.level for held in skills},
        frozenset(held.skill.language for held in skills if held.skill.language),
        frozenset(channel for channel, left in room.items() if left > 0),
        frozenset(kept.line_id for kept in employee.reservations.all()),
    )
    return Present(free, presence.state, presence.since, presence.state == PresenceState.READY)


def _people(ids: Iterable[int]) -> dict[int, str]:
    """Name the employees the reader may see."""
    found: QuerySet[Employee] = Employee.objects.filter(pk__in=set(ids)).select_related("employer")
    return {each.pk: f"{each} ({each.employer.name})" for each in found}


def _hides_members(contact: Contact, visible: Collection[int], *, today: date) -> bool:
    return (
        Membership.objects.filter(_in_force(today), centre=contact.line.centre_id)
        .exclude(authority__in=visible)
        .exists()
    )


def _in_force(today: date, prefix: str = "") -> Q:
    """Return the condition on rows in [from_on, to_on) that hold today."""
    ends: dict[str, Any] = {f"{prefix}to_on__isnull": True}
    later: dict[str, Any] = {f"{prefix}to_on__gt": today}
    begun: dict[str, Any] = {f"{prefix}from_on__lte": today}
    return Q(**begun) & (Q(**ends) | Q(**later))


def _day(now: datetime) -> date:
    return now.astimezone(clock.COPENHAGEN).date()
