"""What every call works with."""

from dataclasses import dataclass, field
from pathlib import Path

from borgerlinje.channels.phone.book import Book
from borgerlinje.channels.phone.calls.waits import Waits
from borgerlinje.channels.phone.pbx.ari import Ari
from borgerlinje.channels.phone.store import Store


@dataclass(frozen=True, slots=True)
class Tools:
    """What a call works with. `server` is the name of the Asterisk it is on.

    `sounds` is None when the sounds of Asterisk are out of reach: then nothing is said.
    """

    ari: Ari
    store: Store
    book: Book
    sounds: Path | None
    server: str = "asterisk"
    waits: Waits = field(default_factory=Waits)
