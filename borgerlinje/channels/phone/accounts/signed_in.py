"""Which desk telephones are signed in, as Asterisk knows it and the rows are told of it.

Each account is asked for by its name, some seconds after one another: Asterisk's list of all accounts is not safe to read while accounts
come and go (asterisk/asterisk 2172).
"""

from datetime import datetime
from typing import Final

from borgerlinje.channels.phone.pbx.ari import Ari
from borgerlinje.channels.phone.store import Store
from borgerlinje.kit import clock
from borgerlinje.kit.database import Query, Row, Steps

PAUSE_SECONDS: Final = 5.0


def desk_phones(server: str) -> Steps[list[Row]]:
    """Return the accounts of desk telephones that sign in at a telephone server."""
    return (
        yield Query(
            "SELECT id, name, employee_id, registered_at FROM phone_phoneendpoint"
            " WHERE kind = 'sip' AND revoked_at IS NULL AND pushed_at IS NOT NULL AND server IN ('', %(server)s)",
            {"server": server},
        )
    )


def do_note(account: Row, *, is_there: bool, now: datetime) -> Steps[None]:
    """Note since when a telephone is signed in, or that it is not (any more)."""
    yield Query(
        "UPDATE phone_phoneendpoint SET registered_at = CASE WHEN %(there)s THEN %(now)s::timestamptz END"
        " WHERE id = %(id)s AND revoked_at IS NULL AND (registered_at IS NOT NULL) <> %(there)s",
        {"id": account["id"], "there": is_there, "now": now},
    )


async def note(ari: Ari, store: Store, server: str) -> None:
    """Bring the rows in line with who is signed in. Raises AriError when Asterisk cannot be reached, or psycopg.OperationalError."""
    for account in await store.read(desk_phones(server)):
        answer = await ari.command("GET", f"/endpoints/PJSIP/{account['name']}")
        is_there = answer.is_done and answer.body["state"] == "online"
        if is_there != (account["registered_at"] is not None):
            await _write(store, account, is_there=is_there)


async def _write(store: Store, account: Row, *, is_there: bool) -> None:
    await store.write_at_once(lambda: do_note(account, is_there=is_there, now=clock.now()))
    store.tell(f"desk:{account['employee_id']}")
