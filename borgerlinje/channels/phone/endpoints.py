"""Tells Asterisk of the SIP accounts in the rows: pushed into its memory, taken out when they are over.

Nothing lies on disk and nothing is read from the database when a phone signs in. An Asterisk that started anew knows none, so
those pushed before its start are pushed again.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from borgerlinje.channels.phone.ari import Answer, Ari
from borgerlinje.channels.phone.store import Store
from borgerlinje.kit import clock
from borgerlinje.kit.database import Query, Row, Steps

log = structlog.get_logger("phone")
_KEPT_AFTER_REVOCATION = timedelta(days=1)
_CREATED_IN_ORDER = ("auth", "aor", "endpoint")


def due(*, started_at: datetime, now: datetime) -> Steps[list[Row]]:
    """Return the accounts Asterisk must be told of, and those that are over (`is_over`) and not cleared away yet."""
    return (
        yield Query(
            """
            SELECT id, name, kind, secret, contact_uri, revoked_at IS NOT NULL OR expires_at <= %(now)s AS is_over
              FROM phone_phoneendpoint
             WHERE revoked_at IS NOT NULL AND pushed_at IS NOT NULL
                OR revoked_at IS NULL AND (expires_at <= %(now)s OR pushed_at IS NULL OR pushed_at < %(started)s)
            """,
            {"now": now, "started": started_at},
        )
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


async def synchronise(ari: Ari, store: Store, *, started_at: datetime) -> None:
    """Bring Asterisk's accounts in line with the rows. Raises AriError or psycopg.OperationalError."""
    now = clock.now()
    for row in await store.read(due(started_at=started_at, now=now)):
        if row["is_over"]:
            await _remove(ari, row["name"])
            await store.write(partial(do_note_removed, row["id"], now=now))
        elif await _push(ari, row):
            await store.write(partial(do_note_pushed, row, now=now))


async def _push(ari: Ari, row: Row) -> bool:
    if row["kind"] == "robot":
        # An address given to an account that is known would be added to the old one: both would ring.
        await _remove(ari, row["name"])
    if row["kind"] == "robot":
        # Told of another contact, Asterisk keeps the old one as well and calls that first.
        await _tell(ari, "DELETE", "aor", row["name"], None)
    for kind, fields in objects(row).items():
        answer = await _tell(ari, "PUT", kind, row["name"], fields)
        if not answer.is_done:
            log.error("endpoint_refused", endpoint=row["name"], object=kind, status=answer.status)
            return False
    return True


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
    common = {"disallow": "all", "direct_media": "no", "language": "da"}
    if row["kind"] == "robot":
        return {
            "aor": {"contact": row["contact_uri"], "qualify_frequency": "0"},
            "endpoint": {**common, "context": "from-employees", "allow": "alaw", "aors": name},
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
