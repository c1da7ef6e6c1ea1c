"""`borgerlinje selftest call`: a real call through Asterisk to a robot employee, on a line of its own.

Safe on a production machine: the line is hidden and its number is new each time and gone afterwards, no person has its skill, the
robot works in no other centre, and the contact is marked as a test and left out of all figures.
"""

import asyncio
import json
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import django
import psycopg
from psycopg.rows import DictRow

from borgerlinje.channels.phone.accounts.actions import do_keep_robot_endpoint, do_revoke_endpoint, is_pushed
from borgerlinje.channels.phone.robot.call import Call
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.dispatch.attendance import do_ready, do_sign_out
from borgerlinje.kit import clock, database, home, running
from borgerlinje.kit.database import Query, Steps
from borgerlinje.kit.hints import Hints

CODE = "selvtest"
CITIZEN_HERTZ, EMPLOYEE_HERTZ = 697, 1209
_LOCK = 4_631_303
_STEP_SECONDS = 10.0

CANNOT_RUN = 2


class SelfTestError(Exception):
    """A step of the test call did not come about; the text names it."""


@dataclass(slots=True)
class Report:
    """What happened, step by step, in milliseconds since the step before."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""
    _last: float = field(default_factory=time.perf_counter)

    def done(self, name: str) -> None:
        """Note that a step has come about."""
        now = time.perf_counter()
        self.steps.append({"step": name, "milliseconds": round((now - self._last) * 1000, 1)})
        self._last = now

    def as_json(self) -> str:
        """Return the report for programs."""
        total = round(sum(step["milliseconds"] for step in self.steps), 1)
        return json.dumps({"ok": not self.error, "error": self.error, "steps": self.steps, "total_milliseconds": total})

    def as_text(self) -> str:
        """Return the report for people."""
        lines = [f"{step['milliseconds']:>9.1f} ms  {step['step']}" for step in self.steps]
        return "\n".join([*lines, f"FAILED: {self.error}" if self.error else "The telephone works."])


@dataclass(frozen=True, slots=True)
class Scene:
    """The hidden line's number for this run, and the robot who answers it."""

    digits: str
    employee_id: int


def run(*, as_json: bool = False) -> int:
    """Make the call and print what happened; return 0 when all steps came about, 1 when not, 2 when nothing runs here."""
    found = running.read(home.home())
    report = Report()
    if found is None or found.asterisk is None:
        what = "nothing runs on this home" if found is None else "it runs without a telephone"
        report.error = f"{what}: start `borgerlinje up` first"
    else:
        django.setup()
        asyncio.run(_try(report, found.asterisk))
    print(report.as_json() if as_json else report.as_text())
    if not report.error:
        return 0
    return 1 if report.steps else CANNOT_RUN


async def _try(report: Report, asterisk: running.Asterisk) -> None:
    async with await database.connect("bl_engine", name="selftest") as connection:
        cursor = await connection.execute("SELECT pg_try_advisory_lock(%s) AS mine", (_LOCK,))
        if not (await cursor.fetchone() or {}).get("mine"):
            report.error = "another self-test is at it: try again in a moment"
            return
        hints = await Hints.connect(database.dsn("bl_engine"))
        try:
            await _call(report, asterisk, connection, hints)
        except (SelfTestError, psycopg.Error) as error:
            report.error = str(error)
        finally:
            await hints.close()


async def _call(
    report: Report, asterisk: running.Asterisk, connection: psycopg.AsyncConnection[DictRow], hints: Hints
) -> None:
    here = _address_towards(asterisk.sip_host)
    async with (
        Robot("selvtest-borger", local_host=here) as citizen,
        Robot("selvtest-medarbejder", local_host=here) as employee,
        _scene(connection, hints, employee.uri) as scene,
    ):
        report.done("the robot employee's phone is known to Asterisk and ready")
        call = await citizen.call(
            scene.digits, host=asterisk.sip_host, port=asterisk.sip_port, caller="00000000", display="selvtest"
        )
        _require(await call.reached("answered", within=_STEP_SECONDS), "Asterisk takes the citizen's call")
        report.done("the citizen's call is taken")
        call.play(CITIZEN_HERTZ)
        await _talk(report, call, employee)
        await _until_closed(connection, scene)
        report.done("the contact is closed in the database")


async def _talk(report: Report, call: Call, employee: Robot) -> None:
    try:
        ringing = await employee.next_call(within=_STEP_SECONDS + 5)
    except TimeoutError:
        raise SelfTestError("the employee's phone did not ring") from None
    report.done("greeting, dispatch, and the employee's phone rings")
    ringing.ring()
    ringing.answer()
    _require(await ringing.reached("acknowledged", within=_STEP_SECONDS), "the employee's answer arrives")
    report.done("the employee answers")
    ringing.play(EMPLOYEE_HERTZ)
    _require(await ringing.hears(CITIZEN_HERTZ, within=_STEP_SECONDS), "the employee hears the citizen")
    report.done("the employee hears the citizen")
    _require(await call.hears(EMPLOYEE_HERTZ, within=_STEP_SECONDS), "the citizen hears the employee")
    report.done("the citizen hears the employee")
    await ringing.hang_up()
    _require(await call.reached("ended", within=_STEP_SECONDS), "hanging up ends the citizen's call")
    report.done("hanging up ends both calls")


def _require(is_done: object, step: str) -> None:
    if not is_done:
        raise SelfTestError(f"not within {_STEP_SECONDS:.0f} seconds: {step}")


async def _until_closed(connection: psycopg.AsyncConnection[DictRow], scene: Scene) -> None:
    async def is_closed() -> bool:
        cursor = await connection.execute(
            "SELECT state, closed_as, is_test FROM contacts_contact WHERE dialled = %s", (scene.digits,)
        )
        return await cursor.fetchone() == {"state": "closed", "closed_as": "answered", "is_test": True}

    await _wait(is_closed, "the contact is closed in the database")


async def _wait(condition: Callable[[], Any], step: str) -> None:
    try:
        async with asyncio.timeout(_STEP_SECONDS):
            while not await condition():  # noqa: ASYNC110 - the rows are another process's
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise SelfTestError(f"not within {_STEP_SECONDS:.0f} seconds: {step}") from None


@asynccontextmanager
async def _scene(connection: psycopg.AsyncConnection[DictRow], hints: Hints, contact_uri: str) -> AsyncIterator[Scene]:
    """Set up the hidden line and its robot for the block, and put everything back."""

    async def carry_out(steps: Steps[Any]) -> Any:
        async with connection.transaction():
            return await database.arun(steps, connection)

    scene: Scene = await carry_out(do_set_scene(f"00{secrets.randbelow(10**6):06}", today=clock.today()))
    try:
        name = await carry_out(do_keep_robot_endpoint(scene.employee_id, contact_uri, now=clock.now()))
        hints.send("phone")
        await _wait(lambda: carry_out(is_pushed(name)), "the telephone process tells Asterisk of a phone")
        await carry_out(do_ready(scene.employee_id, now=clock.now()))
        hints.send("dispatch")
        yield scene
    finally:
        await carry_out(do_sign_out(scene.employee_id, now=clock.now()))
        await carry_out(do_revoke_endpoint(f"bl-r-{scene.employee_id}", now=clock.now()))
        await carry_out(do_clear_scene(scene))
        hints.send("phone", "dispatch")


def do_set_scene(digits: str, *, today: date) -> Steps[Scene]:
    """Store what the test needs and is not there yet, and this run's number; return both."""
    authority = yield from _keep(
        "SELECT id FROM cooperation_authority ORDER BY is_demo, id LIMIT 1",
        "INSERT INTO cooperation_authority (code, name, kind, cvr, is_demo)"
        " VALUES (%(code)s, 'Selvtest', 'agency', '', false) RETURNING id",
        {},
    )
    centre = yield from _keep(
        "SELECT id FROM cooperation_centre WHERE slug = %(code)s",
        "INSERT INTO cooperation_centre (slug, name, host_id, is_demo)"
        " VALUES (%(code)s, 'Selvtest', %(authority)s, false) RETURNING id",
        {"authority": authority},
    )
    skill = yield from _keep(
        "SELECT id FROM staff_skill WHERE code = %(code)s",
        "INSERT INTO staff_skill (code, name) VALUES (%(code)s, 'Selvtest') RETURNING id",
        {},
    )
    line = yield from _keep(
        "SELECT id FROM lines_line WHERE slug = %(code)s",
        _LINE,
        {"authority": authority, "centre": centre, "skill": skill},
    )
    employee = yield from _keep(
        "SELECT e.id FROM staff_employee e JOIN staff_employeeskill s ON s.employee_id = e.id AND s.skill_id = %(skill)s",
        _EMPLOYEE,
        {"authority": authority, "centre": centre, "skill": skill, "today": today},
    )
    yield Query("DELETE FROM lines_linenumber WHERE line_id = %(line)s", {"line": line})
    yield Query(
        "INSERT INTO lines_linenumber (line_id, digits, is_main) VALUES (%(line)s, %(digits)s, true)",
        {"line": line, "digits": digits},
    )
    return Scene(digits, employee)


def do_clear_scene(scene: Scene) -> Steps[None]:
    """Take this run's number away, so that nobody can dial the hidden line."""
    yield Query("DELETE FROM lines_linenumber WHERE digits = %(digits)s", {"digits": scene.digits})


_LINE = """
INSERT INTO lines_line (slug, name, owner_id, centre_id, scope, skill_id, skill_level, language, greeting_text, closed_text,
                        target_seconds, ring_seconds, wrap_up_seconds, optional_holidays, always_open, always_open_reason,
                        is_hidden, is_demo)
VALUES (%(code)s, 'Selvtest', %(authority)s, %(centre)s, 'guidance_only', %(skill)s, 1, 'da', 'Selvtest.', 'Selvtest.',
        30, 20, 0, '{}', true, 'selvtest', true, false)
RETURNING id
"""

_EMPLOYEE = """
WITH employee AS (
    INSERT INTO staff_employee (employer_id, given_name, initial, from_on, is_robot, is_demo)
    VALUES (%(authority)s, 'Selvtest', 'R', %(today)s, true, false) RETURNING id
), works AS (
    INSERT INTO staff_employeecentre (employee_id, centre_id, from_on) SELECT id, %(centre)s, %(today)s FROM employee
), skilled AS (
    INSERT INTO staff_employeeskill (employee_id, skill_id, level) SELECT id, %(skill)s, 1 FROM employee
)
SELECT id FROM employee
"""


def _keep(find: str, make: str, values: dict[str, Any]) -> Steps[int]:
    rows = yield Query(find, values | {"code": CODE})
    if not rows:
        rows = yield Query(make, values | {"code": CODE})
    return int(rows[0]["id"])


def _address_towards(host: str) -> str:
    """Return the address of this machine that the host answers to."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((host, 9))
        return str(probe.getsockname()[0])
