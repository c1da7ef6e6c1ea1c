"""Sound that Asterisk recorded: measured, sealed and opened again."""

import io
import wave
from uuid import UUID

import numpy as np
import pytest

from borgerlinje.channels.phone.recording import recorded
from borgerlinje.channels.phone.recording.recordings import SEALED_FOR
from borgerlinje.kit import sealed

CONTACT = UUID("01a200dc-f0ec-7689-bc25-36f53c578e5a")
RECORDING = UUID("01a200dc-f0ec-7689-bc25-36f53c578e5b")


def tone(seconds: float, level: float = 0.3) -> bytes:
    times = np.arange(int(seconds * recorded.RATE)) / recorded.RATE
    return recorded.as_wave((np.sin(2 * np.pi * 440 * times) * level * 32767).astype(np.int16))


def test_what_was_sealed_is_what_was_said_and_hides_that_it_is_sound():
    sound = recorded.seal(tone(3))
    assert (sound.seconds, sound.sound_seconds, sound.is_message) == (3.0, 3.0, True)
    assert b"RIFF" not in sound.sealed
    assert b"data" not in sound.sealed
    opened = sealed.unseal(sound.sealed, purpose=SEALED_FOR)
    with wave.open(io.BytesIO(opened)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (8000, 1, 24000)
    with pytest.raises(sealed.SealError):
        sealed.unseal(sound.sealed, purpose="trunk")


@pytest.mark.parametrize(
    ("data", "is_message"),
    [(tone(3), True), (tone(1.5), False), (tone(5, level=0.001), False), (b"", False), (b"RIFF....", False)],
    ids=["said", "short", "silence", "nothing", "a header alone"],
)
def test_a_message_is_two_seconds_with_something_to_hear(data: bytes, is_message: bool):  # noqa: FBT001
    assert recorded.seal(data).is_message is is_message


def test_a_file_whose_header_was_never_finished_is_read_all_the_same():
    whole = bytearray(tone(3))
    whole[4:8] = whole[40:44] = b"\0\0\0\0"
    assert recorded.seal(bytes(whole)).seconds == 3.0


def test_no_key_means_that_nothing_can_be_recorded(monkeypatch: pytest.MonkeyPatch, tmp_path):
    assert recorded.can_seal()
    monkeypatch.setenv(sealed.VARIABLE, str(tmp_path / "none"))
    assert not recorded.can_seal()
    with pytest.raises(sealed.SealError):
        recorded.seal(tone(3))


def test_names_lead_back_to_their_rows():
    name = recorded.conversation_name(CONTACT, RECORDING)
    assert recorded.recording_of(name) == RECORDING
    assert recorded.recording_of(recorded.message_name(CONTACT)) is None
    assert recorded.recording_of("bl-r-nothing") is None
