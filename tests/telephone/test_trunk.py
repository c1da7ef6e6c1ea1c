"""A trunk to a real provider: registration with a password, calls both ways over TLS with encrypted sound, number formats."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from borgerlinje.channels.phone.network.trunk import PURPOSE, NumberFormat, dial
from borgerlinje.channels.phone.pbx.configuration import Reach
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.kit import sealed
from tests.support import provider
from tests.support.cast import Cast
from tests.support.database import TestDatabase
from tests.support.product import free_port
from tests.support.provider import contacts_of, make_certificate, running_provider
from tests.support.telephone import Telephone, is_available, joined, running_asterisk, until

pytestmark = pytest.mark.telephone

CITIZEN_HERTZ, EMPLOYEE_HERTZ = 440, 1000
# An Asterisk that hears itself speak: what goes out comes back.
_ECHO = "\n[echo]\nexten => 1,1,Answer()\n same => n,Echo()\n"


@dataclass
class Lab:
    """Our Asterisk and the provider's."""

    ours: Telephone
    theirs: Telephone
    world_port: int
    tls_port: int


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    if not is_available():
        pytest.skip("no Asterisk on this machine")
    folder = Path(tempfile.mkdtemp(prefix="bl-trunk-"))
    certificate, world_port, tls_port = folder / "provider.pem", free_port(), free_port()
    make_certificate(certificate)
    folder.chmod(0o755)
    reach = Reach(provider.CUSTOMER_HOST, ("127.0.0.98/32",), ("127.0.0.98/32",))
    variables = {"BORGERLINJE_SIP_TLS_CA": str(certificate), "BORGERLINJE_SIP_TLS_CERT": str(certificate)}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        with running_provider(folder / "p", encrypts=True, world_port=world_port, tls_port=tls_port) as theirs:
            patch.delenv("BORGERLINJE_SIP_TLS_CERT")
            options: dict[str, Any] = {"extra_modules": ("app_echo",), "extra_files": (("extensions.conf", _ECHO),)}
            with running_asterisk(folder / "o", reach=reach, **options) as ours:
                yield Lab(ours, theirs, world_port, tls_port)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def ours(lab: Lab, database: TestDatabase, people: Cast) -> Iterator[Telephone]:
    assert people.line.pk
    with joined(lab.ours, database) as telephone:
        yield telephone
    print(lab.ours.last_words, lab.theirs.log_of("asterisk"))  # noqa: T201


@pytest.fixture
async def world(lab: Lab) -> AsyncIterator[Robot]:
    async with Robot("46120000", local_host=provider.WORLD_HOST, port=lab.world_port) as robot:
        yield robot


def store_trunk(ours: Telephone, lab: Lab, *, password: str = provider.PASSWORD) -> int:
    """Store a trunk to the provider as the page does; return its id."""
    ours.write(
        """
        INSERT INTO phone_trunk (name, host, port, transport, srtp, registers, username, secret, from_domain, number_format,
                                 matches, max_calls, is_active, is_demo, changed_at)
        VALUES ('Udbyder', %(host)s, %(port)s, 'tls', true, true, %(user)s, %(secret)s, '', 'e164_plus', %(matches)s, 30,
                true, false, now())
        """,
        host=provider.HOST,
        port=lab.tls_port,
        user=provider.USER,
        secret=sealed.seal(password.encode(), purpose=PURPOSE),
        matches=[provider.HOST],
    )
    return int(ours.rows("SELECT id FROM phone_trunk")[0]["id"])


def state(ours: Telephone) -> dict[str, Any]:
    rows = ours.rows("SELECT * FROM phone_trunkstate")
    return rows[0] if rows else {}


async def registered(ours: Telephone, lab: Lab) -> int:
    trunk_id = store_trunk(ours, lab)
    await until(lambda: state(ours).get("registration") == "registered", within=20)
    return trunk_id


@pytest.mark.parametrize("dialled", ["46313020", "4546313020"])
async def test_citizen_calls_over_the_registered_line_and_both_hear_each_other(
    ours: Telephone, lab: Lab, people: Cast, world: Robot, desk_phone: Robot, dialled: str
):
    await registered(ours, lab)
    await asyncio.to_thread(ours.employ, people.employee.pk, desk_phone.uri)
    call = await world.call(dialled, **lab.theirs.address)
    call.play(CITIZEN_HERTZ)
    ringing = await desk_phone.next_call(within=15)
    ringing.ring()
    ringing.answer()
    ringing.play(EMPLOYEE_HERTZ)
    assert await ringing.hears(CITIZEN_HERTZ, within=3)
    assert await call.hears(EMPLOYEE_HERTZ, within=3)
    contact = ours.contact()
    assert (contact["dialled"], contact["caller_number"]) == ("46313020", "46120000")
    channels = await asyncio.to_thread(ours.ask, "core show channels concise")
    assert "PJSIP/bl-out-" in channels
    await call.hang_up()
    await until(ours.is_empty)


@pytest.mark.parametrize(
    ("form", "seen"), [("e164_plus", "+4546120000"), ("e164", "4546120000"), ("national", "46120000")]
)
async def test_call_goes_out_with_the_number_as_the_provider_wants_it(
    ours: Telephone, lab: Lab, world: Robot, form: NumberFormat, seen: str
):
    trunk_id = await registered(ours, lab)
    target = dial(trunk_id, "46120000", form).replace("+", "%2B")
    query = f"endpoint={target}&context=echo&extension=1&priority=1&timeout=10&callerId=46313020"
    await asyncio.to_thread(ours.rest, "POST", f"/channels?{query}")
    ringing = await world.next_call(within=10)
    assert ringing.request.uri.startswith(f"sip:{seen}@")
    assert ringing.peer == "46313020"
    ringing.answer()
    ringing.play(CITIZEN_HERTZ)
    assert await ringing.hears(CITIZEN_HERTZ, within=5)
    await ringing.hang_up()
    await until(ours.is_empty)


async def test_wrong_password_is_said_to_be_rejected_and_is_mended_by_the_right_one(ours: Telephone, lab: Lab):
    store_trunk(ours, lab, password="forkert")
    await until(lambda: state(ours).get("registration") == "rejected", within=20)
    ours.write(
        "UPDATE phone_trunk SET secret = %(secret)s",
        secret=sealed.seal(provider.PASSWORD.encode(), purpose=PURPOSE),
    )
    await until(lambda: state(ours)["registration"] == "registered", within=20)
    await until(lambda: state(ours)["is_reachable"] is True, within=30)
    assert state(ours)["server"] == "asterisk"


async def test_password_that_cannot_be_opened_here_is_said_and_harms_nothing(ours: Telephone, lab: Lab):
    await registered(ours, lab)
    ours.write("UPDATE phone_trunk SET secret = %(secret)s", secret=os.urandom(60))
    await until(lambda: state(ours)["fault"] == "sealed", within=10)
    assert "connection_lost" not in ours.log_of("phone")


async def test_trunk_that_is_taken_out_of_use_signs_off(ours: Telephone, lab: Lab):
    await registered(ours, lab)
    assert provider.CUSTOMER_HOST in await asyncio.to_thread(contacts_of, lab.theirs)
    ours.write("UPDATE phone_trunk SET is_active = false")
    await until(lambda: state(ours) == {}, within=10)
    await until(lambda: provider.CUSTOMER_HOST not in contacts_of(lab.theirs), within=10)
    # What begins with this name next finds nothing that was left.
    assert "bl-out-" not in await asyncio.to_thread(ours.ask, "pjsip show aors")


async def test_restarted_process_leaves_a_standing_registration_alone(ours: Telephone, lab: Lab):
    await registered(ours, lab)
    before = await asyncio.to_thread(contacts_of, lab.theirs)
    ours.kill("phone")
    ours.write("DELETE FROM phone_trunkstate")
    ours.start("phone")
    await until(lambda: state(ours).get("registration") == "registered", within=20)
    assert await asyncio.to_thread(contacts_of, lab.theirs) == before
