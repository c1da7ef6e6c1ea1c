"""Texts made to sound, once per text, in the folder Asterisk reads.

A sound's name is a hash of its text and voice: a changed text is another sound, and nothing is ever overwritten while it is
played. Each is kept at 8 kHz and, for wideband phones, at 16 kHz (`.wav16`); Asterisk picks.
"""

import asyncio
import hashlib
import io
import os
import subprocess
import wave
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from uuid import uuid4

import numpy as np
import structlog

from borgerlinje.channels.phone.pbx.dialplan import ANNOUNCEMENT
from borgerlinje.channels.phone.sound import loudness, music
from borgerlinje.channels.phone.sound.music import Samples
from borgerlinje.kit import parts

UNKNOWN_NUMBER: Final = (
    "Det nummer, du har ringet til, er ikke i brug hos os. Kontrollér nummeret, og prøv igen. Farvel."
)
ACCOUNT_USED: Final = (
    "Der er allerede ringet op én gang fra denne side. Åbn siden igen, hvis du vil ringe op på ny. Farvel."
)
TECHNICAL: Final = "Vi har lige nu tekniske problemer, men dit opkald er ikke tabt. Bliv på linjen. Vi stiller dig videre så snart som muligt."
TECHNICAL_END: Final = "Vi har desværre tekniske problemer og må afslutte opkaldet. Ring venligst igen om lidt. Farvel."
EMPLOYEE_LOST: Final = "Forbindelsen til medarbejderen blev afbrudt. Du har beholdt din plads i køen."
SILENCES_SECONDS: Final = (1, 8)

log = structlog.get_logger("phone")

_FOLDER: Final = "borgerlinje"
TONE: Final = f"{_FOLDER}/tone"
_VERSION: Final = 2  # Part of every name: raise it when the sound made from a text changes.
_WORDS_PER_MINUTE: Final = 140
_RATES: Final = (("wav16", 16000), ("wav", 8000))
_LONGEST_TEXT: Final = 2000


def fixed_texts() -> list[str]:
    """Return the texts that every Asterisk needs, whatever lines there are."""
    return [UNKNOWN_NUMBER, ACCOUNT_USED, TECHNICAL_END, EMPLOYEE_LOST]


def name_of(text: str, language: str = "da") -> str:
    """Return the name Asterisk plays the text by (`sound:<name>`)."""
    digest = hashlib.sha256(f"{_VERSION}\0{language}\0{text}".encode()).hexdigest()[:24]
    return f"{_FOLDER}/{digest}"


def silence(seconds: int) -> str:
    """Return the name Asterisk plays so many seconds of silence by; `prepare` has made the lengths there are."""
    return f"{_FOLDER}/silence-{seconds}"


def sounds_dir() -> Path | None:
    """Return the folder Asterisk reads sounds from, as the supervisor says it; None when nobody has said."""
    named = os.environ.get("BORGERLINJE_SOUNDS")
    return Path(named) if named else None


def has_sound(sounds: Path, name: str) -> bool:
    """Tell whether the sound of this name has been made."""
    return (sounds / f"{name}.wav").exists()


async def make_all(texts: Iterable[tuple[str, str]], sounds: Path) -> int:
    """Make the sounds of `(text, language)` pairs that are missing, one at a time in a thread; return how many."""
    made = 0
    for text, language in dict.fromkeys(texts):
        if text.strip() and not has_sound(sounds, name_of(text, language)):
            made += await asyncio.to_thread(make, text, language, sounds)
    return made


def make(text: str, language: str, sounds: Path, *, name: str | None = None) -> bool:
    """Speak a text into the sounds folder; False when there is no speech synthesis or it fails. Blocks for about 0.1 s."""
    program = parts.find("espeak-ng")
    if program is None:
        return False
    argv = [*program, "-v", language, "-s", str(_WORDS_PER_MINUTE), "--stdout"]
    try:
        done = subprocess.run(argv, input=text[:_LONGEST_TEXT].encode(), capture_output=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    samples, rate = _read_wave(done.stdout)
    try:
        heard = loudness.levelled(loudness.without_rumble(samples, rate), rate)
        _write_sound(sounds / (name or name_of(text, language)), heard, rate)
    except OSError as error:
        # A full disk must not end a call: the citizen then hears music at once.
        log.warning("sound_not_written", error_type=type(error).__name__)
        return False
    return True


def prepare(sounds: Path, music_dir: Path, announced_dir: Path) -> None:
    """Make what Asterisk itself needs before it starts: the hold music, and the announcement for when nobody takes calls.

    `announced_dir` then holds both, in the order in which they are played.
    """
    (sounds / _FOLDER).mkdir(parents=True, exist_ok=True)
    music_dir.mkdir(parents=True, exist_ok=True)
    if not (music_dir / "hold.wav").exists():
        _write_sound(music_dir / "hold", music.compose(), music.RATE)
    for seconds in SILENCES_SECONDS:
        if not has_sound(sounds, silence(seconds)):
            _write_sound(sounds / silence(seconds), np.zeros(seconds * music.RATE), music.RATE)
    if not has_sound(sounds, TONE):
        _write_sound(sounds / TONE, music.tone(), music.RATE)
    if not has_sound(sounds, ANNOUNCEMENT):
        make(TECHNICAL, "da", sounds, name=ANNOUNCEMENT)
    announced_dir.mkdir(parents=True, exist_ok=True)
    for suffix, _ in _RATES:
        for name, source in (("1-announcement", sounds / ANNOUNCEMENT), ("2-music", music_dir / "hold")):
            link, target = announced_dir / f"{name}.{suffix}", source.with_name(f"{source.name}.{suffix}")
            if target.exists() and not link.is_symlink():
                link.symlink_to(target)


def resample(samples: Samples, rate: int, new_rate: int) -> Samples:
    """Return the samples at another rate, through the spectrum; both rates are multiples of 50."""
    if rate == new_rate:
        return samples
    unit = rate // 50
    wanted = -(-len(samples) // unit)
    blocks = loudness.quick_length(wanted)
    padded = np.zeros(unit * blocks)
    padded[: len(samples)] = samples
    length = blocks * new_rate // 50
    spectrum = np.fft.rfft(padded)
    bins = length // 2 + 1
    cut = np.zeros(bins, dtype=complex)
    kept = min(bins, len(spectrum))
    cut[:kept] = spectrum[:kept]
    return (np.fft.irfft(cut, length) * (length / len(padded)))[: wanted * new_rate // 50]


def _read_wave(data: bytes) -> tuple[Samples, int]:
    # espeak-ng writes to a pipe and cannot state the length: read what is there, not what the header says.
    with wave.open(io.BytesIO(data)) as file:
        rate = file.getframerate()
    start = data.index(b"data") + 8
    body = data[start : len(data) - (len(data) - start) % 2]
    return np.frombuffer(body, "<i2").astype(np.float64) / 32768, rate


def _write_sound(base: Path, samples: Samples, rate: int) -> None:
    base.parent.mkdir(parents=True, exist_ok=True)
    for suffix, new_rate in _RATES:
        body = (loudness.limited(resample(samples, rate, new_rate)) * 32767).astype("<i2").tobytes()
        # A name of its own for each draft: two calls may want the same text at once.
        draft = base.with_name(f".{base.name}.{uuid4()}.{suffix}")
        with wave.open(str(draft), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(new_rate)
            file.writeframes(body)
        draft.replace(base.with_name(f"{base.name}.{suffix}"))
