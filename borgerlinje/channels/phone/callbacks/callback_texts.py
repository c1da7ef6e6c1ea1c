"""What a citizen is told who wants to be called back, in Danish and English. Pure; every text can be spoken beforehand.

A number is said digit by digit out of sounds that are the same for everybody: no file ever holds somebody's number.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from borgerlinje.channels.phone.sound.said_texts import Languages, plain

YES_KEY, OTHER_KEY, BACK_KEY, DONE_KEY = "1", "2", "*", "#"
SLOT_KEYS: Final = ("2", "3")


@dataclass(frozen=True, slots=True)
class Texts:
    """Everything that is said in one language. `slot` and `when_slot` take two hours, `when_open` the hour the line opens."""

    we_call: str
    is_it_right: str
    type_number: str
    cannot_call_own: str
    cannot_call: str
    already: str
    not_a_key: str
    at_once: str
    when_open: str
    slot: str
    promised: str
    promised_open: str
    promised_slot: str

    @property
    def fixed(self) -> Iterator[str]:
        """Those that take no hour, and the digits."""
        yield from plain(self)
        yield from "0123456789"

    @property
    def hourly(self) -> Iterator[str]:
        """Those that take hours, for every hour of the day."""
        for hour in range(24):
            following = (hour + 1) % 24
            yield self.when_open.format(hour)
            yield self.promised_open.format(hour)
            yield self.promised_slot.format(hour, following)
            yield from (self.slot.format(hour, following, key) for key in SLOT_KEYS)


DANISH: Final = Texts(
    we_call="Vi ringer til",
    is_it_right="Tryk 1, hvis det er rigtigt, eller 2 for et andet nummer.",
    type_number="Tast det nummer, vi skal ringe til.",
    cannot_call_own="Vi kan ikke ringe tilbage til det nummer, du ringer fra.",
    cannot_call="Det nummer kan vi ikke ringe til.",
    already="Vi har allerede lovet at ringe til det nummer, og vi gør det kun én gang.",
    not_a_key="Den tast kan ikke bruges her.",
    at_once="Tryk 1 for at blive ringet op, så snart det er din tur.",
    when_open="Tryk 1 for at blive ringet op, når vi åbner klokken {}.",
    slot="Tryk {2} for mellem klokken {0} og {1}.",
    promised="Tak. Vi ringer til dig, når det er din tur. Du beholder din plads i køen og kan lægge på. Farvel.",
    promised_open="Tak. Vi ringer til dig, når vi har åbnet klokken {}. Farvel.",
    promised_slot="Tak. Vi ringer til dig mellem klokken {} og {}. Farvel.",
)
ENGLISH: Final = Texts(
    we_call="We will call",
    is_it_right="Press 1 if that is right, or 2 for another number.",
    type_number="Key in the number we are to call.",
    cannot_call_own="We cannot call back the number you are calling from.",
    cannot_call="We cannot call that number.",
    already="We have already promised to call that number, and we call once only.",
    not_a_key="That key cannot be used here.",
    at_once="Press 1 to be called as soon as it is your turn.",
    when_open="Press 1 to be called when we open at {} o'clock.",
    slot="Press {2} for between {0} and {1} o'clock.",
    promised="Thank you. We will call you when it is your turn. You keep your place in the queue and can hang up. Goodbye.",
    promised_open="Thank you. We will call you when we have opened at {} o'clock. Goodbye.",
    promised_slot="Thank you. We will call you between {} and {} o'clock. Goodbye.",
)
texts: Final = Languages(da=DANISH, en=ENGLISH)


def to_prepare() -> Iterator[tuple[str, str]]:
    """Yield every text that is the same for all, with its language."""
    for language, said in texts.items():
        yield from ((text, language) for text in said.fixed)
