"""Which letters there are, what each may name, and what it says until a centre words it itself.

The defaults stand here and not in the database: a new version of the product may mend them, and a centre that has worded a letter itself
keeps its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

DANISH, ENGLISH = "da", "en"
LANGUAGES: Final = (DANISH, ENGLISH)


class Channel(StrEnum):
    """What a letter is sent as."""

    MAIL = "mail"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What a template may name. `sample` stands in for it in a preview, `sample_en` (empty: the same) in an English one; `has_lines`: the value may hold several lines."""

    name: str
    label: Any
    sample: str
    is_needed: bool = False
    has_lines: bool = False
    sample_en: str = ""

    @property
    def written(self) -> str:
        """Return it as a template has it."""
        return f"{{{self.name}}}"


@dataclass(frozen=True, slots=True)
class Wording:
    """Subject (empty for texts) and body of a template."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A letter that the product sends. One that is not `is_worded_here` arrives with its whole text and has no template to edit."""

    code: str
    channel: Channel
    label: Any
    purpose: Any
    placeholders: tuple[Placeholder, ...]
    defaults: Mapping[str, Wording]
    is_worded_here: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of what it may name."""
        return tuple(each.name for each in self.placeholders)

    @property
    def with_lines(self) -> tuple[str, ...]:
        """Return the names whose values may hold several lines."""
        return tuple(each.name for each in self.placeholders if each.has_lines)

    def samples(self, language: str) -> dict[str, str]:
        """Return what a preview in a language is filled in with."""
        is_english = language == ENGLISH
        return {each.name: (is_english and each.sample_en) or each.sample for each in self.placeholders}

    def default(self, language: str) -> Wording:
        """Return what it says until it is worded anew; in Danish where there is nothing in that language."""
        return self.defaults.get(language, self.defaults[DANISH])


_INVITATION: Final = Kind(
    "invitation",
    Channel.MAIL,
    _("Invitation"),
    _("Når en ny medarbejder får en konto."),
    (
        Placeholder("name", _("medarbejderens navn"), "Karen Eksempel"),
        Placeholder("link", _("link, hvor adgangskoden vælges"), "https://center.example/i/eksempel", is_needed=True),
        Placeholder("centre", _("centrets navn"), "Eksempelcentret"),
        Placeholder(
            "expires",
            _("hvornår linket holder op med at virke"),
            "24. november kl. 12.00",
            sample_en="24 November at 12:00",
        ),
    ),
    {
        DANISH: Wording(
            "Din konto hos {centre}",
            "Kære {name}\n\nDu har fået en konto hos {centre}. Vælg din adgangskode her:\n\n{link}\n\nLinket virker til {expires} og kun én gang."
            " Er det udløbet, så bed dit sekretariat om et nyt.\n\nVenlig hilsen\n{centre}",
        ),
        ENGLISH: Wording(
            "Your account at {centre}",
            "Dear {name}\n\nYou have an account at {centre}. Choose your password here:\n\n{link}\n\nThe link works until {expires}, and once only."
            " If it has expired, ask your secretariat for a new one.\n\nKind regards\n{centre}",
        ),
    },
)
_PASSWORD_RESET: Final = Kind(
    "password_reset",
    Channel.MAIL,
    _("Ny adgangskode"),
    _("Når nogen har glemt sin adgangskode og beder om at vælge en ny."),
    (
        Placeholder("name", _("medarbejderens navn"), "Karen Eksempel"),
        Placeholder("link", _("link, hvor adgangskoden vælges"), "https://center.example/k/eksempel", is_needed=True),
    ),
    {
        DANISH: Wording(
            "Vælg en ny adgangskode",
            "Hej {name}\n\nNogen, formentlig dig, har bedt om at vælge en ny adgangskode til din konto. Det gør du her:\n\n{link}\n\n"
            "Har du ikke bedt om det, skal du ikke gøre noget. Din adgangskode er den samme som før.",
        ),
        ENGLISH: Wording(
            "Choose a new password",
            "Hello {name}\n\nSomebody, probably you, has asked to choose a new password for your account. Do it here:\n\n{link}\n\n"
            "If it was not you, you need do nothing. Your password is what it was.",
        ),
    },
)
_GUIDE_LINK: Final = Kind(
    "guide_link",
    Channel.SMS,
    _("Link til vejledning"),
    _("Når en borger i kø vælger at få linjens vejledning på sms. Selve vejledningen skrives på linjen."),
    (
        Placeholder(
            "guide",
            _("linjens tekst med link"),
            "Her er vejledningen: https://www.borger.dk/",
            is_needed=True,
            has_lines=True,
        ),
        Placeholder("line", _("linjens navn"), "Hotline"),
    ),
    {DANISH: Wording("", "{guide}"), ENGLISH: Wording("", "{guide}")},
)
_LINE: Final = Placeholder("line", _("linjens navn"), "Hotline")
_NUMBER: Final = Placeholder("number", _("det nummer, vi ringer fra"), "46 31 30 20")
_WHEN: Final = Placeholder(
    "when",
    _("hvornår vi ringer"),
    "mandag den 23. november, tidligst kl. 09.00",
    sample_en="Monday 23 November, at 09:00 or later",
)
_CALLBACK_PROMISED: Final = Kind(
    "callback_promised",
    Channel.SMS,
    _("Vi ringer til dig"),
    _("Når en borger har bedt om at blive ringet op."),
    (_LINE, _NUMBER, _WHEN),
    {
        DANISH: Wording(
            "",
            "{line}: Vi ringer til dig {when}. Vi ringer fra {number}, og vi beder aldrig om koder eller penge."
            " Har du ikke bedt om det, så ring til os.",
        ),
        ENGLISH: Wording(
            "",
            "{line}: We will call you {when}. We call from {number}, and never ask for codes or money."
            " If you did not ask for this, call us.",
        ),
    },
)
_CALLBACK_CANCELLED: Final = Kind(
    "callback_cancelled",
    Channel.SMS,
    _("Vi ringer ikke"),
    _("Når et tilbagekald er aflyst, af borgeren eller af en medarbejder."),
    (_LINE, _NUMBER),
    {
        DANISH: Wording("", "{line}: Vi ringer ikke til dig. Tilbagekaldet er aflyst. Du kan altid ringe på {number}."),
        ENGLISH: Wording("", "{line}: We will not call you. The callback is cancelled. You can always call {number}."),
    },
)
_CALLBACK_MISSED: Final = Kind(
    "callback_missed",
    Channel.SMS,
    _("Vi fik ikke fat i dig, og prøver igen"),
    _("Når vi har ringet tilbage, og borgeren ikke tog telefonen."),
    (_LINE, _NUMBER, _WHEN),
    {
        DANISH: Wording(
            "",
            "{line}: Vi ringede, men fik ikke fat i dig. Vi prøver igen {when}. Du kan også ringe på {number}.",
        ),
        ENGLISH: Wording(
            "",
            "{line}: We called, but did not reach you. We will try again {when}. You can also call {number}.",
        ),
    },
)
_CALLBACK_UNREACHED: Final = Kind(
    "callback_unreached",
    Channel.SMS,
    _("Vi fik ikke fat i dig, og ringer ikke mere"),
    _("Når vi har ringet tilbage for sidste gang uden at få fat i borgeren."),
    (_LINE, _NUMBER),
    {
        DANISH: Wording(
            "", "{line}: Vi har ringet, men fik ikke fat i dig, og ringer ikke mere. Ring til os på {number}."
        ),
        ENGLISH: Wording("", "{line}: We called, but did not reach you, and will not call again. Call us on {number}."),
    },
)
_GUIDE_REVIEW: Final = Kind(
    "guide_review",
    Channel.MAIL,
    _("Guider, der skal gennemgås"),
    _(
        "Når en guide snart skal gennemgås, er over tiden eller snart ikke gælder mere. Ét brev om dagen til den, der passer dem."
    ),
    (
        Placeholder("name", _("redaktørens navn"), "Karen Eksempel"),
        Placeholder(
            "guides",
            _("guiderne, en på hver linje"),
            "Nyt sundhedskort: gennemgås senest 24. december 2026\nFlytning: kan sidst læses 31. december 2026",
            is_needed=True,
            has_lines=True,
            sample_en="New health card: to be reviewed by 24 December 2026\nMoving: can last be read 31 December 2026",
        ),
        Placeholder("count", _("hvor mange guider"), "2"),
    ),
    {
        DANISH: Wording(
            "Guider, du skal se på: {count}",
            "Kære {name}\n\nDet er tid at se på:\n\n{guides}\n\nFind dem under Guider: vælg »Snart til gennemgang« eller »Skal gennemgås«. Passer teksten stadig, så giv den en ny dato."
            " En guide, der er over tiden, vises med en advarsel.\n\nVenlig hilsen\nBorgerlinje",
        ),
        ENGLISH: Wording(
            "Guides for you to look at: {count}",
            "Dear {name}\n\nIt is time to look at:\n\n{guides}\n\nFind them under Guides: choose “Review soon” or “Due for review”. If the text still holds, give it a new date."
            " A guide that is overdue is shown with a warning.\n\nKind regards\nBorgerlinje",
        ),
    },
)
_GUIDE_LOCAL_MOVED: Final = Kind(
    "guide_local_moved",
    Channel.MAIL,
    _("Den fælles tekst er ændret under en lokal"),
    _("Når en guide udgives, og noget er ændret der, hvor myndigheden har sin egen tekst."),
    (
        Placeholder("name", _("redaktørens navn"), "Karen Eksempel"),
        Placeholder("guide", _("guidens titel"), "Nyt sundhedskort"),
        Placeholder("authority", _("myndighedens navn"), "Eksempel Kommune"),
        Placeholder(
            "parts",
            _("det, der er ændret, en på hver linje"),
            "Indledning: nu »Du bestiller kortet på borger.dk.«",
            is_needed=True,
            has_lines=True,
            sample_en="Introduction: now »You order the card at borger.dk.«",
        ),
        Placeholder("link", _("sidens adresse"), "/konsol/guider/nyt-sundhedskort/lokalt/370/"),
    ),
    {
        DANISH: Wording(
            "Se på jeres lokale tekst: {guide}",
            "Kære {name}\n\nDen fælles tekst i »{guide}« er ændret der, hvor {authority} har sin egen tekst:\n\n{parts}\n\n"
            "Se på den her i Borgerlinje: {link}\nPasser jeres tekst stadig, så sig det dér. Ellers ret den. Borgerne læser jeres tekst imens."
            "\n\nVenlig hilsen\nBorgerlinje",
        ),
        ENGLISH: Wording(
            "Please look at your local text: {guide}",
            "Dear {name}\n\nThe common text of “{guide}” has changed where {authority} has its own text:\n\n{parts}\n\n"
            "Look at it here in Borgerlinje: {link}\nIf your text still holds, say so there. If not, change it. Citizens read your text meanwhile."
            "\n\nKind regards\nBorgerlinje",
        ),
    },
)
_MESSAGE: Final = Kind(
    "message",
    Channel.MAIL,
    _("Anden besked"),
    _("Beskeder om kontoens sikkerhed."),
    (
        Placeholder("subject", _("emne"), "Emne"),
        Placeholder("body", _("tekst"), "Tekst", has_lines=True),
    ),
    {DANISH: Wording("{subject}", "{body}")},
    is_worded_here=False,
)

KINDS: Final = {
    kind.code: kind
    for kind in (
        *(_INVITATION, _PASSWORD_RESET, _GUIDE_LINK),
        *(_CALLBACK_PROMISED, _CALLBACK_CANCELLED, _CALLBACK_MISSED, _CALLBACK_UNREACHED),
        _GUIDE_REVIEW,
        _GUIDE_LOCAL_MOVED,
        _MESSAGE,
    )
}
WORDED_HERE: Final = tuple(kind for kind in KINDS.values() if kind.is_worded_here)
