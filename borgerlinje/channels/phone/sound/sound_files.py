"""Recordings that people upload: read, judged, and made into what Asterisk plays. Pure but for the file it is given.

What is kept is mono at 16 kHz, as loud as the machine's own speech, so that nobody turns the volume up for a recording and has the next
sentence shout. Below 100 Hz there is nothing a telephone carries, and a hearing aid's coil hears it as a hum: that is filtered away.
"""

import hashlib
import io
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import numpy as np
import soundfile
from django.utils.translation import gettext_lazy as _

from borgerlinje.channels.phone.sound.music import Samples

RATE: Final = 16_000
LONGEST_SECONDS: Final = 180
LARGEST_BYTES: Final = 60 * 1024 * 1024
# The loudness of what `speech.py` makes, measured by `loudness`.
TARGET_LUFS: Final = -21.0
_HIGHEST_PEAK: Final = 10 ** (-1 / 20)  # -1 dB true peak (EBU R 128)
_SHORTEST_SECONDS: Final = 0.3
_FASTEST_RATE: Final = 192_000
_SILENT_PEAK: Final = 10 ** (-50 / 20)
_QUIETEST_LUFS: Final = -45.0
# Full scale, less what 16 bits and a lossy codec blur; a share of 0.2 % of samples there is heard as a rasp.
_FULL_SCALE: Final = 0.999
_CLIPPED_SHARE: Final = 0.002
_LOWEST_HERTZ: Final = 100
_EDGE_SECONDS: Final = 0.15
_EDGE_BELOW_LU: Final = 30
_FRAME_SECONDS: Final = 0.02
_BLOCK_FRAMES: Final = 1 << 16
_PIECE_SECONDS: Final = 8

# What `soundfile` calls the formats that are taken, and how they are named to people.
_FORMATS: Final = {"WAV": "WAV", "WAVEX": "WAV", "RF64": "WAV", "FLAC": "FLAC", "OGG": "Ogg"}
_SUBTYPES: Final = {"OPUS": "Opus", "VORBIS": "Vorbis"}


class Flaw(StrEnum):
    """Why a recording is refused."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN_FORMAT = "unknown_format"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    SILENT = "silent"
    TOO_QUIET = "too_quiet"
    CLIPPED = "clipped"


FLAW_TEXTS: Final = {
    Flaw.EMPTY: _("Filen er tom. Vælg en anden."),
    Flaw.TOO_LARGE: _("Filen fylder for meget: højst 60 MB. Gem den som FLAC eller Opus, eller klip den."),
    Flaw.UNKNOWN_FORMAT: _("Filen er ikke en lydfil, vi kan læse. Gem den som WAV, FLAC eller Opus, og prøv igen."),
    Flaw.TOO_LONG: _("Indtalingen er længere end 3 minutter. Ingen lytter så længe: del den op, eller klip den."),
    Flaw.TOO_SHORT: _("Indtalingen er kortere end et ord. Kontrollér, at det er den rigtige fil."),
    Flaw.SILENT: _("Der er ingen lyd i filen. Kontrollér mikrofonen, og indtal igen."),
    Flaw.TOO_QUIET: _("Indtalingen er for svag: løftet op ville den suse. Tal tættere på mikrofonen, og indtal igen."),
    Flaw.CLIPPED: _("Lyden er forvrænget, fordi der er indtalt for højt. Skru ned for mikrofonen, og indtal igen."),
}


@dataclass(frozen=True, slots=True)
class Refused:
    """Everything that is wrong with an upload."""

    flaws: tuple[Flaw, ...]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A recording as it is stored. `loudness_lufs` and `peak_dbfs` are those of what was uploaded."""

    wave: bytes
    digest: str
    seconds: float
    original_format: str
    loudness_lufs: float
    peak_dbfs: float


@dataclass(frozen=True, slots=True)
class _Raw:
    samples: Any
    rate: int
    format: str
    peak: float
    clipped: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


def examine(data: bytes) -> Accepted | Refused:
    """Judge an uploaded file, and return what is stored of it or every reason against it. Never raises, whatever the bytes are."""
    if not data:
        return Refused((Flaw.EMPTY,))
    if len(data) > LARGEST_BYTES:
        return Refused((Flaw.TOO_LARGE,))
    raw = _read(data)
    if isinstance(raw, Flaw):
        return Refused((raw,))
    if raw.peak <= _SILENT_PEAK:
        return Refused((Flaw.SILENT,))
    clean = high_passed(resampled(raw.samples, raw.rate, RATE), RATE)
    loud = loudness(clean, RATE)
    flaws = [
        flaw
        for flaw, is_found in (
            (Flaw.TOO_SHORT, raw.seconds < _SHORTEST_SECONDS),
            (Flaw.CLIPPED, raw.clipped > _CLIPPED_SHARE * len(raw.samples)),
            (Flaw.TOO_QUIET, loud < _QUIETEST_LUFS),
        )
        if is_found
    ]
    if flaws:
        return Refused(tuple(flaws))
    kept = levelled(trimmed(clean, RATE), RATE)
    body = to_wave(kept, RATE)
    peak_dbfs = 20 * float(np.log10(raw.peak))
    digest = hashlib.sha256(body).hexdigest()
    return Accepted(body, digest, len(kept) / RATE, raw.format, round(loud, 1), round(peak_dbfs, 1))


def _read(data: bytes) -> _Raw | Flaw:
    """Read a file block by block into one channel: a long one at a high rate is never whole in memory at once."""
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            if file.format not in _FORMATS or not 0 < file.samplerate <= _FASTEST_RATE or file.channels < 1:
                return Flaw.UNKNOWN_FORMAT
            parts, frames, peak, clipped = [], 0, 0.0, 0
            for block in _blocks(file):
                heights = np.abs(block).max(axis=1)
                peak = max(peak, float(heights.max(initial=0.0)))
                clipped += int(np.count_nonzero(heights >= _FULL_SCALE))
                frames += len(block)
                if frames > LONGEST_SECONDS * file.samplerate:
                    return Flaw.TOO_LONG
                parts.append(block.mean(axis=1))
            named = f"{_FORMATS[file.format]} {_SUBTYPES.get(file.subtype, file.subtype)}, {file.samplerate} Hz"
            samples = np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)
            if not len(samples) or not np.isfinite(samples).all():
                return Flaw.SILENT if not len(samples) else Flaw.UNKNOWN_FORMAT
            return _Raw(samples, file.samplerate, named[:40], peak, clipped)
    except (soundfile.SoundFileError, ValueError, TypeError, MemoryError):
        return Flaw.UNKNOWN_FORMAT


def _blocks(file: soundfile.SoundFile) -> Iterator["np.ndarray[tuple[int, int], np.dtype[np.float32]]"]:
    while len(block := file.read(_BLOCK_FRAMES, dtype="float32", always_2d=True)):
        yield block


def resampled(samples: Samples, rate: int, new_rate: int) -> Samples:
    """Return samples at another rate, through the spectrum; any two rates will do."""
    return samples if rate == new_rate else np.concatenate([np.zeros(0), *_pieces(samples, rate, new_rate)])


def _pieces(samples: Samples, rate: int, new_rate: int) -> Iterator[Samples]:
    """Yield samples at another rate, some seconds at a time: whole, three minutes at 192 kHz would fill the memory.

    Each piece is made with a second on either side, which is cut off again, and with it what the edges do to the spectrum. Whole seconds
    are whole numbers of samples at every rate.
    """
    for start in range(0, len(samples), _PIECE_SECONDS * rate):
        end = min(start + _PIECE_SECONDS * rate, len(samples))
        before = min(start, rate)
        piece = _at_rate(samples[start - before : end + rate].astype(np.float64), rate, new_rate)
        skip = before // rate * new_rate
        yield piece[skip : skip + round((end - start) * new_rate / rate)]


def _at_rate(samples: Samples, rate: int, new_rate: int) -> Samples:
    length = round(len(samples) * new_rate / rate)
    if not length:
        return np.zeros(0)
    spectrum = np.fft.rfft(samples)
    bins = length // 2 + 1
    cut = np.zeros(bins, dtype=complex)
    kept = min(bins, len(spectrum))
    cut[:kept] = spectrum[:kept]
    return np.fft.irfft(cut, length) * (length / len(samples))


def high_passed(samples: Samples, rate: int) -> Samples:
    """Return samples without what lies below 100 Hz, softly (the gain of a Butterworth of fourth order, without its delay)."""
    if not len(samples):
        return samples
    hertz = np.fft.rfftfreq(len(samples), 1 / rate)
    ratio = np.divide(hertz, _LOWEST_HERTZ)
    return np.fft.irfft(np.fft.rfft(samples) * (ratio**4 / np.sqrt(1 + ratio**8)), len(samples))


def loudness(samples: Samples, rate: int) -> float:
    """Return the integrated loudness in LUFS of one channel; minus infinity for silence.

    Source: ITU-R BS.1770-4, with K-weighting in the spectrum, blocks of 400 ms that overlap by three quarters, the gate at -70 LUFS and
    the one 10 LU below what is left. Less than one block is one block.
    """
    if not len(samples):
        return -np.inf
    weighed = np.fft.irfft(np.fft.rfft(samples) * _k_weighting(len(samples), rate), len(samples))
    size, hop = int(0.4 * rate), int(0.1 * rate)
    total = np.concatenate(([0.0], np.cumsum(weighed**2)))
    starts = np.arange(0, max(len(samples) - size, 0) + 1, hop)
    power = (total[np.minimum(starts + size, len(samples))] - total[starts]) / min(size, len(samples))
    heard = power[power > _power(-70)]
    if not len(heard):
        return -np.inf
    heard = heard[heard > heard.mean() / 10]
    return float(-0.691 + 10 * np.log10(heard.mean()))


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))


def _k_weighting(length: int, rate: int) -> Samples:
    """Return the gain of the K-weighting at each frequency of a spectrum: a shelf for the head, a high-pass for the ear (BS.1770, tables 1, 2).

    The filters are given there for 48 kHz; their gain at a frequency is the same at every rate.
    """
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(length, 1 / rate) / 48_000)
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high_pass = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    gains: Samples = np.abs(shelf * high_pass)
    return gains


def levelled(samples: Samples, rate: int) -> Samples:
    """Return samples as loud as our speech, or as loud as they can be without a peak between two samples above -1 dB."""
    loud = loudness(samples, rate)
    if not np.isfinite(loud):
        return samples
    gain = 10 ** ((TARGET_LUFS - loud) / 20)
    peak = max(float(np.abs(piece).max(initial=0.0)) for piece in _pieces(samples, rate, 4 * rate))
    return samples * min(gain, _HIGHEST_PEAK / peak)


def trimmed(samples: Samples, rate: int) -> Samples:
    """Return samples without the silence before and after; a breath of 0.15 s stays at each end."""
    size = int(_FRAME_SECONDS * rate)
    whole = len(samples) // size * size
    if not whole:
        return samples
    power = (samples[:whole].reshape(-1, size) ** 2).mean(axis=1)
    heard = np.flatnonzero(power > power.max() * 10 ** (-_EDGE_BELOW_LU / 10))
    edge = int(_EDGE_SECONDS * rate)
    first, last = int(heard[0]) * size, (int(heard[-1]) + 1) * size
    return samples[max(first - edge, 0) : min(last + edge, len(samples))]


def to_wave(samples: Samples, rate: int) -> bytes:
    """Return samples as a WAV file of 16 bits in one channel."""
    body = (np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes()
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(body)
    return file.getvalue()


def from_wave(data: bytes) -> tuple[Samples, int]:
    """Return the samples and the rate of a WAV file that `to_wave` wrote."""
    with wave.open(io.BytesIO(data)) as file:
        body = file.readframes(file.getnframes())
        return np.frombuffer(body, "<i2").astype(np.float64) / 32768, file.getframerate()


def write(data: bytes, digest: str, folder: Path) -> None:
    """Write a stored recording into the folder Asterisk reads, at both rates of a telephone."""
    samples, rate = from_wave(data)
    base = folder / name_of(digest)
    base.parent.mkdir(parents=True, exist_ok=True)
    # The narrow one last: by its name others see that both are there.
    for suffix, new_rate in (("wav16", RATE), ("wav", 8_000)):
        draft = base.with_name(f".{base.name}.{uuid4()}.{suffix}")
        draft.write_bytes(to_wave(resampled(samples, rate, new_rate), new_rate))
        draft.replace(base.with_name(f"{base.name}.{suffix}"))


def name_of(digest: str) -> str:
    """Return the name Asterisk plays a recording by (`sound:<name>`)."""
    return f"borgerlinje/r-{digest[:24]}"
