"""Why a letter was not taken. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What kept a letter."""

    NO_SERVER = "no_server"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    HUNG_UP = "hung_up"
    BUSY = "busy"
    NO_ENTRY = "no_entry"
    REFUSED = "refused"
    UNREADABLE = "unreadable"

    @property
    def is_final(self) -> bool:
        """To try again by ourselves would change nothing: the server does not want this very letter, or there is none."""
        return self in {Fault.NO_SERVER, Fault.REFUSED, Fault.UNREADABLE}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A letter that was not taken, and what the server said, if it said anything; `code` is SMTP's, 0 without."""

    fault: Fault
    words: str = ""
    code: int = 0

    @property
    def is_final(self) -> bool:
        """Tell whether it is given up at once."""
        return self.fault.is_final
