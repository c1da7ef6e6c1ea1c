import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgerlinje.lines.numbers import NumberError, caller, display, masked, normalise


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("4631 3020", "46313020"),
        ("46 31 30 20", "46313020"),
        ("+45 70 10 18 81", "70101881"),
        ("004570101881", "70101881"),
        ("4570101881", "70101881"),
        ("1881", "1881"),
        ("111", "111"),
        ("116111", "116111"),
        ("+451881", "1881"),
    ],
)
def test_number_is_stored_by_its_digits(text: str, digits: str) -> None:
    assert normalise(text) == digits


@pytest.mark.parametrize("text", ["", "12", "46 31 30 2", "abc", "+46 8 123 456 78", "1" * 20])
def test_what_is_no_number_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(NumberError, match="otte cifre"):
        normalise(text)


def test_number_is_shown_in_pairs_and_masked_in_half() -> None:
    assert display("46313020") == "46 31 30 20"
    assert display("1881") == "1881"
    assert masked("46120000") == "46 12 ** **"
    assert masked("") == ""


@given(st.text())
def test_whatever_the_network_says_a_caller_is_never_refused(text: str) -> None:
    assert len(caller(text)) <= 16


@pytest.mark.parametrize(("text", "digits"), [("anonymous", ""), ("", ""), ("+4546120000", "46120000")])
def test_callers_number_is_read_or_empty(text: str, digits: str) -> None:
    assert caller(text) == digits
