"""A-law against ITU-T G.711's values, and tones found again in it."""

import wave
from pathlib import Path

import numpy as np
import pytest

from borgerlinje.channels.phone.robot import sound


@pytest.mark.parametrize(
    ("sample", "code"),
    [
        # G.711 table 1a: the first step either side of zero, segment ends, and full scale, with bits 0x55 turned.
        (0, 0xD5),
        (-1, 0x55),
        (15, 0xD5),
        (16, 0xD4),
        (100, 0xD3),
        (-100, 0x53),
        (1000, 0xFA),
        (-1000, 0x7A),
        (8000, 0x8A),
        (-8000, 0x0A),
        (32767, 0xAA),
        (-32768, 0x2A),
    ],
)
def test_known_sample_has_its_g711_code(sample: int, code: int) -> None:
    assert sound.encode(np.array([sample], dtype=np.int16)) == bytes([code])


@pytest.mark.parametrize(
    ("code", "sample"), [(0xD5, 8), (0x55, -8), (0xAA, 32256), (0x2A, -32256), (0x80, 5504), (0x00, -5504)]
)
def test_known_code_has_its_g711_sample(code: int, sample: int) -> None:
    assert sound.decode(bytes([code])).tolist() == [sample]


def test_every_code_survives_decoding_and_encoding() -> None:
    codes = bytes(range(256))
    assert sound.encode(sound.decode(codes)) == codes


def test_coding_error_stays_within_the_step_of_its_segment() -> None:
    samples = np.arange(-32768, 32768, dtype=np.int16)
    error = np.abs(sound.decode(sound.encode(samples)).astype(np.int32) - samples)
    assert int(error.max()) <= 512
    assert int(error[np.abs(samples.astype(np.int32)) < 512].max()) <= 16


def test_tone_is_found_at_its_frequency_and_nowhere_else() -> None:
    samples = sound.decode(sound.tone(440))[:1600]
    assert sound.share(samples, 440) > 0.99
    assert sound.share(samples, 442) > 0.8
    assert sound.share(samples, 480) < 0.01


def test_two_tones_share_the_energy() -> None:
    samples = sound.decode(sound.tone(300, 600))[:1600]
    assert sound.share(samples, 300) == pytest.approx(0.5, abs=0.02)
    assert sound.share(samples, 600) == pytest.approx(0.5, abs=0.02)


def test_silence_and_noise_hold_no_tone() -> None:
    noise = np.random.default_rng(1).normal(0, 3000, 1600).astype(np.int16)
    assert sound.share(np.zeros(1600, dtype=np.int16), 440) == 0
    assert sound.share(noise, 440) < 0.1


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 48000])
def test_wav_of_any_rate_keeps_its_pitch(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "tone.wav"
    time = np.arange(rate) / rate
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.sin(2 * np.pi * 700 * time) * 9000).astype("<i2").tobytes())
    samples = sound.decode(sound.read_wav(path))
    assert len(samples) == 8000
    assert sound.share(samples[800:2400], 700) > 0.95


def test_wav_of_eight_bits_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "old.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes(800))
    with pytest.raises(ValueError, match="16-bit"):
        sound.read_wav(path)
