"""Tells Asterisk of the SIP accounts in the rows: pushed into its memory, taken out when they are over.

Nothing lies on disk and nothing is read from the database when a phone signs in. An Asterisk that started anew knows none: each
connection to one begins by asking which it knows, and the others are pushed again. No clock is asked when that was.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from borgerlinje.channels.phone.ari import Answer, Ari, AriRefusedError
from borgerlinje.channels.phone.store import Store
from borgerlinje.kit import clock
from borgerlinje.kit.database import Query, Row, Steps

log = structlog.get_logger("phone")
_KEPT_AFTER_REVOCATION = timedelta(days=1)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=5)
_CREATED_IN_ORDER = ("auth", "aor", "endpoint")


def due(*, now: datetime) -> Steps[list[Row]]:
    """Return the accounts Asterisk must be told of, and those that are over (`is_over`) and not cleared away yet."""
    return (
        yield Query(
            """
            SELECT id, name, kind, secret, contact_uri, revoked_at IS NOT NULL OR expires_at <= %(now)s AS is_over
              FROM phone_phoneendpoint
             WHERE revoked_at IS NOT NULL AND pushed_at IS NOT NULL
                OR revoked_at IS NULL AND (expires_at <= %(now)s OR pushed_at IS NULL)
            """,
            {"now": now},
        )
    )


def do_note_unknown(known: Sequence[str]) -> Steps[None]:
    """Note that Asterisk has yet to be told of every account but those it knows."""
    yield Query(
        "UPDATE phone_phoneendpoint SET pushed_at = NULL"
        " WHERE revoked_at IS NULL AND pushed_at IS NOT NULL AND name <> ALL(%(known)s::text[])",
        {"known": list(known)},
    )


def do_note_pushed(row: Row, *, now: datetime) -> Steps[None]:
    """Note that Asterisk has been told of an account, unless the account has changed meanwhile."""
    yield Query(
        "UPDATE phone_phoneendpoint SET pushed_at = %(now)s WHERE id = %(id)s AND contact_uri = %(uri)s",
        {"id": row["id"], "uri": row["contact_uri"], "now": now},
    )


def do_note_removed(endpoint_id: int, *, now: datetime) -> Steps[None]:
    """Note that Asterisk has forgotten an account that is over; its password goes."""
    yield Query(
        "UPDATE phone_phoneendpoint SET pushed_at = NULL, revoked_at = coalesce(revoked_at, %(now)s), secret = ''"
        " WHERE id = %(id)s",
        {"id": endpoint_id, "now": now},
    )


def do_forget_old(*, now: datetime) -> Steps[None]:
    """Delete accounts that ended more than a day ago."""
    yield Query(
        "DELETE FROM phone_phoneendpoint WHERE revoked_at < %(before)s AND pushed_at IS NULL",
        {"before": now - _KEPT_AFTER_REVOCATION},
    )


class Refusals:
    """Accounts that Asterisk would not take, and when each is tried again: later each time, up to five minutes."""

    def __init__(self) -> None:
        self._waits: dict[object, tuple[datetime, timedelta]] = {}

    def is_due(self, account: object, *, now: datetime) -> bool:
        """Tell whether an account may be tried."""
        return account not in self._waits or now >= self._waits[account][0]

    def note(self, account: object, *, now: datetime) -> timedelta:
        """Note a refusal; return how long to wait now."""
        before = self._waits[account][1] if account in self._waits else _FIRST_WAIT / 2
        wait = min(before * 2, _LONGEST_WAIT)
        self._waits[account] = (now + wait, wait)
        return wait

    def forget(self, account: object) -> None:
        """Note that an account was taken."""
        self._waits.pop(account, None)


async def compare(ari: Ari, store: Store) -> None:
    """Find out which accounts this Asterisk has not been told of; to be called once for each connection.

    Raises AriError when Asterisk cannot be reached.
    """
    known = [endpoint["resource"] for endpoint in await ari.read("/endpoints/PJSIP")]
    await store.write(partial(do_note_unknown, known))


async def synchronise(ari: Ari, store: Store, refusals: Refusals) -> None:
    """Bring Asterisk's accounts in line with the rows; one that is refused is no reason not to tell of the others.

    Raises AriError when Asterisk cannot be reached, or psycopg.OperationalError.
    """
    now = clock.now()
    for row in await store.read(due(now=now)):
        # Another address for the same account, or its end, is tried at once.
        account = (row["name"], row["contact_uri"], row["is_over"])
        if not refusals.is_due(account, now=now):
            continue
        try:
            await _tell_of(ari, store, row, now=now)
            refusals.forget(account)
        except AriRefusedError as error:
            wait = refusals.note(account, now=now)
            log.warning(
                "endpoint_refused", endpoint=row["name"], says=str(error), again_in_seconds=wait.total_seconds()
            )


async def _tell_of(ari: Ari, store: Store, row: Row, *, now: datetime) -> None:
    if row["is_over"]:
        await _remove(ari, row["name"])
        await store.write(partial(do_note_removed, row["id"], now=now))
    else:
        await _push(ari, row)
        await store.write(partial(do_note_pushed, row, now=now))


async def _push(ari: Ari, row: Row) -> None:
    if row["kind"] == "robot":
        # An address given to an account that is known would be added to the old one: both would ring.
        await _remove(ari, row["name"])
    for kind, fields in objects(row).items():
        answer = await _tell(ari, "PUT", kind, row["name"], fields)
        if not answer.is_done:
            msg = f"{kind}: {answer.status}"
            raise AriRefusedError(msg)


async def _remove(ari: Ari, name: str) -> None:
    # In reverse order; a call in progress goes on.
    for kind in reversed(_CREATED_IN_ORDER):
        await _tell(ari, "DELETE", kind, name, None)


async def _tell(ari: Ari, method: str, kind: str, name: str, fields: dict[str, str] | None) -> Answer:
    body = {"fields": [{"attribute": key, "value": value} for key, value in fields.items()]} if fields else None
    return await ari.command(method, f"/asterisk/config/dynamic/res_pjsip/{kind}/{name}", body=body)


def objects(row: Row) -> dict[str, dict[str, str]]:
    """Return the fields of each SIP object of an account, in the order in which they are created. Pure."""
    name = row["name"]
    # A transferred call would come in as another contact: transfers go through the desk.
    common = {"disallow": "all", "direct_media": "no", "language": "da", "allow_transfer": "no"}
    if row["kind"] == "robot":
        return {
            "aor": {"contact": row["contact_uri"], "qualify_frequency": "0"},
            # It has no password, and only receives: nobody becomes this account by naming it.
            "endpoint": {
                **common,
                "context": "from-employees",
                "identify_by": "ip",
                "allow": "alaw",
                "aors": name,
                "rtp_timeout": "30",
            },
        }
    auth = {"auth_type": "userpass", "username": name, "password": row["secret"]}
    # A-law first: a call from the telephone network then passes through without conversion.
    browser = {
        **common,
        "webrtc": "yes",
        "dtls_auto_generate_cert": "yes",
        "allow": "alaw,opus",
        "auth": name,
        "rtp_timeout": "30",
    }
    if row["kind"] == "citizen":
        return {"auth": auth, "endpoint": {**browser, "context": "from-citizens"}}
    aor: dict[str, Any] = {"max_contacts": "1", "remove_existing": "yes", "qualify_frequency": "0"}
    return {"auth": auth, "aor": aor, "endpoint": {**browser, "context": "from-employees", "aors": name}}
