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


def do_find_due(*, started_at: datetime, now: datetime) -> Steps[list[Row]]:
    """Return the accounts Asterisk must be told of, and those it must forget (`is_over`), which lose their password now."""
    return (
        yield Query(
            """
            WITH ended AS (
                UPDATE phone_phoneendpoint SET revoked_at = coalesce(revoked_at, %(now)s), secret = ''
                 WHERE revoked_at IS NULL AND expires_at <= %(now)s RETURNING id)
            SELECT e.id, e.name, e.kind, e.secret, e.contact_uri,
                   e.revoked_at IS NOT NULL OR e.expires_at <= %(now)s AS is_over
              FROM phone_phoneendpoint e
             WHERE (e.revoked_at IS NOT NULL OR e.expires_at <= %(now)s) AND e.pushed_at IS NOT NULL
                OR e.revoked_at IS NULL AND (e.expires_at IS NULL OR e.expires_at > %(now)s)
                   AND (e.pushed_at IS NULL OR e.pushed_at < %(started)s)
            """,
            {"now": now, "started": started_at},
        )
    )


def do_note(endpoint_id: int, *, pushed_at: datetime | None) -> Steps[None]:
    """Note when Asterisk was told of an account; None: it has forgotten it."""
    yield Query(
        "UPDATE phone_phoneendpoint SET pushed_at = %(at)s WHERE id = %(id)s", {"id": endpoint_id, "at": pushed_at}
    )


def do_forget_old(*, now: datetime) -> Steps[None]:
    """Delete accounts that ended more than a day ago."""
    yield Query(
        "DELETE FROM phone_phoneendpoint WHERE revoked_at < %(before)s AND pushed_at IS NULL",
        {"before": now - _KEPT_AFTER_REVOCATION},
    )


async def synchronise(ari: Ari, store: Store, *, started_at: datetime) -> None:
    """Bring Asterisk's accounts in line with the rows. Raises AriError or psycopg.OperationalError."""
    due = await store.write(lambda: do_find_due(started_at=started_at, now=clock.now()))
    for row in due:
        told_at = clock.now()
        if row["is_over"]:
            await _remove(ari, row["name"])
            await store.write(partial(do_note, row["id"], pushed_at=None))
        elif await _push(ari, row):
            await store.write(partial(do_note, row["id"], pushed_at=told_at))


async def _push(ari: Ari, row: Row) -> bool:
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
