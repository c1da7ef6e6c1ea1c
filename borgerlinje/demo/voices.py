"""What robots say, as A-law: spoken by espeak-ng, or a murmur where there is none."""

import asyncio
import random
from collections.abc import Sequence

from borgerlinje.channels.phone.robot import sound
from borgerlinje.channels.phone.sound import speech
from borgerlinje.kit.home import home

_FOLDER = "demo-voices"
_MURMUR_HZ = (130.0, 220.0)
_SYLLABLES_PER_SECOND = 4

EMPLOYEE_VOICES = ("da+m3", "da+f2", "da+m7", "da+f4", "da+f3")
CITIZEN_VOICES = ("da+m1", "da+f1", "da+m5")


def employee_lines(centre: str, given_name: str) -> list[str]:
    """List what a robot employee says in a conversation."""
    return [
        f"{centre}, du taler med {given_name}. Hvad kan jeg hjælpe med?",
        "Ja. Lad os se på det sammen.",
        "Tryk på den blå knap, hvor der står, log på.",
        "Godt. Så er det sendt, og du får svar i din digitale post.",
    ]


def unit_lines(name: str) -> list[str]:
    """List what somebody of a specialist unit says."""
    return [
        f"{name}, goddag. Dette er en demo.",
        "Ja, det kan vi hjælpe med. Stil bare borgeren om.",
        "Nu ser jeg på sagen her.",
    ]


NETWORK_LINES = ("Dette er en demo. Der er ikke ringet til nogen rigtig telefon.",)

CITIZEN_MESSAGE = (
    "Hej. Jeg ringer om mit sygesikringskort. Ring gerne til mig, når I har tid. Tak.",
    "Det var det hele. Farvel.",
)

CITIZEN_LINES = (
    (
        "Hej. Jeg vil gerne have hjælp til det blå sygesikringskort.",
        "Nu står jeg på siden. Hvor skal jeg trykke?",
        "Tak. Så fandt jeg det.",
    ),
    (
        "Goddag. Jeg er flyttet og kan ikke finde siden, hvor man melder det.",
        "Ja, jeg har min kode her.",
        "Det gik jo fint.",
    ),
    (
        "Hej. Min mor skal bruge hjælp til at læse sin digitale post.",
        "Skal hun selv være med i telefonen?",
        "Mange tak for hjælpen.",
    ),
)


async def conversation(texts: Sequence[str], voice: str, *, dice: random.Random) -> bytes:
    """Say texts with pauses between them, as one side of a conversation that can be repeated."""
    parts: list[bytes] = []
    for text in texts:
        parts += [await asyncio.to_thread(_spoken, text, voice), _pause(dice.uniform(2.0, 5.0))]
    return b"".join(parts)


def _spoken(text: str, voice: str) -> bytes:
    folder = home().path / _FOLDER
    name = speech.name_of(text, voice)
    path = folder / f"{name}.wav"
    if path.exists() or speech.make(text, voice, folder):
        return sound.read_wav(path)
    return _murmur(len(text) / 15)


def _pause(seconds: float) -> bytes:
    return sound.SILENCE * round(seconds * sound.FRAMES_PER_SECOND)


def _murmur(seconds: float) -> bytes:
    """Make syllables of two low tones; long enough to be noticed, too dull to be mistaken for speech."""
    half = 0.5 / _SYLLABLES_PER_SECOND
    syllable = sound.tone(*_MURMUR_HZ, seconds=half) + _pause(half)
    return syllable * max(round(seconds * _SYLLABLES_PER_SECOND), 1)
