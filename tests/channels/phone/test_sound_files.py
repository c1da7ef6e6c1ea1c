import io

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from borgerlinje.channels.phone.sound import sound_files, speech
from borgerlinje.channels.phone.sound.sound_files import (
    RATE,
    TARGET_LUFS,
    Accepted,
    Flaw,
    Refused,
    examine,
    from_wave,
    loudness,
)


def tone(seconds: float = 2.0, rate: int = 48_000, *, hertz: float = 440, level: float = 0.1, channels: int = 1):
    samples = level * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)
    return np.repeat(samples[:, None], channels, axis=1)


def file_of(samples, rate: int = 48_000, **kind: str) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, **({"format": "WAV", "subtype": "PCM_16"} | kind))
    return file.getvalue()


def accepted(data: bytes) -> Accepted:
    found = examine(data)
    assert isinstance(found, Accepted), found
    return found


def strongest(found: Accepted) -> float:
    samples, rate = from_wave(found.wave)
    spectrum = np.abs(np.fft.rfft(samples))
    return float(np.fft.rfftfreq(len(samples), 1 / rate)[spectrum.argmax()])


@pytest.mark.parametrize(
    ("kind", "rate", "channels", "named"),
    [
        ({"subtype": "PCM_U8"}, 8_000, 1, "WAV PCM_U8, 8000 Hz"),
        ({"subtype": "PCM_16"}, 44_100, 2, "WAV PCM_16, 44100 Hz"),
        ({"subtype": "PCM_24"}, 96_000, 2, "WAV PCM_24, 96000 Hz"),
        ({"subtype": "PCM_32"}, 11_025, 1, "WAV PCM_32, 11025 Hz"),
        ({"subtype": "FLOAT"}, 48_000, 1, "WAV FLOAT, 48000 Hz"),
        ({"format": "FLAC", "subtype": "PCM_16"}, 48_000, 1, "FLAC PCM_16, 48000 Hz"),
        ({"format": "OGG", "subtype": "OPUS"}, 48_000, 1, "Ogg Opus, 48000 Hz"),
    ],
)
def test_upload_becomes_a_tone_of_the_same_pitch_as_loud_as_speech(
    kind: dict[str, str], rate: int, channels: int, named: str
) -> None:
    found = accepted(file_of(tone(rate=rate, channels=channels), rate, **kind))
    samples, kept_rate = from_wave(found.wave)
    assert (kept_rate, found.original_format) == (RATE, named)
    assert strongest(found) == pytest.approx(440, abs=2)
    assert loudness(samples, kept_rate) == pytest.approx(TARGET_LUFS, abs=0.2)
    assert found.seconds == pytest.approx(2, abs=0.1)


def test_loudness_is_that_of_the_standard() -> None:
    # BS.1770-4: a sine of 997 Hz at full scale in one channel reads -3.01 LUFS.
    for rate in (16_000, 48_000):
        assert loudness(tone(3, rate, hertz=997, level=1.0)[:, 0], rate) == pytest.approx(-3.01, abs=0.02)
    assert loudness(np.zeros(RATE), RATE) == -np.inf


def test_recording_is_as_loud_as_our_own_speech(tmp_path) -> None:
    text = "Velkommen til hotline. Tryk 1 for pas."
    if not speech.make(text, "da", tmp_path):
        pytest.skip("no speech synthesis here")
    spoken = (tmp_path / f"{speech.name_of(text)}.wav16").read_bytes()
    assert loudness(*from_wave(spoken)) == pytest.approx(TARGET_LUFS, abs=1.5)
    recorded = accepted(spoken)
    assert recorded.loudness_lufs == pytest.approx(TARGET_LUFS, abs=1.5)


def test_silence_at_both_ends_is_cut() -> None:
    quiet = np.zeros((48_000 * 3, 1))
    assert accepted(file_of(np.concatenate((quiet, tone(1.0), quiet)))).seconds == pytest.approx(1.3, abs=0.1)


def test_hum_below_the_telephone_is_filtered_away() -> None:
    found = accepted(file_of(tone(hertz=50, level=0.5) + tone(hertz=1000, level=0.1)))
    assert strongest(found) == pytest.approx(1000, abs=2)


def test_short_peak_is_not_pushed_over_the_top() -> None:
    samples = tone(3.0, level=0.02)
    samples[48_000:48_010] = 0.95
    kept, rate = from_wave(accepted(file_of(samples)).wave)
    assert np.abs(sound_files.resampled(kept, rate, 4 * rate)).max() <= 0.9


def test_pieces_of_a_long_recording_join_without_a_seam() -> None:
    whole = tone(20.5, 44_100)[:, 0]
    made = sound_files.resampled(whole, 44_100, RATE)
    expected = tone(20.5, RATE)[:, 0]
    middle = slice(RATE, 19 * RATE)
    assert len(made) == len(expected)
    assert np.abs(made[middle] - expected[middle]).max() < 1e-3


@pytest.mark.parametrize(
    ("data", "flaw"),
    [
        (b"", Flaw.EMPTY),
        (b"RIFF" + bytes(60), Flaw.UNKNOWN_FORMAT),
        (b"%PDF-1.7 not a sound at all", Flaw.UNKNOWN_FORMAT),
        (file_of(tone(), format="AIFF"), Flaw.UNKNOWN_FORMAT),
        (file_of(np.full((10, 1), np.nan), subtype="FLOAT"), Flaw.UNKNOWN_FORMAT),
        (file_of(np.zeros((0, 1))), Flaw.SILENT),
        (file_of(np.zeros((48_000, 1))), Flaw.SILENT),
        (file_of(tone(181, 8_000), 8_000, subtype="PCM_U8"), Flaw.TOO_LONG),
        (file_of(tone(0.1)), Flaw.TOO_SHORT),
        (file_of(tone(level=0.005)), Flaw.TOO_QUIET),
        (file_of(np.clip(tone(level=3.0), -1, 1)), Flaw.CLIPPED),
    ],
)
def test_upload_that_will_not_do_is_refused_with_its_reason(data: bytes, flaw: Flaw) -> None:
    found = examine(data)
    assert isinstance(found, Refused)
    assert flaw in found.flaws
    assert all(str(sound_files.FLAW_TEXTS[each]) for each in found.flaws)


def test_file_that_is_too_large_is_not_even_read() -> None:
    assert examine(bytes(sound_files.LARGEST_BYTES + 1)) == Refused((Flaw.TOO_LARGE,))


@given(st.binary(max_size=200), st.integers(0, 200))
def test_broken_files_are_answers_and_never_crashes(junk: bytes, at: int) -> None:
    whole = file_of(tone(0.4, 8_000), 8_000)
    assert isinstance(examine(junk), Refused)
    assert isinstance(examine(whole[:at] + junk + whole[at + len(junk) :]), Accepted | Refused)
    assert isinstance(examine(whole[:at]), Accepted | Refused)
