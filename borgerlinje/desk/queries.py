"""What an employee's desk shows, read in a fixed number of queries. The rows come through the person's own fence."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from borgerlinje.contacts.lifecycle import IN_HAND, PRESENT, Event, State
from borgerlinje.contacts.models import Contact, ContactEvent
from borgerlinje.desk.choices import Choices, choices_for
from borgerlinje.dispatch import presence
from borgerlinje.dispatch.explain import short_reasons
from borgerlinje.dispatch.models import Offer, Presence, PresenceState
from borgerlinje.kit import clock
from borgerlinje.kit.errors import GoneError
from borgerlinje.lines import numbers
from borgerlinje.lines.models import Subject
from borgerlinje.staff.models import Employee

# So long an offer that ended by itself is news at the desk.
_NEWS = timedelta(minutes=1)
# What takes the whole person: the database lets an employee have one of it.
WHOLE = ("phone", "counter")
CONVERSATION = frozenset({State.CONNECTED, State.HELD, State.CONSULTING, State.THREE_WAY})
_WAITS = frozenset({State.WAITING, State.OFFERED})
_QUEUE = PRESENT | {State.CALLING_BACK}
_CALLBACKS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Desk:
    """One employee's desk at an instant."""

    employee: Employee
    presence: Presence
    offer: Offer | None
    contact: Contact | None
    queue: list[Contact]
    callbacks: list[Contact]
    colleagues: list[Presence]
    choices: Choices | None = None
    earlier: list[Contact] = field(default_factory=list)
    last_offer: Offer | None = None

    @property
    def card(self) -> Contact | None:
        """The contact this desk is about: the one offered, or the one in hand."""
        return self.offer.contact if self.offer else self.contact

    @property
    def shows(self) -> str:
        """What the desk shows: an offer, the state of the contact in hand, or the employee's own."""
        return "offered" if self.offer else self.contact.state if self.contact else self.presence.state

    @property
    def is_talking(self) -> bool:
        """Whether the citizen and the employee are on the line with each other."""
        return self.contact is not None and self.contact.state in CONVERSATION

    @property
    def spoke_until(self) -> datetime | None:
        """When the employee's part of the contact in hand ended; None while they talk."""
        return (self.contact.transferred_at or self.contact.ended_at) if self.contact else None

    @property
    def is_by_hand(self) -> bool:
        """Whether the employee rang the citizen up from a telephone of their own."""
        return self.is_talking and any(event.data.get("by") == "hand" for event in self.story)

    @property
    def story(self) -> list[ContactEvent]:
        """What has happened to the contact in hand."""
        return list(self.contact.events.all()) if self.contact else []

    @property
    def waiting(self) -> list[Contact]:
        """Those of the queue whom nobody talks with yet."""
        return [contact for contact in self.queue if contact.state in _WAITS and not contact.is_callback]

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
        return sum(colleague.state in presence.BUSY for colleague in self.colleagues)

    @property
    def reasons(self) -> list[str]:
        """Why this contact was offered here, in at most three short phrases."""
        return short_reasons(self.offer.why) if self.offer else []


def desk_of(employee: Employee, *, now: datetime) -> Desk:
    """Read an employee's desk."""
    contacts = Contact.objects.select_related("line", "home_authority", "authority")
    standing = Presence.objects.filter(employee=employee).first() or Presence(
        employee=employee, state=PresenceState.SIGNED_OUT, since=now, idle_since=now
    )
    offer = (
        Offer.objects.filter(employee=employee, ended_at__isnull=True)
        .prefetch_related(Prefetch("contact", contacts))
        .first()
    )
    contact = (
        contacts.filter(in_hand(employee))
        .prefetch_related(Prefetch("events", ContactEvent.objects.select_related("employee")))
        .first()
    )
    centres = _centres(employee, now=now)
    here = contacts.filter(_of_centres(centres))
    queue = here.filter(state__in=_QUEUE).order_by("arrived_at")[:50]
    callbacks = here.filter(state=State.CALLBACK).order_by("waiting_since")[:_CALLBACKS_SHOWN]
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
        employee,
        standing,
        offer,
        contact,
        list(queue),
        list(with_messages(callbacks)),
        list(colleagues),
        choices_for(contact, now=now) if contact and contact.state in {State.WRAP_UP, State.TRANSFERRED} else None,
        earlier_today(shown, now=now),
        last_offer,
    )


def access_callback(employee: Employee, contact_id: UUID) -> Contact:
    """Return a contact that waits to be called back where the employee works. Raises GoneError when there is none."""
    here = _of_centres(_centres(employee, now=clock.now()))
    contact = Contact.objects.filter(here, pk=contact_id, state=State.CALLBACK).first()
    if contact is None:
        raise GoneError
    return contact


def with_messages(contacts: "QuerySet[Contact]") -> "QuerySet[Contact]":
    """Read, for all of them at once, whether these contacts left a message, as `promised` says it."""
    return contacts.prefetch_related(Prefetch("events", ContactEvent.objects.filter(name=Event.MESSAGE_LEFT)))


def _centres(employee: Employee, *, now: datetime) -> list[int]:
    today = now.astimezone(clock.COPENHAGEN).date()
    at_work = Q(from_on__lte=today) & (Q(to_on__isnull=True) | Q(to_on__gt=today))
    return list(employee.works.filter(at_work).values_list("centre_id", flat=True))


def _of_centres(centres: list[int]) -> Q:
    return Q(line__centre__in=centres, line__is_hidden=False)


def in_hand(employee: Employee) -> Q:
    """Return the condition on the one call or visit that an employee has in hand, or has yet to close."""
    is_open = Q(state__in=IN_HAND) | Q(state=State.TRANSFERRED, documented_at__isnull=True)
    return Q(employee=employee, channel__in=WHOLE) & is_open


def stage_since(contact: Contact) -> datetime:
    """Return since when a contact has been in its present stage, as a clock shows it."""
    if contact.state in CONVERSATION or contact.state == State.TRANSFERRED:
        return contact.answered_at or contact.arrived_at
    if contact.state == State.WRAP_UP:
        return contact.transferred_at or contact.ended_at or contact.arrived_at
    return contact.waiting_since or contact.arrived_at


def subject_names() -> list[str]:
    """Return the names of all subjects, for the field that suggests them."""
    return list(Subject.objects.values_list("name", flat=True))


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
