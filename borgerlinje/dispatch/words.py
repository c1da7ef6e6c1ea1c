"""The words in which the pool is explained: durations, clocks, channels, languages, relaxations. Pure, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from borgerlinje.dispatch.matching import Step
from borgerlinje.kit import clock
from borgerlinje.lines import numbers

_MINUTE, _HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids in stored figures stand for, as far as the reader may know it.

    `people` maps employees to "Karen N. (Næstved)"; `steps` are the relaxations the line has now.
    """

    people: Mapping[int, str] = field(default_factory=dict)
    skills: Mapping[int, str] = field(default_factory=dict)
    steps: Sequence[Step] = ()
    home: str = ""

    def person(self, employee_id: int | None) -> str:
        """Name an employee; one whom the reader may not see is "an employee of another authority"."""
        return self.people.get(employee_id or 0) or _("en medarbejder hos en anden myndighed")

    def skill(self, skill_id: int) -> str:
        """Name a skill."""
        return self.skills.get(skill_id) or _("kompetence %(number)s") % {"number": skill_id}


def duration(seconds: float) -> str:
    """Write a duration: `under 1 sek.`, `12 sek.`, `1.20 min.`, `2 t. 05 min.`."""
    whole = int(seconds)
    if whole < 1:
        return _("under 1 sek.")
    if whole < _MINUTE:
        return _("%(seconds)d sek.") % {"seconds": whole}
    if whole < _HOUR:
        return _("%(minutes)d.%(seconds)02d min.") % {"minutes": whole // _MINUTE, "seconds": whole % _MINUTE}
    return _("%(hours)d t. %(minutes)02d min.") % {"hours": whole // _HOUR, "minutes": whole % _HOUR // _MINUTE}


def clock_time(moment: datetime) -> str:
    """Write the local time of day with its seconds, `14.02.11`."""
    return moment.astimezone(clock.COPENHAGEN).strftime("%H.%M.%S")


def channel(code: str) -> str:
    """Name a channel."""
    names = {"phone": _("telefon"), "chat": _("chat"), "mail": _("mail"), "counter": _("fremmøde")}
    return names.get(code, code)


def language(code: str) -> str:
    """Name a language by its code: `dansk`."""
    try:
        return str(get_language_info(code)["name_translated"]).lower()
    except KeyError:
        return code


def scope(code: str) -> str:
    """Say how far help goes."""
    names = {"guidance_only": _("kun vejledning"), "light_casework": _("vejledning og lettere sagsbehandling")}
    return names.get(code, code)


def event(name: str, *, who: str = "", to_state: str = "", data: Mapping[str, Any] | None = None) -> str:
    """Say what happened to a contact in one sentence, in the past tense; `who` is the employee, `data` what was stored with it."""
    employee, data = {"who": who}, data or {}
    if name == "arrived" and data.get("by") == "web":
        return _("Skrev sit nummer på hjemmesiden for at blive ringet op.")
    if name == "arrived" and data.get("dialled"):
        return _("Ringede op til %(number)s.") % {"number": numbers.display(str(data["dialled"]))}
    if name == "answered" and to_state == "calling_back":
        return _("%(who)s tog tilbagekaldet og ringede borgeren op.") % employee
    if name == "callback_cancelled":
        return _cancelled(str(data.get("because", "")))
    sentences = {
        "arrived": _("Henvendte sig."),
        "menu_entered": _("Hørte menuen."),
        "menu_chosen": _("Valgte i menuen og kom i kø."),
        "greeted": _("Hørte velkomsten og kom i kø."),
        "line_closed": _("Linjen var lukket."),
        "line_full": _("Køen var fuld."),
        "overflowed": _("Blev sendt videre til en anden linje og beholdt sin plads."),
        "offered": _("Tilbudt %(who)s.") % employee,
        "offer_expired": _("%(who)s svarede ikke i tide.") % employee,
        "offer_declined": _("%(who)s kunne ikke tage den.") % employee,
        "offer_failed": _("Telefonen hos %(who)s kunne ikke nås.") % employee,
        "answered": _("Besvaret af %(who)s.") % employee,
        "held": _("Sat på hold af %(who)s.") % employee,
        "retrieved": _("Taget fra hold af %(who)s.") % employee,
        "consult_started": _("%(who)s spurgte en anden; borgeren hørte musik imens.") % employee,
        "joined": _("Alle tre talte sammen."),
        "party_left": _("Den tredje gik ud af samtalen."),
        "handed_over": _("Overtaget af %(who)s.") % employee,
        "transferred": _("Viderestillet af %(who)s.") % employee,
        "transfer_failed": _("Viderestillingen lykkedes ikke."),
        "requeued": _("Sendt tilbage til køen af %(who)s.") % employee,
        "callback_asked": _("Borgeren bad om at blive ringet op."),
        "callback_offered": _("Opkaldet blev afbrudt af en teknisk fejl. Borgeren skal ringes op."),
        "called_out": _("%(who)s ville ringe til borgeren.") % employee,
        "place_kept": _("Fik pladsen fra det tilbagekald, borgeren ventede på."),
        "citizen_reached": _("Borgeren tog telefonen."),
        "citizen_unreached": _("Borgeren tog ikke telefonen."),
        "called_again": _("%(who)s ringede borgeren op igen.") % employee,
        "settled": _("Afsluttet uden opkald af %(who)s.") % employee,
        "voicemail_started": _("Borgeren begyndte at indtale en besked."),
        "message_left": _("Borgeren indtalte en besked."),
        "citizen_left": _("Borgeren lagde på."),
        "employee_left": _("%(who)s lagde på.") % employee,
        "employee_lost": _("Forbindelsen til %(who)s forsvandt.") % employee,
        "completed": _("Efterbehandlingen sluttede."),
        "home_corrected": _("Bopælskommunen blev rettet."),
        "outcome_corrected": _("Udfaldet blev rettet af %(who)s.") % employee,
        "recording_allowed": _("Borgeren sagde ja til optagelse."),
        "recording_refused": _("Borgeren fortrød optagelsen."),
        "technical_fault": _("Afbrudt af en teknisk fejl."),
    }
    return sentences.get(name, name)


def help_reasons() -> dict[str, str]:
    """Return why somebody helps an employee out from the live view, as code and words; no free text about a person."""
    return {
        "asked": _("Medarbejderen bad om hjælp"),
        "away": _("Medarbejderen er gået fra bordet"),
        "technical": _("Telefon eller browser svigter"),
        "citizen": _("Borgeren bad om en anden"),
        "left": _("Vagten er slut, og henvendelsen står åben"),
    }


# Why a number is kept out: `channels.phone.outgoing.policy.Reason`, and the employee's own word for it.
_BARRED = frozenset(
    {"barred", "costly", "do_not_call", "foreign", "not_a_number", "often_to_number", "own", "satellite", "short"}
)


def _cancelled(because: str) -> str:
    said = {
        "answered": _("Tilbagekaldet bortfaldt: borgeren kom selv igennem."),
        "called_again": _("Tilbagekaldet bortfaldt: borgeren ringede selv igen og beholdt sin plads."),
        "citizen": _("Borgeren fortrød tilbagekaldet."),
        "helped": _("Tilbagekaldet blev aflyst: borgeren har fået hjælp."),
        "not_wanted": _("Tilbagekaldet blev aflyst: borgeren vil ikke ringes op."),
        "wrong_number": _("Tilbagekaldet blev aflyst: nummeret er forkert."),
    }.get(because)
    if said is not None:
        return said
    is_barred = because in _BARRED
    return (
        _("Tilbagekaldet blev aflyst: nummeret kan ikke ringes op.") if is_barred else _("Tilbagekaldet blev aflyst.")
    )


def closed_as(code: str) -> str:
    """Say how a contact closed."""
    names = {
        "answered": _("besvaret"),
        "abandoned": _("opgivet"),
        "closed_hours": _("lukket linje"),
        "technical": _("teknisk fejl"),
        "transferred": _("stillet om"),
        "full": _("køen var fuld"),
        "unreached": _("borgeren blev ikke nået"),
    }
    return names.get(code, code)


def step(relaxation: Step) -> str:
    """Say what a relaxation gives up."""
    parts = []
    if relaxation.lower_level_by:
        parts.append(
            ngettext("%(count)d niveau lavere", "%(count)d niveauer lavere", relaxation.lower_level_by)
            % {"count": relaxation.lower_level_by}
        )
    if relaxation.any_skill:
        parts.append(_("intet krav om kompetence"))
    if relaxation.any_language:
        parts.append(_("intet krav om sprog"))
    if relaxation.use_reserved:
        parts.append(_("også medarbejdere, der er reserveret til andre linjer"))
    return ", ".join(parts)


def listed(words: Sequence[str]) -> str:
    """Join words as one says them: `a, b og c`."""
    if len(words) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(words)
    return _("%(most)s og %(last)s") % {"most": ", ".join(words[:-1]), "last": words[-1]}


def demands(
    *, skill_id: int | None, level: int, language_code: str, scope_code: str, channel_code: str, names: Names
) -> list[str]:
    """Say what a contact requires of whoever is to have it, one demand an entry."""
    skill = (
        _("%(skill)s, mindst niveau %(level)d") % {"skill": names.skill(skill_id), "level": level} if skill_id else ""
    )
    found = [
        skill or _("ingen bestemt kompetence"),
        language(language_code) if language_code else "",
        scope(scope_code) if scope_code else "",
        channel(channel_code) if channel_code else "",
    ]
    return [each for each in found if each]
