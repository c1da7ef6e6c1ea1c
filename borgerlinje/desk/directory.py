"""Whom an employee can bring to a citizen: specialists, colleagues, other lines. Who is there now, and what was tried already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.template.defaultfilters import date as format_date
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from borgerlinje.contacts.models import Contact
from borgerlinje.cooperation.models import Authority
from borgerlinje.desk.attempts import FAILED
from borgerlinje.desk.panel import Panel
from borgerlinje.dispatch.models import Presence, PresenceState, Transfer
from borgerlinje.kit import clock
from borgerlinje.kit.clock import COPENHAGEN
from borgerlinje.lines.hours import Status
from borgerlinje.lines.models import Line, Specialist
from borgerlinje.lines.queries import line_status, load, open_lines
from borgerlinje.lines.specialists import status_of
from borgerlinje.staff.models import Employee

# So many of a kind are shown before somebody searches.
_SHOWN = 8
_LINES_SHOWN = 6
ANOTHER_NUMBER = "n"


@dataclass(frozen=True, slots=True)
class Entry:
    """One that can be brought. `key` is a letter for the kind and its row's id; `label` names them in the story.

    `tag` is said where there is no `authority` to sign with. A closed one can be asked all the same, once more (`is_open`); who has no ear now cannot
    (`can_ask`). `since` is how long a colleague (`person`) has been what they are.
    """

    key: str
    label: str
    name: str
    about: str
    dot: str
    word: str
    detail: str = ""
    authority: Authority | None = None
    tag: str = ""
    is_open: bool = True
    can_ask: bool = True
    since: datetime | None = None
    person: Employee | None = None

    @property
    def is_line(self) -> bool:
        """The citizen goes to a queue: nobody is spoken with first."""
        return self.key.startswith("l")


@dataclass(frozen=True, slots=True)
class Directory:
    """The directory of one contact as it stands open."""

    panel: Panel
    specialists: Sequence[Entry]
    colleagues: Sequence[Entry]
    lines: Sequence[Entry]
    can_dial: bool
    is_cut: bool = False

    @property
    def entries(self) -> list[Entry]:
        """All that is shown, in order."""
        return [*self.specialists, *self.colleagues, *self.lines]

    @property
    def chosen(self) -> str:
        """The key of the one that is chosen: the employee's choice while it is shown, else the first who is there."""
        if self.panel.target == ANOTHER_NUMBER and self.can_dial:
            return self.panel.target
        askable = [entry for entry in self.entries if entry.can_ask]
        if any(entry.key == self.panel.target for entry in askable):
            return self.panel.target
        first = next((entry for entry in askable if entry.is_open), None)
        return first.key if first else ""

    @property
    def chosen_entry(self) -> Entry | None:
        """The entry that is chosen; None for another number, and where nobody is to be chosen."""
        return next((entry for entry in self.entries if entry.key == self.chosen), None)

    @property
    def is_asked_again(self) -> bool:
        """Whether the chosen one is closed, and the employee has been told."""
        return bool(self.panel.sure) and self.panel.sure == self.chosen


def directory_of(
    contact: Contact, panel: Panel, attempts: Sequence[Transfer], *, can_dial: bool, now: datetime
) -> Directory:
    """Read the directory of a contact's: the citizen's own authority first, then the subject's specialists, then the national ones."""
    tried = {_tried_key(each): each for each in attempts if each.ended_as in FAILED}
    specialists = list(_specialists(contact, panel.q))
    specialists.sort(
        key=lambda unit: (
            unit.authority_id != contact.home_authority_id,
            not _knows(unit, contact),
            unit.authority_id is None,
            unit.name,
        )
    )
    colleagues = list(_colleagues(contact, panel.q))
    skilled = _skilled(contact)
    colleagues.sort(
        key=lambda each: (each.state != PresenceState.READY, each.employee_id not in skilled, str(each.employee))
    )
    lines = sorted(_lines(contact, panel.q), key=lambda line: (line.centre_id != contact.line.centre_id, line.name))
    return Directory(
        panel,
        [_specialist(unit, tried.get(unit.digits), can_dial=can_dial, now=now) for unit in specialists[:_SHOWN]],
        [
            _colleague(each, tried.get(each.employee_id), is_skilled=each.employee_id in skilled)
            for each in colleagues[:_SHOWN]
        ],
        [_line(line, now=now) for line in lines[:_LINES_SHOWN]],
        can_dial,
        is_cut=len(specialists) > _SHOWN or len(colleagues) > _SHOWN or len(lines) > _LINES_SHOWN,
    )


def entry_of(key: str, contact: Contact, *, can_dial: bool, now: datetime) -> Entry | None:
    """Return the entry with a key as it is now; None when there is none for this contact."""
    kind, digits = key[:1], key[1:]
    if not digits.isascii() or not digits.isdigit() or len(digits) > 18:  # noqa: PLR2004 - more digits than a row's id can have
        return None
    number = int(digits)
    if kind == "s":
        unit = Specialist.objects.select_related("authority").filter(pk=number).first()
        return _specialist(unit, None, can_dial=can_dial, now=now) if unit else None
    if kind == "e":
        presence = _colleagues(contact, "").filter(employee=number).first()
        return _colleague(presence, None, is_skilled=False) if presence else None
    line = _lines(contact, "").filter(pk=number).first() if kind == "l" else None
    return _line(line, now=now) if line else None


def number_of(key: str) -> int:
    """Return the id of the row that an entry's key names."""
    return int(key[1:])


def digits_of(key: str) -> str:
    """Return a specialist's number."""
    return Specialist.objects.values_list("digits", flat=True).get(pk=number_of(key))


def opening_text(status: Status, *, at: datetime) -> str:
    """Say until when somebody is there, or from when."""
    if status.is_open:
        return _("Til kl. %(time)s") % {"time": _clock(status.closes_at)} if status.closes_at else _("Hele døgnet")
    if status.opens_at is None:
        return ""
    local = status.opens_at.astimezone(COPENHAGEN)
    days = (local.date() - at.astimezone(COPENHAGEN).date()).days
    words = {
        "time": _clock(status.opens_at),
        "day": format_date(local, "l"),
        "date": format_date(local, get_format("MONTH_DAY_FORMAT")),
    }
    if days == 0:
        return _("Åbner kl. %(time)s") % words
    if days == 1:
        return _("Åbner i morgen %(time)s") % words
    return (_("Åbner %(day)s %(time)s") if days < 7 else _("Åbner %(date)s %(time)s")) % words  # noqa: PLR2004 - days of a week


def _clock(moment: datetime) -> str:
    return format_date(moment.astimezone(COPENHAGEN), "G.i")


def _specialists(contact: Contact, q: str) -> "QuerySet[Specialist]":
    units = Specialist.objects.select_related("authority").prefetch_related("subjects")
    if not q:
        return units.filter(Q(authority=contact.home_authority_id) | Q(authority__isnull=True))
    return units.filter(_matching(q, "name", "about", "authority__name", "subjects__name")).distinct()


def _colleagues(contact: Contact, q: str) -> "QuerySet[Presence]":
    at_work = (
        Presence.objects.filter(employee__works__centre=contact.line.centre_id)
        .exclude(employee=contact.employee_id)
        .exclude(state=PresenceState.SIGNED_OUT)
        .select_related("employee__employer")
        .distinct()
    )
    return at_work.filter(_matching(q, "employee__given_name", "employee__employer__name")) if q else at_work


def _lines(contact: Contact, q: str) -> "QuerySet[Line]":
    others = open_lines(around=clock.now()).exclude(pk=contact.line_id)
    return others.filter(_matching(q, "name", "owner__name", "centre__name")) if q else others


def _matching(q: str, *fields: str) -> Q:
    """Return the condition that every word stands in one of the fields."""
    condition = Q()
    for word in q.split():
        of_word = Q()
        for name in fields:
            of_word |= Q(**{f"{name}__icontains": word})
        condition &= of_word
    return condition


def _knows(unit: Specialist, contact: Contact) -> bool:
    """Tell whether a unit is for the contact's subject."""
    subjects = list(unit.subjects.all())
    named = contact.subject.strip().casefold()
    return any(
        subject.pk == contact.subject_item_id or (named and subject.name.casefold() == named) for subject in subjects
    )


def _skilled(contact: Contact) -> frozenset[int]:
    """Return the employees who can help with the contact's subject, or with its line where it has none."""
    item = contact.subject_item
    skill, level = (
        (item.skill_id, item.skill_level)
        if item and item.skill_id
        else (contact.line.skill_id, contact.line.skill_level)
    )
    if skill is None:
        return frozenset()
    return frozenset(
        Employee.objects.filter(skills__skill=skill, skills__level__gte=level).values_list("pk", flat=True)
    )


def _tried_key(attempt: Transfer) -> Any:
    return attempt.target_id or attempt.digits


def _specialist(unit: Specialist, tried: Transfer | None, *, can_dial: bool, now: datetime) -> Entry:
    status = status_of(unit, at=now)
    dot, word, detail = ("ready", _("Åbent nu"), opening_text(status, at=now))
    if not status.is_open:
        dot, word = "pause", _("Lukket")
    elif tried is not None:
        dot, word, detail = "missed", str(tried.get_ended_as_display()), _tried_text(tried)
    return Entry(
        f"s{unit.pk}",
        f"{unit.name}, {unit.authority.name}" if unit.authority else unit.name,
        unit.name,
        unit.about,
        dot,
        word,
        detail,
        unit.authority,
        "" if unit.authority else _("Landsdækkende"),
        is_open=status.is_open,
        can_ask=can_dial,
    )


def _colleague(presence: Presence, tried: Transfer | None, *, is_skilled: bool) -> Entry:
    person = presence.employee
    is_ready = presence.state == PresenceState.READY
    about = _("%(authority)s · kan emnet") if is_skilled else "%(authority)s"
    dot = {
        "ready": "ready",
        "wrap_up": "after",
        "paused": "pause",
        "not_answering": "missed",
        "connection_lost": "lost",
    }
    return Entry(
        f"e{person.pk}",
        str(person),
        str(person),
        about % {"authority": person.employer.name},
        dot.get(presence.state, "busy"),
        str(presence.get_state_display()),
        _tried_text(tried) if tried else "",
        can_ask=is_ready,
        since=presence.since,
        person=person,
    )


def _line(line: Line, *, now: datetime) -> Entry:
    status = line_status(line, at=now)
    waiting = load(line.pk, at=now).waiting
    queue = ngettext("%(n)s venter", "%(n)s venter", waiting) % {"n": waiting} if waiting else _("Ingen venter")
    return Entry(
        f"l{line.pk}",
        line.name,
        line.name,
        line.centre.name,
        "ready" if status.is_open else "pause",
        _("Åben") if status.is_open else _("Lukket"),
        queue if status.is_open else opening_text(status, at=now),
        is_open=status.is_open,
    )


def _tried_text(attempt: Transfer) -> str:
    return _("Du prøvede kl. %(time)s") % {"time": format_date(attempt.made_at.astimezone(COPENHAGEN), "H.i")}
