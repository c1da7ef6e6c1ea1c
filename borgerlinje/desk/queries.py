"""What an employee's desk shows, read in a fixed number of queries. The rows come through the person's own fence."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, Prefetch, Q, QuerySet, When
from django.db.models.functions import Length

from borgerlinje.channels.phone.models import OutgoingCall, Trunk
from borgerlinje.contacts.lifecycle import IN_CONVERSATION, IN_HAND, IN_POOL, PRESENT, UNREACHED, Event, State
from borgerlinje.contacts.models import Contact, ContactEvent, Outcome
from borgerlinje.desk import attempts as attempts_made
from borgerlinje.desk.attempts import asked_of, attempts_of, news_of
from borgerlinje.desk.choices import WHY_CANCELLED, Choices, choices_for
from borgerlinje.desk.reachable import can_dial, number_to_call, why_not
from borgerlinje.desk.whereabouts import is_in_browser
from borgerlinje.dispatch import presence
from borgerlinje.dispatch.ability import can_answer, read_ability
from borgerlinje.dispatch.explain import short_reasons
from borgerlinje.dispatch.models import Offer, PauseReason, Presence, PresenceState, Transfer
from borgerlinje.kit import clock
from borgerlinje.kit.errors import GoneError
from borgerlinje.kit.intervals import in_force
from borgerlinje.lines import numbers
from borgerlinje.lines.models import LineNumber, Subject
from borgerlinje.lines.queries import shown_lines
from borgerlinje.staff.models import Employee

# So long an offer that ended by itself is news at the desk.
_NEWS = timedelta(minutes=1)
# What takes the whole person: the database lets an employee have one of it.
WHOLE = ("phone", "counter")

_QUEUE = PRESENT | {State.CALLING_BACK}
_CALLBACKS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Desk:
    """One employee's desk at an instant.

    `asked` is the attempt in which a colleague asks this employee, `attempts` those made for the contact in hand. `news` and `unreached` are what
    became a moment ago of the citizen one had; `closed` is their contact when one has just closed it. `has_browser_phone`: the conversation is in this page and not elsewhere, and calls ring here.
    `lacks` is why no call can come to a free desk: no "centre", or the "skills" of none of its lines.
    """

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
    asked: Transfer | None = None
    attempts: list[Transfer] = field(default_factory=list)
    news: Transfer | None = None
    unreached: ContactEvent | None = None
    closed: Contact | None = None
    can_dial: bool = False
    has_browser_phone: bool = True
    call_out: OutgoingCall | None = None
    lacks: str = ""

    @property
    def card(self) -> Contact | None:
        """The contact this desk is about: the one offered, the one in hand, or the one a colleague asks about."""
        if self.offer:
            return self.offer.contact
        return self.contact or (self.asked.contact if self.asked else None)

    @property
    def shows(self) -> str:
        """What the desk shows: an offer, the state of the contact in hand, a colleague who asks or is helped, or the employee's own state."""
        if self.asked and not self.offer and not self.contact:
            return "helping" if self.asked.answered_at else "asked"
        return "offered" if self.offer else self.contact.state if self.contact else self.presence.state

    @property
    def pause_reasons(self) -> list[tuple[str, str]]:
        """What a pause may be for: value and words."""
        return [(value, str(label)) for value, label in PauseReason.choices]

    @property
    def is_talking(self) -> bool:
        """Whether the citizen and the employee are on the line with each other."""
        return self.contact is not None and self.contact.state in IN_CONVERSATION

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
    def attempt(self) -> Transfer | None:
        """The attempt to bring somebody that goes on now."""
        return attempts_made.under_way(self.attempts)

    @property
    def failed(self) -> Transfer | None:
        """The attempt that has just come to nothing."""
        return attempts_made.failed(self.attempts, self.story)

    @property
    def on_hold_since(self) -> datetime | None:
        """Since when the citizen in hand hears music; None when they do not."""
        return attempts_made.on_hold_since(self.story)

    @property
    def reminds_at(self) -> datetime | None:
        """When the employee is reminded that the citizen is on hold."""
        if self.contact is None or self.on_hold_since is None:
            return None
        return self.on_hold_since + timedelta(seconds=self.contact.line.hold_reminder_seconds)

    @property
    def reminds_after(self) -> int:
        """How long a hold of this contact may last before the employee is reminded, in seconds."""
        return self.contact.line.hold_reminder_seconds if self.contact else 0

    @property
    def why_cancelled(self) -> tuple[tuple[str, Any], ...]:
        """Why a callback may be given up."""
        return WHY_CANCELLED

    @property
    def is_dialling(self) -> bool:
        """Whether the telephone is ringing this employee, and then the citizen."""
        contact = self.contact
        return contact is not None and contact.state == State.CALLING_BACK and contact.dial_asked_at is not None

    @property
    def expects_call(self) -> bool:
        """Whether the call that comes to this page is one the employee asked for: it is answered by itself."""
        return self.is_dialling and self.has_browser_phone

    @property
    def number(self) -> str:
        """The number to call the citizen in hand at; empty when it is not known."""
        return number_to_call(self.contact) if self.contact else ""

    @property
    def why_not(self) -> str:
        """Why the telephone does not call the citizen in hand; empty when it does."""
        return why_not(self.contact) if self.contact else ""

    @property
    def is_message(self) -> bool:
        """Whether the citizen in hand left a message: it is heard before anybody rings."""
        return any(event.name == Event.MESSAGE_LEFT for event in self.story)

    @property
    def waiting(self) -> list[Contact]:
        """Those of the queue whom nobody talks with yet."""
        return [contact for contact in self.queue if contact.state in IN_POOL and not contact.is_callback]

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
    def tells(self) -> bool:
        """Whether there is still something to tell of the citizen one had."""
        return bool(self.news or self.unreached or self.closed)

    @property
    def other_outcomes(self) -> list[tuple[str, str]]:
        """What the contact that was just closed may be said to have ended as: value and words."""
        return [(each.value, str(each.label)) for each in Outcome]

    @property
    def reasons(self) -> list[str]:
        """Why this contact was offered here, in at most three short phrases."""
        return short_reasons(self.offer.why) if self.offer else []


def desk_of(employee: Employee, *, now: datetime, was: UUID | None = None) -> Desk:
    """Read an employee's desk. `was` is the contact that they had in hand a moment ago, as far as the page knows."""
    contacts = Contact.objects.select_related("line", "home_authority", "authority")
    dials = Exists(Trunk.objects.filter(is_active=True))
    standing = (
        Presence.objects.filter(employee=employee).select_related("employee__phone").annotate(can_dial=dials).first()
    )
    recent = Offer.objects.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=now - _NEWS), employee=employee)
    offers = list(recent.prefetch_related(Prefetch("contact", contacts)).order_by("pk"))
    offer = next((each for each in offers if each.ended_at is None), None)
    contact = (
        contacts.filter(in_hand(employee))
        .prefetch_related(Prefetch("events", ContactEvent.objects.select_related("employee")))
        .first()
    )
    read_ability([employee], now=now)
    centres = [work.centre_id for work in employee.works.all()]
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
    last_offer = None if contact else next((each for each in reversed(offers) if each.ended_at is not None), None)
    # Who is asked is taken for it, as by an offer.
    asked = asked_of(employee) if shown is None and standing and standing.state in presence.BUSY else None
    is_free = shown is None and asked is None
    return Desk(
        employee,
        standing or Presence(employee=employee, state=PresenceState.SIGNED_OUT, since=now, idle_since=now),
        offer,
        contact,
        list(queue),
        list(with_messages(callbacks)),
        list(colleagues),
        choices_for(contact, now=now) if contact and contact.state in {State.WRAP_UP, State.TRANSFERRED} else None,
        earlier_today(shown or (asked.contact if asked else None), now=now),
        last_offer,
        asked,
        attempts_of(contact) if contact else [],
        news_of(employee, was, now=now) if is_free and was else None,
        _unreached(employee, was, now=now) if is_free and was else None,
        _closed(employee, was, now=now) if is_free and was else None,
        standing.can_dial if standing else can_dial(),
        is_in_browser(
            standing.employee if standing else employee,
            contact if contact and contact.state in IN_CONVERSATION else None,
        ),
        _call_out(contact),
        _lacks(employee, centres, now=now) if is_free else "",
    )


def _lacks(employee: Employee, centres: list[int], *, now: datetime) -> str:
    if not centres:
        return "centre"
    lines = shown_lines().filter(centre__in=centres)
    return "" if can_answer(employee, lines, now=now) else "skills"


def _unreached(employee: Employee, contact_id: UUID, *, now: datetime) -> ContactEvent | None:
    """Return how the employee's attempt to call a citizen came to nothing a moment ago."""
    names = [event.value for event in (*UNREACHED, Event.CALLBACK_CANCELLED)]
    recent = ContactEvent.objects.filter(contact=contact_id, employee=employee, at__gt=now - _NEWS)
    return recent.filter(name__in=names, from_state=State.CALLING_BACK).select_related("contact__line").last()


def _closed(employee: Employee, contact_id: UUID, *, now: datetime) -> Contact | None:
    """Return the contact that an employee closed a moment ago, and said how it went."""
    said = Contact.objects.filter(pk=contact_id, employee=employee, documented_at__gt=now - _NEWS).exclude(outcome="")
    return said.first()


def _call_out(contact: Contact | None) -> OutgoingCall | None:
    """Return the call to the citizen that was made since the employee asked for it."""
    if contact is None or contact.dial_asked_at is None:
        return None
    made = OutgoingCall.objects.filter(contact=contact, made_at__gte=contact.dial_asked_at)
    return made.exclude(purpose=OutgoingCall.Purpose.EMPLOYEE).order_by("made_at").last()


def access_callback(employee: Employee, contact_id: UUID) -> Contact:
    """Return a contact that waits to be called back where the employee works. Raises GoneError when there is none."""
    here = _of_centres(_centres(employee, now=clock.now()))
    contact = Contact.objects.filter(here, pk=contact_id, state=State.CALLBACK).first()
    if contact is None:
        raise GoneError
    return contact


def has_message(contact: Contact) -> bool:
    """Tell whether a citizen left a message."""
    return ContactEvent.objects.filter(contact=contact, name=Event.MESSAGE_LEFT).exists()


def with_messages(contacts: "QuerySet[Contact]") -> "QuerySet[Contact]":
    """Read, for all of them at once, whether these contacts left a message, as `promised` says it."""
    told = ContactEvent.objects.filter(name__in=(Event.MESSAGE_LEFT.value, "called_out"))
    return contacts.prefetch_related(Prefetch("events", told))


def numbers_to_show(employee: Employee, *, now: datetime) -> "QuerySet[LineNumber]":
    """Return the numbers of the lines an employee answers: what a citizen who is called may see. Those of the employee's own authority first."""
    answered = LineNumber.objects.filter(line__centre__in=_centres(employee, now=now), line__is_hidden=False)
    is_own = Case(When(home_authority=employee.employer_id, then=0), default=1)
    # A short number can be called back from few telephones.
    return answered.select_related("line__owner", "home_authority").order_by(
        is_own, -Length("digits"), "line__name", "home_authority__name", "digits"
    )


def _centres(employee: Employee, *, now: datetime) -> list[int]:
    today = now.astimezone(clock.COPENHAGEN).date()
    return list(employee.works.filter(in_force(today)).values_list("centre_id", flat=True))


def _of_centres(centres: list[int]) -> Q:
    return Q(line__centre__in=centres, line__is_hidden=False)


def in_hand(employee: Employee) -> Q:
    """Return the condition on the one call or visit that an employee has in hand, or has yet to close."""
    is_open = Q(state__in=IN_HAND) | Q(state=State.TRANSFERRED, documented_at__isnull=True)
    return Q(employee=employee, channel__in=WHOLE) & is_open


def stage_since(contact: Contact) -> datetime:
    """Return since when a contact has been in its present stage, as a clock shows it."""
    if contact.state in IN_CONVERSATION or contact.state == State.TRANSFERRED:
        return contact.answered_at or contact.arrived_at
    if contact.state == State.WRAP_UP:
        return contact.transferred_at or contact.ended_at or contact.arrived_at
    return contact.waiting_since or contact.arrived_at


def subject_names() -> list[str]:
    """Return the names of the subjects in use, for the field that suggests them."""
    return list(Subject.objects.filter(retired_on=None).values_list("name", flat=True))


def earlier_today(contact: Contact | None, *, now: datetime) -> list[Contact]:
    """Return this caller's other contacts of today, newest first; none for a withheld number."""
    if contact is None or len(contact.caller_number) < len(numbers.normalise("46313020")):
        return []
    midnight = clock.midnight(now)
    return list(
        Contact.objects.filter(caller_number=contact.caller_number, arrived_at__gte=midnight, is_test=False)
        .exclude(pk=contact.pk)
        .select_related("employee__employer")
        .order_by("-arrived_at")[:3]
    )
