"""What a citizen's choices on the telephone write beside the event they lead to, and what is asked before."""

from datetime import datetime
from uuid import UUID

from borgerlinje.channels.phone.callbacks.asked import check_number
from borgerlinje.channels.phone.callbacks.told import do_tell_callback
from borgerlinje.channels.phone.outgoing.ledger import do_lock_number, forms
from borgerlinje.channels.phone.outgoing.policy import Number, Refusal
from borgerlinje.kit.database import Query, Steps

_CHOOSE = """
UPDATE contacts_contact c SET
    language = %(language)s::text,
    subject_item_id = coalesce((SELECT s.id FROM lines_subject s WHERE s.code = %(subject)s::text), c.subject_item_id),
    subject = coalesce((SELECT s.name FROM lines_subject s WHERE s.code = %(subject)s::text), c.subject)
 WHERE c.id = %(id)s
"""

_PROMISED = """
SELECT EXISTS (
    SELECT 1 FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id
     WHERE c.id <> %(id)s AND c.is_callback AND c.state IN ('callback', 'offered', 'calling_back')
       AND l.centre_id = %(centre)s::bigint
       AND (c.callback_number = ANY(%(forms)s::text[]) OR c.callback_number = '' AND c.caller_number = ANY(%(forms)s::text[]))
) AS is_promised
"""


def do_choose(contact_id: UUID, *, language: str, subject: str = "") -> Steps[None]:
    """Note a citizen's language and, by its code, subject; a subject that is gone changes nothing."""
    yield Query(_CHOOSE, {"id": contact_id, "language": language, "subject": subject})


def do_promise(contact_id: UUID, *, number: str, due_at: datetime | None, language: str, now: datetime) -> Steps[None]:
    """Note the number to call, and when (None: when it is the citizen's turn), and have the citizen told by text."""
    yield Query(
        "UPDATE contacts_contact SET callback_number = %(number)s::text, language = %(language)s::text,"
        " due_at = coalesce(%(due)s::timestamptz, due_at) WHERE id = %(id)s",
        {"id": contact_id, "number": number, "language": language, "due": due_at},
    )
    yield from do_tell_callback(contact_id, now=now)


def may_be_called(
    text: str, *, contact_id: UUID, centre_id: int, dialled: str, now: datetime
) -> Steps[Number | Refusal | None]:
    """Return the number that a citizen may be called back at, why not, or None when another call to it is promised already."""
    number = yield from check_number(text, dialled=dialled, now=now)
    if isinstance(number, Refusal):
        return number
    yield from do_lock_number(number.digits)
    rows = yield Query(_PROMISED, {"id": contact_id, "centre": centre_id, "forms": forms(number)})
    return None if rows[0]["is_promised"] else number


def entries_so_far(contact_id: UUID) -> Steps[int]:
    """Return how many menus a contact has come to."""
    rows = yield Query(
        "SELECT count(*) AS times FROM contacts_contactevent WHERE contact_id = %(id)s AND name = 'menu_entered'",
        {"id": contact_id},
    )
    return int(rows[0]["times"])
