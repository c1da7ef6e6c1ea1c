"""How a call becomes a contact: which number it is for, and the first rows."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from uuid import UUID

from borgerlinje.channels.phone import queries
from borgerlinje.channels.phone.events import Channel
from borgerlinje.channels.phone.rules import CITIZEN_ACCOUNT_PREFIX
from borgerlinje.channels.phone.store import Store
from borgerlinje.contacts.actions import do_arrive
from borgerlinje.contacts.lifecycle import Event, State
from borgerlinje.dispatch.actions import do_event
from borgerlinje.kit import clock
from borgerlinje.kit.database import Steps
from borgerlinje.lines.numbers import NumberError, caller, normalise


class Refusal(Enum):
    """Why a call becomes no contact."""

    UNKNOWN_NUMBER = auto()
    ACCOUNT_USED = auto()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call to one of our numbers. `caller_number` is as the network gave it, `endpoint` names the account that called."""

    contact_id: UUID
    digits: str
    caller_number: str
    channel_id: str
    is_open: bool
    endpoint: str = ""


async def read_dialled(store: Store, channel: Channel) -> str:
    """Return the digits of the number a channel is for, an empty text when it is for none.

    A citizen's browser reaches the number of its account, whatever it dials.
    """
    if channel.endpoint.startswith(CITIZEN_ACCOUNT_PREFIX):
        return await store.read(queries.allowed_number(channel.endpoint, now=clock.now())) or ""
    try:
        return normalise(channel.dialled)
    except NumberError:
        return ""


def do_receive(arrival: Arrival, *, now: datetime) -> Steps[State | Refusal]:
    """Store the contact, closed at once when the line is; return its state, or why there is none.

    A citizen's account makes one call. What its browser says of the caller's number is worth nothing.
    """
    is_browser = arrival.endpoint.startswith(CITIZEN_ACCOUNT_PREFIX)
    # The claim comes first; its reference to the contact is checked at the commit.
    if is_browser and not (yield from queries.do_claim_account(arrival.endpoint, arrival.contact_id, now=now)):
        return Refusal.ACCOUNT_USED
    row = yield from do_arrive(
        arrival.contact_id,
        dialled=arrival.digits,
        caller="" if is_browser else caller(arrival.caller_number),
        channel_ref=arrival.channel_id,
        now=now,
    )
    if row is None:
        if is_browser:
            yield from queries.do_release_account(arrival.endpoint, arrival.contact_id)
        return Refusal.UNKNOWN_NUMBER
    if arrival.is_open:
        return State.ARRIVED
    change = yield from do_event(arrival.contact_id, Event.LINE_CLOSED, now=now)
    return change.state if change else Refusal.UNKNOWN_NUMBER
