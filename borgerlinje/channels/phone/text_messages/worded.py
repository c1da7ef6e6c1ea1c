"""Texts to citizens in the words of the templates (`letters`): the line's owner words them, else who houses its centre."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from borgerlinje.channels.phone.text_messages.texts import Asked, Unsent, do_send_text
from borgerlinje.kit.clock import COPENHAGEN
from borgerlinje.kit.database import Query, Steps
from borgerlinje.letters.kinds import KINDS
from borgerlinje.letters.rendering import render
from borgerlinje.letters.wording import wording

_OWNER = """
SELECT l.owner_id FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id WHERE c.id = %(contact)s
"""


def do_send_worded(
    code: str, contact_id: UUID, digits: str, *, language: str, values: Mapping[str, str], now: datetime
) -> Steps[Asked | Unsent]:
    """Have a text of a template sent to a citizen, as `do_send_text` does. Raises KeyError, MissingValueError."""
    rows = yield Query(_OWNER, {"contact": contact_id})
    owner_id = rows[0]["owner_id"] if rows else None
    worded = yield from wording(code, language, authority_id=owner_id, today=now.astimezone(COPENHAGEN).date())
    written = render("", worded.words.body, values, with_lines=KINDS[code].with_lines)
    return (yield from do_send_text(contact_id, digits, written.body, now=now))
