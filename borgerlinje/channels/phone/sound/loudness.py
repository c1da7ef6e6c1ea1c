"""How loud speech is, and bringing it to the one level at which everything of ours is heard. Pure.

Who hears badly, or by a hearing loop, sets the telephone once: no prompt may then be lost and none may hurt. The level is that of the
speech itself (ITU-T P.56: pauses do not count), so that a text with long pauses is no louder than one without.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

HOUSE_DBFS: Final = -20.0
CEILING_DBFS: Final = -1.5
TELEPHONE_BAND_HERTZ: Final = (300.0, 3400.0)
_FRAMES_A_SECOND: Final = 50
# What lies further below the loudest than this is a pause: P.56 has 15.9 dB below the level itself.
_PAUSE_BELOW_DB: Final = 25.0
_KNEE_DBFS: Final = -4.0
# Below the first nothing passes, from the second on everything: what a telephone does not carry is not to count as loudness.
_RUMBLE_HERTZ: Final = (200.0, 340.0)


def level_dbfs(samples: Samples, rate: int) -> float:
    """Return the level of what is heard, without its pauses; minus infinity for silence. `rate` is in samples a second."""
    length = rate // _FRAMES_A_SECOND
    whole = len(samples) // length * length
    frames = samples[:whole].reshape(-1, length) if whole else samples.reshape(1, -1)
    powers = np.mean(frames**2, axis=1) if samples.size else np.zeros(1)
    loudest = float(powers.max())
    if loudest <= 0:
        return float("-inf")
    heard = powers[powers > loudest * 10 ** (-_PAUSE_BELOW_DB / 10)]
    return float(10 * np.log10(heard.mean()))


def peak_dbfs(samples: Samples) -> float:
    """Return the highest sample's level; minus infinity for silence."""
    peak = float(np.abs(samples).max()) if samples.size else 0.0
    return 20 * float(np.log10(peak)) if peak > 0 else float("-inf")


def share_in_band(samples: Samples, rate: int) -> float:
    """Return which part of the energy lies in the telephone's band, from 0 to 1."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / rate)
    low, high = TELEPHONE_BAND_HERTZ
    total = float(power.sum())
    return float(power[(hertz >= low) & (hertz <= high)].sum()) / total if total else 0.0


def without_rumble(samples: Samples, rate: int) -> Samples:
    """Return the samples without what lies below the telephone's band.

    A word such as »syv« has most of its energy there: at the house level, but without this, it would be faint where it is heard.
    """
    if not samples.size:
        return samples
    low, high = _RUMBLE_HERTZ
    length = quick_length(len(samples))
    spectrum = np.fft.rfft(samples, length)
    rise = np.clip((np.fft.rfftfreq(length, 1 / rate) - low) / (high - low), 0.0, 1.0)
    return np.fft.irfft(spectrum * np.sin(rise * np.pi / 2) ** 2, length)[: len(samples)]


def quick_length(length: int) -> int:
    """Return the next length without a prime above 5 in it: with a large one, a transform takes many times as long."""
    while not _is_smooth(length):
        length += 1
    return length


def _is_smooth(length: int) -> bool:
    for prime in (2, 3, 5):
        while length > 1 and length % prime == 0:
            length //= prime
    return length <= 1


def levelled(samples: Samples, rate: int) -> Samples:
    """Return the samples at the house level; silence stays silence. `limited` must follow once the rate is final."""
    level = level_dbfs(samples, rate)
    return samples * 10 ** ((HOUSE_DBFS - level) / 20) if np.isfinite(level) else samples


def limited(samples: Samples) -> Samples:
    """Return the samples with every peak bent below the ceiling; what lies below the knee is left as it is."""
    knee, ceiling = 10 ** (_KNEE_DBFS / 20), 10 ** (CEILING_DBFS / 20)
    size = np.abs(samples)
    room = ceiling - knee
    bent = knee + room * np.tanh(np.maximum(size - knee, 0.0) / room)
    return np.where(size > knee, np.sign(samples) * bent, samples)
