"""Two telephone servers behind a real Kamailio: calls go to both, employees are rung across, and one may die."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from borgerlinje.channels.phone.accounts.actions import Credentials, do_issue_sip_endpoint
from borgerlinje.channels.phone.network.proxy import Address
from borgerlinje.channels.phone.robot import digest
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.kit import clock
from borgerlinje.kit.database import run
from tests.support.cast import Cast
from tests.support.database import TestDatabase
from tests.support.kamailio import Kamailio, running_kamailio
from tests.support.telephone import Telephone, joined, running_asterisk, until, wait_until

pytestmark = pytest.mark.telephone

CITIZEN_HERTZ, EMPLOYEE_HERTZ = 440, 1000


@pytest.fixture
def second(server: Telephone) -> Iterator[Telephone]:
    """Run another Asterisk, which the test may kill."""
    assert server.server.poll() is None
    folder = Path(tempfile.mkdtemp(prefix="bl-phone-b-"))
    try:
        with running_asterisk(folder) as telephone:
            yield telephone
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def both(
    server: Telephone, second: Telephone, database: TestDatabase, people: Cast
) -> Iterator[tuple[Telephone, Telephone]]:
    assert people.line.pk
    with (
        joined(server, database, server="a") as first,
        joined(second, database, server="b", names=("phone",)) as other,
    ):
        yield first, other
    print(server.last_words, second.last_words)  # noqa: T201


@pytest.fixture
def kamailio(both: tuple[Telephone, Telephone]) -> Iterator[Kamailio]:
    addresses = [Address(one.instance.sip_host, one.instance.ports.sip) for one in both]
    with running_kamailio(*addresses, allowed=("127.0.0.2", "127.0.0.4")) as running:
        yield running


@pytest.fixture
async def other_phone() -> AsyncIterator[Robot]:
    async with Robot("desk2", local_host="127.0.0.5") as robot:
        yield robot


def knows_its_peer(one: Telephone, name: str) -> bool:
    return f"bl-peer-{name}" in one.ask("pjsip show aors")


async def test_calls_go_to_both_servers_and_robots_are_rung_by_either(
    both: tuple[Telephone, Telephone],
    kamailio: Kamailio,
    people: Cast,
    citizen: Robot,
    desk_phone: Robot,
    other_phone: Robot,
):
    first, _ = both
    await asyncio.to_thread(first.employ, people.employee.pk, desk_phone.uri)
    await asyncio.to_thread(first.employ, people.colleague.pk, other_phone.uri)
    calls = []
    for phone in (desk_phone, other_phone):
        call = await citizen.call("46313020", **kamailio.target)
        call.play(CITIZEN_HERTZ)
        calls.append((call, phone))
    for call in (call for call, _ in calls):
        assert await call.reached("answered", within=5)
    ringing = await asyncio.gather(*(phone.next_call(within=15) for phone in (desk_phone, other_phone)))
    for one in ringing:
        one.ring()
        one.answer()
        one.play(EMPLOYEE_HERTZ)
    for one in ringing:
        assert await one.hears(CITIZEN_HERTZ, within=3)
    for call, _ in calls:
        assert await call.hears(EMPLOYEE_HERTZ, within=3)
    assert sorted(row["server"] for row in first.rows("SELECT server FROM contacts_contact")) == ["a", "b"]
    for call, _ in calls:
        await call.hang_up()
    for telephone in both:
        await until(telephone.is_empty)


async def test_stranger_gets_nothing_through_the_proxy(kamailio: Kamailio, both: tuple[Telephone, Telephone]):
    async with Robot("46120009", local_host="127.0.0.8") as stranger:
        call = await stranger.call("46313020", **kamailio.target)
        assert await call.reached("ended", within=5)
        assert call.status == 403
    assert both[0].rows("SELECT 1 FROM contacts_contact") == []


def give_sip_phone(telephone: Telephone, people: Cast, *, server: str) -> Credentials:
    """Let an employee's calls ring at a SIP phone that signs in at a server, and wait until that server knows it."""
    with telephone.connection() as connection:
        steps = do_issue_sip_endpoint(people.employee.pk, now=clock.now(), server=server)
        credentials = run(steps, connection.cursor())
        connection.execute(
            "INSERT INTO phone_employeephone (employee_id, kind, digits) VALUES (%s, 'sip', '')", (people.employee.pk,)
        )
        connection.execute("SELECT pg_notify('bl_hint', 'phone')")
    known = "SELECT 1 FROM phone_phoneendpoint WHERE name = %(name)s AND pushed_at IS NOT NULL"
    wait_until(lambda: telephone.rows(known, name=credentials.name), within=5)
    return credentials


async def test_phone_that_is_signed_in_at_one_server_is_rung_by_the_calls_of_the_other(
    both: tuple[Telephone, Telephone], people: Cast, citizen: Robot
):
    first, other = both
    credentials = await asyncio.to_thread(give_sip_phone, first, people, server="a")
    await until(lambda: knows_its_peer(other, "a") and knows_its_peer(first, "b"), within=15)
    account = digest.Credentials(credentials.name, credentials.secret)
    async with Robot(credentials.name, local_host="127.0.0.6", credentials=account) as phone:
        await phone.register(**first.address)
        await asyncio.to_thread(first.ready, people.employee.pk)
        call = await citizen.call("46313020", **other.address)
        call.play(CITIZEN_HERTZ)
        ringing = await phone.next_call(within=15)
        ringing.ring()
        await until(lambda: first.rows("SELECT 1 FROM dispatch_offer WHERE rung_at IS NOT NULL"))
        ringing.answer()
        ringing.play(EMPLOYEE_HERTZ)
        assert await ringing.hears(CITIZEN_HERTZ, within=3)
        assert await call.hears(EMPLOYEE_HERTZ, within=3)
        assert first.contact()["server"] == "b"
        assert first.contact()["state"] == "connected"
        await ringing.hang_up()
        assert await call.reached("ended", within=3)
        await until(lambda: first.contact()["state"] == "wrap_up")
    for telephone in both:
        await until(telephone.is_empty)


async def test_phone_at_the_other_server_that_declines_or_is_gone_says_so(
    both: tuple[Telephone, Telephone], people: Cast, citizen: Robot
):
    first, other = both
    credentials = await asyncio.to_thread(give_sip_phone, first, people, server="a")
    await until(lambda: knows_its_peer(other, "a") and knows_its_peer(first, "b"), within=15)
    account = digest.Credentials(credentials.name, credentials.secret)
    async with Robot(credentials.name, local_host="127.0.0.6", credentials=account) as phone:
        await phone.register(**first.address)
        await asyncio.to_thread(first.ready, people.employee.pk)
        await citizen.call("46313020", **other.address)
        ringing = await phone.next_call(within=15)
        ringing.decline(603)
        await until(lambda: first.offers() == ["declined"])
    # The robot has taken its registration back.
    await asyncio.to_thread(first.ready, people.employee.pk)
    await until(lambda: first.offers()[1:2] == ["failed"], within=10)


async def test_nobody_else_is_taken_for_another_server(both: tuple[Telephone, Telephone], people: Cast):
    first, other = both
    credentials = await asyncio.to_thread(give_sip_phone, first, people, server="a")
    await until(lambda: knows_its_peer(first, "b"), within=15)
    assert other.server.poll() is None
    wrong = digest.Credentials("bl-peer-b", "gættet")
    for name, account in (("bl-peer-b", None), ("bl-peer-b", wrong), ("46120000", None)):
        async with Robot(name, local_host="127.0.0.8", credentials=account) as stranger:
            call = await stranger.call(f"sip:{credentials.name}@{first.instance.sip_host}:{first.instance.ports.sip}")
            assert await call.reached("ended", within=5)
            assert call.status in {401, 403, 404}
    assert first.channel_count() == 0


async def test_server_that_dies_takes_its_calls_with_it_and_new_ones_go_to_the_other(
    both: tuple[Telephone, Telephone], kamailio: Kamailio, people: Cast, citizen: Robot, desk_phone: Robot
):
    first, other = both
    await asyncio.to_thread(first.employ, people.employee.pk, desk_phone.uri)
    await citizen.call("46313020", **other.address)
    ringing = await desk_phone.next_call(within=15)
    ringing.ring()
    ringing.answer()
    await until(lambda: first.contact()["state"] == "connected")
    waiting = await citizen.call("46313020", **other.address)
    assert await waiting.reached("answered", within=5)
    await until(lambda: len(first.rows("SELECT 1 FROM contacts_contact WHERE state = 'waiting'")) == 1, within=10)
    other.server.kill()
    other.kill("phone")
    # Whichever server comes next in turn: both calls are answered.
    for _ in range(2):
        call = await citizen.call("46313020", **kamailio.target)
        assert await call.reached("answered", within=10)
        await call.hang_up()
    lost = "SELECT state, closed_as FROM contacts_contact WHERE server = 'b' ORDER BY arrived_at"
    await until(lambda: [row["state"] for row in first.rows(lost)] == ["wrap_up", "closed"], within=40)
    assert first.rows(lost)[1]["closed_as"] == "technical"
    # Who was waiting keeps the place, and is called back.
    rows = first.rows("SELECT state FROM contacts_contact WHERE is_callback")
    assert [row["state"] for row in rows] in (["callback"], ["offered"])
    assert first.presence(people.employee.pk) == "wrap_up"


async def test_calls_go_out_through_the_proxy_too(server: Telephone, database: TestDatabase, people: Cast):
    own = Address(server.instance.sip_host, server.instance.ports.sip)
    with running_kamailio(own, allowed=("127.0.0.2",)) as running:
        variables = {"BORGERLINJE_TRUNK_PROXY": str(running.address)}
        with joined(server, database, names=("phone",), variables=variables) as telephone:
            async with Robot("udbyder", local_host="127.0.0.4") as provider:
                telephone.write(
                    """
                    INSERT INTO phone_trunk (name, host, port, transport, srtp, registers, username, from_domain, number_format,
                                             matches, max_calls, is_active, is_demo, changed_at)
                    VALUES ('Udbyder', '127.0.0.4', %(port)s, 'udp', false, false, '', '', 'e164_plus', '{127.0.0.4}', 30,
                            true, false, now())
                    """,
                    port=provider.address[1],
                )
                trunk_id = telephone.rows("SELECT id FROM phone_trunk")[0]["id"]
                await until(lambda: f"bl-out-{trunk_id}" in telephone.ask("pjsip show aors"), within=10)
                target = f"PJSIP/%2B4546120000@bl-out-{trunk_id}"
                query = f"endpoint={target}&app=bl-phone&appArgs=nobody&timeout=10&callerId=46313020"
                await asyncio.to_thread(telephone.rest, "POST", f"/channels?{query}")
                ringing = await provider.next_call(within=10)
                assert ringing.request.uri.startswith("sip:+4546120000@127.0.0.4")
                assert str(running.address) in ringing.request.first("record-route")
                assert not ringing.request.all("route")
                # The phone process knows no such call and hangs up: the goodbye comes the same way.
                ringing.answer()
                assert await ringing.reached("ended", within=5)
    assert people.line.pk
