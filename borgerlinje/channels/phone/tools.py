"""What every call works with."""

from dataclasses import dataclass
from pathlib import Path

from borgerlinje.channels.phone.ari import Ari
from borgerlinje.channels.phone.book import Book
from borgerlinje.channels.phone.store import Store


@dataclass(frozen=True, slots=True)
class Tools:
    """What a call works with. `sounds` is None when Asterisk's sounds are out of reach: then nothing is said."""

    ari: Ari
    store: Store
    book: Book
    sounds: Path | None
