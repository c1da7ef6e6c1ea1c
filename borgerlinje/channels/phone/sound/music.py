"""The hold music: a quiet loop of broken chords, our own composition, made by arithmetic so that nobody's rights are touched.

Eight chords of four seconds. Notes lie in the telephone's band, no partial dominates, and what rings past the end is added
to the beginning, so that the loop has no seam.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

RATE: Final = 16000
CHORD_SECONDS: Final = 4.0
LOUDNESS_DBFS: Final = -27.0
# Semitones above C4: F major 9, A minor 7, D minor 9, B flat major 7, G minor 9, C 6/9, F major 7, C suspended.
_CHORDS: Final = (
    (5, 9, 12, 16, 19),
    (4, 7, 12, 16, 21),
    (5, 9, 12, 14, 16),
    (5, 10, 14, 17, 21),
    (5, 7, 10, 14, 21),
    (4, 7, 12, 14, 21),
    (5, 9, 12, 16, 17),
    (5, 7, 12, 14, 19),
)
_ORDER: Final = (0, 2, 4, 3, 1, 2, 3, 2)
_C4_HERTZ: Final = 261.63


def compose() -> Samples:
    """Return the loop as mono samples at `RATE` in [-1, 1]."""
    chord_length = int(CHORD_SECONDS * RATE)
    loop = np.zeros(chord_length * len(_CHORDS))
    for number, chord in enumerate(_CHORDS):
        for note in chord:
            _add(loop, number * chord_length, 0.5 * _pad(_hertz(note)))
        step = chord_length // len(_ORDER)
        for position, index in enumerate(_ORDER):
            _add(loop, number * chord_length + position * step, _plucked(_hertz(chord[index] + 12)))
    loop *= 10 ** (LOUDNESS_DBFS / 20) / np.sqrt(np.mean(loop**2))
    return np.clip(loop, -1.0, 1.0)


def tone() -> Samples:
    """Return a short bell, for where nothing can be spoken."""
    bell = _plucked(_hertz(12))
    return bell * (10 ** (LOUDNESS_DBFS / 20) / float(np.sqrt(np.mean(bell**2))))


def _hertz(semitones: int) -> float:
    return float(_C4_HERTZ * 2 ** (semitones / 12))


def _pad(hertz: float) -> Samples:
    """Return a soft sustained note that swells and fades over one chord and a little more."""
    time = np.arange(int((CHORD_SECONDS + 1.5) * RATE)) / RATE
    envelope = np.minimum(1.0, time / 1.2) * np.clip((CHORD_SECONDS + 1.5 - time) / 1.8, 0.0, 1.0)
    wave = np.sin(2 * np.pi * hertz * time) + 0.5 * np.sin(2 * np.pi * hertz * 1.003 * time)
    return envelope * (wave + 0.15 * np.sin(4 * np.pi * hertz * time))


def _plucked(hertz: float) -> Samples:
    """Return a short bell-like note that dies away in two seconds."""
    time = np.arange(2 * RATE) / RATE
    envelope = np.minimum(1.0, time / 0.008) * np.exp(-2.8 * time)
    return envelope * (np.sin(2 * np.pi * hertz * time) + 0.2 * np.exp(-3 * time) * np.sin(6 * np.pi * hertz * time))


def _add(loop: Samples, start: int, note: Samples) -> None:
    positions = (start + np.arange(len(note))) % len(loop)
    loop[positions] += note
