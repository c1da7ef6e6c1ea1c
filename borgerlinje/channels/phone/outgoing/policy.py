"""What may be called: numbers, ranges, limits. Pure.

A number is written in one of two ways. `+4512345678` is E.164 and is dialled in whatever form the provider wants. Plain digits are dialled as
they are: a short number (`1813`), or one that begins with 000, which no subscriber in the world has and the demo invents its numbers from.

What a policy lists decides in this order: a barred prefix bars; a number that is listed whole is allowed, be it a short or a costly one; a
listed prefix opens ordinary numbers of other countries, and the demo's, but never short or costly ones; everything else must be an ordinary
number of a listed country. Which numbers are ordinary says the library `phonenumbers`, in which each country's plan stands.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneNumberType

HOME = "DK"
HOME_CODE = "+45"
LONGEST_DIGITS = 15
_SHORT = range(3, 7)
_DANISH = 8
_SEPARATORS = re.compile(r"[\s.\-()/\u2010-\u2015]")
_NUMBER = re.compile(r"\+?[0-9]{1,20}")
_LONGEST_TEXT = 40

_ORDINARY = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.VOIP,
        PhoneNumberType.TOLL_FREE,
    }
)
# What a person has at home or in the pocket.
_PERSONAL = _ORDINARY - {PhoneNumberType.TOLL_FREE}
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


class Reason(StrEnum):
    """Why a number is not called."""

    NOT_A_NUMBER = "not_a_number"
    SHORT = "short"
    COSTLY = "costly"
    SATELLITE = "satellite"
    FOREIGN = "foreign"
    BARRED = "barred"
    OWN = "own"
    DO_NOT_CALL = "do_not_call"
    OFTEN_TO_NUMBER = "often_to_number"
    MANY_THIS_HOUR = "many_this_hour"
    LINES_BUSY = "lines_busy"
    NO_TRUNK = "no_trunk"
    UNKNOWN_CONTACT = "unknown_contact"


@dataclass(frozen=True, slots=True)
class Policy:
    """A centre's rules: `phone.models.OutgoingPolicy`. Countries are ISO codes; no country at all stands for Denmark alone."""

    countries: tuple[str, ...] = (HOME,)
    allowed_prefixes: tuple[str, ...] = ()
    barred_prefixes: tuple[str, ...] = ()
    per_number_per_day: int = 6
    per_hour: int = 600
    longest_minutes: int = 120


@dataclass(frozen=True, slots=True)
class Counts:
    """Calls that went out: to this number in the last 24 hours, from this centre in the last hour, and those under way now.

    `at_once` is how many the trunks carry together (None: it is not asked). `is_known`: the secretariat has written this number down as a
    specialist's, who may be called any number of times.
    """

    to_number: int = 0
    this_hour: int = 0
    under_way: int = 0
    at_once: int | None = None
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A number that exists; `digits` is what is stored and counted, `national` what a Dane dials (empty for foreign ones)."""

    digits: str
    national: str = ""
    region: str = ""
    type: int = PhoneNumberType.UNKNOWN

    @property
    def is_short(self) -> bool:
        """It is a service's short number."""
        return not (self.digits.startswith("+") or self.is_invented)

    @property
    def is_invented(self) -> bool:
        """It begins with 000: a demo's, which no telephone in the world has."""
        return self.digits.startswith("000")

    @property
    def is_personal(self) -> bool:
        """It is a fixed or mobile number such as people have, or a demo's."""
        return self.is_invented or self.type in _PERSONAL

    @property
    def is_mobile(self) -> bool:
        """It may be a mobile: Danish numbers do not tell."""
        return self.is_invented or self.type in _MOBILE


@dataclass(frozen=True, slots=True)
class Allowed:
    """A number that may be called now, the number of ours that is shown, and how long the call may last."""

    digits: str
    shown: str = ""
    longest_seconds: int = 7200


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a number is not called; `digits` is what was asked for, as far as it can be read (32 characters at most)."""

    reason: Reason
    digits: str = ""


def read(text: str) -> Number | Refusal:
    """Return the number a text means; a refusal when it is no number that anybody could have.

    Spaces, dots, hyphens, slashes and parentheses are passed over; anything else makes it no number: no letters, no digits of other
    scripts, no `tel:` and no parameters behind it.
    """
    kept = _SEPARATORS.sub("", text) if len(text) <= _LONGEST_TEXT else ""
    if not _NUMBER.fullmatch(kept):
        return Refusal(Reason.NOT_A_NUMBER, _printable(text))
    # 00 is how a Dane dials abroad; 000 leads nowhere.
    kept = re.sub(r"^00(?=[1-9])", "+", kept)
    kept = re.sub(r"^\+45(?=\d{3,6}$)", "", kept)
    if re.fullmatch(r"45\d{8}", kept):
        kept = f"+{kept}"
    if kept.startswith("+"):
        return _international(kept)
    if kept.startswith("000"):
        return Number(kept, kept) if len(kept) == _DANISH else Refusal(Reason.NOT_A_NUMBER, kept)
    if len(kept) in _SHORT:
        return Number(kept, kept, HOME)
    return _international(HOME_CODE + kept) if len(kept) == _DANISH else Refusal(Reason.NOT_A_NUMBER, kept)


def _international(digits: str) -> Number | Refusal:
    try:
        parsed = phonenumbers.parse(digits)
    except phonenumbers.NumberParseException:
        return Refusal(Reason.NOT_A_NUMBER, digits)
    if phonenumbers.region_code_for_country_code(parsed.country_code or 0) == "001":
        return Refusal(Reason.SATELLITE, digits)
    region = phonenumbers.region_code_for_number(parsed)
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    # What the library would mend (a trunk zero, an extension) was not what was asked for.
    if region is None or not phonenumbers.is_valid_number(parsed) or written != digits:
        return Refusal(Reason.NOT_A_NUMBER, digits)
    national = digits.removeprefix(HOME_CODE) if region == HOME else ""
    return Number(digits, national, region, phonenumbers.number_type(parsed))


def range_allows(number: Number, policy: Policy) -> Refusal | None:
    """Return why a policy's ranges keep a number out, None when they do not."""
    is_open = _begins(number, policy.allowed_prefixes)
    reason: Reason | None = None
    if _begins(number, policy.barred_prefixes):
        reason = Reason.BARRED
    elif is_listed(number, policy):
        reason = None
    elif number.is_short:
        reason = Reason.SHORT
    elif number.is_invented:
        reason = None if is_open else Reason.NOT_A_NUMBER
    elif number.type not in _ORDINARY:
        reason = Reason.COSTLY
    elif not is_open and number.region not in (policy.countries or (HOME,)):
        reason = Reason.FOREIGN
    return Refusal(reason, number.digits) if reason else None


def is_listed(number: Number, policy: Policy) -> bool:
    """Tell whether a number stands whole among those a policy always allows."""
    # A foreign number has no national form, and an empty prefix means nothing.
    return bool({number.digits, number.national}.intersection(map(canonical, policy.allowed_prefixes)) - {""})


def weigh(
    number: Number,
    policy: Policy,
    *,
    recent: Counts,
    do_not_call: Collection[str] = (),
    own: Collection[str] = (),
    shown: str = "",
    is_ours: bool = False,
) -> Allowed | Refusal:
    """Decide on a number that exists. `own` are the numbers of our own lines, as dialled.

    `is_ours`: it is an employee's own telephone that is rung, which is neither counted nor limited: each citizen who calls rings one.
    """
    if number.digits in own or (number.national and number.national in own):
        return Refusal(Reason.OWN, number.digits)
    if (refusal := range_allows(number, policy)) is not None:
        return refusal
    is_limited = not (is_ours or recent.is_known or is_listed(number, policy))
    hindrances = {
        Reason.DO_NOT_CALL: not is_ours and number.digits in do_not_call,
        Reason.OFTEN_TO_NUMBER: is_limited and recent.to_number >= policy.per_number_per_day,
        Reason.MANY_THIS_HOUR: not is_ours and recent.this_hour >= policy.per_hour,
        Reason.LINES_BUSY: recent.at_once is not None and recent.under_way >= recent.at_once,
    }
    reason = next((reason for reason, hinders in hindrances.items() if hinders), None)
    return Refusal(reason, number.digits) if reason else Allowed(number.digits, shown, policy.longest_minutes * 60)


def check(
    text: str,
    policy: Policy,
    *,
    recent: Counts,
    do_not_call: Collection[str] = (),
    own: Collection[str] = (),
    shown: str = "",
) -> Allowed | Refusal:
    """Decide on a number as somebody wrote it. Never raises, whatever is written."""
    number = read(text)
    if isinstance(number, Refusal):
        return number
    return weigh(number, policy, recent=recent, do_not_call=do_not_call, own=own, shown=shown)


def canonical(prefix: str) -> str:
    """Return the beginning of a number in the form it is compared in: `+46`, or what a Dane dials (`90`, `1813`)."""
    kept = re.sub(r"^00(?=[1-9])", "+", _SEPARATORS.sub("", prefix))
    return kept.removeprefix(HOME_CODE) if len(kept) > len(HOME_CODE) else kept


def _begins(number: Number, prefixes: Collection[str]) -> bool:
    begins = tuple(filter(None, map(canonical, prefixes)))
    return number.digits.startswith(begins) or number.national.startswith(begins)


def _printable(text: str) -> str:
    """Return what was written instead of a number, for the record: short, and nothing that is not plain text."""
    return re.sub(r"[^0-9A-Za-z+*#:;=. ]", "?", text)[:32]
