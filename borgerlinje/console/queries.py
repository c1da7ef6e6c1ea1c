"""What is going on now, read through the person's own fence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from borgerlinje.contacts.lifecycle import IN_CONVERSATION, State
from borgerlinje.contacts.models import Contact
from borgerlinje.desk.queries import stage_since, with_messages
from borgerlinje.dispatch.helping import STUCK, may_take_over
from borgerlinje.dispatch.models import Offer, Presence, PresenceState
from borgerlinje.kit import clock
from borgerlinje.lines import numbers
from borgerlinje.staff.models import RoleAssignment, User

_SHOWN = 200
# Those who wait come first, the longest wait at the top; then those who are being helped.
_ORDER = {State.WAITING: 0, State.OFFERED: 0, State.CALLBACK: 1, State.ARRIVED: 2, State.IN_MENU: 2, State.WRAP_UP: 4}


@dataclass(frozen=True, slots=True)
class LiveContact:
    """An open contact, and to whom it is offered now."""

    contact: Contact
    offer: Offer | None

    @property
    def may_be_taken_over(self) -> bool:
        """Whether somebody else may take the citizen to their own desk."""
        return may_take_over(State(self.contact.state))

    @property
    def citizen(self) -> str:
        """Who calls, by the half of their number that is shown."""
        number = numbers.masked(self.contact.caller_number)
        return _("Borger %(number)s") % {"number": number} if number else _("Ukendt nummer")

    @property
    def since(self) -> datetime:
        """Since when it has been in its present stage, as a clock shows it."""
        return stage_since(self.contact)


@dataclass(frozen=True, slots=True)
class Live:
    """All open contacts and everybody at work."""

    contacts: Sequence[LiveContact]
    people: Sequence[Presence]

    @property
    def stuck(self) -> frozenset[str]:
        """The states that somebody else may end."""
        return STUCK

    @property
    def waiting(self) -> list[LiveContact]:
        """Those whom nobody talks with yet."""
        return [
            each
            for each in self.contacts
            if each.contact.state in {"waiting", "offered"} and not each.contact.is_callback
        ]

    @property
    def talking_count(self) -> int:
        """How many conversations there are."""
        return sum(each.contact.state in IN_CONVERSATION for each in self.contacts)

    @property
    def ready_count(self) -> int:
        """How many people are ready."""
        return sum(person.state == PresenceState.READY for person in self.people)

    @property
    def longest_since(self) -> datetime | None:
        """Since when the one who has waited longest waits."""
        return min((each.contact.waiting_since for each in self.waiting if each.contact.waiting_since), default=None)


def live() -> Live:
    """Read every open contact that this person may see, and everybody at work."""
    contacts = (
        Contact.objects.exclude(state="closed")
        .filter(line__is_hidden=False)
        .select_related("line", "home_authority", "employee__employer")
        .order_by("arrived_at")[:_SHOWN]
    )
    offers = {
        offer.contact_id: offer
        for offer in Offer.objects.filter(ended_at__isnull=True).select_related("employee__employer")
    }
    rows = [LiveContact(contact, offers.get(contact.pk)) for contact in with_messages(contacts)]
    rows.sort(key=lambda each: (_ORDER.get(State(each.contact.state), 3), each.since))
    people = (
        Presence.objects.exclude(state=PresenceState.SIGNED_OUT)
        .select_related("employee__employer")
        .order_by("employee__given_name", "employee__initial")[:_SHOWN]
    )
    return Live(rows, list(people))


def access_contact(contact_id: UUID) -> Contact:
    """Return a contact that this person may see. Raises Http404: whether there is one behind the fence is not told."""
    contacts = Contact.objects.select_related("line__centre", "home_authority")
    found = contacts.prefetch_related("events", "offers", "successors").filter(pk=contact_id).first()
    if found is None:
        raise Http404
    return found


def roles_of(user: User, *, at: datetime) -> list[RoleAssignment]:
    """Return the roles a person holds at an instant, with their authorities."""
    on = at.astimezone(clock.COPENHAGEN).date()
    held = RoleAssignment.objects.filter(user=user, from_on__lte=on).select_related("authority")
    return [each for each in held.order_by("role", "authority__name") if each.to_on is None or each.to_on > on]
