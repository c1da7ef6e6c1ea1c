"""The employee's phone while an offer rings: rung, answered, or not."""

from typing import TYPE_CHECKING

from borgerlinje.channels.phone import queries, rules
from borgerlinje.channels.phone.calls.messages import Compare
from borgerlinje.channels.phone.pbx.endpoint import caller_id
from borgerlinje.channels.phone.rules import Command
from borgerlinje.contacts.lifecycle import IN_POOL, Event, State
from borgerlinje.kit import clock
from borgerlinje.kit.database import Row

if TYPE_CHECKING:
    from datetime import datetime

    from borgerlinje.channels.phone.calls.call import Call


class Answering:
    """Rings the employee to whom a citizen is offered."""

    def __init__(self, call: "Call") -> None:
        self._call = call
        self._expires_at: datetime | None = None

    async def ring(self, offer: Row) -> None:
        """Ring for an offer: a row of `queries.offers_besides`."""
        call = self._call
        if offer["id"] == call.legs.offer_id:
            return
        if call.state not in IN_POOL:
            # The rows are further than we are: somebody has put the citizen back into the pool, out of a conversation or a transfer.
            await call.compare()
        if call.state not in IN_POOL:
            call.log.info("not_to_be_rung", offer=str(offer["id"]), state=call.state.value)
            return
        await self._stop_ringing()
        call.state, call.legs, self._expires_at = State.OFFERED, call.legs.ringing(offer["id"]), offer["expires_at"]
        seconds = (offer["expires_at"] - clock.now()).total_seconds()
        if seconds <= 0:
            await call.event(Event.OFFER_EXPIRED, offer_id=offer["id"])
            return
        endpoint = call.screened.way_to(offer, call.legs.employee)
        shown = caller_id(offer["line_name"], offer["dialled"])
        is_rung = endpoint is not None and await call.orders.ring(
            call.legs.employee, endpoint=endpoint, seconds=round(seconds), caller_id=shown
        )
        if not is_rung:
            await call.event(Event.OFFER_FAILED, offer_id=offer["id"], data={"reason": "unreachable"})

    async def _stop_ringing(self) -> None:
        """End the offer before, if its employee's phone still rings."""
        if self._call.legs.offer_id:
            await self._call.let_wait()

    async def rung(self) -> None:
        """Note that the phone rings."""
        store, offer_id = self._call.tools.store, self._call.legs.offer_id
        if offer_id is None:
            return
        employee_id = await store.write_at_once(lambda: queries.do_mark_rung(offer_id, now=clock.now()))
        if employee_id is not None:
            store.tell(f"desk:{employee_id}")

    async def answered(self, channel: str) -> None:
        """Join the employee who answered and the citizen; one who is too late is hung up: nobody may be left alone on the line."""
        call, offer_id = self._call, self._call.legs.offer_id
        is_theirs = channel == call.legs.employee
        if is_theirs and call.state is State.CONNECTED:
            return
        if is_theirs and call.state is State.OFFERED and await call.event(Event.ANSWERED, offer_id=offer_id):
            return
        row = await call.tools.store.read(queries.whole(call.contact_id))
        if row and row["state"] == State.CONNECTED and row["employee_leg"] == channel:
            # The answer was written, only the word of it was lost: the comparison that is due joins them.
            call.put(Compare())
            return
        call.log.info("answered_too_late", leg=channel)
        await call.give(Command("DELETE", f"/channels/{channel}"))

    async def left(self, cause: int) -> None:
        """Note that the phone stopped ringing unanswered; `cause` is Q.850."""
        is_overdue = self._expires_at is not None and clock.now() >= self._expires_at
        event = rules.unanswered(cause, is_overdue=is_overdue)
        await self._call.event(event, offer_id=self._call.legs.offer_id, data={"cause": cause})

    async def adopt(self, state: str | None, offered_to: int) -> None:
        """Take over an offer that rings at an employee; `state` is its channel's, None when there is none."""
        call = self._call
        if state is None:
            # Not rung yet, or over before we came: the next look at the open offers rings, in the time that is left.
            await call.let_wait()
            call.state = State.OFFERED
            return
        await call.resume()
        if state == "Up":
            # Whether one on an ordinary number has said that they are a person is not known any more: they are asked again.
            phone = await call.tools.store.read(queries.phone_of(offered_to, now=clock.now()))
            call.screened.way_to(phone, call.legs.employee)
            if not await call.screened.asks(call.legs.employee):
                await self.answered(call.legs.employee)
