"""What is heard is as loud as everything else of ours, hurts nobody, and lies where a telephone and a hearing loop carry it."""

import wave
from pathlib import Path

import numpy as np
import pytest

from borgerlinje.channels.phone.accounts import checking
from borgerlinje.channels.phone.services import screening
from borgerlinje.channels.phone.sound import loudness, music, speech
from borgerlinje.channels.phone.sound.loudness import Samples
from borgerlinje.demo import facts
from borgerlinje.kit import parts

TOLERANCE_DB = 1.5
LINE_TEXTS = [text for centre in facts.CENTRES for line in centre.lines for text in (line.greeting, line.closed)]
TEXTS = [
    *speech.fixed_texts(),
    *checking.texts(),
    screening.offer_text("Næstved Kommune"),
    speech.TECHNICAL,
    *LINE_TEXTS,
]


def read(path: Path) -> tuple[Samples, int]:
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64) / 32768
        return samples, file.getframerate()


def tone(level_dbfs: float, *, rate: int = 8000, seconds: float = 1.0) -> Samples:
    time = np.arange(int(seconds * rate)) / rate
    samples: Samples = 10 ** (level_dbfs / 20) * np.sqrt(2) * np.sin(2 * np.pi * 1000 * time)
    return samples


@pytest.mark.parametrize("seconds", [0.0, 1.0, 9.0])
def test_level_is_that_of_the_speech_without_its_pauses(seconds: float) -> None:
    paused = np.concatenate([tone(-20), np.zeros(int(8000 * seconds)), tone(-20)])
    assert loudness.level_dbfs(paused, 8000) == pytest.approx(-20, abs=0.2)


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(800), np.zeros(3)])
def test_silence_has_no_level_and_stays_silent(samples: Samples) -> None:
    assert loudness.level_dbfs(samples, 8000) == float("-inf")
    assert loudness.peak_dbfs(samples) == float("-inf")
    assert not loudness.limited(loudness.levelled(samples, 8000)).any()


@pytest.mark.parametrize("level", [-60.0, -31.0, -20.0, -3.1])
def test_soft_and_loud_come_to_the_same_level(level: float) -> None:
    heard = loudness.limited(loudness.levelled(tone(level), 8000))
    assert loudness.level_dbfs(heard, 8000) == pytest.approx(loudness.HOUSE_DBFS, abs=0.3)


@pytest.mark.parametrize("peak", [0.1, 0.9, 1.0, 5.0, 1000.0])
def test_no_peak_is_higher_than_the_ceiling_and_soft_ones_are_left_alone(peak: float) -> None:
    samples = np.array([0.0, 0.3, -0.3, peak, -peak])
    limited = loudness.limited(samples)
    assert loudness.peak_dbfs(limited) <= loudness.CEILING_DBFS + 1e-9
    assert np.array_equal(limited[:3], samples[:3])
    assert np.array_equal(np.sign(limited), np.sign(samples))


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Speak every text the product and its demo have."""
    if parts.find("espeak-ng") is None:
        pytest.skip("no speech synthesis on this machine")
    folder = tmp_path_factory.mktemp("sounds")
    for text in TEXTS:
        assert speech.make(text, "da", folder)
    return folder


@pytest.mark.parametrize("suffix", ["wav", "wav16"])
def test_every_prompt_is_heard_at_the_house_level(spoken: Path, suffix: str) -> None:
    for text in TEXTS:
        samples, rate = read(spoken / f"{speech.name_of(text)}.{suffix}")
        assert loudness.level_dbfs(samples, rate) == pytest.approx(loudness.HOUSE_DBFS, abs=TOLERANCE_DB), text
        assert loudness.peak_dbfs(samples) < -1.0, text
        assert loudness.share_in_band(samples, rate) > 0.5, text


def test_hold_music_is_softer_than_speech_and_in_the_telephones_band() -> None:
    loop = music.compose()
    for rate in (16000, 8000):
        samples = speech.resample(loop, music.RATE, rate)
        assert loudness.level_dbfs(samples, rate) <= loudness.HOUSE_DBFS - 5
        assert loudness.peak_dbfs(samples) < -1.0
        assert loudness.share_in_band(samples, rate) > 0.9


def test_bell_that_stands_in_for_speech_hurts_nobody() -> None:
    assert loudness.peak_dbfs(loudness.limited(music.tone())) < -1.0
    assert loudness.level_dbfs(music.tone(), music.RATE) < loudness.HOUSE_DBFS


def test_what_no_telephone_carries_is_not_counted_as_loudness() -> None:
    rumble = np.sin(2 * np.pi * 120 * np.arange(8000) / 8000)
    assert loudness.level_dbfs(loudness.without_rumble(rumble, 8000), 8000) < -60
    assert loudness.without_rumble(tone(-20), 8000) == pytest.approx(tone(-20), abs=1e-6)


@pytest.mark.parametrize(("length", "quick"), [(0, 0), (1, 1), (7, 8), (8000, 8000), (22051, 22500), (104729, 104976)])
def test_quick_length_has_no_prime_above_five(length: int, quick: int) -> None:
    assert loudness.quick_length(length) == quick
