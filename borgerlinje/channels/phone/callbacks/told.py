"""Texts to a citizen who is to be called back: that it is promised, was taken back, or that nobody answered.

They are worded in the letters' templates and go the way of every text, with its limits: to mobile numbers alone, and to no number more
often than a person wants. A text that is not sent keeps nothing else from happening.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import translation
from django.utils.formats import date_format

from borgerlinje.channels.phone.text_messages.texts import can_text
from borgerlinje.channels.phone.text_messages.worded import do_send_worded
from borgerlinje.contacts.lifecycle import ClosedAs, State
from borgerlinje.dispatch.actions import Change
from borgerlinje.kit.clock import COPENHAGEN
from borgerlinje.kit.database import Query, Row, Steps
from borgerlinje.letters.kinds import DANISH, ENGLISH
from borgerlinje.lines import numbers

_HOW_IT_STANDS = """
SELECT c.state, c.closed_as, c.is_callback, c.due_at, c.attempts, c.language, c.dialled, l.name AS line,
       coalesce(nullif(c.callback_number, ''), c.caller_number) AS digits
  FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id WHERE c.id = %(id)s
"""
_WAITING: Final = frozenset({State.CALLBACK.value, State.OFFERED.value})
_CLOSED: Final = {ClosedAs.ABANDONED.value: "callback_cancelled", ClosedAs.UNREACHED.value: "callback_unreached"}


def do_tell_callback(contact_id: UUID, *, now: datetime) -> Steps[None]:
    """Have a citizen told by text how it stands with their callback, where there is something to tell and a way to."""
    if not can_text():
        return
    rows = yield Query(_HOW_IT_STANDS, {"id": contact_id})
    code = _letter(rows[0]) if rows else None
    if code is None:
        return
    row = rows[0]
    language = ENGLISH if row["language"] == ENGLISH else DANISH
    values = {
        "line": row["line"],
        "number": numbers.display(row["dialled"]),
        "when": when(row["due_at"], now, language),
    }
    yield from do_send_worded(code, contact_id, row["digits"], language=language, values=values, now=now)


def do_and_tell(steps: Steps[Change | None], contact_id: UUID, *, now: datetime) -> Steps[Change | None]:
    """Carry out what may move a callback, and have the citizen told when it did."""
    change = yield from steps
    if change is not None and change.expected:
        yield from do_tell_callback(contact_id, now=now)
    return change


def when(due_at: datetime | None, now: datetime, language: str) -> str:
    """Say when somebody is called, within a sentence."""
    if due_at is None or due_at <= now:
        return "as soon as it is your turn" if language == ENGLISH else "så snart det er din tur"
    local = due_at.astimezone(COPENHAGEN)
    with translation.override(language):
        if language == ENGLISH:
            return f"{date_format(local, 'l j F')}, at {date_format(local, 'H:i')} or later"
        return f"{date_format(local, 'l')} den {date_format(local, 'j. F')}, tidligst kl. {date_format(local, 'H.i')}"


def _letter(row: Row) -> str | None:
    """Return which letter tells how it stands; None where there is nothing to tell."""
    if not row["is_callback"] or not row["digits"]:
        return None
    if row["state"] in _WAITING:
        return "callback_missed" if row["attempts"] else "callback_promised"
    return _CLOSED.get(row["closed_as"]) if row["state"] == State.CLOSED.value else None
