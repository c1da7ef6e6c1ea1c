"""What the media server's reports mean, and what each effect of the lifecycle is to it. Pure.

Every id of ours is derived from the offer's, so that after a crash a list of channels and bridges tells whose they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from borgerlinje.contacts.lifecycle import Effect, Event

EMPLOYEE_PREFIX = "bl-e-"
BRIDGE_PREFIX = "bl-b-"
CITIZEN_ACCOUNT_PREFIX = "bl-c-"

# Q.850 and SIP as Asterisk maps them: 16 hung up (BYE), 19 no answer (408, 480), 21 rejected (603). A phone that fell silent
# (`rtp_timeout`: its browser crashed, its network went) is 44.
_HUNG_UP = 16
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
    """The channels of one call: the citizen's, and the offer whose employee is rung or talks (None while there is none)."""

    citizen: str
    offer_id: UUID | None = None

    @property
    def employee(self) -> str:
        """The employee's channel."""
        return employee_channel(self.offer_id) if self.offer_id else ""

    @property
    def bridge(self) -> str:
        """The bridge in which both hear each other."""
        return bridge_of(self.offer_id) if self.offer_id else ""


def employee_channel(offer_id: UUID) -> str:
    """Return the id of the channel that rings for an offer."""
    return f"{EMPLOYEE_PREFIX}{offer_id}"


def bridge_of(offer_id: UUID) -> str:
    """Return the id of the bridge that was made for an offer."""
    return f"{BRIDGE_PREFIX}{offer_id}"


def offer_of(channel_or_bridge_id: str) -> UUID | None:
    """Return the offer a channel or bridge of ours belongs to, None for anything else."""
    for prefix in (EMPLOYEE_PREFIX, BRIDGE_PREFIX):
        if channel_or_bridge_id.startswith(prefix):
            try:
                return UUID(channel_or_bridge_id.removeprefix(prefix))
            except ValueError:
                return None
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


def bridge(legs: Legs) -> Command:
    """Return the command that makes the bridge in which both hear each other."""
    return Command("POST", f"/bridges/{legs.bridge}", {"type": "mixing", "name": "borgerlinje"})


def ring(legs: Legs, *, endpoint: str, seconds: int, caller_id: str, contact_id: UUID) -> tuple[Command, ...]:
    """Return the commands that ring an employee: the bridge first, so that even the fastest answer finds it."""
    return (
        bridge(legs),
        Command(
            "POST",
            f"/channels/{legs.employee}",
            {
                "endpoint": f"PJSIP/{endpoint}",
                "app": "bl-phone",
                "appArgs": f"employee,{legs.offer_id}",
                "timeout": max(1, seconds),
                "callerId": caller_id,
            },
            {"variables": {"BL_CONTACT": str(contact_id)}},
        ),
    )


def commands(effect: Effect, legs: Legs) -> tuple[Command, ...]:
    """Return what an effect of the lifecycle is to the media server, in order. Speech and ringing need more and are not here."""
    match effect:
        case Effect.START_WAITING:
            return (Command("POST", f"/channels/{legs.citizen}/moh", {"mohClass": "default"}),)
        case Effect.CONNECT:
            return (
                Command("DELETE", f"/channels/{legs.citizen}/moh"),
                Command("POST", f"/bridges/{legs.bridge}/addChannel", {"channel": f"{legs.citizen},{legs.employee}"}),
            )
        case Effect.STOP_RINGING | Effect.RELEASE_EMPLOYEE if legs.offer_id:
            return (Command("DELETE", f"/channels/{legs.employee}"), Command("DELETE", f"/bridges/{legs.bridge}"))
        case Effect.RELEASE_CITIZEN:
            return (Command("DELETE", f"/channels/{legs.citizen}"),)
    return ()
