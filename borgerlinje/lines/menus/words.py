"""Menus, their faults and their differences in the words of the page."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, time

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.lines.menus.conditions import WEEK, Condition
from borgerlinje.lines.menus.faults import Fault, Wrong
from borgerlinje.lines.menus.speaking import label_of
from borgerlinje.lines.menus.tree import GREETING, SILENCE, WRONG, Action, Kind, Menu, Node, Place, Saying, action_at

KIND_NAMES = {
    Kind.SUBJECT: gettext_lazy("vælger et emne og går i kø"),
    Kind.PERSON: gettext_lazy("går i kø til en medarbejder"),
    Kind.MENU: gettext_lazy("hører en menu til"),
    Kind.SAY: gettext_lazy("hører en oplysning og kommer tilbage"),
    Kind.REPEAT: gettext_lazy("hører det igen"),
    Kind.BACK: gettext_lazy("går tilbage"),
    Kind.LANGUAGE: gettext_lazy("skifter sprog"),
    Kind.LINE: gettext_lazy("kommer til en anden linje"),
    Kind.CALLBACK: gettext_lazy("bliver ringet op"),
    Kind.VOICEMAIL: gettext_lazy("indtaler en besked"),
    Kind.END: gettext_lazy("hører en besked, og opkaldet slutter"),
}
LANGUAGE_NAMES = {"da": gettext_lazy("dansk"), "en": gettext_lazy("engelsk")}
_FAULTS = {
    Wrong.NOT_A_MENU: gettext_lazy("Det gemte er ikke en menu. Det, der ikke kan læses, er udeladt."),
    Wrong.UNKNOWN_KIND: gettext_lazy("Det er ikke sagt, hvad der skal ske. Borgeren kommer til en medarbejder."),
    Wrong.BAD_VALUE: gettext_lazy("En værdi kan ikke læses. Skriv den igen."),
    Wrong.NO_TEXT: gettext_lazy("Her bliver der ikke sagt noget. Skriv en tekst, eller læg en indtaling op."),
    Wrong.TOO_LONG: gettext_lazy("Teksten er på %(count)s tegn. Højst %(most)s: ellers lægger folk på. Del den op."),
    Wrong.TOO_LONG_LABEL: gettext_lazy("Ordene for tasten er for lange. Brug højst %(most)s tegn."),
    Wrong.UNKNOWN_KEY: gettext_lazy("»%(key)s« er ikke en tast. Brug 0-9, * eller #."),
    Wrong.KEY_TWICE: gettext_lazy("Tast %(key)s er brugt to gange i denne menu. Kun den første virker."),
    Wrong.TOO_DEEP: gettext_lazy("Menuen ligger for dybt. Højst %(levels)s niveauer: ingen husker flere."),
    Wrong.UNKNOWN_SUBJECT: gettext_lazy("Vælg et emne. »%(name)s« findes ikke."),
    Wrong.RETIRED_SUBJECT: gettext_lazy(
        "Emnet er ude af brug. Borgeren kommer stadig i kø, men vælg et andet emne, eller tag det i brug igen under Emner."
    ),
    Wrong.UNKNOWN_LINE: gettext_lazy("Vælg en linje. »%(name)s« findes ikke."),
    Wrong.UNKNOWN_LANGUAGE: gettext_lazy("Vælg et sprog. »%(name)s« kan menuen ikke."),
    Wrong.UNKNOWN_SOUND: gettext_lazy(
        "Indtalingen er slettet. Teksten bliver læst op i stedet: fjern indtalingen, eller læg en ny op."
    ),
    Wrong.OWN_LINE: gettext_lazy("Borgeren er allerede på denne linje. Vælg en anden, eller brug »går tilbage«."),
    Wrong.LINE_LOOP: gettext_lazy(
        "En borger, der ikke trykker, bliver sendt i ring: »%(name)s« sender tilbage hertil. Ingen kommer i kø."
    ),
    Wrong.NOT_FINAL: gettext_lazy(
        "Det kan ikke ske af sig selv, for så kommer borgeren ingen vegne. Vælg noget andet."
    ),
    Wrong.NOT_HERE: gettext_lazy("Her er ikke noget at gå tilbage til."),
    Wrong.NEVER_REACHED: gettext_lazy(
        "Det sker aldrig: en betingelse ovenfor gælder altid først. Flyt den op, eller slet den."
    ),
    Wrong.IMPOSSIBLE: gettext_lazy("Det kan aldrig ske: vælg mindst én ugedag, og lad datoerne gå fremad."),
    Wrong.NESTED_BRANCH: gettext_lazy(
        "En menu, der selv er valgt efter tiden, kan ikke have flere tidspunkter. Læg dem ved siden af."
    ),
    Wrong.BAD_NUMBER: gettext_lazy("Et tal er uden for det mulige: 2-30 sekunders stilhed og højst 5 gentagelser."),
    Wrong.NO_LABEL: gettext_lazy("Skriv, hvad tast %(key)s er til. Det bliver læst op: »Tryk %(key)s for …«."),
    Wrong.IS_OVER: gettext_lazy("Datoen er forbi. Den kan slettes."),
    Wrong.NO_PERSON: gettext_lazy("Herfra kan ingen komme til en medarbejder, blive ringet op eller lægge en besked."),
    Wrong.NO_WAY_BACK: gettext_lazy("Stjerne er brugt til andet, så der er ingen vej tilbage til menuen før."),
    Wrong.NO_MENU_THERE: gettext_lazy(
        "Der er ingen menu på det sprog. Borgeren går i kø til en medarbejder, der taler det."
    ),
    Wrong.MANY_KEYS: gettext_lazy("%(count)s taster er mange at huske. Prøv med højst seks."),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What subjects (by code) and lines (by slug) are called; `retired` are the subjects that are offered to nobody any more."""

    subjects: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)
    retired: Collection[str] = ()


def fault_text(fault: Fault) -> str:
    """Say what is wrong and what to do about it."""
    values = {**dict.fromkeys(("name", "key"), ""), **fault.values}
    return str(_FAULTS[fault.wrong]) % values


def action_text(action: Action, names: Names) -> str:
    """Say in a few words what happens to the citizen."""
    name = str(KIND_NAMES[action.kind])
    match action.kind:
        case Kind.SUBJECT:
            return _("går i kø med emnet »%s«") % names.subjects.get(action.to, action.to or "?")
        case Kind.LINE:
            return _("kommer til linjen »%s«") % names.lines.get(action.to, action.to or "?")
        case Kind.LANGUAGE:
            return _("skifter til %s") % LANGUAGE_NAMES.get(action.to, action.to or "?")
    return name


def condition_text(condition: Condition) -> str:
    """Say when a branch holds."""
    parts = []
    if condition.is_closed_day is not None:
        parts.append(_("lukkedage") if condition.is_closed_day else _("dage, der ikke er lukkedage"))
    if condition.is_open is not None:
        parts.append(_("når linjen er åben") if condition.is_open else _("når linjen er lukket"))
    parts += _dates(condition)
    if condition.weekdays != WEEK:
        parts.append(weekdays_text(condition.weekdays))
    if condition.opens or condition.closes:
        opens, closes = condition.opens or time(0), condition.closes or time(0)
        over_night = _("næste dag") if condition.closes and closes <= opens else ""
        until = "24.00" if closes == time(0) else f"{closes:%H.%M}"
        parts.append(" ".join(filter(None, (_("kl."), f"{opens:%H.%M}–{until}", over_night))))
    return ", ".join(parts) or _("altid")


def _dates(condition: Condition) -> list[str]:
    first, last = condition.from_on, condition.last_on
    if first is None and last is None:
        return []
    if first == last:
        return [_day(first, condition)]
    if first is None:
        return [_("til og med %s") % _day(last, condition)]
    if last is None:
        return [_("fra %s") % _day(first, condition)]
    return [_("fra %(first)s til og med %(last)s") % {"first": _day(first, condition), "last": _day(last, condition)}]


def _day(day: date | None, condition: Condition) -> str:
    shape = "j. F" if condition.is_yearly else "j. F Y"
    every = _(" hvert år") if condition.is_yearly else ""
    return f"{date_format(day, shape)}{every}" if day else ""


def weekdays_text(weekdays: frozenset[int]) -> str:
    """Say some weekdays: `mandag–torsdag`, `lørdag og søndag`."""
    days = sorted(weekdays)
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):  # noqa: PLR2004 - two days are named both
        return f"{WEEKDAYS[days[0]]}–{WEEKDAYS[days[-1]]}"
    named = [str(WEEKDAYS[day]) for day in days]
    return _(" og ").join(filter(None, (", ".join(named[:-1]), *named[-1:]))) or _("ingen dage")


def place_text(menu: Menu, place: Place) -> str:
    """Say where something stands: `Tast 1 › Tast 2`."""
    if place == GREETING:
        return _("Velkomsten")
    said, node = [], menu.start
    for step in place:
        said.append(_step_text(node, step))
        action = action_at(menu, place[: len(said)])
        node = (action.node if action else None) or Node()
    return " › ".join(said) or _("Start")


def _step_text(node: Node, step: str) -> str:
    index = int(step[1:]) if step[1:].isdigit() else -1
    if step == SILENCE:
        return _("Ingen tast")
    if step == WRONG:
        return _("Forkert tast")
    if step.startswith("k") and 0 <= index < len(node.choices):
        return _("Tast %s") % node.choices[index].key
    if step.startswith("w") and 0 <= index < len(node.branches):
        return condition_text(node.branches[index].condition).capitalize()
    return "?"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise: `before` is empty for something new, `after` for something gone."""

    where: str
    before: str
    after: str


def differences(before: Menu, after: Menu, names: Names) -> list[Difference]:
    """Say what has become of one menu in another, in the order of the newer one."""
    old, new = dict(_sentences(before, names)), dict(_sentences(after, names))
    changed = [Difference(where, old.get(where, ""), text) for where, text in new.items() if old.get(where) != text]
    return [*changed, *(Difference(where, text, "") for where, text in old.items() if where not in new)]


def _sentences(menu: Menu, names: Names) -> list[tuple[str, str]]:
    greeting = [(_("Velkomsten"), _quoted(menu.greeting))] if menu.greeting else []
    return [*greeting, *_node_sentences(menu.start, "", menu.language, names)]


def _node_sentences(node: Node, where: str, language: str, names: Names) -> list[tuple[str, str]]:
    """Say a node and all below it; keys name the places, so that a key that was only moved is no difference."""
    # Named first: what stands inside a formatted string is not found for translation.
    here, says, waits, silent_keys = where or _("Start"), _("siger"), _("venter"), _("tasterne siges ikke")
    before = f"{where} › " if where else ""
    told = [(f"{here}: {says}", _quoted(node.saying))]
    manners = _("%(seconds)s sek. stilhed, %(silent)s gentagelse(r), %(wrong)s ved forkert tast") % {
        "seconds": node.silence_seconds,
        "silent": node.silence.repeats,
        "wrong": node.wrong.repeats,
    }
    told.append((f"{here}: {waits}", manners if node.says_keys else f"{manners}, {silent_keys}"))
    inner = [
        *((condition_text(each.condition).capitalize(), "", each.action) for each in node.branches),
        *((_("Tast %s") % each.key, each.label or label_of(each, language), each.action) for each in node.choices),
        (_("Ingen tast"), "", node.silence.action),
        (_("Forkert tast"), "", node.wrong.action),
    ]
    for name, label, action in inner:
        what = action_text(action, names)
        said = _quoted(action.saying) if action.saying else ""
        told.append((f"{before}{name}", " ".join(filter(None, (f"»{label}«:" if label else "", what, said)))))
        if action.node is not None:
            told += _node_sentences(action.node, f"{before}{name}", language, names)
    return told


def _quoted(saying: Saying) -> str:
    recorded = _(" (indtalt)") if saying.sound_id is not None else ""
    return f"»{saying.text.strip()}«{recorded}"
