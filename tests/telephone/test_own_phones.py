"""Employees' own telephones with a real Asterisk: a desk telephone that signs in, and an ordinary number behind a provider."""

import asyncio
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from borgerlinje.channels.phone.accounts import checking, own_phone
from borgerlinje.channels.phone.accounts.actions import Credentials, do_issue_sip_endpoint, do_issue_test_endpoint
from borgerlinje.channels.phone.robot import digest
from borgerlinje.channels.phone.robot.call import Incoming
from borgerlinje.channels.phone.robot.errors import RobotError
from borgerlinje.channels.phone.robot.manners import refusing
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.channels.phone.sound import speech
from borgerlinje.dispatch.transfers import Mode, Target, do_start
from borgerlinje.kit import clock
from borgerlinje.kit.database import Steps, run
from tests.support.cast import Cast
from tests.support.telephone import Telephone, until, wait_for_phone
from tests.telephone.test_accounts import ask

pytestmark = pytest.mark.telephone

NUMBER = "+4532121212"
CITIZEN_HZ, DESK_HZ, NUMBER_HZ = 440, 1000, 2300


def write(telephone: Telephone, steps: Steps[Any]) -> Any:
    """Carry out a write path as the web does, and wake the telephone process."""
    with telephone.connection() as connection, connection.transaction():
        outcome = run(steps, connection.cursor())
        connection.execute("SELECT pg_notify('bl_hint', 'phone')")
    return outcome


def account(telephone: Telephone, employee_id: int) -> Credentials:
    """Make an account for a desk telephone, and wait until Asterisk knows it."""
    credentials: Credentials = write(telephone, do_issue_sip_endpoint(employee_id, now=clock.now()))
    return credentials


def is_known(telephone: Telephone, name: str) -> bool:
    return bool(
        telephone.rows("SELECT 1 FROM phone_phoneendpoint WHERE name = %(n)s AND pushed_at IS NOT NULL", n=name)
    )


def is_signed_in(telephone: Telephone, name: str) -> bool:
    rows = telephone.rows("SELECT registered_at FROM phone_phoneendpoint WHERE name = %(n)s", n=name)
    return bool(rows and rows[0]["registered_at"])


def desk_telephone(credentials: Credentials, password: str = "") -> Robot:
    proof = digest.Credentials(credentials.name, password or credentials.secret)
    return Robot(credentials.name, local_host="127.0.0.4", credentials=proof)


@pytest.fixture
async def signed_in(telephone: Telephone, people: Cast) -> AsyncIterator[Robot]:
    """A desk telephone of the employee's that has signed in, and where their calls ring."""
    credentials = account(telephone, people.employee.pk)
    await until(lambda: is_known(telephone, credentials.name))
    write(telephone, own_phone.do_choose(people.employee.pk, "sip", now=clock.now()))
    async with desk_telephone(credentials) as robot:
        await robot.register(**telephone.address)
        await until(lambda: is_signed_in(telephone, credentials.name), within=15)
        yield robot


async def test_desk_telephone_signs_in_with_its_code_and_the_rows_know(telephone: Telephone, people: Cast):
    credentials = account(telephone, people.employee.pk)
    await until(lambda: is_known(telephone, credentials.name))
    async with desk_telephone(credentials) as robot:
        registration = await robot.register(**telephone.address, expires_seconds=3600)
        assert 100 < registration.granted_seconds <= 120
        await until(lambda: is_signed_in(telephone, credentials.name), within=15)
    await until(lambda: not is_signed_in(telephone, credentials.name), within=15)


async def test_wrong_code_signs_nobody_in_however_often(telephone: Telephone, people: Cast):
    credentials = account(telephone, people.employee.pk)
    await until(lambda: is_known(telephone, credentials.name))
    for attempt in range(5):
        async with desk_telephone(credentials, f"guess-{attempt}") as robot:
            with pytest.raises(RobotError):
                await robot.register(**telephone.address)
    assert not is_signed_in(telephone, credentials.name)


async def test_stored_digest_is_no_password(telephone: Telephone, people: Cast):
    credentials = account(telephone, people.employee.pk)
    await until(lambda: is_known(telephone, credentials.name))
    stored = telephone.rows("SELECT secret FROM phone_phoneendpoint WHERE name = %(n)s", n=credentials.name)[0][
        "secret"
    ]
    assert credentials.secret not in str(telephone.rows("SELECT * FROM phone_phoneendpoint"))
    async with desk_telephone(credentials, stored) as robot:
        with pytest.raises(RobotError):
            await robot.register(**telephone.address)


async def test_new_code_signs_the_old_telephone_out(telephone: Telephone, people: Cast, signed_in: Robot):
    new = account(telephone, people.employee.pk)
    await until(lambda: is_known(telephone, new.name))
    await until(lambda: signed_in.name not in telephone.ask("pjsip show endpoints"))
    with pytest.raises(RobotError):
        await signed_in.register(**telephone.address)
    signed_in.registration = None


async def test_desk_telephone_calls_nobody(telephone: Telephone, signed_in: Robot):
    for number in ("46313020", "1881", "90123456", NUMBER, "echo", "bl-t-1"):
        call = await signed_in.call(number, **telephone.address)
        assert await call.reached("ended", within=5)
        assert call.status >= 400
    assert telephone.contact() == {}


async def test_account_of_the_echo_reaches_the_echo_and_nothing_else(telephone: Telephone, people: Cast):
    credentials = write(telephone, do_issue_test_endpoint(people.employee.pk, now=clock.now()))
    await until(lambda: is_known(telephone, credentials.name))
    for number in ("46313020", "1881", NUMBER, "bl-e-1"):
        assert await ask(telephone, "INVITE", credentials.name, number, credentials.secret) == 404
    assert await ask(telephone, "INVITE", credentials.name, "echo", "guessed") == 401
    assert await ask(telephone, "INVITE", credentials.name, "echo", credentials.secret) == 200
    assert telephone.contact() == {}


# --- an ordinary number


@pytest.fixture
async def provider(telephone: Telephone) -> AsyncIterator[Robot]:
    """The telephone network, with the employee's number in it."""
    async with Robot("provider", local_host="127.0.0.5") as robot:
        telephone.write(
            """
            INSERT INTO phone_trunk (name, host, port, transport, srtp, registers, username, from_domain, number_format, matches, max_calls,
                                     is_active, is_demo, changed_at)
            VALUES ('prøve', '127.0.0.5', %(port)s, 'udp', false, false, '', '', 'e164_plus', '{127.0.0.5}', 10, true, true, now())
            """,
            port=robot.address[1],
        )
        telephone.write("SELECT pg_notify('bl_hint', 'phone'), pg_notify('bl_hint', 'line:1')")
        trunk = f"bl-out-{telephone.rows('SELECT id FROM phone_trunk')[0]['id']}"
        await until(lambda: leads_to(telephone, trunk, robot.address[1]), within=10)
        yield robot


def leads_to(telephone: Telephone, trunk: str, port: int) -> bool:
    """Tell whether Asterisk knows the trunk of this test, and not one of that name of the test before."""
    try:
        fields = telephone.rest("GET", f"/asterisk/config/dynamic/res_pjsip/aor/{trunk}")
        telephone.rest("GET", f"/asterisk/config/dynamic/res_pjsip/endpoint/{trunk}")
    except OSError:
        return False
    return any(field["attribute"] == "contact" and f":{port}" in field["value"] for field in fields)


@pytest.fixture
def numbered(telephone: Telephone, people: Cast) -> int:
    """The employee, whose calls ring at an ordinary number; the line rings long enough to be asked there."""
    telephone.write("UPDATE lines_line SET ring_seconds = 25")
    telephone.write(
        "INSERT INTO phone_employeephone (employee_id, kind, digits, confirmed_at) VALUES (%(e)s, 'number', %(n)s, now())",
        e=people.employee.pk,
        n=NUMBER,
    )
    return people.employee.pk


def check(telephone: Telephone) -> dict[str, Any]:
    return telephone.rows("SELECT * FROM phone_phonecheck ORDER BY asked_at DESC LIMIT 1")[0]


async def take(robot: Robot, hertz: int = NUMBER_HZ) -> Incoming:
    """Answer the next call to a telephone, and say a tone."""
    call = await robot.next_call(within=10)
    call.ring()
    call.answer()
    call.play(hertz)
    return call


async def test_code_that_is_said_at_the_number_is_the_one_that_confirms_it(
    telephone: Telephone, people: Cast, provider: Robot
):
    write(telephone, own_phone.do_ask_number(people.employee.pk, "32 12 12 12", now=clock.now()))
    call = await provider.next_call(within=10)
    assert call.request.uri.startswith(f"sip:{NUMBER}@")
    call.answer()
    assert await call.audio.hears_sound(within=5)
    assert await call.reached("ended", within=30)
    code = digits_in(telephone, call.audio.heard(10))
    assert write(telephone, own_phone.do_type_code(people.employee.pk, code, now=clock.now())) == "right"
    rows = telephone.rows("SELECT kind, digits FROM phone_employeephone")
    assert rows == [{"kind": "number", "digits": NUMBER}]
    ended = telephone.rows("SELECT ended_at, answered_at, purpose FROM phone_outgoingcall")[0]
    assert ended["ended_at"] is not None
    assert ended["answered_at"] is not None
    await until(telephone.is_empty)


def digits_in(telephone: Telephone, heard: "np.ndarray[Any, Any]") -> str:
    """Return the four digits that were said last, by laying the sounds of all ten over what was heard."""
    samples = heard.astype(np.float64) / 32768

    def sound(text: str) -> "np.ndarray[Any, Any]":
        path = telephone.instance.sounds_dir / f"{speech.name_of(text)}.wav"
        with wave.open(str(Path(path))) as file:
            return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64) / 32768

    def likeness(pattern: "np.ndarray[Any, Any]", start: int, end: int) -> tuple[float, int]:
        """Return how alike a sound is at its best place that begins in [start, end), 1 for the same, and the place."""
        part = samples[max(start, 0) : end + len(pattern)]
        windows = np.lib.stride_tricks.sliding_window_view(part, len(pattern))
        alike = (2 * (windows @ pattern) - np.einsum("ij,ij->i", windows, windows)) / (pattern @ pattern)
        place = int(np.argmax(alike))
        return float(alike[place]), max(start, 0) + place

    again = sound(checking.AGAIN_TEXT)
    alike, place = likeness(again, 0, len(samples) - len(again))
    assert alike > 0.8
    place += len(again)
    said = ""
    for _ in range(4):
        found = {digit: likeness(sound(word), place - 400, place + 800) for digit, word in enumerate(checking._DIGITS)}
        best = max(found, key=lambda digit: found[digit][0])
        assert found[best][0] > 0.8
        place = found[best][1] + len(sound(checking._DIGITS[best]))
        said += str(best)
    return said


@pytest.mark.usefixtures("provider")
async def test_number_that_is_busy_is_said_to_be(telephone: Telephone, people: Cast, provider: Robot):
    provider.on_invite = refusing(486)
    write(telephone, own_phone.do_ask_number(people.employee.pk, NUMBER, now=clock.now()))
    await until(lambda: check(telephone)["ended_as"] == "busy", within=10)
    await until(telephone.is_empty)


async def test_desk_telephone_is_tried_out_by_a_key(telephone: Telephone, people: Cast, signed_in: Robot):
    write(telephone, own_phone.do_ask_test(people.employee.pk, "sip", now=clock.now()))
    call = await signed_in.next_call(within=10)
    call.answer()
    assert await call.audio.hears_sound(within=5)
    await call.press("1")
    assert await call.reached("ended", within=15)
    await until(lambda: check(telephone)["ended_as"] == "pressed")
    assert telephone.rows("SELECT tested_at FROM phone_employeephone")[0]["tested_at"] is not None


async def test_citizen_is_given_to_whoever_presses_the_key(
    telephone: Telephone, citizen: Robot, provider: Robot, numbered: int
):
    telephone.ready(numbered)
    call = await citizen.call("46313020", **telephone.address)
    call.play(CITIZEN_HZ)
    answered = await take(provider)
    assert answered.request.uri.startswith(f"sip:{NUMBER}@")
    assert await answered.audio.hears_sound(within=5)
    await answered.press("5")
    assert await call.hears_nothing(NUMBER_HZ, seconds=1, within=3)
    assert telephone.contact()["state"] == "offered"
    await answered.press("1")
    assert await call.hears(NUMBER_HZ, within=5)
    assert await answered.hears(CITIZEN_HZ, within=5)
    await answered.hang_up()
    await until(lambda: telephone.contact()["state"] == "wrap_up")
    await until(telephone.is_empty)


async def test_answering_machine_gets_no_citizen(telephone: Telephone, citizen: Robot, provider: Robot, numbered: int):
    telephone.ready(numbered)
    call = await citizen.call("46313020", **telephone.address)
    machine = await take(provider)
    assert await machine.audio.hears_sound(within=5)
    assert await call.hears_nothing(NUMBER_HZ, seconds=2, within=5)
    assert await machine.reached("ended", within=40)
    await until(lambda: telephone.contact()["state"] == "waiting")
    assert telephone.offers() == ["expired"]
    assert telephone.presence(numbered) == "not_answering"
    assert await call.hears_nothing(NUMBER_HZ, seconds=1, within=3)


async def test_process_that_dies_while_somebody_is_asked_asks_again(
    telephone: Telephone, citizen: Robot, provider: Robot, numbered: int
):
    telephone.ready(numbered)
    call = await citizen.call("46313020", **telephone.address)
    call.play(CITIZEN_HZ)
    answered = await take(provider)
    assert await answered.audio.hears_sound(within=5)
    telephone.kill("phone")
    telephone.start("phone")
    await asyncio.to_thread(wait_for_phone, telephone)
    assert await call.hears_nothing(NUMBER_HZ, seconds=1, within=3)
    assert telephone.contact()["state"] == "offered"
    await answered.press("1")
    assert await call.hears(NUMBER_HZ, within=5)
    assert await answered.hears(CITIZEN_HZ, within=5)


# --- from one telephone to another


async def move(telephone: Telephone, to: str) -> None:
    contact = telephone.contact()
    outcome = write(
        telephone,
        do_start(
            contact["id"], Target("x", digits=to), employee_id=contact["employee_id"], mode=Mode.MOVE, now=clock.now()
        ),
    )
    telephone.write("SELECT pg_notify('bl_hint', %(t)s)", t=f"call:{contact['id']}")
    assert not isinstance(outcome, str)


async def test_conversation_moves_to_the_number_and_back_and_the_citizen_stays(
    telephone: Telephone, people: Cast, citizen: Robot, signed_in: Robot, provider: Robot
):
    telephone.ready(people.employee.pk)
    call = await citizen.call("46313020", **telephone.address)
    call.play(CITIZEN_HZ)
    desk = await take(signed_in, DESK_HZ)
    assert await call.hears(DESK_HZ, within=5)
    await move(telephone, NUMBER)
    mobile = await take(provider)
    # Until the key is pressed the citizen talks with the desk telephone as before.
    assert await call.hears_nothing(NUMBER_HZ, seconds=1, within=3)
    assert await call.hears(DESK_HZ, within=3)
    await mobile.press("1")
    assert await call.hears(NUMBER_HZ, within=5)
    assert await mobile.hears(CITIZEN_HZ, within=5)
    assert await desk.reached("ended", within=5)
    assert telephone.contact()["state"] == "connected"
    await move(telephone, "sip")
    desk = await take(signed_in, DESK_HZ)
    assert await call.hears(DESK_HZ, within=5)
    assert await desk.hears(CITIZEN_HZ, within=5)
    assert await mobile.reached("ended", within=5)
    assert await call.hears_nothing(NUMBER_HZ, seconds=1, within=3)
    await desk.hang_up()
    await until(lambda: telephone.contact()["state"] == "wrap_up")
    assert [row["ended_as"] for row in telephone.rows("SELECT ended_as FROM dispatch_transfer ORDER BY made_at")] == [
        "handed_over",
        "handed_over",
    ]
    assert telephone.presence(people.employee.pk) == "wrap_up"
    await until(telephone.is_empty)


async def test_telephone_that_is_not_taken_leaves_the_conversation_where_it_is(
    telephone: Telephone, people: Cast, citizen: Robot, signed_in: Robot, provider: Robot
):
    telephone.ready(people.employee.pk)
    call = await citizen.call("46313020", **telephone.address)
    desk = await take(signed_in, DESK_HZ)
    assert await call.hears(DESK_HZ, within=5)
    provider.on_invite = refusing(486)
    await move(telephone, NUMBER)
    await until(lambda: bool(telephone.rows("SELECT 1 FROM dispatch_transfer WHERE ended_as = 'busy'")), within=10)
    assert await call.hears_only(DESK_HZ, within=5)
    assert telephone.contact()["state"] == "connected"
    await desk.hang_up()
