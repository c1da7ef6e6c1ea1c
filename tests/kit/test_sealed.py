import re
from pathlib import Path

import pytest

from borgerlinje.kit import home, sealed
from borgerlinje.kit.home import Home
from borgerlinje.kit.sealed import SealError


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give the test a key file of its own."""
    file = Home(tmp_path).seal_key_file
    home.ensure_seal_key(Home(tmp_path))
    monkeypatch.setenv(sealed.VARIABLE, str(file))
    return file


def test_what_is_sealed_is_opened_for_its_purpose() -> None:
    box = sealed.seal(b"hemmelig", purpose="trunk")
    assert sealed.unseal(box, purpose="trunk") == b"hemmelig"
    assert b"hemmelig" not in box
    assert sealed.seal(b"hemmelig", purpose="trunk") != box
    assert sealed.unseal_text(sealed.seal_text("blåbær", purpose="trunk"), purpose="trunk") == "blåbær"


def test_another_purpose_does_not_open_it() -> None:
    box = sealed.seal(b"hemmelig", purpose="trunk")
    with pytest.raises(SealError) as raised:
        sealed.unseal(box, purpose="recording")
    assert raised.value.details["reason"] == "changed, or sealed for another purpose"


@pytest.mark.parametrize("place", [0, 4, 10, 25, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    box = bytearray(sealed.seal(b"hemmelig", purpose="trunk"))
    box[place] ^= 1
    with pytest.raises(SealError):
        sealed.unseal(bytes(box), purpose="trunk")


@pytest.mark.parametrize("text", ["", "ikke forseglet", "æ", "QkwxAAAA"])
def test_what_was_never_sealed_is_an_error_and_no_crash(text: str) -> None:
    with pytest.raises(SealError):
        sealed.unseal_text(text, purpose="trunk")


def test_a_new_key_seals_and_the_old_one_opens(keys: Path) -> None:
    old = sealed.seal(b"hemmelig", purpose="trunk")
    name = sealed.add_key()
    assert sealed.key_ids()[0] == name
    assert sealed.seal(b"x", purpose="trunk")[3:7].hex() == name
    assert sealed.unseal(old, purpose="trunk") == b"hemmelig"
    assert keys.stat().st_mode & 0o077 == 0


def test_a_key_that_is_not_here_is_named(keys: Path, tmp_path: Path) -> None:
    box = sealed.seal(b"hemmelig", purpose="trunk")
    keys.unlink()
    home.ensure_seal_key(Home(tmp_path))
    with pytest.raises(SealError) as raised:
        sealed.unseal(box, purpose="trunk")
    assert re.fullmatch(rf"the key {box[3:7].hex()} is not in .*/seal-keys", str(raised.value.details["reason"]))


@pytest.mark.parametrize("content", [None, "", "# kun en kommentar\n", "kort\n"])
def test_a_missing_or_spoilt_file_says_which(keys: Path, content: str | None) -> None:
    keys.unlink()
    if content is not None:
        keys.write_text(content)
    with pytest.raises(SealError) as raised:
        sealed.seal(b"x", purpose="trunk")
    assert str(keys) in str(raised.value.details["reason"])
    assert "nøgle" in str(raised.value)


def test_the_key_file_is_made_once_and_private(keys: Path, tmp_path: Path) -> None:
    first = keys.read_text()
    home.ensure_seal_key(Home(tmp_path))
    assert keys.read_text() == first
    assert keys.stat().st_mode & 0o077 == 0
