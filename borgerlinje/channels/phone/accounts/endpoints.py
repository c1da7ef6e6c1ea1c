"""Tells this Asterisk of the SIP accounts in the rows: pushed into its memory, taken out when they are over.

Nothing lies on disk and nothing is read from the database when a phone signs in. An Asterisk that started anew knows none: each
connection to one begins by asking which it knows, and the others are pushed again. No clock is asked when that was.

An account that is signed in to belongs to one telephone server (`server`); the first that meets one of nobody's takes it. A robot's is
reached at an address, so every server has it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from borgerlinje.channels.phone.accounts.actions import SIP_REALM
from borgerlinje.channels.phone.pbx import sorcery
from borgerlinje.channels.phone.pbx.ari import Ari, AriRefusedError
from borgerlinje.channels.phone.pbx.sorcery import Copies, Refusals
from borgerlinje.channels.phone.store import Store
from borgerlinje.kit import clock
from borgerlinje.kit.database import Query, Row, Steps

log = structlog.get_logger("phone")
_KEPT_AFTER_REVOCATION = timedelta(days=1)
_KEPT_FOR_A_LOST_SERVER = timedelta(days=7)
_KINDS = ("auth", "aor", "endpoint")
_ROBOT_PREFIX = "bl-r-"


def due(server: str, *, now: datetime) -> Steps[list[Row]]:
    """Return the accounts this server's Asterisk must be told of, and those that are over (`is_over`) and not cleared away yet."""
    return (
        yield Query(
            """
            SELECT id, name, kind, secret, contact_uri, revoked_at IS NOT NULL OR expires_at <= %(now)s AS is_over
              FROM phone_phoneendpoint
             WHERE kind <> 'robot' AND server IN ('', %(server)s)
               AND (revoked_at IS NOT NULL AND pushed_at IS NOT NULL
                    OR revoked_at IS NULL AND (expires_at <= %(now)s OR pushed_at IS NULL))
            """,
            {"now": now, "server": server},
        )
    )


def robots() -> Steps[list[Row]]:
    """Return the accounts of robots, which every server's Asterisk has."""
    return (
        yield Query(
            "SELECT id, name, kind, contact_uri, pushed_at FROM phone_phoneendpoint WHERE kind = 'robot' AND revoked_at IS NULL"
        )
    )


def do_note_unknown(server: str, known: Sequence[str]) -> Steps[None]:
    """Note that this server's Asterisk has yet to be told of every account but those it knows."""
    yield Query(
        "UPDATE phone_phoneendpoint SET pushed_at = NULL"
        " WHERE revoked_at IS NULL AND pushed_at IS NOT NULL AND (server IN ('', %(server)s) OR kind = 'robot')"
        " AND name <> ALL(%(known)s::text[])",
        {"known": list(known), "server": server},
    )


def do_note_pushed(row: Row, server: str, *, now: datetime) -> Steps[None]:
    """Note that Asterisk has been told of an account, and whose it is, unless the account has changed meanwhile."""
    yield Query(
        "UPDATE phone_phoneendpoint SET pushed_at = %(now)s, server = CASE kind WHEN 'robot' THEN '' ELSE %(server)s END"
        " WHERE id = %(id)s AND contact_uri = %(uri)s",
        {"id": row["id"], "uri": row["contact_uri"], "server": server, "now": now},
    )


def do_note_removed(endpoint_id: int, *, now: datetime) -> Steps[None]:
    """Note that Asterisk has forgotten an account that is over; its password goes."""
    yield Query(
        "UPDATE phone_phoneendpoint SET pushed_at = NULL, revoked_at = coalesce(revoked_at, %(now)s), secret = ''"
        " WHERE id = %(id)s",
        {"id": endpoint_id, "now": now},
    )


def do_forget_old(*, now: datetime) -> Steps[None]:
    """Delete accounts that ended more than a day ago, a week ago where the server that had them has not cleared them away."""
    yield Query(
        "DELETE FROM phone_phoneendpoint WHERE revoked_at < %(before)s"
        " AND (pushed_at IS NULL OR kind = 'robot' OR revoked_at < %(long_before)s)",
        {"before": now - _KEPT_AFTER_REVOCATION, "long_before": now - _KEPT_FOR_A_LOST_SERVER},
    )


class Accounts:
    """The accounts of one Asterisk; one for each connection to it."""

    def __init__(self, ari: Ari, store: Store, server: str) -> None:
        self._ari = ari
        self._store = store
        self._server = server
        self._refusals = Refusals()
        self._robots = Copies(ari, _ROBOT_PREFIX, ("aor", "endpoint"))

    async def compare(self) -> None:
        """Find out which accounts this Asterisk has not been told of; to be called once, first.

        Raises AriError when Asterisk cannot be reached.
        """
        known = [endpoint["resource"] for endpoint in await self._ari.read("/endpoints/PJSIP")]
        await self._store.write(partial(do_note_unknown, self._server, known))

    async def synchronise(self) -> None:
        """Bring Asterisk's accounts in line with the rows; one that is refused is no reason not to tell of the others.

        Raises AriError when Asterisk cannot be reached, or psycopg.OperationalError.
        """
        now = clock.now()
        for row in await self._store.read(due(self._server, now=now)):
            # Its end is tried at once.
            account = (row["name"], row["is_over"])
            if not self._refusals.is_due(account, now=now):
                continue
            try:
                await self._tell_of(row, now=now)
                self._refusals.forget(account)
            except AriRefusedError as error:
                wait = self._refusals.note(account, now=now)
                log.warning(
                    "endpoint_refused", endpoint=row["name"], says=str(error), again_in_seconds=wait.total_seconds()
                )
        await self._tell_of_robots(now=now)

    async def _tell_of(self, row: Row, *, now: datetime) -> None:
        if row["is_over"]:
            await sorcery.delete(self._ari, row["name"], _KINDS)
            await self._store.write(partial(do_note_removed, row["id"], now=now))
        else:
            await sorcery.put(self._ari, row["name"], objects(row))
            await self._store.write(partial(do_note_pushed, row, self._server, now=now))

    async def _tell_of_robots(self, *, now: datetime) -> None:
        rows = await self._store.read(robots())
        await self._robots.bring({row["name"]: objects(row) for row in rows}, now=now)
        for row in rows:
            if row["pushed_at"] is None and row["name"] not in self._robots.faults:
                await self._store.write(partial(do_note_pushed, row, self._server, now=now))


def objects(row: Row) -> dict[str, dict[str, str]]:
    """Return the fields of each SIP object of an account. Pure."""
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
    if row["kind"] == "sip":
        # Its password is nowhere but in the phone.
        proof = {"auth_type": "md5", "username": name, "realm": SIP_REALM, "md5_cred": row["secret"]}
        return {"auth": proof, **_desk_phone(name, common)}
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
    if row["kind"] in {"citizen", "test"}:
        return {"auth": auth, "endpoint": {**browser, "context": f"from-{row['kind']}s"}}
    aor = {"max_contacts": "1", "remove_existing": "yes", "qualify_frequency": "0"}
    return {"auth": auth, "aor": aor, "endpoint": {**browser, "context": "from-employees", "aors": name}}


def _desk_phone(name: str, common: dict[str, str]) -> dict[str, dict[str, str]]:
    """Return the objects of an ordinary SIP phone beside its password: one phone, asked every half minute whether it is there.

    It says again every two minutes where it is, for an Asterisk that starts anew does not know.
    """
    return {
        "aor": {
            "max_contacts": "1",
            "remove_existing": "yes",
            "qualify_frequency": "30",
            "default_expiration": "120",
            "maximum_expiration": "120",
        },
        "endpoint": {
            **common,
            "context": "from-employees",
            "identify_by": "auth_username,username",
            "allow": "alaw,g722,ulaw",
            "auth": name,
            "aors": name,
            # It sits behind its office's network, and is reached the way it came.
            "force_rport": "yes",
            "rewrite_contact": "yes",
            "rtp_symmetric": "yes",
            "rtp_timeout": "30",
        },
    }
