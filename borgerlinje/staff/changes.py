"""Who changed what when: written with the change, in its transaction, and shown under the thing that was changed.

`before` and `after` hold the fields by name: text, numbers, dates, booleans, or lists of these. A thing that was made has an empty
`before`, one that was removed an empty `after`. No citizen is ever named in them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from borgerlinje.staff.models import ChangeNote, User

_SHOWN = 50
_LABEL = 160
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What a field said before and says after, in words; "–" where it said nothing."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change as it is shown: when, by whom (None: the product itself), and the fields that differ."""

    at: datetime
    by: User | None
    label: str
    is_new: bool
    fields: Sequence[FieldChange]


def note(
    by: User | None,
    *,
    kind: str,
    object_id: object,
    label: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    authority_id: int | None = None,
    now: datetime,
) -> None:
    """Write that somebody changed a thing, inside the caller's transaction. Nothing is written where nothing differs."""
    if dict(before) == dict(after):
        return
    ChangeNote.objects.create(
        at=now,
        by=by,
        kind=kind,
        object_id=str(object_id),
        label=label[:_LABEL],
        authority_id=authority_id,
        before=dict(before),
        after=dict(after),
    )


def changes_of(kind: str, object_id: object, *, words: Mapping[str, Any] | None = None) -> list[Change]:
    """Return the last changes of a thing that this person may see, the newest first; `words` says what each field is called, and in which order they are shown."""
    notes = ChangeNote.objects.filter(kind=kind, object_id=str(object_id)).select_related("by")
    return [_change(each, words or {}) for each in notes[:_SHOWN]]


def _change(each: ChangeNote, words: Mapping[str, Any]) -> Change:
    # The database keeps no order of them: those that have words come in that order, then the rest by name.
    names = [*(name for name in words if name in each.after or name in each.before)]
    names += sorted((set(each.after) | set(each.before)) - set(names))
    fields = [
        FieldChange(str(words.get(name, name)), _said(each.before.get(name)), _said(each.after.get(name)))
        for name in names
        if each.before.get(name) != each.after.get(name)
    ]
    return Change(each.at, each.by, each.label, is_new=not each.before, fields=fields)


def _said(value: Any) -> str:
    match value:
        case None | "" | []:
            return "–"
        case bool():
            return _("ja") if value else _("nej")
        case list():
            return ", ".join(_said(part) for part in value)
        case str() if _DATE.fullmatch(value):
            return date_format(date.fromisoformat(value), "d-m-Y")
        case _other:
            return str(value)
