"""What the media server's reports mean, and the names of our channels. Pure.

Every id of ours is derived from a row's, so that after a crash a list of channels and bridges tells whose they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from borgerlinje.contacts.lifecycle import Event

EMPLOYEE_PREFIX = "bl-e-"
DIALLING_PREFIX = "bl-d-"
PARTY_PREFIX = "bl-t-"
OUTGOING_PREFIX = "bl-o-"
CHECK_PREFIX = "bl-k-"
BRIDGE_PREFIX = "bl-b-"
PLAYBACK_PREFIX = "bl-p-"
MESSAGE_PREFIX = "bl-v-"
RECORDING_PREFIX = "bl-r-"
LISTENER_PREFIX = "bl-s-"
CITIZEN_ACCOUNT_PREFIX = "bl-c-"
_OUR_CHANNELS = (EMPLOYEE_PREFIX, DIALLING_PREFIX, PARTY_PREFIX, OUTGOING_PREFIX, CHECK_PREFIX)
_OF_A_CONTACT = (BRIDGE_PREFIX, PLAYBACK_PREFIX, MESSAGE_PREFIX, RECORDING_PREFIX, LISTENER_PREFIX)
_UUID_LENGTH = 36

# Q.850 and SIP as Asterisk maps them: 16 hung up (BYE), 17 busy (486), 18 no answer (408), 19 no answer (480), 21 rejected (603). A phone
# that fell silent (`rtp_timeout`: its browser crashed, its network went) is 44.
_HUNG_UP = 16
_BUSY = 17
_NOT_RESPONDING = 18
_NO_ANSWER = 19
_REJECTED = 21


@dataclass(frozen=True, slots=True)
class Command:
    """One request to Asterisk."""

    method: str
    path: str
    query: Mapping[str, str | int] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Legs:
    """The channels of one call, each an empty text while there is none.

    `offer_id` is the offer that rings or was answered, `transfer_id` the attempt to bring the `party`. The employee and the party have
    answered when they are "up".
    """

    citizen: str = ""
    employee: str = ""
    party: str = ""
    offer_id: UUID | None = None
    transfer_id: UUID | None = None
    is_employee_up: bool = False
    is_party_up: bool = False

    def without_employee(self) -> "Legs":
        """Return the legs of a citizen who is with nobody."""
        return Legs(self.citizen)

    def ringing(self, offer_id: UUID) -> "Legs":
        """Return the legs of a citizen for whom an offer rings."""
        return Legs(self.citizen, employee_channel(offer_id), offer_id=offer_id)


def employee_channel(offer_id: UUID) -> str:
    """Return the id of the channel that rings for an offer."""
    return f"{EMPLOYEE_PREFIX}{offer_id}"


def dialling_channel(contact_id: UUID) -> str:
    """Return the id of the channel of the employee who calls a citizen."""
    return f"{DIALLING_PREFIX}{contact_id}"


def party_channel(transfer_id: UUID) -> str:
    """Return the id of the channel of who is brought to a conversation."""
    return f"{PARTY_PREFIX}{transfer_id}"


def outgoing_channel(call_id: UUID) -> str:
    """Return the id of the channel of a citizen who is called."""
    return f"{OUTGOING_PREFIX}{call_id}"


def bridge_of(contact_id: UUID) -> str:
    """Return the id of the bridge in which a contact's people hear each other."""
    return f"{BRIDGE_PREFIX}{contact_id}"


def is_ours(channel: str) -> bool:
    """Tell whether we rang a channel: everything else came in."""
    return channel.startswith(_OUR_CHANNELS)


def contact_of(name: str) -> UUID | None:
    """Return the contact a bridge, a playback or a recording of ours belongs to, None for anything else."""
    for prefix in _OF_A_CONTACT:
        if name.startswith(prefix):
            try:
                return UUID(name[len(prefix) : len(prefix) + _UUID_LENGTH])
            except ValueError:
                return None
    return None


def call_of(channel: str) -> UUID | None:
    """Return the call that went out on a channel (`OutgoingCall`), None for any other channel."""
    for prefix in (OUTGOING_PREFIX, PARTY_PREFIX):
        if channel.startswith(prefix):
            return UUID(channel.removeprefix(prefix))
    return None


def unanswered(cause: int, *, is_overdue: bool) -> Event:
    """Tell what it means for the offer that the employee's phone stopped ringing unanswered.

    `cause` is Q.850. A phone that is busy, unreachable or not signed in has failed, whoever sits beside it.
    """
    if cause == _REJECTED:
        return Event.OFFER_DECLINED
    if is_overdue or cause == _NO_ANSWER:
        return Event.OFFER_EXPIRED
    return Event.OFFER_FAILED


def left(cause: int) -> Event:
    """Tell what it means for the conversation that the employee's phone is gone.

    `cause` is Q.850. Only who hangs up has ended it; whoever is gone in any other way was lost, and the citizen stays.
    """
    return Event.EMPLOYEE_LEFT if cause == _HUNG_UP else Event.EMPLOYEE_LOST


def unanswered_party(cause: int) -> str:
    """Tell how an attempt ended (`dispatch.models.TransferEnd`) whose other side did not answer; `cause` is Q.850."""
    return {
        _BUSY: "busy",
        _REJECTED: "declined",
        _NO_ANSWER: "no_answer",
        _NOT_RESPONDING: "no_answer",
        _HUNG_UP: "no_answer",
    }.get(cause, "technical")


def bridge(contact_id: UUID) -> Command:
    """Return the command that makes the bridge of a contact; one that is there already stays as it is."""
    return Command("POST", f"/bridges/{bridge_of(contact_id)}", {"type": "mixing", "name": "borgerlinje"})


def ring(
    channel: str, *, endpoint: str, seconds: int, caller_id: str, contact_id: UUID, longest_seconds: int = 0
) -> Command:
    """Return the command that rings somebody; `endpoint` is what Asterisk dials ("PJSIP/..."). The bridge must be there before.

    After `longest_seconds` (0: never) Asterisk itself ends the call, whoever of us has died.
    """
    longest = {"TIMEOUT(absolute)": str(longest_seconds)} if longest_seconds else {}
    return Command(
        "POST",
        f"/channels/{channel}",
        {"endpoint": endpoint, "app": "bl-phone", "appArgs": "rung", "timeout": max(1, seconds), "callerId": caller_id},
        {"variables": {"BL_CONTACT": str(contact_id), **longest}},
    )
