"""The attempts to bring somebody to a citizen, as a desk shows them: one's own, and the one in which one is asked oneself."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch

from borgerlinje.contacts.lifecycle import State
from borgerlinje.contacts.models import Contact, ContactEvent
from borgerlinje.dispatch.models import Transfer, TransferEnd
from borgerlinje.staff.models import Employee

# So long a desk tells that a colleague has taken the citizen over.
_NEWS = timedelta(minutes=1)
# Ends that bring nobody to the citizen, and are no wish of the employee's own.
FAILED = frozenset(
    {
        TransferEnd.BUSY,
        TransferEnd.DECLINED,
        TransferEnd.NO_ANSWER,
        TransferEnd.VOICEMAIL,
        TransferEnd.BARRED,
        TransferEnd.TECHNICAL,
    }
)
_ON_HOLD = frozenset({State.HELD, State.CONSULTING})


def attempts_of(contact: Contact) -> list[Transfer]:
    """Return the attempts made for a contact, oldest first; moving to a phone of one's own is none."""
    made = Transfer.objects.filter(contact=contact).exclude(mode=Transfer.Mode.MOVE)
    return list(made.select_related("target__employer", "employee").order_by("made_at"))


def asked_of(employee: Employee) -> Transfer | None:
    """Return the attempt in which an employee is asked by a colleague, or helps them; None when nobody asks."""
    contacts = Contact.objects.select_related("line", "home_authority", "authority").prefetch_related(
        Prefetch("events", ContactEvent.objects.select_related("employee"))
    )
    asked = Transfer.objects.filter(target=employee, ended_at__isnull=True).exclude(mode=Transfer.Mode.MOVE)
    return asked.select_related("employee__employer").prefetch_related(Prefetch("contact", contacts)).first()


def news_of(employee: Employee, contact_id: UUID, *, now: datetime) -> Transfer | None:
    """Return the employee's attempt that ended a moment ago with the citizen in other hands, or back in the queue."""
    ended = Transfer.objects.filter(contact=contact_id, employee=employee, ended_at__gt=now - _NEWS).exclude(
        mode=Transfer.Mode.MOVE
    )
    last = ended.select_related("target").order_by("ended_at").last()
    if last is None:
        return None
    is_news = last.ended_as == TransferEnd.HANDED_OVER or (last.mode == Transfer.Mode.BLIND and last.ended_as in FAILED)
    return last if is_news else None


def under_way(attempts: Sequence[Transfer]) -> Transfer | None:
    """Return the attempt that goes on; None when there is none."""
    return next((attempt for attempt in attempts if attempt.ended_at is None), None)


def failed(attempts: Sequence[Transfer], story: Sequence[ContactEvent]) -> Transfer | None:
    """Return the last attempt when it came to nothing and nothing has happened to the contact since."""
    if not attempts or attempts[-1].ended_at is None or attempts[-1].ended_as not in FAILED:
        return None
    last = attempts[-1]
    return last if not story or last.ended_at is None or story[-1].at <= last.ended_at else None


def on_hold_since(story: Sequence[ContactEvent]) -> datetime | None:
    """Return since when the citizen has heard music without a break; None when they do not now."""
    since = None
    for event in reversed(story):
        if event.to_state not in _ON_HOLD:
            break
        since = event.at
    return since
