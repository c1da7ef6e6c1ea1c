"""Taking over a call that another process had: what happened while nobody listened goes through the same lifecycle."""

from typing import TYPE_CHECKING, Final

from borgerlinje.channels.phone import rules
from borgerlinje.channels.phone.calls import wiring
from borgerlinje.channels.phone.rules import Legs
from borgerlinje.contacts.lifecycle import IN_CONVERSATION, Event, State
from borgerlinje.kit.database import Row

if TYPE_CHECKING:
    from borgerlinje.channels.phone.calls.call import Call

# The states in which what is said asks for an answer.
_SPOKEN_TO: Final = frozenset({State.ARRIVED, State.IN_MENU, State.VOICEMAIL})


async def adopt(call: "Call", row: Row, members: dict[str, str], bridged: set[str], *, is_new_server: bool) -> None:
    """Bring a call in line with its row (`queries.unfinished_calls`) and with the channels there are, as `Call.adopted` has them."""
    call.log.info("adopted", state=call.state.value)
    await call.know(row)
    if call.state is State.CALLING_BACK:
        await call.dialling.adopt(row, members, bridged)
        return
    legs = legs_of(row, call.state, call.legs)
    if call.state is State.OFFERED and row["offer_id"]:
        legs = call.legs.ringing(row["offer_id"])
    call.legs = legs
    here = {channel for channel in (legs.citizen, legs.employee, legs.party) if channel in members}
    call.orders.found(here, here & bridged, wiring.wanted(call.state, legs))
    if legs.citizen not in members:
        await call.gone_meanwhile(Event.TECHNICAL_FAULT if is_new_server else Event.CITIZEN_LEFT)
    elif call.state in IN_CONVERSATION and legs.employee not in members:
        # Whether they hung up is not known any more: nobody is hung up on for a fault of ours.
        await call.employee_left(Event.EMPLOYEE_LOST, {"because": "unheard"})
    elif call.state is State.OFFERED:
        await call.answering.adopt(members.get(legs.employee), row["offered_to"])
    else:
        if call.state in _SPOKEN_TO:
            await call.voice.take_over()
        await call.enter(call.state, legs)
        await call.bringing.adopt(row, members.get(legs.party))


def legs_of(row: Row, state: State, known: Legs) -> Legs:
    """Return the channels a contact should have, as its row says it; `known` are those the call knows of."""
    citizen = row["channel_ref"]
    if state is State.CALLING_BACK:
        return known
    if state is State.OFFERED:
        return known if known.offer_id == row["offer_id"] else Legs(citizen)
    if state in IN_CONVERSATION or state is State.TRANSFERRED:
        return Legs(
            citizen,
            row["employee_leg"] or "" if state in IN_CONVERSATION else "",
            rules.party_channel(row["transfer_id"]) if row["transfer_id"] else "",
            transfer_id=row["transfer_id"],
            is_party_up=row["party_answered_at"] is not None,
        )
    return Legs(citizen)
