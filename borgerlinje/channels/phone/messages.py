"""What can happen to a call, as its inbox takes it."""

from dataclasses import dataclass
from uuid import UUID

from borgerlinje.kit.database import Row


@dataclass(frozen=True, slots=True)
class CitizenLeft:
    """The citizen's channel is gone."""


@dataclass(frozen=True, slots=True)
class EmployeeRings:
    """The employee's phone says that it rings."""

    offer_id: UUID


@dataclass(frozen=True, slots=True)
class EmployeeAnswered:
    """The employee's phone was answered."""

    offer_id: UUID


@dataclass(frozen=True, slots=True)
class EmployeeLeft:
    """The employee's channel is gone; `cause` is Q.850."""

    offer_id: UUID
    cause: int


@dataclass(frozen=True, slots=True)
class Played:
    """A playback ended."""

    playback_id: str


@dataclass(frozen=True, slots=True)
class Ring:
    """An offer to carry out: a row of `queries.open_offers`."""

    offer: Row


@dataclass(frozen=True, slots=True)
class Compare:
    """The row may say something else than this call believes."""


@dataclass(frozen=True, slots=True)
class SayPosition:
    """It is time to tell the citizen the place in the queue."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A farewell has taken too long."""


Message = CitizenLeft | EmployeeRings | EmployeeAnswered | EmployeeLeft | Played | Ring | Compare | SayPosition | Stop
