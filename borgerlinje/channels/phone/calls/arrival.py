"""How a call becomes a contact: which number it is for, and the first rows."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Self
from uuid import UUID

import psycopg

from borgerlinje.channels.phone import queries
from borgerlinje.channels.phone.book import Entry
from borgerlinje.channels.phone.pbx.events import Channel
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
    """A call to one of our numbers. `caller_number` is as the network gave it, `endpoint` names the account that called.

    Without a greeting (`has_greeting`) the citizen waits at once. A line that is not open ends the call (`shuts`), unless it does something
    else with those who come too late.
    """

    contact_id: UUID
    digits: str
    caller_number: str
    channel_id: str
    is_open: bool
    has_greeting: bool = True
    endpoint: str = ""
    server: str = ""
    shuts: bool = True

    @classmethod
    def of(cls, contact_id: UUID, digits: str, channel: Channel, entry: Entry, server: str, *, can_speak: bool) -> Self:
        """Return the arrival of a channel at a line."""
        now = clock.now()
        is_open = entry.is_open(now)
        return cls(
            contact_id,
            digits,
            channel.caller_number,
            channel.id,
            is_open=is_open,
            has_greeting=can_speak and (bool(entry.greeting_text.strip()) or entry.has_menu(now) or not is_open),
            endpoint=channel.endpoint,
            server=server,
            shuts=not (entry.does_more_when_closed or entry.menu_answers(now)),
        )

    @property
    def caller(self) -> str:
        """The caller's number as it is stored; empty when it is withheld, or worth nothing."""
        return "" if self.is_browser else caller(self.caller_number)

    @property
    def is_browser(self) -> bool:
        """The call comes from a citizen's browser."""
        return self.endpoint.startswith(CITIZEN_ACCOUNT_PREFIX)

    @property
    def is_one_statement(self) -> bool:
        """Nothing but the arrival itself is to be stored."""
        return (self.is_open or not self.shuts) and self.has_greeting and not self.is_browser


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


@dataclass(frozen=True, slots=True)
class Received:
    """A contact that was stored: its state, and whether a call had been promised to this caller before."""

    state: State
    is_promised: bool = False


async def receive(store: Store, arrival: Arrival) -> Received | Refusal:
    """Store the contact and return what it is, or why there is none, however often the database goes away meanwhile."""
    write = store.write_at_once if arrival.is_one_statement else store.write
    try:
        return await write(lambda: do_receive(arrival, now=clock.now()))
    except psycopg.errors.UniqueViolation:
        # The id is ours alone: the commit went through, and only its answer was lost.
        rows = await store.read(queries.states([arrival.contact_id]))
        return Received(State(rows[0]["state"]))


def do_receive(arrival: Arrival, *, now: datetime) -> Steps[Received | Refusal]:
    """Store the contact, closed at once when the line is, waiting at once when nobody greets; return it, or why there is none.

    A citizen's account makes one call. What its browser says of the caller's number is worth nothing.
    """
    # The claim comes first; its reference to the contact is checked at the commit.
    if arrival.is_browser and not (yield from queries.do_claim_account(arrival.endpoint, arrival.contact_id, now=now)):
        return Refusal.ACCOUNT_USED
    row = yield from do_arrive(
        arrival.contact_id,
        dialled=arrival.digits,
        caller=arrival.caller,
        channel_ref=arrival.channel_id,
        server=arrival.server,
        now=now,
    )
    if row is None:
        if arrival.is_browser:
            yield from queries.do_release_account(arrival.endpoint, arrival.contact_id)
        return Refusal.UNKNOWN_NUMBER
    if arrival.has_greeting and (arrival.is_open or not arrival.shuts):
        return Received(State.ARRIVED, is_promised=row["is_promised"])
    event = Event.GREETED if arrival.is_open else Event.LINE_CLOSED
    change = yield from do_event(arrival.contact_id, event, now=now)
    return Received(change.state, is_promised=row["is_promised"]) if change else Refusal.UNKNOWN_NUMBER
