"""What the demo is made of. Pure data.

From the sources: the two centres, Næstved's and Slagelse's membership, the numbers 46 31 30 20, 1881 and 70 10 18 81, the
opening hours of the hotline. Everything marked "assumption" is invented for the demo: the other members, the people, and the
members' own numbers. Those begin with 00, which is the international prefix and never a Danish subscriber's number, so that
nobody real can be called by mistake.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from borgerlinje.demo.subjects import SUBJECTS

ALWAYS_OPEN_REASON = "Demo: åbent hele døgnet"
SKILL_LEVEL = 2


@dataclass(frozen=True, slots=True)
class AuthorityFact:
    """An authority; `cvr` is empty where it was not looked up."""

    code: str
    name: str
    kind: str = "municipality"
    cvr: str = ""

    @property
    def demo_number(self) -> str:
        """The number invented for this member's citizens: 00 and its code."""
        return f"00000{self.code}" if self.kind == "municipality" else ""


@dataclass(frozen=True, slots=True)
class MemberFact:
    """A membership in the half-open interval [from_on, to_on)."""

    code: str
    from_on: date
    to_on: date | None = None
    phase: str = "full"


@dataclass(frozen=True, slots=True)
class HoursFact:
    """A weekly timetable: (first weekday, last weekday, opens, closes), Monday is 0."""

    from_on: date
    to_on: date | None
    source: str
    days: tuple[tuple[int, int, str, str], ...]


@dataclass(frozen=True, slots=True)
class LineFact:
    """A line; `numbers` maps digits to the code of the authority whose citizens dial it ("" for all), the main one first.

    `menus` are its telephone menus by language, as `lines.menus` reads them. `audience` is `Line.Audience`.
    """

    slug: str
    name: str
    owner: str
    skill: tuple[str, str]
    scope: str
    greeting: str
    closed: str
    numbers: dict[str, str]
    hours: tuple[HoursFact, ...]
    menus: dict[str, dict[str, Any]] = field(default_factory=dict)
    audience: str = "citizens"
    wrap_up_seconds: int = 60


@dataclass(frozen=True, slots=True)
class CentreFact:
    """A centre with its members, its lines and its robots (given name, initial, employer's code)."""

    slug: str
    name: str
    host: str
    members: tuple[MemberFact, ...]
    lines: tuple[LineFact, ...]
    robots: tuple[tuple[str, str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class SignInFact:
    """An account for one role: the codes of the authorities it holds the role at, and the page to begin on."""

    account: str
    name: str
    role: str
    at: tuple[str, ...]
    where: str


def _menu(greeting: str, *, other: tuple[str, str], to_language: str) -> dict[str, Any]:
    """Return a short menu: nobody who only wants a person is to wait for the end of it. `other` is a line's slug and its words."""
    keys = [
        {"key": "1", "label": SUBJECTS[0].name, "do": "subject", "to": SUBJECTS[0].code},
        {"key": "2", "do": "callback"},
        {"key": "3", "do": "voicemail"},
        {"key": "4", "label": other[1], "do": "line", "to": other[0]},
        {"key": "8", "do": "language", "to": to_language},
        {"key": "0", "do": "person"},
    ]
    return {
        "greeting": {"text": greeting},
        "start": {"say": {"text": ""}, "keys": keys, "silence": {"seconds": 2, "repeats": 0}, "wrong": {"repeats": 1}},
    }


HOTLINE_MENUS = {
    "da": _menu(
        "Velkommen til hotline for digital selvbetjening. Dette er en demo.",
        other=("1881", "hjælp til Borger punktum dk"),
        to_language="en",
    ),
    "en": _menu(
        "Welcome to the hotline. This is a demo.",
        other=("1881", "help with Borger dot dk"),
        to_language="da",
    ),
}
MENUS_1881 = {
    "da": _menu(
        "Velkommen til atten enogfirs. Dette er en demo.",
        other=("hotline", "hotline til selvbetjening"),
        to_language="en",
    ),
    "en": _menu(
        "Welcome to eighteen eighty one. This is a demo.",
        other=("hotline", "the self-service hotline"),
        to_language="da",
    ),
}

AUTHORITIES = (
    AuthorityFact("370", "Næstved", cvr="29189625"),
    AuthorityFact("330", "Slagelse", cvr="29188505"),
    AuthorityFact("316", "Holbæk"),
    AuthorityFact("340", "Sorø"),
    AuthorityFact("320", "Faxe"),
    AuthorityFact("329", "Ringsted"),
    AuthorityFact("350", "Lejre"),
    AuthorityFact("306", "Odsherred"),
    AuthorityFact("101", "København", cvr="64942212"),
    AuthorityFact("digst", "Digitaliseringsstyrelsen", kind="agency", cvr="34051178"),
)
_ASSUMED_MEMBERS = ("316", "340", "320", "329", "350", "306")
ZEALAND_CODES = ("370", "330", *_ASSUMED_MEMBERS)

_BY_CODE = {authority.code: authority for authority in AUTHORITIES}

ZEALAND = CentreFact(
    slug="sjaelland",
    name="Callcenter Sjælland",
    host="370",  # assumption: no source says who houses it
    members=(
        MemberFact("370", date(2014, 9, 1), date(2015, 1, 1), "trial"),
        MemberFact("370", date(2015, 1, 1)),
        # Slagelse joined on trial and would leave with 2015 without a budget; that it stayed is an assumption.
        MemberFact("330", date(2015, 1, 1), date(2016, 1, 1), "trial"),
        MemberFact("330", date(2016, 1, 1)),
        *(MemberFact(code, date(2014, 3, 1)) for code in _ASSUMED_MEMBERS),
    ),
    lines=(
        LineFact(
            slug="hotline",
            name="Hotline til selvbetjening",
            owner="370",
            skill=("demo-selvbetjening", "Digital selvbetjening"),
            scope="guidance_only",
            greeting="Velkommen til hotline for digital selvbetjening. Et øjeblik.",
            closed="Hotline er lukket. Vi har åbent mandag til torsdag fra klokken ni til enogtyve, og fredag fra ni til sytten.",
            numbers={
                "46313020": "370",
                **{_BY_CODE[code].demo_number: code for code in ZEALAND_CODES if code != "370"},
            },
            hours=(
                HoursFact(
                    date(2014, 3, 1),
                    date(2015, 1, 1),
                    "Næstved 2014, journalnummer 00.14.00-G01-6-14",
                    ((0, 3, "15:00", "21:00"), (4, 4, "15:00", "18:00")),
                ),
                HoursFact(
                    date(2015, 1, 1),
                    None,
                    "Slagelse, budget 2016",
                    ((0, 3, "09:00", "21:00"), (4, 4, "09:00", "17:00")),
                ),
            ),
            menus=HOTLINE_MENUS,
        ),
        # Both assumptions: that the centre has a line for businesses, and one for those who call with an interpreter.
        LineFact(
            slug="erhverv",
            name="Erhverv",
            owner="370",
            skill=("demo-erhverv", "Virk og MitID Erhverv"),
            scope="guidance_only",
            greeting="Velkommen til hotline for virksomheder. Dette er en demo. Et øjeblik.",
            closed="Hotline for virksomheder er lukket. Vi har åbent mandag til fredag fra klokken ni til femten.",
            numbers={"00001370": ""},
            hours=(HoursFact(date(2015, 1, 1), None, "Antaget", ((0, 4, "09:00", "15:00"),)),),
            audience="businesses",
        ),
        LineFact(
            slug="tolk",
            name="Hotline med teksttolk",
            owner="370",
            skill=("demo-tolk", "Samtale gennem tolk"),
            scope="guidance_only",
            greeting="Velkommen til hotline for digital selvbetjening. Dette er en demo. Vi har god tid.",
            closed="Hotline er lukket. Vi har åbent mandag til torsdag fra klokken ni til enogtyve, og fredag fra ni til sytten.",
            numbers={"00002370": ""},
            hours=(HoursFact(date(2015, 1, 1), None, "Antaget", ((0, 3, "09:00", "21:00"), (4, 4, "09:00", "17:00"))),),
            audience="text_relay",
            wrap_up_seconds=180,
        ),
    ),
    robots=(("Robert", "S", "330"), ("Ronja", "H", "316"), ("Rolf", "S", "340")),
)

COPENHAGEN = CentreFact(
    slug="koebenhavn",
    name="Københavns Kontaktcenter",
    host="101",
    members=(MemberFact("101", date(2012, 5, 1)), MemberFact("digst", date(2012, 5, 1))),
    lines=(
        LineFact(
            slug="1881",
            name="1881 – hjælp til Borger.dk",
            owner="digst",
            skill=("demo-borgerdk", "Borger.dk og MitID"),
            scope="guidance_only",
            greeting="Velkommen til atten enogfirs, hjælp til Borger punktum dk. Et øjeblik.",
            closed="Atten enogfirs er lukket. Vi har åbent mandag til fredag fra klokken otte til atten.",
            numbers={"1881": "", "70101881": ""},
            hours=(
                HoursFact(
                    date(2012, 5, 1),
                    None,
                    "København 2006: kontaktcentrets åbningstid (antaget for 1881)",
                    ((0, 4, "08:00", "18:00"),),
                ),
            ),
            menus=MENUS_1881,
        ),
    ),
    robots=(("Rosa", "K", "101"), ("Rasmus", "K", "101")),
)

CENTRES = (ZEALAND, COPENHAGEN)

NEWCOMER = ("Mia", "D", "370")
NEWCOMER_ACCOUNT = "medarbejder"
MAIL_DOMAIN = "demo.example"  # RFC 2606: no such domain can ever get a letter

SIGN_INS = (
    SignInFact(NEWCOMER_ACCOUNT, "Mia D.", "employee", ("370",), "/bord/"),
    SignInFact("planlaegger", "Demo planlægger", "planner", ZEALAND_CODES, "/konsol/"),
    SignInFact("guideredaktoer", "Demo guideredaktør", "guide_editor", ("370",), "/konsol/guider/"),
    SignInFact("guideredaktoer2", "Demo anden guideredaktør", "guide_editor", ("370",), "/konsol/guider/"),
    SignInFact("lokalredaktoer", "Demo lokalredaktør", "guide_editor", ("330",), "/konsol/guider/"),
    SignInFact("lokalredaktoer2", "Demo anden lokalredaktør", "guide_editor", ("330",), "/konsol/guider/"),
    SignInFact("sekretariat", "Demo sekretariat", "secretariat", ZEALAND_CODES, "/konsol/"),
    SignInFact("leder", "Demo leder i Slagelse", "authority_manager", ("330",), "/konsol/"),
    SignInFact("ambassadoer", "Demo digital ambassadør", "digital_ambassador", ("370",), "/konsol/"),
    SignInFact("revisor", "Demo revisor", "auditor", ZEALAND_CODES, "/konsol/"),
    SignInFact("administrator", "Demo administrator", "administrator", (*ZEALAND_CODES, "101", "digst"), "/konsol/"),
)
