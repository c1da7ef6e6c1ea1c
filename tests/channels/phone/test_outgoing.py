"""Which numbers may be called: ranges, limits, and everything somebody may write instead of a number."""

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from borgerlinje.channels.phone.outgoing.policy import (
    Allowed,
    Counts,
    Number,
    Policy,
    Reason,
    Refusal,
    check,
    range_allows,
    read,
)

DENMARK = Policy()
NOTHING_YET = Counts()
DEMO = Policy(allowed_prefixes=("0000",))
NORDIC = Policy(countries=("DK", "SE", "GL"))
ARABIC_INDIC = "٤٦١٢٠٠٠٠"


def decide(text: str, policy: Policy = DENMARK, recent: Counts = NOTHING_YET) -> str:
    """Return the number that is dialled, or the reason why none is."""
    answer = check(text, policy, recent=recent)
    return answer.digits if isinstance(answer, Allowed) else answer.reason.value


@pytest.mark.parametrize(
    "text",
    ["46313020", "46 31 30 20", "46-31.30/20", "(+45) 46313020", "004546313020", "4546313020", "+45 46\xa031 30 20"],
)
def test_danish_number_is_one_number_however_it_is_written(text: str) -> None:
    assert decide(text) == "+4546313020"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.NOT_A_NUMBER),
        ("1", Reason.NOT_A_NUMBER),
        ("12", Reason.NOT_A_NUMBER),
        ("12345678", Reason.NOT_A_NUMBER),
        ("463130", Reason.SHORT),
        ("4631302", Reason.NOT_A_NUMBER),
        ("463130201", Reason.NOT_A_NUMBER),
        ("+45", Reason.NOT_A_NUMBER),
        ("+45ABCDEFGH", Reason.NOT_A_NUMBER),
        ("+45463130a0", Reason.NOT_A_NUMBER),
        ("4" * 500, Reason.NOT_A_NUMBER),
        ("+45" + "4" * 17, Reason.NOT_A_NUMBER),
        ("tel:+4546313020", Reason.NOT_A_NUMBER),
        ("tel:46313020;phone-context=+882", Reason.NOT_A_NUMBER),
        ("46313020;ext=9", Reason.NOT_A_NUMBER),
        ("46313020,,99", Reason.NOT_A_NUMBER),
        ("46313020@evil.example", Reason.NOT_A_NUMBER),
        ("46313020\r\nX: 1", Reason.NOT_A_NUMBER),
        ("*21*46313020#", Reason.NOT_A_NUMBER),
        (ARABIC_INDIC, Reason.NOT_A_NUMBER),
        ("\uff14\uff16\uff13\uff11\uff13\uff10\uff12\uff10", Reason.NOT_A_NUMBER),
        ("++4546313020", Reason.NOT_A_NUMBER),
        ("+0046313020", Reason.NOT_A_NUMBER),
        ("+45046313020", Reason.NOT_A_NUMBER),
        ("112", Reason.SHORT),
        ("113", Reason.SHORT),
        ("114", Reason.SHORT),
        ("1813", Reason.SHORT),
        ("1881", Reason.SHORT),
        ("+45112", Reason.SHORT),
        ("0045112", Reason.SHORT),
        ("+451813", Reason.SHORT),
        ("90123456", Reason.COSTLY),
        ("+4590123456", Reason.COSTLY),
        ("+37190012345", Reason.COSTLY),
        ("+46701234567", Reason.FOREIGN),
        ("004746123456", Reason.FOREIGN),
        ("+12125551234", Reason.FOREIGN),
        ("+18765551234", Reason.FOREIGN),
        ("+299321234", Reason.FOREIGN),
        ("+298211234", Reason.FOREIGN),
        ("+88212345678", Reason.SATELLITE),
        ("0088212345678", Reason.SATELLITE),
        ("+88112345678", Reason.SATELLITE),
        ("+88312345678", Reason.SATELLITE),
        ("+870773111632", Reason.SATELLITE),
        ("+97912345678", Reason.SATELLITE),
        ("+80012345678", Reason.SATELLITE),
        ("00000370", Reason.NOT_A_NUMBER),
        ("0000037", Reason.NOT_A_NUMBER),
        ("000000370", Reason.NOT_A_NUMBER),
    ],
)
def test_what_is_no_ordinary_danish_number_is_refused_for_what_it_is(text: str, reason: Reason) -> None:
    assert decide(text) == reason


def test_countries_open_their_ordinary_numbers_and_no_others() -> None:
    assert decide("+46701234567", NORDIC) == "+46701234567"
    assert decide("+299321234", NORDIC) == "+299321234"
    assert decide("+298211234", NORDIC) == Reason.FOREIGN
    assert decide("+46900123456", NORDIC) != "+46900123456"


def test_a_country_shares_its_code_with_others_that_stay_closed() -> None:
    america = Policy(countries=("US",))
    assert decide("+12125551234", america) == "+12125551234"
    assert decide("+18765551234", america) == Reason.FOREIGN


def test_invented_number_is_called_where_a_demo_allows_it_only() -> None:
    assert decide("0000 0370", DEMO) == "00000370"
    assert decide("00009001", Policy(allowed_prefixes=("00009",))) == "00009001"
    assert decide("00000370", Policy(allowed_prefixes=("00009",))) == Reason.NOT_A_NUMBER


def test_prefix_opens_ordinary_numbers_abroad_but_nothing_short_costly_or_by_satellite() -> None:
    lazy = Policy(allowed_prefixes=("+46", "1", "9", "+45", "+88", "+371"))
    assert decide("+46701234567", lazy) == "+46701234567"
    assert decide("112", lazy) == Reason.SHORT
    assert decide("90123456", lazy) == Reason.COSTLY
    assert decide("+37190012345", lazy) == Reason.COSTLY
    assert decide("+88212345678", lazy) == Reason.SATELLITE


@pytest.mark.parametrize(("listed", "text"), [("1813", "1813"), ("112", "112"), ("90123456", "+45 90 12 34 56")])
def test_number_that_is_listed_whole_is_allowed_whatever_it_costs(listed: str, text: str) -> None:
    assert decide(text, Policy(allowed_prefixes=(listed,))) in {listed, f"+45{listed}"}


@pytest.mark.parametrize("barred", ["4631", "+454631", "00454631", "46313020"])
def test_barred_prefix_beats_everything_that_allows(barred: str) -> None:
    policy = Policy(barred_prefixes=(barred,), allowed_prefixes=("46313020", "+45"))
    assert decide("46313020", policy) == Reason.BARRED
    assert decide("46413020", policy) == "+4546413020"


def test_empty_prefix_neither_opens_nor_bars() -> None:
    assert decide("46313020", Policy(barred_prefixes=("", " "))) == "+4546313020"
    assert decide("+46701234567", Policy(allowed_prefixes=("", "-"))) == Reason.FOREIGN


def test_no_country_at_all_stands_for_denmark() -> None:
    assert decide("46313020", Policy(countries=())) == "+4546313020"
    assert decide("+46701234567", Policy(countries=())) == Reason.FOREIGN


def test_number_is_called_so_often_a_day_and_no_more() -> None:
    assert decide("46313020", recent=Counts(to_number=5)) == "+4546313020"
    assert decide("46313020", recent=Counts(to_number=6)) == Reason.OFTEN_TO_NUMBER
    assert decide("46313020", recent=Counts(to_number=600, is_known=True)) == "+4546313020"


def test_centre_calls_so_often_an_hour_and_the_trunks_carry_so_many() -> None:
    assert decide("46313020", recent=Counts(this_hour=600)) == Reason.MANY_THIS_HOUR
    assert decide("46313020", recent=Counts(this_hour=600, is_known=True)) == Reason.MANY_THIS_HOUR
    assert decide("46313020", recent=Counts(under_way=30, at_once=30)) == Reason.LINES_BUSY
    assert decide("46313020", recent=Counts(under_way=29, at_once=30)) == "+4546313020"


def test_own_numbers_and_the_do_not_call_list_are_kept_out() -> None:
    own = check("46313020", DENMARK, recent=NOTHING_YET, own={"46313020"})
    listed = check("46120000", DENMARK, recent=NOTHING_YET, do_not_call={"+4546120000"})
    assert own == Refusal(Reason.OWN, "+4546313020")
    assert listed == Refusal(Reason.DO_NOT_CALL, "+4546120000")


def test_call_may_last_as_long_as_the_policy_says() -> None:
    answer = check("46120000", Policy(longest_minutes=2), recent=NOTHING_YET, shown="+4546313020")
    assert answer == Allowed("+4546120000", "+4546313020", 120)


_PIECES = st.sampled_from(
    [
        "+",
        "00",
        "000",
        "45",
        "+45",
        "46313020",
        "90",
        "882",
        "881",
        "870",
        "979",
        "1813",
        "112",
        " ",
        "-",
        "(",
        "tel:",
        ";ext=",
        "a",
        "٤",
        "\u2013",
    ]
)
_TEXTS = st.one_of(st.text(), st.text("0123456789+ -", max_size=20), st.lists(_PIECES, max_size=6).map("".join))
_PREFIXES = st.lists(st.one_of(st.text(max_size=6), _PIECES), max_size=3).map(tuple)
_POLICIES = st.builds(
    Policy,
    countries=st.lists(st.sampled_from(["DK", "SE", "GL", "US", "DE", "XX", ""]), max_size=3).map(tuple),
    allowed_prefixes=_PREFIXES,
    barred_prefixes=_PREFIXES,
)


@given(_TEXTS, _POLICIES)
@example("\ud800", DENMARK)
@example("٤٦١٢٠٠٠٠", DEMO)
def test_whatever_is_written_is_answered_and_what_is_allowed_may_be_called(text: str, policy: Policy) -> None:
    answer = check(text, policy, recent=NOTHING_YET)
    if isinstance(answer, Refusal):
        assert len(answer.digits) <= 32
        assert answer.digits.isascii()
        return
    number = read(answer.digits)
    assert isinstance(number, Number), "what is allowed is written in its one form"
    assert number.digits == answer.digits
    assert range_allows(number, policy) is None
    if answer.digits.startswith("+"):
        parsed = phonenumbers.parse(answer.digits)
        assert phonenumbers.is_valid_number(parsed)
        region = phonenumbers.region_code_for_number(parsed)
        assert region in (policy.countries or ("DK",)) or any(
            answer.digits.startswith(_plus(prefix)) for prefix in policy.allowed_prefixes
        )
    else:
        assert policy.allowed_prefixes, "short and invented numbers are opened by the list alone"


def _plus(prefix: str) -> str:
    digits = "".join(each for each in prefix if each in "+0123456789")
    digits = f"+{digits[2:]}" if digits.startswith("00") and not digits.startswith("000") else digits
    return digits if digits.startswith("+") else f"+45{digits}"
