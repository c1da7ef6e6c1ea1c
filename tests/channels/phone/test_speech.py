"""Texts and music made to sound."""

import asyncio
import wave
from pathlib import Path

import numpy as np
import pytest

from borgerlinje.channels.phone.sound import music, speech
from borgerlinje.kit import parts


def test_name_follows_text_and_language():
    assert speech.name_of("Velkommen.") == speech.name_of("Velkommen.", "da")
    assert speech.name_of("Velkommen.") != speech.name_of("Velkommen!")
    assert speech.name_of("Velkommen.", "da") != speech.name_of("Velkommen.", "en")


@pytest.mark.parametrize(("rate", "new_rate"), [(22050, 8000), (22050, 16000), (16000, 8000), (16000, 16000)])
def test_resampled_tone_keeps_its_pitch_and_loudness(rate: int, new_rate: int):
    tone = np.sin(2 * np.pi * 1000 * np.arange(rate) / rate)
    heard = speech.resample(tone, rate, new_rate)
    spectrum = np.abs(np.fft.rfft(heard[:new_rate]))
    assert int(np.argmax(spectrum)) == 1000
    assert np.sqrt(np.mean(heard**2)) == pytest.approx(np.sqrt(0.5), rel=0.02)


def test_music_is_quiet_and_has_no_seam():
    loop = music.compose()
    assert len(loop) == 32 * music.RATE
    assert np.sqrt(np.mean(loop**2)) == pytest.approx(10 ** (music.LOUDNESS_DBFS / 20), rel=0.01)
    assert np.abs(loop).max() < 0.5
    steps = np.abs(np.diff(loop))
    assert abs(loop[0] - loop[-1]) <= steps.max()


def test_music_has_no_tone_that_a_tone_detector_would_take_for_one():
    loop = music.compose()
    piece = np.abs(np.fft.rfft(loop[: 2 * music.RATE])) ** 2
    assert piece.max() / piece.sum() < 0.3


@pytest.mark.skipif(parts.find("espeak-ng") is None, reason="no espeak-ng on this machine")
def test_text_becomes_sound_at_both_rates(tmp_path: Path):
    assert speech.make("Velkommen til hotlinen.", "da", tmp_path)
    name = speech.name_of("Velkommen til hotlinen.", "da")
    assert speech.has_sound(tmp_path, name)
    with wave.open(str(tmp_path / f"{name}.wav")) as narrow, wave.open(str(tmp_path / f"{name}.wav16")) as wide:
        assert (narrow.getframerate(), wide.getframerate()) == (8000, 16000)
        seconds = narrow.getnframes() / 8000
        assert 1.0 < seconds < 4.0
        assert wide.getnframes() / 16000 == pytest.approx(seconds, abs=0.05)


@pytest.mark.skipif(parts.find("espeak-ng") is None, reason="no espeak-ng on this machine")
async def test_the_same_text_wanted_by_many_at_once_is_made_for_all(tmp_path: Path):
    text = [("Velkommen.", "da")]
    await asyncio.gather(*(speech.make_all(text, tmp_path) for _ in range(6)))
    name = speech.name_of("Velkommen.")
    assert sorted(path.name for path in (tmp_path / name).parent.iterdir()) == sorted(
        f"{Path(name).name}.{suffix}" for suffix in ("wav", "wav16")
    )


def test_no_room_for_the_sound_is_no_fault_of_the_call(tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert not speech.make("Velkommen.", "da", blocked)
