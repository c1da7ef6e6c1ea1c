"""What can happen to a call, as its inbox takes it."""

from dataclasses import dataclass

from borgerlinje.kit.database import Row


@dataclass(frozen=True, slots=True)
class Left:
    """A channel of the call is gone, or hangs up; `cause` is Q.850, 0 when it has not been said yet."""

    channel: str
    cause: int = 0


@dataclass(frozen=True, slots=True)
class Rings:
    """A phone that is rung says that it rings."""

    channel: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A phone that was rung was answered."""

    channel: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key was pressed: "0" to "9", "*" or "#"."""

    channel: str
    digit: str


@dataclass(frozen=True, slots=True)
class Played:
    """A playback ended."""

    playback_id: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording ended; `name` is ours."""

    name: str
    is_failed: bool = False


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that a service has set ran out."""

    name: str


@dataclass(frozen=True, slots=True)
class Ring:
    """An offer to carry out: a row of `queries.open_offers`."""

    offer: Row


@dataclass(frozen=True, slots=True)
class Compare:
    """The row may say something else than this call believes."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A farewell has taken too long."""


Message = Left | Rings | Answered | Pressed | Played | Recorded | Timer | Ring | Compare | Stop
