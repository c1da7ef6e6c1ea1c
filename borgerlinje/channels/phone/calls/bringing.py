"""Bringing somebody else to a citizen: carries out the attempts that stand in the rows, and writes how each ends.

The citizen is never alone by it: they hear music or a person, and an attempt that comes to nothing leaves them with the employee, or at
their old place in the queue.
"""

from typing import TYPE_CHECKING

from borgerlinje.channels.phone import queries, rules
from borgerlinje.channels.phone.outgoing.ledger import do_begin_call, do_note_answered
from borgerlinje.channels.phone.outgoing.policy import Refusal
from borgerlinje.channels.phone.pbx.endpoint import caller_id, number
from borgerlinje.channels.phone.rules import Command
from borgerlinje.contacts.lifecycle import Event, State
from borgerlinje.dispatch import transfers
from borgerlinje.dispatch.transfers import Mode
from borgerlinje.kit import clock
from borgerlinje.kit.database import Row

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from borgerlinje.channels.phone.calls.call import Call
    from borgerlinje.dispatch.actions import Change
    from borgerlinje.kit.database import Steps


class Bringing:
    """Carries out one call's attempts, one at a time."""

    def __init__(self, call: "Call") -> None:
        self._call = call
        self._rung: UUID | None = None
        self._longest_seconds = 0

    async def carry_out(self, row: Row) -> None:
        """Ring whom the row says is to be brought, unless they are being rung already."""
        transfer_id: UUID | None = row["transfer_id"]
        if transfer_id is None or transfer_id == self._rung or row["party_answered_at"] is not None:
            return
        self._rung = transfer_id
        call = self._call
        seconds = (row["party_expires_at"] - clock.now()).total_seconds()
        if seconds <= 0:
            await self._fail("no_answer")
            return
        endpoint, shown = await self._endpoint(row)
        if not endpoint:
            await self._fail(shown)
            return
        name = call.entry.name
        is_rung = await call.orders.ring(
            rules.party_channel(transfer_id),
            endpoint=endpoint,
            seconds=round(seconds),
            caller_id=caller_id(name, shown),
            longest_seconds=self._longest_seconds,
        )
        if not is_rung:
            await self._fail("technical")
        elif row["mode"] in {Mode.ASK, Mode.THREE}:
            await self._call.begin_tone()

    async def _endpoint(self, row: Row) -> tuple[str, str]:
        """Return what is to be dialled and which number is shown; an empty text and how the attempt ends when nobody can be."""
        call, now = self._call, clock.now()
        store = call.tools.store
        self._longest_seconds = 0
        if row["mode"] == Mode.MOVE or row["target_id"] is not None:
            wanted = row["transfer_digits"] if row["mode"] == Mode.MOVE else ""
            employee_id = row["target_id"] or row["employee_id"]
            phone = await store.read(queries.phone_of(employee_id, now=now, kind=wanted))
            endpoint = call.screened.way_to(phone, rules.party_channel(row["transfer_id"]))
            return (endpoint, row["dialled"]) if endpoint else ("", "technical")
        begun = await store.write(
            lambda: do_begin_call(
                call.contact_id,
                purpose="transfer",
                digits=row["transfer_digits"],
                employee_id=row["employee_id"],
                call_id=row["transfer_id"],
                server=call.tools.server,
                now=now,
            )
        )
        if isinstance(begun, Refusal):
            return "", "barred"
        self._longest_seconds = begun.longest_seconds
        endpoint = number(begun.digits, call.tools)
        return (endpoint, begun.shown) if endpoint else ("", "technical")

    async def rung(self) -> None:
        """Note that the other side's phone rings."""
        if transfer_id := self._call.legs.transfer_id:
            await self._call.tools.store.write_at_once(lambda: transfers.do_note_rung(transfer_id, now=clock.now()))
            self._tell_desk()

    async def answered(self) -> None:
        """Go on as the attempt's mode says; one that is over by now is hung up on."""
        transfer_id = self._call.legs.transfer_id
        await self._call.end_tone()
        if transfer_id is None or not await self._write(lambda: transfers.do_answer(transfer_id, now=clock.now())):
            await self._call.give(Command("DELETE", f"/channels/{self._call.legs.party}"))
            return
        await self._call.tools.store.write_at_once(lambda: do_note_answered(transfer_id, now=clock.now()))
        await self._call.compare()

    async def left(self, cause: int) -> None:
        """Note that the other side is gone, answered or not; `cause` is Q.850."""
        await self._fail(rules.unanswered_party(cause))

    async def takes_over(self, event: Event) -> bool:
        """Leave the citizen to a colleague whom the employee has brought, when the employee goes; False when there is none."""
        call = self._call
        if call.state is not State.THREE_WAY or event not in {Event.EMPLOYEE_LEFT, Event.EMPLOYEE_LOST}:
            return False
        if not await self._write(lambda: transfers.do_hand_over(call.contact_id, now=clock.now())):
            return False
        await call.compare()
        return True

    async def adopt(self, row: Row, party: str | None) -> None:
        """Take over an attempt that another process began; `party` is the state of its channel, None when there is none."""
        if row["transfer_id"] is None:
            return
        if party is None and row["party_answered_at"] is None:
            # Not rung yet, or over before we came: it is rung in the time that is left.
            await self.carry_out(row)
            return
        self._rung = row["transfer_id"]
        if party is None:
            await self.left(0)
        elif party == "Up" and row["party_answered_at"] is None:
            await self.answered()

    async def _fail(self, ended_as: str) -> None:
        await self._call.end_tone()
        transfer_id = self._rung
        if transfer_id is not None:
            await self._write(lambda: transfers.do_fail(transfer_id, ended_as, now=clock.now()))
        await self._call.compare()

    async def _write(self, steps: "Callable[[], Steps[Change | None]]") -> bool:
        change = await self._call.tools.store.write(steps)
        if change is None or not change.expected:
            return False
        self._call.tools.store.tell_change(change)
        self._tell_desk()
        return True

    def _tell_desk(self) -> None:
        if self._call.employee_id is not None:
            self._call.tools.store.tell(f"desk:{self._call.employee_id}")
