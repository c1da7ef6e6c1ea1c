"""What becomes of those who wait, through a real Asterisk: what they are told, what they can choose, where they are sent."""

import asyncio
import contextlib
from collections.abc import Callable

import pytest

from borgerlinje.channels.phone.robot.call import Call
from borgerlinje.channels.phone.robot.phone import Robot
from tests.support.cast import Cast
from tests.support.database import TestDatabase
from tests.support.telephone import Telephone, until

pytestmark = pytest.mark.telephone

EMPLOYEE_HERTZ = 1000
_NEVER_OPEN = "UPDATE lines_line SET always_open = false, always_open_reason = '' WHERE slug = 'hotline'"
_OTHER = """
INSERT INTO lines_line (slug, name, owner_id, centre_id, scope, skill_level, language, greeting_text, closed_text, target_seconds, ring_seconds,
       wrap_up_seconds, optional_holidays, always_open, always_open_reason, is_hidden, is_demo)
SELECT 'nabo', 'Nabolinjen', owner_id, centre_id, scope, skill_level, language, greeting_text, closed_text, target_seconds, 5,
       wrap_up_seconds, optional_holidays, true, 'test', false, false FROM lines_line WHERE slug = 'hotline'
"""
_AGREED = """
INSERT INTO lines_overflow (line_id, to_line_id, after_seconds, when_full, when_closed, from_on, agreed)
SELECT (SELECT id FROM lines_line WHERE slug = 'hotline'), (SELECT id FROM lines_line WHERE slug = 'nabo'), %(after)s, %(full)s, %(closed)s,
       DATE '2020-01-01', 'Aftale 1'
"""


def set_line(database: TestDatabase, sql: str, **values: object) -> None:
    with database.as_owner() as connection:
        connection.execute(sql, values)


async def waiting(telephone: Telephone, citizen: Robot) -> Call:
    call = await citizen.call("46313020", **telephone.address)
    await until(lambda: telephone.contact().get("state") == "waiting", within=15)
    return call


async def press_until(call: Call, key: str, happened: Callable[[], object]) -> None:
    """Press a key until it counts: it does from when it has been offered."""
    async with asyncio.timeout(40):
        while not await asyncio.to_thread(happened):
            await call.press(key)
            with contextlib.suppress(TimeoutError):
                await until(happened, within=3)


def line_of(telephone: Telephone) -> str:
    return str(telephone.rows("SELECT l.slug FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id")[0]["slug"])


@pytest.fixture
def impatient(people: Cast, database: TestDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offer a callback, and a guide by text message, after three seconds."""
    monkeypatch.setenv("BORGERLINJE_SMS_URL", "http://127.0.0.1:9/")
    set_line(
        database,
        "UPDATE lines_line SET callback_after_seconds = 3, guide_sms_text = 'Se borger.dk/flytning', says_place = false, says_wait = false",
    )


async def test_a_guide_is_sent_by_text_message_once_and_the_place_is_kept(
    impatient: None, telephone: Telephone, citizen: Robot
):
    call = await waiting(telephone, citizen)
    place = telephone.contact()["waiting_since"]

    def texts() -> list[dict[str, object]]:
        return telephone.rows("SELECT * FROM phone_text")

    await press_until(call, "2", texts)
    await call.press("2")
    await call.press("2")
    (text,) = texts()
    assert (text["body"], str(text["digits"])[-8:]) == ("Se borger.dk/flytning", "46120000")
    assert (telephone.contact()["state"], telephone.contact()["waiting_since"]) == ("waiting", place)
    await call.hang_up()
    await until(lambda: telephone.contact()["closed_as"] == "abandoned")


async def test_a_callback_is_promised_and_the_place_is_kept(impatient: None, telephone: Telephone, citizen: Robot):
    call = await waiting(telephone, citizen)
    place = telephone.contact()["waiting_since"]
    await press_until(call, "1", lambda: telephone.contact()["state"] == "callback")
    contact = telephone.contact()
    assert (contact["is_callback"], contact["waiting_since"]) == (True, place)
    assert await call.reached("ended", within=30)


@pytest.fixture
def neighbour(people: Cast, database: TestDatabase) -> None:
    set_line(database, _OTHER)


async def test_overflow_after_a_wait_keeps_the_place_and_the_citizens_own_authority(
    neighbour: None, database: TestDatabase, telephone: Telephone, citizen: Robot
):
    set_line(database, _AGREED, after=3, full=False, closed=False)
    set_line(database, "SELECT pg_notify('bl_hint', 'line:1')")
    call = await waiting(telephone, citizen)
    before = telephone.contact()
    await until(lambda: line_of(telephone) == "nabo", within=30)
    after = telephone.contact()
    for column in ("waiting_since", "home_authority_id", "state"):
        assert after[column] == before[column]
    (event,) = telephone.rows("SELECT data FROM contacts_contactevent WHERE name = 'overflowed'")
    assert event["data"]["because"] == "waited"
    assert await call.audio.hears_sound(within=10)
    await call.hang_up()
    await until(lambda: telephone.contact()["closed_as"] == "abandoned")


async def test_overflow_in_closed_hours(
    neighbour: None, database: TestDatabase, people: Cast, citizen: Robot, request: pytest.FixtureRequest
):
    set_line(database, _NEVER_OPEN)
    set_line(database, _AGREED, after=None, full=False, closed=True)
    telephone: Telephone = request.getfixturevalue("telephone")
    call = await waiting(telephone, citizen)
    assert line_of(telephone) == "nabo"
    assert telephone.story() == ["arrived", "overflowed"]
    await call.hang_up()


async def test_a_full_queue_says_so_and_ends_the_call(
    people: Cast, database: TestDatabase, citizen: Robot, request: pytest.FixtureRequest
):
    set_line(database, "UPDATE lines_line SET max_waiting = 1, full_text = 'Optaget.'")
    telephone: Telephone = request.getfixturevalue("telephone")
    first = await waiting(telephone, citizen)
    second = await citizen.call("46313020", **telephone.address)
    assert await second.reached("ended", within=15)
    rows = telephone.rows("SELECT state, closed_as FROM contacts_contact ORDER BY arrived_at")
    assert [tuple(row.values()) for row in rows] == [("waiting", ""), ("closed", "full")]
    await first.hang_up()


async def test_closing_time_sends_home_those_who_wait_where_the_line_says_so(
    people: Cast, database: TestDatabase, citizen: Robot, request: pytest.FixtureRequest
):
    set_line(database, "UPDATE lines_line SET serves_waiting_after_close = false")
    telephone: Telephone = request.getfixturevalue("telephone")
    call = await waiting(telephone, citizen)
    set_line(database, _NEVER_OPEN)
    set_line(database, "SELECT pg_notify('bl_hint', 'line:1')")
    assert await call.reached("ended", within=100)
    assert telephone.contact()["closed_as"] == "closed_hours"
    assert telephone.story()[-1] == "line_closed"
