"""Writes to what everybody is told first, each with its note of who changed what. Inside the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.kit import clock, hints
from borgerlinje.kit.templatetags.kit import at_clock
from borgerlinje.lines.models import Line, Notice
from borgerlinje.lines.queries import shown_lines
from borgerlinje.staff.changes import note
from borgerlinje.staff.models import User

KIND: Final = "notice"
WORDS: Final[Mapping[str, Any]] = {
    "text": gettext_lazy("tekst"),
    "text_en": gettext_lazy("tekst på engelsk"),
    "kind": gettext_lazy("art"),
    "where": gettext_lazy("hvor"),
    "is_said": gettext_lazy("siges i telefonen"),
    "is_shown": gettext_lazy("vises på borgersiden"),
    "from_at": gettext_lazy("fra"),
    "to_at": gettext_lazy("til"),
}


def do_make(notice: Notice, *, by: User, now: datetime) -> None:
    """Store a new notice."""
    notice.made_by = by
    notice.save(force_insert=True)
    _told(notice, before={}, after=facts(notice), by=by, now=now)


def do_change(old: Notice, new: Notice, *, by: User, now: datetime) -> None:
    """Store a notice in place of what it was; who hears it from the next call on are those of both."""
    new.save(force_update=True)
    _told(new, before=facts(old), after=facts(new), by=by, now=now)
    _hint(old)


def do_end(notice: Notice, *, by: User, now: datetime) -> bool:
    """End a notice at an instant; one that has not begun is removed. Tells whether it was removed."""
    before = facts(notice)
    if notice.from_at >= now:
        number = notice.pk
        notice.delete()
        notice.pk = number
        _told(notice, before=before, after={}, by=by, now=now)
        return True
    notice.to_at = now
    notice.save(update_fields=["to_at"])
    _told(notice, before=before, after=facts(notice), by=by, now=now)
    return False


def facts(notice: Notice) -> dict[str, Any]:
    """Return what is noted of a notice, in Danish whatever language the writer has chosen."""
    with translation.override("da"):
        found = {
            "kind": str(Notice.Kind(notice.kind).label),
            "where": notice.line.name
            if notice.line is not None
            else _("Hele %(centre)s") % {"centre": notice.centre.name},
            "text": notice.text,
            "text_en": notice.text_en,
            "is_said": notice.is_said,
            "is_shown": notice.is_shown,
            "from_at": _moment(notice.from_at),
            "to_at": _moment(notice.to_at),
        }
    return {name: value for name, value in found.items() if value != ""}


def lines_of(notice: Notice) -> list[Line]:
    """Return the lines whose citizens are told, by name: one, or all that are in use at the centre."""
    if notice.line is not None:
        return [notice.line]
    return list(shown_lines().filter(centre=notice.centre_id).order_by("name"))


def _told(notice: Notice, *, before: Mapping[str, Any], after: Mapping[str, Any], by: User, now: datetime) -> None:
    # Nobody's: a host sets what a member's line says, and both are to see who did what to it.
    note(by, kind=KIND, object_id=notice.pk, label=str(notice), before=before, after=after, now=now)
    _hint(notice)


def _hint(notice: Notice) -> None:
    concerned = Line.objects.filter(centre=notice.centre_id)
    if notice.line_id is not None:
        concerned = concerned.filter(pk=notice.line_id)
    hints.send_on_commit(*(f"line:{line_id}" for line_id in concerned.values_list("pk", flat=True)), "queue")


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(clock.COPENHAGEN):%d-%m-%Y} {at_clock(at)}" if at is not None else ""
