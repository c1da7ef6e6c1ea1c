"""SIP accounts over the browsers' websocket: who gets in, with what, and for how long."""

import asyncio
import re
import secrets
import shutil
import tempfile
from pathlib import Path

import aiohttp
import pytest

from borgerlinje.channels.phone.accounts.actions import (
    Credentials,
    do_issue_citizen_endpoint,
    do_issue_employee_endpoint,
    do_keep_robot_endpoint,
    do_revoke_employee_endpoints,
)
from borgerlinje.channels.phone.calls.arrival import Arrival, Refusal, do_receive
from borgerlinje.channels.phone.pbx.configuration import Reach
from borgerlinje.channels.phone.robot import digest
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.contacts.lifecycle import State
from borgerlinje.kit import clock
from borgerlinje.kit.database import Steps, run
from borgerlinje.kit.ids import uuid7
from tests.support.cast import Cast
from tests.support.telephone import Telephone, is_available, running_asterisk, until

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


SOUND = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\n"


async def ask(
    telephone: Telephone, method: str, user: str, target: str, password: str = "", *, transport: str = "WS"
) -> int:
    """Send one request over the websocket, answering a challenge when there is a password; return the final status."""
    body = SOUND if method == "INVITE" else ""
    uri = f"sip:{target}@127.0.0.1" if target else "sip:127.0.0.1"
    tag, call_id, authorization = secrets.token_hex(4), secrets.token_hex(8), ""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(telephone.instance.ws_url, protocols=["sip"]) as socket,
    ):
        for number in (1, 2):
            await socket.send_str(
                f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/{transport} x.invalid;branch=z9hG4bK{secrets.token_hex(6)}\r\n"
                f"Max-Forwards: 70\r\nFrom: <sip:{user}@127.0.0.1>;tag={tag}\r\nTo: <sip:{target or user}@127.0.0.1>\r\n"
                f"Call-ID: {call_id}\r\nCSeq: {number} {method}\r\nContact: <sip:{user}@x.invalid;transport=ws>\r\n"
                f"{authorization}Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n{body}"
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


@pytest.mark.parametrize("user", ["46120000", "bl-trunk", "bl-stranger"])
@pytest.mark.parametrize("transport", ["WS", "UDP"])
async def test_browser_that_names_the_trunk_or_lies_about_its_transport_gets_nowhere(
    telephone: Telephone, user: str, transport: str
):
    assert await ask(telephone, "INVITE", user, "46313020", transport=transport) in {401, 403}
    assert telephone.contact() == {}
    assert telephone.is_empty()


async def test_robots_account_has_no_password_and_cannot_be_named(telephone: Telephone, people: Cast):
    await asyncio.to_thread(telephone.employ, people.employee.pk, "sip:desk@127.0.0.3:9")
    assert await ask(telephone, "INVITE", f"bl-r-{people.employee.pk}", "46313020") == 401
    assert telephone.contact() == {}


@pytest.mark.parametrize("bind_address", ["127.0.0.1", "0.0.0.0"])
async def test_stranger_outside_the_trunks_addresses_gets_nowhere_by_naming_it(bind_address: str):
    if not is_available():
        pytest.skip("no Asterisk on this machine")
    reach = Reach(bind_address, ("127.0.0.2",), ("127.0.0.1",))
    folder = Path(tempfile.mkdtemp(prefix="bl-phone-"))
    try:
        with running_asterisk(folder, reach=reach) as telephone:
            async with Robot("network", local_host="127.0.0.2") as network:
                call = await network.call("46313020", **telephone.address)
                assert await call.reached("answered", within=3)
            for name in ("46120000", "bl-trunk", "bl-stranger"):
                async with Robot(name, local_host="127.0.0.9") as stranger:
                    call = await stranger.call("46313020", **telephone.address)
                    assert not await call.reached("answered", within=3)
                    assert call.status in {401, 403}
            assert await ask(telephone, "INVITE", "bl-trunk", "46313020", transport="UDP") in {401, 403}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def do_call(telephone: Telephone, credentials: Credentials, channel: str, *, caller: str = "") -> State | Refusal:
    """Let a citizen's account call, as the telephone process stores it."""
    arrival = Arrival(uuid7(), "46313020", caller or credentials.name, channel, is_open=True, endpoint=credentials.name)
    with telephone.connection() as connection, connection.transaction():
        received = run(do_receive(arrival, now=clock.now()), connection.cursor())
    return received if isinstance(received, Refusal) else received.state


async def test_citizens_account_makes_one_call_and_says_no_number(telephone: Telephone, people: Cast):
    number = telephone.rows("SELECT id FROM lines_linenumber WHERE digits = '46313020'")[0]["id"]
    credentials = issue(telephone, do_issue_citizen_endpoint(number, now=clock.now()))
    assert do_call(telephone, credentials, "1.1", caller="11223344") is State.ARRIVED
    assert do_call(telephone, credentials, "1.2") is Refusal.ACCOUNT_USED
    assert [row["caller_number"] for row in telephone.rows("SELECT caller_number FROM contacts_contact")] == [""]
    assert people.line.pk


async def test_citizens_account_calls_twice_at_once_and_one_call_is_taken(telephone: Telephone, people: Cast):
    number = telephone.rows("SELECT id FROM lines_linenumber WHERE digits = '46313020'")[0]["id"]
    credentials = issue(telephone, do_issue_citizen_endpoint(number, now=clock.now()))
    outcomes = await asyncio.gather(
        *(asyncio.to_thread(do_call, telephone, credentials, f"1.{number}") for number in range(4))
    )
    assert sorted(str(outcome) for outcome in outcomes).count(str(State.ARRIVED)) == 1
    assert len(telephone.rows("SELECT 1 FROM contacts_contact")) == 1
    assert people.line.pk


async def test_account_that_asterisk_refuses_does_not_keep_the_others_out(telephone: Telephone, people: Cast):
    # No PJSIP object takes this as an address.
    with telephone.connection() as connection:
        run(do_keep_robot_endpoint(people.colleague.pk, "sip:[", now=clock.now()), connection.cursor())
    credentials = issue(telephone, do_issue_employee_endpoint(people.employee.pk, now=clock.now()))
    await until(lambda: is_known(telephone, credentials.name))
    await until(lambda: "endpoint_refused" in telephone.log_of("phone"))
    assert "connection_lost" not in telephone.log_of("phone")
    assert telephone.log_of("phone").count("endpoint_refused") < 4


async def test_no_account_may_transfer_a_call(telephone: Telephone, people: Cast):
    number = telephone.rows("SELECT id FROM lines_linenumber WHERE digits = '46313020'")[0]["id"]
    names = [
        issue(telephone, do_issue_employee_endpoint(people.employee.pk, now=clock.now())).name,
        issue(telephone, do_issue_citizen_endpoint(number, now=clock.now())).name,
    ]
    await asyncio.to_thread(telephone.employ, people.colleague.pk, "sip:desk@127.0.0.3:9")
    await until(lambda: all(is_known(telephone, name) for name in names))
    for name in (*names, f"bl-r-{people.colleague.pk}", "bl-trunk", "bl-stranger"):
        assert re.search(r"(?m)^ *allow_transfer *: false", telephone.ask(f"pjsip show endpoint {name}")), name


async def test_account_of_a_citizen_that_has_expired_is_taken_away(telephone: Telephone, people: Cast):
    number = telephone.rows("SELECT id FROM lines_linenumber WHERE digits = '46313020'")[0]["id"]
    credentials = issue(telephone, do_issue_citizen_endpoint(number, now=clock.now()))
    await until(lambda: is_known(telephone, credentials.name))
    telephone.write("UPDATE phone_phoneendpoint SET expires_at = now() - interval '1 second'")
    await until(lambda: credentials.name not in telephone.ask("pjsip show endpoints"))
    assert people.line.pk
