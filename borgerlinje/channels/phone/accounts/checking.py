"""Calls to employees' own telephones: to say the code that proves a number, or to try out whether it works.

They concern no citizen and no contact, so they are made and forgotten here; the rows of `own_phone` keep what came of them. A call that is
under way when this process dies is hung up by the next one, and the employee asks again.
"""

import asyncio
from typing import Any, Final
from uuid import UUID

import structlog

from borgerlinje.channels.phone import rules
from borgerlinje.channels.phone.accounts import own_phone
from borgerlinje.channels.phone.calls.tools import Tools
from borgerlinje.channels.phone.pbx import events
from borgerlinje.channels.phone.pbx.ari import Answer, AriError
from borgerlinje.channels.phone.pbx.endpoint import caller_id, number
from borgerlinje.channels.phone.rules import CHECK_PREFIX, Command
from borgerlinje.channels.phone.services.screening import Screening
from borgerlinje.channels.phone.sound import speech
from borgerlinje.kit import clock
from borgerlinje.kit.database import Row

log = structlog.get_logger("phone")

RING_SECONDS: Final = 30
_LONGEST_SECONDS: Final = 90

CODE_TEXT: Final = "Din kode til hotlinens telefon er:"
AGAIN_TEXT: Final = "Jeg gentager koden:"
TEST_TEXT: Final = "Det er en prøve af din telefon. Tryk 1, hvis du kan høre det."
THANKS_TEXT: Final = "Tak. Din telefon virker."
_DIGITS: Final = ("nul", "et", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni")
_NAME: Final = "Borgerlinje"


def texts() -> list[str]:
    """Return everything that is said here."""
    return [CODE_TEXT, AGAIN_TEXT, TEST_TEXT, THANKS_TEXT, *_DIGITS]


def channel_of(check_id: UUID) -> str:
    """Return the id of the channel of a check's call."""
    return f"{CHECK_PREFIX}{check_id}"


class Checks:
    """The calls to employees' own telephones of one connection to Asterisk. `put` tells of what happens on a channel."""

    def __init__(self, tools: Tools, tasks: asyncio.TaskGroup) -> None:
        self._tools = tools
        self._tasks = tasks
        self._calls: dict[str, _Call] = {}

    @staticmethod
    def is_ours(name: str) -> bool:
        """Tell whether a channel belongs to such a call."""
        return name.startswith(CHECK_PREFIX)

    def put(self, event: events.AriEvent) -> bool:
        """Take an event, if it concerns such a call; False for all others. Never waits."""
        match event:
            case events.Played(_, channel_id, _):
                channel = channel_id
            case events.Entered(about, _) | events.Ended(about, _) | events.Pressed(about, _):
                channel = about.id
            case events.Left(about) | events.Changed(about):
                channel = about.id
            case _:
                return False
        if not self.is_ours(channel):
            return False
        if call := self._calls.get(channel):
            call.inbox.put_nowait(event)
        return True

    async def look(self) -> None:
        """Make the calls that have been asked for. Raises psycopg.OperationalError."""
        server = self._tools.server
        for row in await self._tools.store.read(own_phone.to_dial(server, now=clock.now())):
            channel = channel_of(row["id"])
            if channel not in self._calls:
                self._calls[channel] = call = _Call(self._tools, row)
                self._tasks.create_task(self._run(channel, call), name=channel)

    async def _run(self, channel: str, call: "_Call") -> None:
        try:
            await call.run()
        finally:
            del self._calls[channel]


class _Call:
    """One such call, from the ringing to the end."""

    def __init__(self, tools: Tools, check: Row) -> None:
        self.inbox: asyncio.Queue[events.AriEvent] = asyncio.Queue()
        self._tools = tools
        self._check = check
        self._channel = channel_of(check["id"])
        self._cause = 0
        self._log = log.bind(check=str(check["id"]))

    async def run(self) -> None:
        """Ring, say what is to be said, and write down what came of it."""
        check, store = self._check, self._tools.store
        code = await store.write(lambda: own_phone.do_dial(check, self._tools.server, now=clock.now()))
        if code is None:
            return
        ended_as = "technical"
        try:
            async with asyncio.timeout(RING_SECONDS + _LONGEST_SECONDS):
                ended_as = await self._call(code)
        except TimeoutError:
            self._log.warning("check_took_too_long")
        except Exception:  # noqa: BLE001 - the edge of a task: one such call's fault must not end the citizens'
            self._log.exception("check_failed")
        await self._give(Command("DELETE", f"/channels/{self._channel}"))
        await store.write(lambda: own_phone.do_hung_up(check["id"], ended_as, self._cause, now=clock.now()))
        self._log.info("checked", ended_as=ended_as, cause=self._cause)
        store.tell(f"desk:{check['employee_id']}")

    async def _call(self, code: str) -> str:
        endpoint = self._endpoint()
        if endpoint is None or not (await self._ring(endpoint)).is_done:
            return "technical"
        if await self._next(events.Entered) is None:
            return rules.unanswered_party(self._cause)
        await self._tools.store.write(lambda: own_phone.do_note_answered(self._check["id"], now=clock.now()))
        self._tools.store.tell(f"desk:{self._check['employee_id']}")
        return await (self._say_code(code) if code else self._try_out())

    def _endpoint(self) -> str | None:
        if self._check["kind"] == "number":
            return number(self._check["digits"], self._tools)
        return f"PJSIP/{self._check['endpoint']}" if self._check["endpoint"] else None

    async def _ring(self, endpoint: str) -> Answer:
        entries = [entry for entry in self._tools.book.entries() if not entry.is_hidden]
        query: dict[str, str | int] = {
            "endpoint": endpoint,
            "app": "bl-phone",
            "appArgs": "rung",
            "timeout": RING_SECONDS,
            "callerId": caller_id(_NAME, entries[0].main_number if entries else ""),
        }
        return await self._give(Command("POST", f"/channels/{self._channel}", query))

    async def _say_code(self, code: str) -> str:
        digits = [_DIGITS[int(digit)] for digit in code]
        pause = f"sound:{speech.silence(1)}"
        media = [pause]
        for opening in (CODE_TEXT, AGAIN_TEXT):
            media += [await self._sound(text) for text in (opening, *digits)] + [pause]
        await self._play(media)
        return "heard"

    async def _try_out(self) -> str:
        screening = Screening(self._channel, self._playback(), sounds=self._tools.sounds, give=self._give)
        await screening.begin(TEST_TEXT)
        while (event := await self._next(events.Pressed, events.Played)) is not None:
            if isinstance(event, events.Played) and screening.is_over(event.playback_id):
                return "heard"
            if isinstance(event, events.Pressed) and await screening.pressed(event.digit):
                await self._play([await self._sound(THANKS_TEXT)])
                return "pressed"
        return "heard"

    async def _next(self, *wanted: type[Any]) -> Any:
        """Wait for one of these events; None when the call is over first."""
        while True:
            event = await self.inbox.get()
            if isinstance(event, events.Ended):
                self._cause = event.cause
                return None
            if isinstance(event, wanted):
                return event

    async def _sound(self, text: str) -> str:
        if self._tools.sounds is not None:
            await speech.make_all([(text, "da")], self._tools.sounds)
        return f"sound:{speech.name_of(text)}"

    async def _play(self, media: list[str]) -> None:
        """Play to the end, or until the call is over."""
        playback_id = self._playback()
        query: dict[str, str | int] = {"media": ",".join(media), "playbackId": playback_id}
        if not (await self._give(Command("POST", f"/channels/{self._channel}/play", query))).is_done:
            return
        while (event := await self._next(events.Played)) is not None and event.playback_id != playback_id:
            pass

    def _playback(self) -> str:
        return f"{self._channel}-{clock.now().timestamp()}"

    async def _give(self, command: Command) -> Answer:
        try:
            return await self._tools.ari.command(command.method, command.path, query=command.query, body=command.body)
        except AriError as error:
            self._log.warning("command_failed", says=str(error))
            return Answer(503)
