"""Letters: what is asked for is a row and a job in one transaction, and the worker's job sends it.

Texts to citizens have rows of their own in the telephone's room (`text_messages`), which a template of here words: see `wording`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import orjson

from borgerlinje.kit.database import Query, Steps
from borgerlinje.kit.ids import uuid7
from borgerlinje.kit.jobs import later
from borgerlinje.kit.sealed import seal_text, unseal_text
from borgerlinje.letters.addresses import check_address, without_addresses
from borgerlinje.letters.faults import Fault, Refusal
from borgerlinje.letters.kinds import DANISH, KINDS, LANGUAGES, Channel
from borgerlinje.letters.rendering import Written, render, without_control
from borgerlinje.letters.wording import wording

TASK: Final = "letters.send"
# After so many seconds a letter that was not taken is tried again; then it is given up, after some nine hours.
BACK_OFF: Final = (15, 60, 300, 1200, 3600, 9000, 18_000)
KEPT: Final = timedelta(days=90)
_PURPOSE: Final = "letters"
_LONGEST_WORDS: Final = 300


@dataclass(frozen=True, slots=True)
class ToSend:
    """A letter that is to be sent now, by the transaction that has its row locked."""

    letter_id: UUID
    code: str
    language: str
    address: str
    written: Written
    asked_at: datetime
    attempts: int


_ASK = """
INSERT INTO letters_letter (id, authority_id, code, language, address, sealed, asked_at, attempts, fault, words)
VALUES (%(id)s::uuid, %(authority)s::bigint, %(code)s::text, %(language)s::text, %(address)s::text, %(sealed)s::text,
        %(now)s::timestamptz, 0, '', '')
"""

# Whose a recipient is: the employer, or the authority where the first of their roles is held.
_WHOSE = """
SELECT coalesce((SELECT e.employer_id FROM staff_employee e WHERE e.user_id = u.id),
                (SELECT r.authority_id FROM staff_roleassignment r WHERE r.user_id = u.id ORDER BY r.from_on, r.id LIMIT 1)) AS authority_id
  FROM staff_user u WHERE u.email = lower(%(address)s::text)
"""


def do_send(
    template: str,
    *,
    to: str,
    language: str,
    values: Mapping[str, str],
    now: datetime,
    authority_id: int | None,
) -> Steps[UUID]:
    """Have an e-mail sent after the commit, and return its id.

    `template` is a code of `kinds`, `values` has everything it may name. `authority_id` says who words the letter and sees how it went; None:
    the recipient's own authority. Raises AddressError, KeyError for a template there is none of, ValueError for a value too few or a text.
    """
    kind = KINDS[template]
    if kind.channel is not Channel.MAIL:
        raise ValueError(f"{template} is a text: channels.phone.text_messages sends those")
    if missing := set(kind.names) - set(values):
        raise ValueError(f"{template} needs {', '.join(sorted(missing))}")
    address, letter_id = check_address(to), uuid7(now)
    named = {name: str(values[name]) for name in kind.names}
    params = {
        "id": letter_id,
        "authority": authority_id,
        "code": template,
        "language": language if language in LANGUAGES else DANISH,
        "address": address,
        "sealed": seal_text(orjson.dumps(named).decode(), purpose=_PURPOSE),
        "now": now,
    }
    yield Query(_ASK, params)
    yield later(TASK, {"letter_id": str(letter_id)})
    return letter_id


def do_take(letter_id: UUID, *, today: date) -> Steps[ToSend | None]:
    """Lock a letter that is to be sent, and word it; None when it was sent or given up, or somebody else is about it just now.

    The lock is held while it is sent: of two workers that have the same job only one sends it. Raises SealError, MissingValueError.
    """
    rows = yield Query(
        """
        SELECT authority_id, code, language, address, sealed, asked_at, attempts FROM letters_letter
         WHERE id = %(id)s::uuid AND sent_at IS NULL AND gave_up_at IS NULL FOR UPDATE SKIP LOCKED
        """,
        {"id": letter_id},
    )
    if not rows:
        return None
    row = rows[0]
    authority_id = row["authority_id"] or (yield from _do_find_authority(letter_id, row["address"]))
    kind = KINDS[row["code"]]
    worded = yield from wording(row["code"], row["language"], authority_id=authority_id, today=today)
    values: dict[str, str] = orjson.loads(unseal_text(row["sealed"], purpose=_PURPOSE))
    written = render(worded.words.subject, worded.words.body, values, with_lines=kind.with_lines)
    return ToSend(letter_id, row["code"], row["language"], row["address"], written, row["asked_at"], row["attempts"])


def do_note_sent(letter_id: UUID, *, now: datetime) -> Steps[None]:
    """Note that the server took a letter. What was filled in is not needed any more."""
    yield Query(
        """
        UPDATE letters_letter SET sent_at = %(now)s::timestamptz, attempts = attempts + 1, sealed = '', fault = '', words = ''
         WHERE id = %(id)s::uuid
        """,
        {"id": letter_id, "now": now},
    )


def do_note_refused(letter_id: UUID, refusal: Refusal, *, attempts: int, address: str, now: datetime) -> Steps[bool]:
    """Note that a letter was not taken; try again later where that may help, and tell whether it will be. `attempts` were made before."""
    is_over = refusal.is_final or attempts >= len(BACK_OFF)
    yield Query(
        """
        UPDATE letters_letter SET attempts = attempts + 1, fault = %(fault)s::text, words = %(words)s::text,
               gave_up_at = %(gave_up_at)s::timestamptz
         WHERE id = %(id)s::uuid
        """,
        {
            "id": letter_id,
            "fault": refusal.fault.value,
            "words": without_addresses(without_control(refusal.words), address)[:_LONGEST_WORDS],
            "gave_up_at": now if is_over else None,
        },
    )
    if not is_over:
        yield later(TASK, {"letter_id": str(letter_id)}, at=now + timedelta(seconds=BACK_OFF[attempts]))
    return not is_over


def do_try_again(letter_id: UUID) -> Steps[bool]:
    """Have a letter that was given up tried from the beginning; False when it was not (any more)."""
    rows = yield Query(
        """
        UPDATE letters_letter SET gave_up_at = NULL, attempts = 0, fault = '', words = ''
         WHERE id = %(id)s::uuid AND gave_up_at IS NOT NULL RETURNING id
        """,
        {"id": letter_id},
    )
    if rows:
        yield later(TASK, {"letter_id": str(letter_id)})
    return bool(rows)


def do_delete_old(*, now: datetime) -> Steps[int]:
    """Delete the letters that were asked for more than 90 days ago, with whom they were for; return how many."""
    rows = yield Query(
        "DELETE FROM letters_letter WHERE asked_at < %(before)s::timestamptz RETURNING id", {"before": now - KEPT}
    )
    return len(rows)


def unreadable(error: Exception) -> Refusal:
    """Return why a letter that cannot be opened or worded is given up."""
    return Refusal(Fault.UNREADABLE, type(error).__name__)


def _do_find_authority(letter_id: UUID, address: str) -> Steps[int | None]:
    rows = yield Query(_WHOSE, {"address": address})
    authority_id = rows[0]["authority_id"] if rows else None
    if authority_id is not None:
        yield Query(
            "UPDATE letters_letter SET authority_id = %(authority)s::bigint WHERE id = %(id)s::uuid",
            {"id": letter_id, "authority": authority_id},
        )
    return authority_id
