"""Why a contact went to whom: from what was stored with each event and offer to sentences. Pure, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from borgerlinje.contacts.lifecycle import POOL, State
from borgerlinje.dispatch import words
from borgerlinje.dispatch.words import Names

Why = Mapping[str, Any]

_AT_MOST = 3
_IN_POOL = frozenset(state.value for state in POOL)
_BEFORE = frozenset({"", State.ARRIVED.value, State.IN_MENU.value, State.VOICEMAIL.value})


@dataclass(frozen=True, slots=True)
class Happened:
    """One stored event of a contact."""

    at: datetime
    name: str
    from_state: str
    to_state: str
    employee_id: int | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Offered:
    """One stored offer; `ended_as` is empty while it is open."""

    offer_id: UUID
    employee_id: int
    made_at: datetime
    rung_at: datetime | None
    ended_at: datetime | None
    ended_as: str
    why: Why


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of a contact's story: what happened, in a sentence, and what there is to say about it."""

    at: datetime
    name: str
    from_state: str
    to_state: str
    employee_id: int | None
    says: str
    details: tuple[str, ...] = ()
    offer: Offered | None = None


def story(
    happened: Sequence[Happened],
    offers: Sequence[Offered],
    names: Names,
    *,
    waiting_since: datetime | None = None,
    closed_as: str = "",
) -> list[Moment]:
    """Tell a contact's story, oldest first: every event, and with each offer why it was made and how it ended.

    `waiting_since` is the place in the queue. An offer's `why` has these keys (version 2; one without "v" is version 1 and has those
    marked *): `rule`* "only", "own_authority", "longest_idle", "continued" (who had the contact before), "taken" (by hand; `from` "live" when it
    was taken over in the live view); `skill`*, `level_required`*, `level_held`*, `language`, `scope`, `channel`: what was required; `relaxed`: after how many
    seconds each relaxation in force began; `own_authority`*: the employee is of the citizen's home authority; `reserved`: kept for this
    line; `idle_seconds`*, `waited_seconds`*, `head_start_seconds`; `member_waiting`: how many of the same member waited, `crowd_seconds`:
    what fairness added for that; `candidates`*: who could, best first, at most five, of `candidate_count`*; `next`: who would have got
    it; `next_contact`: what the employee would have got instead; `waiting_count`: how many waited in all.
    """
    by_id = {str(offer.offer_id): offer for offer in offers}
    return [_moment(each, by_id.get(str(each.data.get("offer"))), names, waiting_since, closed_as) for each in happened]


def _moment(
    happened: Happened, offer: Offered | None, names: Names, waiting_since: datetime | None, closed_as: str
) -> Moment:
    details = [*because(offer.why, names), _ending(offer)] if offer else []
    helped = words.help_reasons().get(str(happened.data.get("help")))
    if helped:
        details.append(_("Hjulpet fra »Lige nu«: %(why)s.") % {"why": helped})
    came_back = happened.to_state in _IN_POOL and happened.from_state not in _BEFORE | _IN_POOL
    if came_back and waiting_since is not None:
        details.append(_("Beholdt sin plads i køen fra kl. %(at)s.") % {"at": words.clock_time(waiting_since)})
    if happened.to_state == State.CLOSED and closed_as:
        details.append(_("Lukket som: %(how)s.") % {"how": words.closed_as(closed_as)})
    return Moment(
        happened.at,
        happened.name,
        happened.from_state,
        happened.to_state,
        happened.employee_id,
        words.event(
            happened.name,
            who=names.person(happened.employee_id),
            to_state=happened.to_state,
            data=happened.data,
        ),
        tuple(details),
        offer,
    )


def because(why: Why, names: Names) -> list[str]:
    """Say why an offer was made to whom, one reason an entry, the rule first."""
    if why.get("rule") == "taken":
        is_taken_over = why.get("from") == "live"
        return [
            _("Overtog selv henvendelsen fra »Lige nu«.")
            if is_taken_over
            else _("Medarbejderen tog selv tilbagekaldet fra listen.")
        ]
    if not why:
        return [_("Der er ikke gemt nogen begrundelse.")]
    found = [_rule(why, names), _required(why, names), *_relaxed(why, names), _others(why, names), *_queue(why, names)]
    return [each for each in found if each]


def _rule(why: Why, names: Names) -> str:
    rule = why.get("rule")
    figures = {"home": names.home or _("samme kommune"), "idle": words.duration(why.get("idle_seconds") or 0)}
    if rule == "continued":
        return _("Regel: medarbejderen havde henvendelsen, før den kom tilbage i køen.")
    if rule == "only" or why.get("candidate_count") == 1:
        text = _("Regel: den eneste, der var klar og opfyldte kravene. Havde været ledig i %(idle)s") % figures
    elif rule == "own_authority":
        text = _("Regel: egne medarbejdere går forud. Havde været ledig i %(idle)s") % figures
    else:
        text = _("Regel: havde været ledig længst af dem, der kunne, i %(idle)s") % figures
    if why.get("own_authority"):
        text += " " + _("Borger og medarbejder er begge fra %(home)s.") % figures
    return text


def demands(why: Why, names: Names) -> list[str]:
    """Say what a contact required when an offer was made, one demand an entry."""
    return words.demands(
        skill_id=why.get("skill"),
        level=why.get("level_required") or 1,
        language_code=why.get("language", ""),
        scope_code=why.get("scope", ""),
        channel_code=why.get("channel", ""),
        names=names,
    )


def _required(why: Why, names: Names) -> str:
    text = _("Krav: %(demands)s.") % {"demands": "; ".join(demands(why, names))}
    if why.get("level_held") is not None:
        text += " " + _("Medarbejderen har niveau %(level)d.") % {"level": why["level_held"]}
    return text + " " + _("Medarbejderen er reserveret til linjen.") if why.get("reserved") else text


def _relaxed(why: Why, names: Names) -> list[str]:
    steps = {step.after_seconds: words.step(step) for step in names.steps}
    found = []
    for after in why.get("relaxed", ()):
        text = _("Lempet, fordi borgeren havde ventet over %(after)s") % {"after": words.duration(after)}
        found.append(f"{text} ({steps[after]})." if after in steps else text)
    return found


def _others(why: Why, names: Names) -> str:
    """Say who else could have had it, best first."""
    others = why.get("candidates", ())[1:]
    left = max((why.get("candidate_count") or 0) - 1 - len(others), 0)
    if not others:
        return ""
    said = [names.person(each) for each in others]
    if left:
        said.append(ngettext("%(count)d anden", "%(count)d andre", left) % {"count": left})
    return _("Kunne også have fået den, i den orden: %(names)s.") % {"names": words.listed(said)}


def _queue(why: Why, names: Names) -> list[str]:
    """Say how the contact stood among those who waited, and what the employee would have got instead."""
    waited = _("Havde ventet i %(waited)s") % {"waited": words.duration(why.get("waited_seconds") or 0)}
    others = (why.get("waiting_count") or 1) - 1
    if "waiting_count" in why:
        count = ngettext("%(count)d anden ventede.", "%(count)d andre ventede.", others) % {"count": others}
        waited += " " + (count if others else _("Ingen andre ventede."))
    found = [waited]
    if why.get("head_start_seconds"):
        start = words.duration(why["head_start_seconds"])
        found.append(_("Forspring: talte, som var den kommet %(start)s tidligere.") % {"start": start})
    if why.get("crowd_seconds"):
        crowd = {
            "count": why.get("member_waiting", 0),
            "home": names.home or _("samme kommune"),
            "added": words.duration(why["crowd_seconds"]),
        }
        found.append(
            _(
                "Fordeling mellem medlemmer: %(count)d fra %(home)s ventede, så den talte, som var den kommet %(added)s senere."
            )
            % crowd
        )
    if why.get("next_contact"):
        instead = {"contact": why["next_contact"]}
        found.append(_("Ellers havde medarbejderen fået henvendelse %(contact)s.") % instead)
    elif "next_contact" in why:
        found.append(_("Medarbejderen ville ellers ikke have fået nogen."))
    return found


def _ending(offer: Offered) -> str:
    """Say how an offer ended and how long it rang."""
    if offer.ended_at is None:
        return _("Ringer endnu.")
    endings = {
        "answered": _("besvaret"),
        "expired": _("ikke besvaret i tide"),
        "declined": _("kunne ikke tages"),
        "failed": _("telefonen kunne ikke nås"),
        "lost": _("medarbejderens forbindelse forsvandt"),
        "withdrawn": _("trukket tilbage, fordi borgeren gik"),
        "technical": _("teknisk fejl"),
    }
    how = {"how": endings.get(offer.ended_as, offer.ended_as)}
    if offer.rung_at is None:
        return _("Nåede ikke at ringe: %(how)s.") % how
    rang = words.duration((offer.ended_at - offer.rung_at).total_seconds())
    return _("Ringede i %(rang)s og endte som: %(how)s.") % (how | {"rang": rang})


def short_reasons(why: Why) -> list[str]:
    """Say to the employee in at most three short phrases why a contact is offered to them."""
    rule = why.get("rule")
    if rule == "taken":
        return [_("Du overtager den fra »Lige nu«") if why.get("from") == "live" else _("Du tog selv tilbagekaldet")]
    is_alone = rule == "only" or why.get("candidate_count") == 1
    found = [
        _("Du talte med borgeren før") if rule == "continued" else "",
        _("Borgeren er fra din egen kommune") if why.get("own_authority") else "",
        _("Du er reserveret til linjen") if why.get("reserved") else "",
        _("Kravene er lempet, for borgeren har ventet længe") if why.get("relaxed") else "",
        _("Kun du er klar og kan linjen") if is_alone else "",
        _("Du har været ledig længst") if not is_alone and rule not in {"continued", "own_authority"} else "",
        _("Du kan linjen (niveau %(level)s af 3)") % {"level": why["level_held"]} if why.get("level_held") else "",
    ]
    return [each for each in found if each][:_AT_MOST]
