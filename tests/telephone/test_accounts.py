"""SIP accounts over the browsers' websocket: who gets in, with what, and for how long."""

import asyncio
import re
import secrets

import aiohttp
import pytest

from borgerlinje.channels.phone.actions import (
    Credentials,
    do_issue_citizen_endpoint,
    do_issue_employee_endpoint,
    do_revoke_employee_endpoints,
)
from borgerlinje.channels.phone.robot import digest
from borgerlinje.kit import clock
from borgerlinje.kit.database import Steps, run
from tests.support.cast import Cast
from tests.support.telephone import Telephone, until

pytestmark = pytest.mark.telephone


def issue(telephone: Telephone, steps: Steps[Credentials]) -> Credentials:
    """Store an account as the web does, and wait until Asterisk knows it."""
    with telephone.connection() as connection:
        credentials = run(steps, connection.cursor())
        connection.execute("SELECT pg_notify('bl_hint', 'phone')")
    return credentials


def is_known(telephone: Telephone, name: str) -> bool:
    return bool(
        telephone.rows("SELECT 1 FROM phone_phoneendpoint WHERE name = %(n)s AND pushed_at IS NOT NULL", n=name)
    )


async def ask(telephone: Telephone, method: str, user: str, target: str, password: str = "") -> int:
    """Send one request over the websocket, answering a challenge when there is a password; return the final status."""
    uri = f"sip:{target}@127.0.0.1" if target else "sip:127.0.0.1"
    tag, call_id, authorization = secrets.token_hex(4), secrets.token_hex(8), ""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(telephone.instance.ws_url, protocols=["sip"]) as socket,
    ):
        for number in (1, 2):
            await socket.send_str(
                f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/WS x.invalid;branch=z9hG4bK{secrets.token_hex(6)}\r\n"
                f"Max-Forwards: 70\r\nFrom: <sip:{user}@127.0.0.1>;tag={tag}\r\nTo: <sip:{target or user}@127.0.0.1>\r\n"
                f"Call-ID: {call_id}\r\nCSeq: {number} {method}\r\nContact: <sip:{user}@x.invalid;transport=ws>\r\n"
                f"{authorization}Content-Length: 0\r\n\r\n"
            )
            async with asyncio.timeout(5):
                text = str((await socket.receive()).data)
                while text.startswith("SIP/2.0 1"):
                    text = str((await socket.receive()).data)
            found = re.search(r"(?im)^www-authenticate:\s*(.+?)\r?$", text)
            challenge = digest.Challenge.read(found[1]) if found else None
            if challenge is None or not password or number == 2:
                return int(text.split()[1])
            answer = digest.authorization(
                challenge, digest.Credentials(user, password), method=method, uri=uri, cnonce=secrets.token_hex(8)
            )
            authorization = f"Authorization: {answer}\r\n"
    return 0


async def test_employee_signs_in_with_the_one_time_password_only(telephone: Telephone, people: Cast):
    credentials = issue(telephone, do_issue_employee_endpoint(people.employee.pk, now=clock.now()))
    await until(lambda: is_known(telephone, credentials.name))
    assert await ask(telephone, "REGISTER", credentials.name, "", credentials.secret) == 200
    assert await ask(telephone, "REGISTER", credentials.name, "", "wrong") == 401


async def test_employee_signs_out_and_the_account_is_gone(telephone: Telephone, people: Cast):
    credentials = issue(telephone, do_issue_employee_endpoint(people.employee.pk, now=clock.now()))
    await until(lambda: is_known(telephone, credentials.name))
    assert credentials.name in telephone.ask("pjsip show endpoints")
    with telephone.connection() as connection:
        run(do_revoke_employee_endpoints(people.employee.pk, now=clock.now()), connection.cursor())
        connection.execute("SELECT pg_notify('bl_hint', 'phone')")
    await until(lambda: credentials.name not in telephone.ask("pjsip show endpoints"))
    assert await ask(telephone, "REGISTER", credentials.name, "", credentials.secret) in {401, 403}
    assert telephone.rows("SELECT secret FROM phone_phoneendpoint") == [{"secret": ""}]


async def test_browser_without_an_account_is_never_taken_for_the_telephone_network(telephone: Telephone):
    assert await ask(telephone, "INVITE", "46120000", "46313020") == 401
    assert await ask(telephone, "INVITE", "46120000", "46313020", "guessed") in {401, 403}
    assert telephone.contact() == {}


async def test_account_of_a_citizen_that_has_expired_is_taken_away(telephone: Telephone, people: Cast):
    number = telephone.rows("SELECT id FROM lines_linenumber WHERE digits = '46313020'")[0]["id"]
    credentials = issue(telephone, do_issue_citizen_endpoint(number, now=clock.now()))
    await until(lambda: is_known(telephone, credentials.name))
    telephone.write("UPDATE phone_phoneendpoint SET expires_at = now() - interval '1 second'")
    await until(lambda: credentials.name not in telephone.ask("pjsip show endpoints"))
    assert people.line.pk
