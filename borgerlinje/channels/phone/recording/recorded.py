"""Sound that Asterisk has recorded: fetched, measured, sealed, stored, and deleted there.

What was recorded lies as a file beside Asterisk until it has been stored, and the file is the proof that there is something to store: a
process that died over it leaves the file to the next one.
"""

import asyncio
import io
import wave
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np

from borgerlinje.channels.phone.pbx.ari import Ari
from borgerlinje.channels.phone.recording.recordings import SEALED_FOR
from borgerlinje.channels.phone.rules import MESSAGE_PREFIX, RECORDING_PREFIX
from borgerlinje.kit import sealed

FORMAT: Final = "wav"
RATE: Final = 8000
SHORTEST_SECONDS: Final = 2.0
_SHORTEST_SOUND_SECONDS: Final = 0.4
_FRAME: Final = RATE // 50
# 16-bit samples: what a telephone line hums with is a third of it, soft speech ten times as much.
_SOUND_LEVEL: Final = 120.0
_UUID_LENGTH: Final = 36


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording, sealed. `sound_seconds` of its `seconds` are louder than a silent line."""

    sealed: bytes
    seconds: float
    sound_seconds: float

    @property
    def is_message(self) -> bool:
        """Whether somebody has said something."""
        return self.seconds >= SHORTEST_SECONDS and self.sound_seconds >= _SHORTEST_SOUND_SECONDS


def message_name(contact_id: UUID) -> str:
    """Return what Asterisk calls the message of a contact."""
    return f"{MESSAGE_PREFIX}{contact_id}"


def conversation_name(contact_id: UUID, recording_id: UUID) -> str:
    """Return what Asterisk calls the recording of a contact's conversation."""
    return f"{RECORDING_PREFIX}{contact_id}-{recording_id}"


def recording_of(name: str) -> UUID | None:
    """Return the recording a conversation's name belongs to; None for any other name."""
    if not name.startswith(RECORDING_PREFIX):
        return None
    try:
        return UUID(name[-_UUID_LENGTH:])
    except ValueError:
        return None


async def is_live(ari: Ari, name: str) -> bool:
    """Tell whether a recording goes on. Raises AriError."""
    return (await ari.command("GET", f"/recordings/live/{name}")).is_done


async def take(ari: Ari, name: str) -> Sound | None:
    """Fetch a finished recording and seal it; None when there is none. Raises AriError, and SealError where there is no key."""
    data = await ari.download(f"/recordings/stored/{name}/file")
    return await asyncio.to_thread(seal, data) if data is not None else None


async def discard(ari: Ari, name: str) -> None:
    """Delete a recording's file beside Asterisk, if it is there. Raises AriError."""
    await ari.command("DELETE", f"/recordings/stored/{name}")


def seal(data: bytes) -> Sound:
    """Measure a file of Asterisk's and seal it as a whole WAV file. Raises SealError."""
    samples = samples_of(data)
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME).astype(np.float64)
    loud = int(np.count_nonzero(np.sqrt(np.mean(frames**2, axis=1)) >= _SOUND_LEVEL)) if len(frames) else 0
    whole = as_wave(samples)
    return Sound(sealed.seal(whole, purpose=SEALED_FOR), len(samples) / RATE, loud * _FRAME / RATE)


def samples_of(data: bytes) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    """Return the samples of a WAV file, 8 kHz and mono, also of one whose header was never finished."""
    start = data.find(b"data")
    body = data[start + 8 :] if start >= 0 else b""
    return np.frombuffer(body[: len(body) // 2 * 2], "<i2")


def as_wave(samples: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> bytes:
    """Return samples as a WAV file."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    return made.getvalue()


def can_seal() -> bool:
    """Tell whether this machine can store what it records: nothing is recorded where it cannot."""
    try:
        return bool(sealed.key_ids())
    except sealed.SealError:
        return False
