"""The demo's robot employees: real telephones that answer, talk, hang up and close the contact like anybody else.

The rows are the truth: what a robot must do next is read from them, so that it goes on after a restart of anything.
BORGERLINJE_DEMO_ROBOTS=0 keeps them at home.
"""

import asyncio
import os
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

import psycopg
import structlog
from psycopg.rows import DictRow

from borgerlinje.channels.phone.accounts.actions import do_keep_robot_endpoint
from borgerlinje.channels.phone.robot.call import Incoming
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.contacts.closing import Closing
from borgerlinje.demo import callbacks, voices
from borgerlinje.demo.calls import ended_within, own_address
from borgerlinje.demo.crew import Floor, Member, steer
from borgerlinje.demo.network import Network
from borgerlinje.dispatch.actions import Change, do_complete
from borgerlinje.dispatch.attendance import do_pause, do_ready, do_sign_out
from borgerlinje.kit import clock, database, heartbeat
from borgerlinje.kit.database import Steps
from borgerlinje.kit.hints import Hints

log = structlog.get_logger("robots")
Connection = psycopg.AsyncConnection[DictRow]

_LOOK_SECONDS = 1.0
_LAST_CALLS_SECONDS = 2.0
_SUBJECTS = (
    ("Det blå sygesikringskort", "guided"),
    ("Flytning", "guided"),
    ("Digital Post", "resolved"),
    ("Plads i dagtilbud", "guided"),
    ("MitID", "referred"),
)

_ROBOTS = """
SELECT e.id, e.given_name, c.id AS centre_id, c.name AS centre_name, coalesce(p.state, 'signed_out') AS state,
       EXISTS (SELECT 1 FROM phone_phoneendpoint t
                WHERE t.employee_id = e.id AND t.kind = 'robot' AND t.revoked_at IS NULL AND t.pushed_at IS NOT NULL) AS has_phone
  FROM staff_employee e
  JOIN staff_employeecentre w ON w.employee_id = e.id
  JOIN cooperation_centre c ON c.id = w.centre_id
  LEFT JOIN dispatch_presence p ON p.employee_id = e.id
 WHERE e.is_robot AND e.is_demo
 ORDER BY p.idle_since NULLS LAST, e.id
"""
_PEOPLE_READY = """
SELECT w.centre_id, count(*) AS n
  FROM dispatch_presence p
  JOIN staff_employee e ON e.id = p.employee_id AND NOT e.is_robot
  JOIN staff_employeecentre w ON w.employee_id = e.id
 WHERE p.state = 'ready' AND EXISTS (
         SELECT 1 FROM lines_line l
          WHERE l.centre_id = w.centre_id AND NOT l.is_hidden
            AND (l.skill_id IS NULL OR EXISTS (
                  SELECT 1 FROM staff_employeeskill s
                   WHERE s.employee_id = e.id AND s.skill_id = l.skill_id AND s.level >= l.skill_level
                     AND (s.expires_on IS NULL OR s.expires_on > current_date))))
 GROUP BY w.centre_id
"""
_CITIZENS = """
SELECT l.centre_id, count(*) AS n
  FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id AND NOT l.is_hidden
 WHERE c.state IN ('arrived', 'waiting') GROUP BY l.centre_id
"""
_TO_CLOSE = """
SELECT c.id, c.employee_id, c.ended_at
  FROM contacts_contact c JOIN staff_employee e ON e.id = c.employee_id
 WHERE c.state = 'wrap_up' AND e.is_robot AND e.is_demo
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long robots take, in seconds from and to; `callback` is how long they leave a callback to a person."""

    answer: tuple[float, float] = (1.0, 3.0)
    talk: tuple[float, float] = (20.0, 90.0)
    wrap_up: tuple[float, float] = (2.0, 6.0)
    callback: float = 20.0


@dataclass
class Crew:
    """All robot employees of a home. Use it as `async with`: on leaving, every call ends and everybody goes home."""

    pace: Pace = field(default_factory=Pace)
    dice: random.Random = field(default_factory=random.Random)

    async def __aenter__(self) -> Self:
        self._phones: dict[int, Robot] = {}
        self._calling: set[int] = set()
        self._hints = await Hints.connect(database.dsn("bl_engine"))
        return self

    async def __aexit__(self, *_error: object) -> None:
        await asyncio.gather(*(phone.stop() for phone in self._phones.values()))
        await self.go_home()
        await self._hints.close()

    async def work(self) -> None:
        """Serve for ever; begin anew with another connection when the database was away."""
        while True:
            try:
                async with await database.connect(name="robots") as connection:
                    async for _ in self._hints.listen("dispatch", "queue", timeout_seconds=_LOOK_SECONDS):
                        await self.look(connection)
            except psycopg.OperationalError as error:
                log.warning("database_away", error=type(error).__name__)
                await asyncio.sleep(_LOOK_SECONDS)

    async def look(self, connection: Connection) -> None:
        """Do once what the rows ask of the robots."""
        now = clock.now()
        robots = await _rows(connection, _ROBOTS)
        for robot in robots:
            if robot["id"] not in self._phones:
                await self._come_to_work(robot, connection, now=now)
        await self._close_contacts(connection, now=now)
        # Whom Asterisk does not know yet would be rung in vain, and so would the citizen.
        members = [Member(robot["id"], robot["centre_id"], robot["state"]) for robot in robots if robot["has_phone"]]
        floor = Floor(await _counts(connection, _PEOPLE_READY), await _counts(connection, _CITIZENS))
        orders = steer(members, floor)
        for employee_id in orders.pause:
            async with connection.transaction():
                await database.arun(do_pause(employee_id, now=now), connection)
        for employee_id in orders.ready:
            async with connection.transaction():
                await database.arun(do_ready(employee_id, now=now), connection)
        if orders.ready or orders.pause:
            self._hints.send("dispatch", "queue")
        await self._call_back(connection, members, floor, now=now)

    async def _call_back(self, connection: Connection, members: list[Member], floor: Floor, *, now: datetime) -> None:
        """Ring the citizens who wait to be called back, once nobody waits on the line."""
        calling = await database.arun(callbacks.calling(), connection)
        self._calling = {row["employee_id"] for row in calling}
        for row in calling:
            if row["dial_asked_at"] is None:
                await self._write(callbacks.do_give_up(row["id"], now=now), connection)
        for row in await database.arun(callbacks.offered(), connection):
            self._calling.add(row["employee_id"])
            await self._write(callbacks.do_accept(row, now=now), connection)
        due = await database.arun(callbacks.waiting(by=now - timedelta(seconds=self.pace.callback)), connection)
        ready: dict[int, list[int]] = {}
        for member in members:
            if member.state == "ready" and not floor.citizens.get(member.centre_id):
                ready.setdefault(member.centre_id, []).append(member.employee_id)
        for contact_id, employee_id in callbacks.assign(due, ready):
            self._calling.add(employee_id)
            await self._write(callbacks.do_call_back(contact_id, employee_id=employee_id, now=now), connection)

    async def _write(self, steps: Steps[Change | None], connection: Connection) -> bool:
        """Carry out a write path in a transaction and tell everybody what changed; False when nothing did."""
        async with connection.transaction():
            change = await database.arun(steps, connection)
        if change:
            self._hints.send(*change.topics)
        return bool(change)

    async def _come_to_work(self, row: DictRow, connection: Connection, *, now: datetime) -> None:
        """Give a robot its telephone and tell Asterisk where that is."""
        texts = voices.employee_lines(row["centre_name"], row["given_name"])
        says = await voices.conversation(
            texts, voices.EMPLOYEE_VOICES[row["id"] % len(voices.EMPLOYEE_VOICES)], dice=self.dice
        )

        async def on_invite(call: Incoming) -> None:
            await self._take(call, row["id"], says)

        phone = Robot(f"robot{row['id']}", local_host=own_address(), on_invite=on_invite)
        await phone.start()
        self._phones[row["id"]] = phone
        await database.arun(do_keep_robot_endpoint(row["id"], phone.uri, now=now), connection)
        self._hints.send("phone")

    async def _take(self, call: Incoming, employee_id: int, says: bytes) -> None:
        """Carry one call from ringing to its end."""
        call.ring()
        if await ended_within(call, self.dice.uniform(*self.pace.answer)):
            return
        call.answer()
        call.play(says, again=True)
        while employee_id in self._calling:
            # The citizen is being rung; the conversation has yet to begin.
            if await ended_within(call, _LOOK_SECONDS):
                return
        if not await ended_within(call, self.dice.uniform(*self.pace.talk)):
            await call.hang_up()

    async def _close_contacts(self, connection: Connection, *, now: datetime, at_once: bool = False) -> None:
        """Close what robots have talked about, a few seconds after the call."""
        for row in await _rows(connection, _TO_CLOSE):
            if at_once or now - row["ended_at"] >= timedelta(seconds=self._wrap_up_seconds(row["id"])):
                subject, outcome = self.dice.choice(_SUBJECTS)
                closing = Closing(outcome=outcome, subject=subject)
                steps = do_complete(row["id"], closing, employee_id=row["employee_id"], now=now)
                if await self._write(steps, connection):
                    log.info("contact_closed", contact=str(row["id"]), employee=row["employee_id"])

    def _wrap_up_seconds(self, contact_id: UUID) -> float:
        """Draw the length of the after-call work, the same each time it is asked for."""
        return random.Random(contact_id.int).uniform(*self.pace.wrap_up)

    async def go_home(self) -> None:
        """Close what is left to close and sign every robot out, those of an earlier process too."""
        try:
            async with asyncio.timeout(_LAST_CALLS_SECONDS), await database.connect(name="robots") as connection:
                now = clock.now()
                await self._close_contacts(connection, now=now, at_once=True)
                for robot in await _rows(connection, _ROBOTS):
                    async with connection.transaction():
                        change = await database.arun(do_sign_out(robot["id"], now=now), connection)
                    self._hints.send("dispatch", "queue", *(change.topics if change else ()))
        except (psycopg.OperationalError, TimeoutError):
            log.warning("robots_left_without_saying")


async def main() -> None:
    """Run the process `borgerlinje demo robots` until it is cancelled."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(heartbeat.beating(), name="heartbeat")
        heartbeat.ready()
        tasks.create_task(_work(), name="robots")


async def _work() -> None:
    async with Network(), Crew() as crew:
        if os.environ.get("BORGERLINJE_DEMO_ROBOTS") == "0":
            await crew.go_home()
            log.info("robots_kept_at_home")
            # The process stays: whoever supervises it would start one that ended again.
            await asyncio.Event().wait()
        await crew.work()


async def _rows(connection: Connection, sql: str) -> list[DictRow]:
    return await (await connection.execute(sql)).fetchall()


async def _counts(connection: Connection, sql: str) -> dict[int, int]:
    return {row["centre_id"]: row["n"] for row in await _rows(connection, sql)}
