"""What an employee's desk shows, read in a fixed number of queries. The rows come through the person's own fence."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch, Q

from borgerlinje.contacts.models import Contact, ContactEvent, Outcome
from borgerlinje.dispatch.models import Offer, Presence, PresenceState
from borgerlinje.kit import clock
from borgerlinje.lines import numbers
from borgerlinje.lines.models import Line
from borgerlinje.staff.models import Employee

# So long an offer that ended by itself is news at the desk.
_NEWS = timedelta(minutes=1)
_OPEN = ("arrived", "waiting", "offered", "connected")


@dataclass(frozen=True, slots=True)
class Desk:
    """One employee's desk at an instant."""

    employee: Employee
    presence: Presence
    offer: Offer | None
    contact: Contact | None
    queue: list[Contact]
    colleagues: list[Presence]
    earlier: list[Contact] = field(default_factory=list)
    last_offer: Offer | None = None

    @property
    def card(self) -> Contact | None:
        """The contact this desk is about: the one offered, or the one in hand."""
        return self.offer.contact if self.offer else self.contact

    @property
    def waiting(self) -> list[Contact]:
        """Those of the queue whom nobody talks with yet."""
        return [contact for contact in self.queue if contact.state in {"waiting", "offered"}]

    @property
    def longest_since(self) -> datetime | None:
        """Since when the one who has waited longest waits."""
        return min((contact.waiting_since for contact in self.waiting if contact.waiting_since), default=None)

    @property
    def ready_count(self) -> int:
        """How many colleagues are ready."""
        return sum(colleague.state == PresenceState.READY for colleague in self.colleagues)

    @property
    def busy_count(self) -> int:
        """How many colleagues have a citizen."""
        return sum(colleague.state in {"offered", "talking", "wrap_up"} for colleague in self.colleagues)

    @property
    def outcomes(self) -> list[tuple[str, str, bool]]:
        """The outcomes to choose from: value, name, and whether the line allows it."""
        allowed = self.contact is not None and self.contact.line.scope != Line.Scope.GUIDANCE_ONLY
        return [
            (outcome.value, str(outcome.label), allowed or outcome is not Outcome.LIGHT_CASEWORK) for outcome in Outcome
        ]

    @property
    def reasons(self) -> list[tuple[str, dict[str, Any]]]:
        """Why this contact was offered here: names of reasons with their figures, at most three."""
        if self.offer is None:
            return []
        why = self.offer.why
        found: list[tuple[str, dict[str, Any]]] = []
        if why.get("level_held"):
            found.append(("skill", {"held": why["level_held"], "required": why["level_required"]}))
        if why.get("own_authority"):
            found.append(("own", {}))
        found.append(("only", {}) if why.get("candidate_count") == 1 else ("idle", {}))
        return found


def desk_of(employee: Employee, *, now: datetime) -> Desk:
    """Read an employee's desk."""
    contacts = Contact.objects.select_related("line", "home_authority", "authority")
    presence = Presence.objects.filter(employee=employee).first() or Presence(
        employee=employee, state=PresenceState.SIGNED_OUT, since=now, idle_since=now
    )
    offer = (
        Offer.objects.filter(employee=employee, ended_at__isnull=True)
        .prefetch_related(Prefetch("contact", contacts))
        .first()
    )
    contact = (
        contacts.filter(employee=employee, state__in=("connected", "wrap_up"))
        .prefetch_related(Prefetch("events", ContactEvent.objects.select_related("employee")))
        .first()
    )
    today = now.astimezone(clock.COPENHAGEN).date()
    at_work = Q(from_on__lte=today) & (Q(to_on__isnull=True) | Q(to_on__gt=today))
    centres = list(employee.works.filter(at_work).values_list("centre_id", flat=True))
    queue = contacts.filter(state__in=_OPEN, line__centre__in=centres, line__is_hidden=False).order_by("arrived_at")[
        :50
    ]
    colleagues = (
        Presence.objects.filter(employee__works__centre__in=centres)
        .exclude(employee=employee)
        .exclude(state=PresenceState.SIGNED_OUT)
        .select_related("employee__employer")
        .distinct()
        .order_by("employee__given_name", "employee__initial")[:60]
    )
    shown = offer.contact if offer else contact
    last_offer = None if shown else Offer.objects.filter(employee=employee, ended_at__gt=now - _NEWS).last()
    return Desk(
        employee, presence, offer, contact, list(queue), list(colleagues), earlier_today(shown, now=now), last_offer
    )


def earlier_today(contact: Contact | None, *, now: datetime) -> list[Contact]:
    """Return this caller's other contacts of today, newest first; none for a withheld number."""
    if contact is None or len(contact.caller_number) < len(numbers.normalise("46313020")):
        return []
    midnight = now.astimezone(clock.COPENHAGEN).replace(hour=0, minute=0, second=0, microsecond=0)
    return list(
        Contact.objects.filter(caller_number=contact.caller_number, arrived_at__gte=midnight, is_test=False)
        .exclude(pk=contact.pk)
        .select_related("employee__employer")
        .order_by("-arrived_at")[:3]
    )
