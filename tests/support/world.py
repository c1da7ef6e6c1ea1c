"""A small world on a real database, in which anything may happen to contacts, employees and the dispatcher at any time.

Who drives it chooses what happens by numbers (the state machine of the tests, the soak of the bench); the world finds what they stand
for in its rows. The clock is the world's own. After each step `broken()` says what must not be.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self
from uuid import UUID

import psycopg
from psycopg.rows import DictRow, dict_row

from borgerlinje.contacts.actions import do_arrive
from borgerlinje.contacts.closing import Closing
from borgerlinje.contacts.lifecycle import Event, State
from borgerlinje.dispatch import loop, transfers
from borgerlinje.dispatch.actions import do_complete, do_event
from borgerlinje.dispatch.attendance import do_lose, do_pause, do_ready, do_return, do_sign_in, do_sign_out
from borgerlinje.dispatch.callbacks import do_take
from borgerlinje.dispatch.feed import Feed
from borgerlinje.dispatch.pool import Pool
from borgerlinje.dispatch.transfers import Mode, Target
from borgerlinje.kit import clock
from borgerlinje.kit.database import Row, Steps, arun
from borgerlinje.kit.ids import uuid7
from tests.support import row_invariants, scene, who_may
from tests.support.database import TestDatabase

Connection = psycopg.AsyncConnection[DictRow]
Action = Callable[[], Steps[Any]]

STARTS = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # a Tuesday, 11.00 in Denmark
# Nothing waits longer than this for a lock: who does has met a deadlock of the world's own making.
_PATIENCE = "10s"
_OPEN = """
SELECT c.id, c.state, c.channel, c.employee_id, o.id AS offer_id
  FROM contacts_contact c LEFT JOIN dispatch_offer o ON o.contact_id = c.id AND o.ended_at IS NULL
 WHERE c.state <> 'closed' ORDER BY c.state IN ('waiting', 'callback', 'arrived'), c.arrived_at, c.id
"""


class BrokenError(AssertionError):
    """Something holds no longer that must hold always; the text has a line for each."""


class World:
    """The database, those who are connected to it, the leader's pool, and what time it is."""

    def __init__(self, database: TestDatabase, *, employees: int) -> None:
        self.database, self.employees = database, employees
        self.now = STARTS
        self.arrived = 0
        self.is_turned = False
        # Whether the rules have changed since the leader read them.
        self.is_stale = False
        self.owner: Connection
        self.engine: Connection
        self.other: Connection
        self.feed: Feed

    @classmethod
    async def open(cls, database: TestDatabase, *, employees: int = 12) -> Self:
        """Connect everybody; `begin` fills the world, `disconnect` leaves it."""
        world = cls(database, employees=employees)
        await world.connect()
        return world

    async def connect(self) -> None:
        """Connect everybody anew."""
        self.owner = await self.connection("bl_owner")
        self.engine = await self.connection()
        self.other = await self.connection()
        self.feed = Feed(await self.connection())

    async def disconnect(self) -> None:
        """Let everybody go."""
        for connection in (self.owner, self.engine, self.other, self.feed.connection):
            with suppress(psycopg.OperationalError):
                await connection.close()

    async def begin(self) -> None:
        """Empty the world, fill it with its rules and people, and let a leader begin. Whatever was under way is broken off."""
        await self.disconnect()
        await self.connect()
        self.now, self.arrived, self.is_turned = STARTS, 0, False
        await self.owner.execute(scene.WIPE)
        for text in (scene.ROWS, scene.EMPLOYEES):
            for statement in scene.statements(text, count=self.employees):
                await self.owner.execute(statement, {"now": self.now})
        await self.lead_anew()

    @property
    def today(self) -> date:
        """The local date."""
        return self.now.astimezone(clock.COPENHAGEN).date()

    def passes(self, seconds: float) -> None:
        """Let time pass; back for a negative number."""
        self.now += timedelta(seconds=seconds)
        self.is_turned = self.is_turned or seconds < 0

    # What happens.

    async def do(self, action: Action, *, on: Connection | None = None) -> Any:
        """Carry out a write path in a transaction of its own."""
        connection = on or self.engine
        # No two things happen at the same instant.
        self.passes(0.001)
        async with connection.transaction():
            return await arun(action(), connection)

    async def rows(self, sql: str, params: Any = None) -> list[Row]:
        """Return what the owner of the tables sees."""
        cursor = await self.owner.execute(sql, params)
        return await cursor.fetchall() if cursor.description else []

    async def open_contacts(self) -> list[Row]:
        """Return the contacts that are not closed, those who wait last, in the order of their arrival, with the open offer of each."""
        return await self.rows(_OPEN)

    async def arrive(self, number: int, *, line: int, home: int) -> UUID:
        """Let a citizen reach a line; `number` chooses the channel, the subject and the language. `home` 0: it is not known."""
        self.passes(0.001)
        contact_id = uuid7(self.now)
        channel = scene.CHANNELS[number % len(scene.CHANNELS)]
        arrival = do_arrive(
            contact_id,
            dialled=f"70{line}{home}",
            caller=f"4612000{number % 9}",
            channel_ref=f"c-{contact_id}",
            now=self.now,
            channel=channel,
        )
        await self.do(lambda: arrival)
        self.arrived += 1
        await self.owner.execute(
            "UPDATE contacts_contact SET subject_item_id = nullif(%s::int, 0), language = %s, head_start_seconds = %s WHERE id = %s",
            (
                number % (scene.SUBJECTS + 1),
                scene.LANGUAGES[number % len(scene.LANGUAGES)],
                60 * (number % 7 == 6),
                contact_id,
            ),
        )
        return contact_id

    async def arrives_and_waits(self, number: int, *, line: int, home: int) -> None:
        """Let a citizen reach a line and come to the pool."""
        contact_id = await self.arrive(number, line=line, home=home)
        await self.do(self._event(contact_id, Event.GREETED, None))

    async def goes_on(self, number: int) -> None:
        """Let some citizens come to the pool, the leader tick, and every open contact go one step on."""
        for each in range(number, number + 3):
            await self.arrives_and_waits(each * 7, line=1 + each % scene.LINES, home=each * 3 % (scene.MEMBERS + 1))
        await self.tick()
        for each, _ in enumerate(await self.open_contacts()):
            # Contacts that are closed by it leave the row, so some are passed over.
            await self.do(await self.something_that_belongs(each, number + each * 11))

    async def something(self, who: int, what: int) -> Action:
        """Return anything that may happen to a contact or an employee."""
        if what % 4 == 0:
            return self.somebody_does(who, what // 4)
        if what % 4 == 1:
            return await self.anything(who, what // 4)
        if what % 4 == 2:
            return await self.somebody_brings(who, what // 4)
        return await self.something_that_belongs(who, what)

    async def something_that_belongs(self, who: int, what: int) -> Action:
        """Return something that may well happen next to one of the open contacts, or to an employee where there is none."""
        contacts = await self.open_contacts()
        if not contacts:
            return self.somebody_does(who, what)
        contact = contacts[who % len(contacts)]
        state = State(contact["state"])
        if state is State.WRAP_UP and what % 9 == 0 and contact["channel"] == "phone":
            return self._event(contact["id"], Event.CALLED_AGAIN, None)
        if state is State.WRAP_UP or (state is State.TRANSFERRED and what % 2):
            return self._completes(contact, what)
        events = scene.BELONGS[state]
        return self._event(contact["id"], events[what % len(events)], contact["offer_id"])

    async def anything(self, who: int, what: int) -> Action:
        """Return any event of any contact, by the open offer's name, by an older one's, or by none."""
        contacts = await self.rows("SELECT id FROM contacts_contact ORDER BY id DESC LIMIT 200")
        if not contacts:
            return self.somebody_does(who, what)
        contact_id = contacts[who % len(contacts)]["id"]
        offers: list[UUID | None] = [
            row["id"]
            for row in await self.rows(
                "SELECT id FROM dispatch_offer WHERE contact_id = %s ORDER BY made_at DESC", (contact_id,)
            )
        ]
        choice = [*offers, None, uuid7(self.now)]
        return self._event(contact_id, scene.EVENTS[what % len(scene.EVENTS)], choice[what % len(choice)])

    def somebody_does(self, who: int, what: int) -> Action:
        """Return something an employee does, or that happens to one."""
        employee = 1 + who % self.employees
        actions: tuple[Action, ...] = (
            lambda: do_ready(employee, now=self.now),
            lambda: do_pause(employee, now=self.now),
            lambda: do_ready(employee, now=self.now),
            lambda: do_sign_in(employee, now=self.now),
            lambda: do_sign_out(employee, now=self.now),
            lambda: do_ready(employee, now=self.now),
            lambda: do_lose(employee, now=self.now),
            lambda: do_lose(employee, now=self.now, with_calls=True),
            lambda: do_return(employee, now=self.now),
        )
        return actions[what % len(actions)]

    async def somebody_takes(self, who: int, what: int) -> Action:
        """Return that an employee takes one of the open contacts themselves: only callbacks can be."""
        contacts = [row for row in await self.open_contacts() if row["state"] == State.CALLBACK or what % 5 == 0]
        if not contacts:
            return self.somebody_does(who, what)
        contact_id = contacts[what % len(contacts)]["id"]
        return lambda: do_take(contact_id, employee_id=1 + who % self.employees, now=self.now)

    async def a_conversation(self, number: int) -> None:
        """See to it that a citizen talks on the telephone, and that a colleague is ready beside them."""
        for each in range(number, number + 4):
            await self.do(self.somebody_does(each, 0))
        # The lines' first two channels are telephones.
        await self.arrives_and_waits(
            number // len(scene.CHANNELS) * len(scene.CHANNELS), line=2 + number % 3, home=number % 4
        )
        await self.tick()
        for contact in await self.open_contacts():
            if contact["state"] == "offered" and contact["channel"] == "phone":
                await self.do(self._event(contact["id"], Event.ANSWERED, contact["offer_id"]))
        for each in range(number, number + 4):
            await self.do(self.somebody_does(each, 0))

    async def somebody_brings(self, who: int, what: int) -> Action:
        """Return something that happens to an attempt to bring somebody to a citizen, or that one begins."""
        under_way = await self.rows("SELECT id, contact_id FROM dispatch_transfer WHERE ended_at IS NULL ORDER BY id")
        if under_way and what % 4:
            one = under_way[who % len(under_way)]
            actions: tuple[Action, ...] = (
                lambda: transfers.do_answer(one["id"], now=self.now),
                lambda: transfers.do_answer(one["id"], now=self.now),
                lambda: transfers.do_hand_over(one["contact_id"], now=self.now),
                lambda: transfers.do_fail(one["id"], "no_answer", now=self.now),
                lambda: transfers.do_fail(one["id"], "declined", now=self.now),
                lambda: transfers.do_note_rung(one["id"], now=self.now),
            )
            return actions[what // 4 % len(actions)]
        talking = [
            row
            for row in await self.open_contacts()
            if row["state"] in {"connected", "held"} and row["channel"] == "phone"
        ]
        if not talking:
            return self.somebody_does(who, what)
        contact = talking[who % len(talking)]
        if what % 7 == 0:
            return lambda: transfers.do_send_to_line(contact["id"], 1 + what % scene.LINES, now=self.now)
        mode = list(Mode)[what // 4 % len(Mode)]
        ready = await self.rows(
            "SELECT employee_id AS id FROM dispatch_presence WHERE state = 'ready' ORDER BY employee_id"
        )
        colleague = ready[what % len(ready)]["id"] if ready and what % 5 else 1 + (who + what) % self.employees
        is_outside = mode is Mode.MOVE or what % 6 == 0
        target = Target("N.N.", digits="+4546120001") if is_outside else Target("N.N.", employee_id=colleague)
        return lambda: transfers.do_start(
            contact["id"], target, employee_id=contact["employee_id"], mode=mode, now=self.now
        )

    async def changes_the_rules(self, number: int) -> None:
        """Let those who plan change something."""
        change = scene.CHANGES[number % len(scene.CHANGES)].replace(":count", str(self.employees))
        await self.owner.execute(change, {"n": number})
        self.is_stale = True

    async def changes_a_capacity(self, number: int) -> None:
        """Let an employee take more of a channel, or less."""
        await self.owner.execute(scene.CAPACITIES.replace(":count", str(self.employees)), {"n": number})

    def _event(self, contact_id: UUID, event: Event, offer_id: UUID | None) -> Action:
        return lambda: do_event(contact_id, event, now=self.now, offer_id=offer_id)

    def _completes(self, contact: Row, number: int) -> Action:
        closing = Closing(
            ("guided", "resolved", "dropped")[number % 3],
            subject_item_id=1 + number % scene.SUBJECTS if number % 2 else None,
            home_check=("", "confirmed", "corrected", "unknown", "outside")[number % 5],
            home_authority_id=1 + number % 5 if number % 5 == 2 else None,
        )
        return lambda: do_complete(
            contact["id"], closing, employee_id=contact["employee_id"], now=self.now, pause=number % 7 == 0
        )

    # The dispatcher.

    async def lead_anew(self) -> None:
        """Let a leader begin: it reads everything."""
        if self.feed.connection.closed:
            self.feed = Feed(await self.connection())
        else:
            self.feed = Feed(self.feed.connection)
        await self.feed.read_all(today=self.today)
        self.is_stale = False

    async def reads_the_rules(self) -> None:
        """Let the leader look whether the rules have changed, as it does every ten seconds."""
        await self.feed.read_rules(today=self.today)
        self.is_stale = False

    async def tick(self, *, is_checked: bool = True) -> bool:
        """Let the leader make one tick, and look at its pool afterwards; tell whether it made an offer."""
        self.passes(0.001)
        if self.feed.today != self.today:
            await self.reads_the_rules()
        topics = await loop.tick(self.feed, now=self.now)
        if is_checked:
            await self.check_offers()
            await self.check_pool()
        return bool(topics)

    async def sweep(self) -> None:
        """Let the leader mend what nobody ended."""
        self.passes(0.001)
        await loop.sweep(self.feed.connection, now=self.now)

    async def calm_down(self) -> None:
        """Tick until nothing more is offered. Raises BrokenError when then somebody waits beside somebody who may take them."""
        await self.reads_the_rules()
        for _ in range(200):
            if not await self.tick() and not self.feed.is_doubtful:
                break
        else:
            raise BrokenError("the leader never comes to rest")
        self.passes(0.001)
        await self.tick()
        sql, params = who_may.beside(now=self.now, today=self.today)
        _raise([row["broken"] for row in await self.rows(sql, params)])

    # What must hold.

    async def check(self, *, since: int = 0, is_planned_anew: bool = False) -> None:
        """Raise BrokenError when something in the rows is not as it must be after a commit.

        `is_planned_anew` is for the question about a great many: a plan made for few would take for ever.
        """
        sql, params = row_invariants.query(since, is_clock_turned=self.is_turned)
        cursor = await self.owner.execute(sql, params, prepare=False if is_planned_anew else None)
        broken = row_invariants.texts(await cursor.fetchall())
        sql = "SELECT count(*) FILTER (WHERE origin_id IS NULL) AS arrived FROM contacts_contact"
        if not since and (arrived := (await self.rows(sql))[0]["arrived"]) != self.arrived:
            broken.append(f"{self.arrived} contacts arrived, {arrived} are there")
        _raise(broken)

    async def check_offers(self) -> None:
        """Raise BrokenError when something is offered, at this very moment, to somebody who may not be."""
        if not self.is_stale and self.feed.today == self.today:
            sql, params = who_may.unfit(now=self.now, today=self.today)
            _raise([row["broken"] for row in await self.rows(sql, params)])

    async def check_pool(self) -> None:
        """Raise BrokenError when the pool the leader keeps is not the one a leader would read that begins now."""
        if self.is_stale or self.feed.today != self.today:
            return
        read = Feed(self.owner)
        await self.feed.refresh()
        await read.read_all(today=self.today)
        _raise(differences(self.feed.pool, read.pool, now=self.now))

    async def connection(self, role: str = "bl_engine") -> Connection:
        """Connect somebody."""
        return await psycopg.AsyncConnection.connect(
            self.database.url(role),
            autocommit=True,
            row_factory=dict_row,
            prepare_threshold=2,
            options=f"-c lock_timeout={_PATIENCE}",
        )


def differences(kept: Pool, read: Pool, *, now: datetime) -> list[str]:
    """Return in what a pool that was kept differs from one that was read anew, and in what it would offer."""
    found = []
    pairs: list[tuple[dict[Any, Any], dict[Any, Any]]] = [
        (kept.contacts, read.contacts),
        ({each.employee_id: each for each in kept.employees}, {each.employee_id: each for each in read.employees}),
    ]
    for ours, theirs in pairs:
        differing = [key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)]
        found += [f"the pool keeps {ours.get(key)}, the rows say {theirs.get(key)}" for key in differing]
    if not found and (offers := kept.match(now=now)) != (others := read.match(now=now)):
        found = [f"the pool offers {offers}, read anew it offers {others}"]
    return found


def _raise(broken: Sequence[str]) -> None:
    if broken:
        raise BrokenError("\n".join(broken))
