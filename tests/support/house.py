"""The whole product with people in it: `borgerlinje up` as a child, employees with robot phones, citizens who call.

Used where a fault strikes the product itself. Each citizen has a number of their own, by which their contact is found.
"""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import psycopg

from borgerlinje.channels.phone.pbx import asterisk
from borgerlinje.channels.phone.robot.call import Call, Incoming, Outgoing
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.dispatch.transfers import Mode, Target, do_hand_over, do_start
from borgerlinje.kit import clock, embedded
from tests.support.database import Cluster, TestDatabase
from tests.support.invariants import violations
from tests.support.product import Product
from tests.support.telephone import Telephone

HOTLINE, GREETED_LINE, PROBE_LINE, ASKED_LINE, MENU_LINE = (f"4631302{number}" for number in range(5))
CITIZEN_HERTZ, EMPLOYEE_HERTZ, COLLEAGUE_HERTZ = 440, 1000, 700
# What is asked of the product is five seconds; the machine that tests may be slow, so the test prints what it was.
DEADLINE_SECONDS = 40.0
_NUMBERS = itertools.count(46120001)

_STORE = """
import json
from datetime import timedelta
from borgerlinje.kit import clock
from borgerlinje.lines.models import Line, LineNumber, MenuVersion
from borgerlinje.staff.models import EmployeeSkill, Skill
from tests.support.cast import make_employee, store_cast
cast = store_cast()
cast.line.greeting_text = ""
greeted = Line(slug="greeted", skill=cast.skill, greeting_text="Velkommen til kommunens hotline. " * 2)
probe_skill = Skill.objects.create(code="probe", name="Probe")
probe = Line(slug="probe", skill=probe_skill, greeting_text="")
asked_skill = Skill.objects.create(code="asked", name="Spurgt")
asked = Line(slug="asked", skill=asked_skill, greeting_text="")
menu = Line(slug="menu", skill=asked_skill, greeting_text="")
for line, digits in ((cast.line, None), (greeted, "46313021"), (probe, "46313022"), (asked, "46313023"), (menu, "46313024")):
    line.name, line.owner, line.centre, line.skill_level = "Hotline", cast.own, cast.centre, 2
    line.always_open, line.always_open_reason, line.ring_seconds, line.wrap_up_seconds = True, "test", 90, 120
    line.closed_text = ""
    if line is probe:
        line.wrap_up_seconds = 0
    line.save()
    if digits:
        LineNumber.objects.create(line=line, digits=digits, home_authority=cast.own, is_main=True)
# Long to listen to, and patient: who is in the menu stays there until they press a key.
tree = {"start": {"say": {"text": "Tryk 0 for at tale med os. " * 20}, "silence": {"seconds": 20, "repeats": 3},
                  "keys": [{"key": "0", "label": "os", "do": "person"}]}}
# From yesterday on, for a clock that is turned back too.
now = clock.now() - timedelta(days=1)
MenuVersion.objects.create(line=menu, tree=tree, from_at=now, published_at=now, changed_at=now)
people = {"karen": cast.employee.pk, "birgit": cast.colleague.pk}
people["probe"] = make_employee("Per", cast.own, cast.centre).pk
EmployeeSkill.objects.create(employee_id=people["probe"], skill=probe_skill, level=2)
people["anna"] = make_employee("Anna", cast.own, cast.centre).pk
EmployeeSkill.objects.create(employee_id=people["anna"], skill=asked_skill, level=2)
people["bo"] = make_employee("Bo", cast.own, cast.centre).pk
for name in EXTRA:
    people[name] = make_employee(name, cast.own, cast.centre).pk
    EmployeeSkill.objects.create(employee_id=people[name], skill=cast.skill, level=2)
print("people", json.dumps(people))
"""


@dataclass
class House(Telephone):
    """The running product seen from outside; `people` maps names to employees."""

    product: Product = field(default_factory=Product)
    people: dict[str, int] = field(default_factory=dict)
    # A thread that stays: the product gets a signal when the very thread that started it ends.
    _starter: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    @classmethod
    def of(cls, product: Product, *, extra: tuple[str, ...] = ()) -> "House":
        """Store lines and employees in a product that runs, and return what is needed to call it."""
        made = product.command("manage", "shell", "-c", _STORE.replace("EXTRA", repr(extra)))
        assert "people " in made.stdout, made.stdout + made.stderr
        instance = asterisk.read_instance(product.home.asterisk)
        assert instance is not None
        return cls(
            home=product.home,
            instance=instance,
            server=cast("Any", product.process),
            database=TestDatabase(Cluster(product.home), embedded.DATABASE),
            product=product,
            people=json.loads(made.stdout.rpartition("people ")[2]),
        )

    def now(self) -> datetime:
        """Return the product's present instant, which may be turned."""
        file = self.product.env.get("BORGERLINJE_CLOCK_OFFSET_FILE")
        return clock.now() + timedelta(seconds=float(Path(file).read_text()) if file else 0.0)

    async def start_again(self) -> None:
        """Start the product again after its supervisor has ended, without holding up the robots."""
        await asyncio.get_running_loop().run_in_executor(self._starter, self.product.start)

    def contact_of(self, call: Call) -> dict[str, Any]:
        """Return the contact of a citizen's call, an empty dictionary before there is one."""
        rows = self.rows(
            "SELECT * FROM contacts_contact WHERE caller_number = %(caller)s ORDER BY arrived_at DESC LIMIT 1",
            caller=caller_of(call),
        )
        return rows[0] if rows else {}

    def state_of(self, call: Call) -> str:
        """Return the state of a citizen's contact, an empty text before there is one."""
        return str(self.contact_of(call).get("state", ""))

    def endings_of(self, call: Call) -> list[str]:
        """Return how each contact of a citizen's number was closed, an empty text for one that is open."""
        rows = self.rows(
            "SELECT closed_as FROM contacts_contact WHERE caller_number = %(caller)s ORDER BY arrived_at, id",
            caller=caller_of(call),
        )
        return [row["closed_as"] for row in rows]

    def story_of(self, call: Call) -> list[str]:
        """Return what happened to a citizen's contact."""
        rows = self.rows(
            "SELECT e.name FROM contacts_contactevent e WHERE e.contact_id = %(id)s ORDER BY e.id",
            id=self.contact_of(call)["id"],
        )
        return [row["name"] for row in rows]

    def wrong(self) -> list[str]:
        """Return what is not as it must be; that nothing can be asked is wrong too."""
        try:
            return violations(self)
        except (psycopg.OperationalError, OSError, ValueError) as error:
            return [f"{type(error).__name__}: {error}"]

    def unfinished(self) -> int:
        """Return how many contacts are neither closed nor a promise to call."""
        counted = self.rows("SELECT count(*) AS n FROM contacts_contact WHERE state NOT IN ('closed', 'callback')")
        return int(counted[0]["n"])

    def leader(self) -> str:
        """Return the name of the dispatcher that leads."""

        def led_at(name: str) -> str:
            led = [line for line in self.product.log(name).splitlines() if '"event": "leading"' in line]
            return str(json.loads(led[-1])["at"]) if led else ""

        return max(("dispatch", "dispatch-2"), key=led_at)

    def everybody_goes_home(self) -> None:
        """Sign every employee out; the after-call work they leave is closed for them."""
        for employee_id in self.people.values():
            self.sign_out(employee_id)


def caller_of(call: Call) -> str:
    """Return the number a citizen calls from."""
    return call.dialog.local.uri.removeprefix("sip:").partition("@")[0]


@dataclass
class Scene:
    """Citizens in each state a call can be in, and the phones they are with."""

    house: House
    citizens: Robot
    desks: dict[str, Robot]
    talking: Outgoing
    talker: Incoming
    ringing: Outgoing
    rung: Incoming
    waiting: Outgoing
    greeted: Outgoing
    on_hold: Outgoing
    asking: Incoming
    asked: Incoming
    choosing: Outgoing

    @property
    def all(self) -> tuple[Outgoing, ...]:
        """Every citizen's call."""
        return self.talking, self.ringing, self.waiting, self.greeted, self.on_hold, self.choosing

    async def goes_on(self) -> None:
        """Prove that each citizen is served on from where they were: the rung are answered, the waiting keep their order."""
        house = self.house
        await eventually(lambda: house.state_of(self.greeted) == "waiting")
        assert await self.waiting.audio.hears_sound(within=5)
        places = "SELECT caller_number FROM contacts_contact WHERE state = 'waiting' ORDER BY waiting_since, id"
        await eventually(
            lambda: (
                [row["caller_number"] for row in house.rows(places)][-2:]
                == [caller_of(self.waiting), caller_of(self.greeted)]
            )
        )
        rung = self.rung
        if rung.ended.is_set():
            rung = await self.desks["birgit"].next_call(within=DEADLINE_SECONDS)
        rung.answer()
        rung.play(EMPLOYEE_HERTZ)
        self.ringing.play(CITIZEN_HERTZ)
        assert await self.ringing.hears(EMPLOYEE_HERTZ, within=5)
        assert await rung.hears(CITIZEN_HERTZ, within=5)
        await self.both_hear_each_other()
        assert house.state_of(self.talking) == house.state_of(self.ringing) == "connected"
        await self.colleague_takes_over()
        await self.choice_is_heard()
        await sound(house)

    async def colleague_takes_over(self) -> None:
        """Prove that the consultation goes on, unheard by the citizen on hold, and that the citizen can be handed over."""
        for side, hertz in ((self.asking, COLLEAGUE_HERTZ), (self.asked, EMPLOYEE_HERTZ)):
            side.audio.forget()
            assert await side.hears(hertz, within=5)
        assert self.house.state_of(self.on_hold) == "consulting"
        contact_id = self.house.contact_of(self.on_hold)["id"]
        await asyncio.to_thread(self.house.act, do_hand_over(contact_id, now=self.house.now()))
        self.asked.audio.forget()
        self.on_hold.audio.forget()
        assert await self.asked.hears(CITIZEN_HERTZ, within=8)
        assert await self.on_hold.hears(COLLEAGUE_HERTZ, within=8)
        assert await self.asking.reached("ended", within=5)

    async def choice_is_heard(self) -> None:
        """Prove that who is in the menu hears it, and comes to the queue by a key."""
        assert self.house.state_of(self.choosing) == "in_menu"
        self.choosing.audio.forget()
        assert await self.choosing.audio.hears_sound(within=8)
        async with asyncio.timeout(DEADLINE_SECONDS):
            while self.house.state_of(self.choosing) == "in_menu":
                await self.choosing.press("0")

    async def both_hear_each_other(self, *, within: float = 5) -> None:
        """Prove that the conversation goes on, in both directions, from now on."""
        self.talking.audio.forget()
        self.talker.audio.forget()
        assert await self.talker.hears(CITIZEN_HERTZ, within=within)
        assert await self.talking.hears(EMPLOYEE_HERTZ, within=within)

    async def probe(self, *, within: float = DEADLINE_SECONDS) -> float:
        """Call on a line of its own until its employee's phone rings; return the seconds that took."""
        began_at = time.monotonic()
        phone = self.desks["probe"]
        call = await self.citizens.call(PROBE_LINE, caller=new_number(), **self.house.address)
        ringing = await phone.next_call(within=within)
        seconds = time.monotonic() - began_at
        ringing.answer()
        ringing.play(EMPLOYEE_HERTZ)
        assert await call.hears(EMPLOYEE_HERTZ, within=5)
        await call.hang_up()
        await eventually(lambda: self.house.state_of(call) == "closed")
        return seconds


def new_number() -> str:
    """Return a number nobody has called from before."""
    return str(next(_NUMBERS))


@asynccontextmanager
async def scene(house: House) -> AsyncIterator[Scene]:
    """Let citizens call until one talks, one rings at an employee, one waits and one hears the greeting.

    Afterwards everybody hangs up and goes home, and nothing may be left.
    """
    async with (
        Robot("citizens", local_host="127.0.0.2") as citizens,
        Robot("karen", local_host="127.0.0.3") as karen,
        Robot("birgit", local_host="127.0.0.4") as birgit,
        Robot("probe", local_host="127.0.0.5") as probe,
        Robot("anna", local_host="127.0.0.6") as anna,
        Robot("bo", local_host="127.0.0.7") as bo,
    ):
        desks = {"karen": karen, "birgit": birgit, "probe": probe}
        for name in ("karen", "probe"):
            await asyncio.to_thread(house.employ, house.people[name], desks[name].uri)

        async def call(number: str) -> Outgoing:
            return await citizens.call(number, caller=new_number(), **house.address)

        talking = await call(HOTLINE)
        talker = await karen.next_call(within=20)
        talker.answer()
        talking.play(CITIZEN_HERTZ)
        talker.play(EMPLOYEE_HERTZ)
        await eventually(lambda: house.state_of(talking) == "connected")
        await asyncio.to_thread(house.employ, house.people["birgit"], birgit.uri)
        ringing = await call(HOTLINE)
        rung = await birgit.next_call(within=20)
        rung.ring()
        await eventually(
            lambda: house.rows("SELECT 1 FROM dispatch_offer WHERE ended_at IS NULL AND rung_at IS NOT NULL")
        )
        await asyncio.to_thread(house.employ, house.people["anna"], anna.uri)
        on_hold = await call(ASKED_LINE)
        asking = await anna.next_call(within=20)
        asking.answer()
        on_hold.play(CITIZEN_HERTZ)
        asking.play(EMPLOYEE_HERTZ)
        await eventually(lambda: house.state_of(on_hold) == "connected")
        await asyncio.to_thread(house.employ, house.people["bo"], bo.uri)
        target = Target("Bo X.", employee_id=house.people["bo"])
        consult = do_start(
            house.contact_of(on_hold)["id"],
            target,
            employee_id=house.people["anna"],
            mode=Mode.ASK,
            now=house.now(),
        )
        await asyncio.to_thread(house.act, consult)
        asked = await bo.next_call(within=20)
        asked.answer()
        asked.play(COLLEAGUE_HERTZ)
        await eventually(lambda: house.presence(house.people["bo"]) == "talking")
        choosing = await call(MENU_LINE)
        await eventually(lambda: house.state_of(choosing) == "in_menu")
        waiting = await call(HOTLINE)
        await eventually(lambda: house.state_of(waiting) == "waiting")
        greeted = await call(GREETED_LINE)
        await eventually(lambda: house.state_of(greeted) == "arrived")
        made = Scene(
            house, citizens, desks, talking, talker, ringing, rung, waiting, greeted, on_hold, asking, asked, choosing
        )
        await made.both_hear_each_other()
        yield made
        for one in made.all:
            await one.hang_up()
        await asyncio.to_thread(house.everybody_goes_home)
        await eventually(lambda: house.unfinished() == 0)
        await eventually(house.is_empty)
        await sound(house)


async def sound(house: House, *, within: float = DEADLINE_SECONDS) -> None:
    """Wait until every invariant holds. Raises AssertionError with what does not."""
    wrong = ["not looked yet"]
    until = time.monotonic() + within
    while wrong := await asyncio.to_thread(house.wrong):
        assert time.monotonic() < until, "\n".join(wrong)
        await asyncio.sleep(0.05)


async def eventually(condition: Any, *, within: float = DEADLINE_SECONDS) -> None:
    """Wait until something holds; a database or an Asterisk that is away is no answer yet. Raises AssertionError."""

    def look() -> object:
        try:
            return condition()
        except (psycopg.OperationalError, OSError, ValueError):
            return None

    until = time.monotonic() + within
    while not await asyncio.to_thread(look):
        assert time.monotonic() < until, "it did not happen in time"
        await asyncio.sleep(0.02)
