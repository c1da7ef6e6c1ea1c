"""Sound at 8,000 samples per second: A-law (ITU-T G.711), tones and finding them again; pure.

Frames are 20 ms: 160 samples, 160 bytes of A-law.
"""

import math
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 8_000
FRAME_SAMPLES = 160
FRAME_SECONDS = FRAME_SAMPLES / RATE
FRAMES_PER_SECOND = RATE // FRAME_SAMPLES
SILENCE = b"\xd5" * FRAME_SAMPLES
_LOUD = 8_000.0
_TOUCH_OF_SOUND = 50.0

Samples = NDArray[np.int16]


def _decoding_table() -> Samples:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    segment, mantissa = (code >> 4) & 7, code & 15
    value = np.where(segment == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, value, -value).astype(np.int16)


def _encoding_table() -> NDArray[np.uint8]:
    """Make the code of every 16-bit sample, at index `sample & 0xFFFF`."""
    sample = np.arange(65_536, dtype=np.uint16).view(np.int16).astype(np.int32)
    positive = sample >= 0
    # G.711 codes 13 bits; a negative value is mirrored so that -1 falls into the first step below zero.
    size = np.where(positive, sample >> 3, -((sample >> 3) + 1))
    segment = np.zeros_like(size)
    for edge in (0x1F, 0x3F, 0x7F, 0xFF, 0x1FF, 0x3FF, 0x7FF):
        segment += size > edge
    mantissa = np.where(segment < 2, size >> 1, size >> np.maximum(segment, 1)) & 15  # noqa: PLR2004
    return (((segment << 4) | mantissa) ^ np.where(positive, 0xD5, 0x55)).astype(np.uint8)


_DECODE = _decoding_table()
_ENCODE = _encoding_table()


def encode(samples: Samples) -> bytes:
    """Code 16-bit samples as A-law, one byte each."""
    return _ENCODE[samples.astype(np.int16).view(np.uint16)].tobytes()


def decode(data: bytes) -> Samples:
    """Turn A-law bytes into 16-bit samples."""
    samples: Samples = _DECODE[np.frombuffer(data, dtype=np.uint8)]
    return samples


def tone(*frequencies_hz: float, seconds: float = 1.0, level: float = _LOUD) -> bytes:
    """Make A-law of one or more sines at once; whole frequencies repeat seamlessly every second."""
    time = np.arange(round(seconds * RATE)) / RATE
    mixed = sum((np.sin(2 * math.pi * frequency * time) for frequency in frequencies_hz), np.zeros_like(time))
    return encode(np.asarray(mixed * (level / max(len(frequencies_hz), 1)), dtype=np.int16))


def read_wav(path: Path) -> bytes:
    """Read a 16-bit wav of any rate as A-law; further channels are left out.

    Raises ValueError where the samples are not of 16 bits, wave.Error where it is no wav at all.
    """
    with wave.open(str(path), "rb") as file:
        if file.getsampwidth() != 2:  # noqa: PLR2004
            message = f"{path.name}: only 16-bit samples can be played"
            raise ValueError(message)
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")[:: file.getnchannels()]
        return encode(_resampled(samples, file.getframerate()))


def share(samples: Samples, frequency_hz: float) -> float:
    """Tell which part (0 to 1) of the sound's energy lies at a frequency; 0 for silence.

    A Hann window widens the reach to about two periods of the window's length either side (10 Hz for
    0.2 s), so that a tone that went through a browser or another clock is still found.
    """
    values = samples.astype(np.float64)
    values -= values.mean() if len(values) else 0.0
    energy = float(np.dot(values, values))
    if len(values) < FRAME_SAMPLES or math.sqrt(energy / len(values)) < _TOUCH_OF_SOUND:
        return 0.0
    window = np.hanning(len(values))
    turning = np.exp(-2j * math.pi * frequency_hz / RATE * np.arange(len(values)))
    windowed = values * window
    found = abs(np.dot(windowed, turning)) ** 2
    # For a pure sine this quotient is 1 by Parseval over the window's own norms.
    norm = float(np.dot(windowed, windowed)) * float(window.sum()) ** 2 / float(np.dot(window, window)) / 2
    return min(float(found / norm), 1.0) if norm else 0.0


def _resampled(samples: Samples, rate: int) -> Samples:
    if rate == RATE or not len(samples):
        return samples.astype(np.int16)
    values = samples.astype(np.float64)
    width = max(round(rate / RATE), 1)
    if width > 1:
        # A moving average is enough of a low-pass for speech that is only meant to be recognised.
        values = np.convolve(values, np.ones(width) / width, mode="same")
    wanted = np.arange(int(len(values) * RATE / rate)) * (rate / RATE)
    resampled: Samples = np.interp(wanted, np.arange(len(values)), values).astype(np.int16)
    return resampled
