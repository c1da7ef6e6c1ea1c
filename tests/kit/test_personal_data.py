import pytest

from borgerlinje.kit.personal_data import CprInTextError, check_no_cpr


@pytest.mark.parametrize("text", ["010190-1234", "CPR 0101901234.", "født 311299 0001", "se 070761 4285!"])
def test_what_looks_like_a_cpr_number_is_refused(text: str) -> None:
    with pytest.raises(CprInTextError):
        check_no_cpr(text)


@pytest.mark.parametrize(
    "text", ["", "Ring 46 31 30 20", "70101881", "sag 00.14.00-G01-6-14", "990190-1234", "12345678901"]
)
def test_other_numbers_are_let_through(text: str) -> None:
    check_no_cpr(text)
