"""Why a contact that waits has not been offered to anybody yet. Pure: the same rules as the matching itself, asked for every person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from borgerlinje.dispatch import words
from borgerlinje.dispatch.matching import Free, Requirement, Rules, Waiting, requirement
from borgerlinje.dispatch.pool import match
from borgerlinje.dispatch.words import Names
from borgerlinje.lines.tasks import SCOPES


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody at work: what they may be offered, what they are doing, and since when. `is_free`: ready, with nobody in hand."""

    employee: Free
    state: str
    since: datetime
    is_free: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Everybody who waits and everybody at work, as far as the reader may see them, under the rules of now."""

    rules: Rules
    waiting: Sequence[Waiting]
    people: Sequence[Present]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why one person at work does not have the contact. `code` is empty for one who could have it at once."""

    employee_id: int
    state: str
    since: datetime
    code: str
    says: str


@dataclass(frozen=True, slots=True)
class NotOffered:
    """Why a contact waits still: in one sentence, what else is to be known, and for each person at work."""

    says: str
    details: tuple[str, ...]
    obstacles: tuple[Obstacle, ...]


def not_offered(contact: Waiting, standing: Standing, names: Names, *, now: datetime) -> NotOffered:
    """Say why a contact of the pool has not been offered; those who are ready come first, and of the others those who could."""
    needs = requirement(contact, standing.rules, now=now)
    free = [each.employee for each in standing.people if each.is_free]
    turns = {each.employee_id: each.contact_id for each in match(standing.waiting, free, standing.rules, now=now)}
    found = [_obstacle(each, contact, needs, turns, names) for each in standing.people]
    ready = [each for each, one in zip(found, standing.people, strict=True) if one.is_free]
    able = [each for each in found if each.code == "busy"]
    return NotOffered(
        _headline(contact, standing.rules, ready, now=now),
        tuple(_details(contact, standing, able, now=now)),
        (*ready, *able),
    )


def needed(contact: Waiting, rules: Rules, names: Names, *, now: datetime) -> list[str]:
    """Say what a contact requires now, one demand an entry."""
    needs = requirement(contact, rules, now=now)
    return words.demands(
        skill_id=needs.skill_id,
        level=needs.level,
        language_code=needs.language,
        scope_code=SCOPES[needs.scope],
        channel_code=needs.channel,
        names=names,
    )


def _obstacle(
    present: Present, contact: Waiting, needs: Requirement, turns: Mapping[int, UUID], names: Names
) -> Obstacle:
    """Say why one person does not have the contact; `turns` says who of those who are ready gets which contact now."""
    employee = present.employee
    code, turn = needs.missing(employee), turns.get(employee.employee_id)
    says = _missing(code, employee, needs, names)
    if not code and not present.is_free:
        code, says = "busy", _("kan tage den, når det bliver muligt")
    elif not code and turn is not None and turn != contact.contact_id:
        code, says = "other", _("får først henvendelse %(contact)s") % {"contact": turn}
    elif not code and turn is None and contact.contact_id in turns.values():
        code, says = "next", _("kan tage den, men en anden går forud")
    return Obstacle(employee.employee_id, present.state, present.since, code, says)


def _missing(code: str, employee: Free, needs: Requirement, names: Names) -> str:
    """Say what an employee lacks."""
    held = employee.skills.get(needs.skill_id or 0, 0)
    skill = {"skill": names.skill(needs.skill_id or 0), "held": held, "level": needs.level}
    lacks = {
        "centre": _("svarer ikke for linjens center"),
        "channel": _("har ikke plads til en til på kanalen %(channel)s") % {"channel": words.channel(needs.channel)},
        "reserved": _("er reserveret til en anden linje"),
        "scope": _("må kun vejlede"),
        "language": _("taler ikke %(language)s") % {"language": words.language(needs.language)},
        "skill": _("kan %(skill)s på niveau %(held)d, men der kræves %(level)d") % skill
        if held
        else _("kan ikke %(skill)s") % skill,
    }
    return lacks.get(code, _("kan tage den"))


def _headline(contact: Waiting, rules: Rules, ready: Sequence[Obstacle], *, now: datetime) -> str:
    if contact.due_at is not None and contact.due_at > now:
        return _("Borgeren ringes først op kl. %(at)s.") % {"at": words.clock_time(contact.due_at)}
    if contact.is_callback and not rules.lines[contact.line_id].offers_callbacks:
        return _("Linjen tilbyder ikke tilbagekald af sig selv: en medarbejder tager det fra listen.")
    if not ready:
        return _("Ingen er klar.")
    if all(each.code not in {"", "other", "next"} for each in ready):
        return ngettext(
            "Den ene, der er klar, opfylder ikke kravene.",
            "Ingen af de %(count)d, der er klar, opfylder kravene.",
            len(ready),
        ) % {"count": len(ready)}
    if any(not each.code for each in ready):
        return _("Den bliver tilbudt nu.")
    return _("De, der er klar og kan, får først andre, der står foran.")


def _details(contact: Waiting, standing: Standing, able: Sequence[Obstacle], *, now: datetime) -> list[str]:
    waited = (now - contact.waiting_since).total_seconds()
    ahead = sum(
        each.line_id == contact.line_id and each.waiting_since < contact.waiting_since for each in standing.waiting
    )
    found = [
        _("Har ventet i %(waited)s") % {"waited": words.duration(waited)},
        ngettext("%(count)d på linjen har ventet længere.", "%(count)d på linjen har ventet længere.", ahead)
        % {"count": ahead}
        if ahead
        else _("Ingen på linjen har ventet længere."),
    ]
    if able:
        count = ngettext("%(count)d kan, men er ikke klar.", "%(count)d kan, men er ikke klar.", len(able))
        found.append(count % {"count": len(able)})
    for step in standing.rules.lines[contact.line_id].steps:
        figures = {"after": words.duration(step.after_seconds), "what": words.step(step)}
        if step.after_seconds <= waited:
            found.append(_("Lempet efter %(after)s nu: %(what)s.") % figures)
        else:
            left = {"left": words.duration(step.after_seconds - waited)}
            found.append(_("Lempes om %(left)s: %(what)s.") % (figures | left))
    return found
