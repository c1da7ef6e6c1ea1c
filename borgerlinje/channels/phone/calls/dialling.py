"""Calling a citizen: the employee's phone first, and then the citizen's, so that nobody is called by silence."""

from typing import TYPE_CHECKING, Final

from borgerlinje.channels.phone import queries, rules
from borgerlinje.channels.phone.callbacks.told import do_tell_callback
from borgerlinje.channels.phone.calls import wiring
from borgerlinje.channels.phone.outgoing.ledger import do_begin_call, do_note_answered, do_note_ended
from borgerlinje.channels.phone.outgoing.policy import Reason, Refusal
from borgerlinje.channels.phone.pbx.endpoint import caller_id, number
from borgerlinje.channels.phone.rules import Legs
from borgerlinje.contacts.lifecycle import Event, State
from borgerlinje.kit import clock
from borgerlinje.kit.database import Row, Steps
from borgerlinje.kit.ids import uuid7

if TYPE_CHECKING:
    from uuid import UUID

    from borgerlinje.channels.phone.calls.call import Call

EMPLOYEE_RINGS_SECONDS: Final = 30
CITIZEN_RINGS_SECONDS: Final = 40
# What is out of order now may be in order in a quarter of an hour; what is not allowed will not be.
_FOR_NOW: Final = frozenset({Reason.MANY_THIS_HOUR, Reason.LINES_BUSY, Reason.NO_TRUNK})


class Dialling:
    """Calls one citizen for the employee who has taken the contact."""

    def __init__(self, call: "Call") -> None:
        self._call = call
        self._call_id: UUID | None = None

    async def carry_out(self, row: Row) -> None:
        """Ring the employee, unless their phone is being rung or they are there."""
        call = self._call
        if call.state is not State.CALLING_BACK:
            return
        if row["dial_asked_at"] is None:
            # Nobody has asked (any more): the employee thinks about it, or calls from a phone of their own.
            await call.hang_up()
            return
        if call.legs.employee:
            return
        channel = rules.dialling_channel(call.contact_id)
        call.legs = Legs("", channel)
        phone = await call.tools.store.read(queries.phone_of(row["employee_id"], now=clock.now()))
        endpoint = call.screened.way_to(phone, channel)
        shown = caller_id(call.entry.name, row["dialled"] or call.entry.main_number)
        is_rung = endpoint is not None and await call.orders.ring(
            channel, endpoint=endpoint, seconds=EMPLOYEE_RINGS_SECONDS, caller_id=shown
        )
        if not is_rung:
            await self._employee_not_there()

    async def answered(self, channel: str) -> None:
        """The employee is there: call the citizen. The citizen is there: let them talk."""
        if channel == self._call.legs.employee:
            await self._employee_there()
        else:
            await self._citizen_there()

    async def _employee_there(self) -> None:
        call = self._call
        call.legs = Legs(call.legs.citizen, call.legs.employee, is_employee_up=True)
        await call.orders.bring(wiring.wanted(State.CALLING_BACK, call.legs))
        row = await call.tools.store.read(queries.whole(call.contact_id))
        if row is None or row["state"] != State.CALLING_BACK:
            await call.compare()
            return
        await self._call_citizen(row)

    async def _call_citizen(self, row: Row) -> None:
        call, now, call_id = self._call, clock.now(), uuid7()
        begun = await call.tools.store.write(
            lambda: do_begin_call(
                call.contact_id,
                purpose="callback",
                digits=row["callback_number"] or row["caller_number"],
                employee_id=row["employee_id"],
                call_id=call_id,
                server=call.tools.server,
                now=now,
            )
        )
        if isinstance(begun, Refusal):
            is_for_now = begun.reason in _FOR_NOW
            event = Event.CITIZEN_UNREACHED if is_for_now else Event.CALLBACK_CANCELLED
            await call.event(event, data={"because": begun.reason.value}, also=self._tell)
            return
        self._call_id = call_id
        channel = rules.outgoing_channel(call_id)
        call.legs = Legs(channel, call.legs.employee, is_employee_up=True)
        endpoint = number(begun.digits, call.tools)
        shown = caller_id(call.entry.name, begun.shown)
        await call.begin_tone()
        is_rung = endpoint is not None and await call.orders.ring(
            channel,
            endpoint=endpoint,
            seconds=CITIZEN_RINGS_SECONDS,
            caller_id=shown,
            longest_seconds=begun.longest_seconds,
        )
        if not is_rung:
            await self._citizen_not_there(0)

    async def _citizen_there(self) -> None:
        call, call_id = self._call, self._call_id
        await self._call.end_tone()
        call.hears_at(call.legs.citizen)

        def also() -> Steps[None]:
            yield from queries.do_take_channel(call.contact_id, call.legs.citizen)
            if call_id is not None:
                yield from do_note_answered(call_id, now=clock.now())

        await call.event(Event.CITIZEN_REACHED, also=also)

    async def left(self, channel: str, cause: int) -> None:
        """Note that one of the two is gone before they talked; `cause` is Q.850."""
        call = self._call
        if channel == call.legs.citizen:
            await self._citizen_not_there(cause)
        elif call.legs.is_employee_up:
            await self._call.end_tone()
            await call.event(rules.left(cause), data={"cause": cause})
        else:
            await self._employee_not_there()

    async def _employee_not_there(self) -> None:
        """Give the contact back to the desk: the employee's phone was not answered, and they may ask again."""
        call = self._call
        employee_id = await call.tools.store.write(lambda: queries.do_undial(call.contact_id))
        if employee_id is not None:
            call.tools.store.tell(f"desk:{employee_id}")
        await call.hang_up()

    async def _citizen_not_there(self, cause: int) -> None:
        call, call_id = self._call, self._call_id
        await self._call.end_tone()
        if call_id is not None:
            await call.tools.store.write(lambda: do_note_ended(call_id, cause, now=clock.now()))
        outcome = rules.unanswered_party(cause)
        await call.event(Event.CITIZEN_UNREACHED, data={"cause": cause, "outcome": outcome}, also=self._tell)

    def _tell(self) -> Steps[None]:
        """Tell the citizen by text that we called, or will not."""
        return do_tell_callback(self._call.contact_id, now=clock.now())

    async def adopt(self, row: Row, members: dict[str, str], bridged: set[str]) -> None:
        """Take over a call that another process was making."""
        call = self._call
        employee = rules.dialling_channel(call.contact_id)
        self._call_id = row["outgoing_id"]
        citizen = rules.outgoing_channel(self._call_id) if self._call_id else ""
        if employee not in members:
            # Never rung, or gone while nobody listened. Who is being called for nobody is not left to answer.
            call.orders.found({citizen} & members.keys(), set(), wiring.Wiring())
            await self._employee_not_there()
            return
        call.legs = Legs(citizen, employee, is_employee_up=members[employee] == "Up")
        here = {employee, citizen} & members.keys()
        call.orders.found(here, here & bridged, wiring.wanted(State.CALLING_BACK, call.legs))
        if not call.legs.is_employee_up:
            return
        if not citizen:
            await self._employee_there()
        elif citizen not in members:
            await self._citizen_not_there(0)
        elif members[citizen] == "Up":
            await self._citizen_there()
