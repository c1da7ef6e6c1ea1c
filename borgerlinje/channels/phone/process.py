"""The telephone process: one per Asterisk. Connects, adopts what it finds, and serves until told to stop.

Started with `main()`. Everything it knows can be rebuilt from the rows and from Asterisk, so it may be killed at any time: calls
go on, and the next one takes over.
"""

import asyncio
import contextlib
import gc
import os
from collections.abc import AsyncIterator, Iterable
from uuid import UUID

import django.db
import psycopg
import structlog
from psycopg_pool import PoolTimeout

from borgerlinje.channels.phone import waiting_texts
from borgerlinje.channels.phone.accounts import checking, endpoints, signed_in
from borgerlinje.channels.phone.book import Book
from borgerlinje.channels.phone.calls.switchboard import Switchboard
from borgerlinje.channels.phone.calls.tools import Tools
from borgerlinje.channels.phone.network import servers
from borgerlinje.channels.phone.network.upkeep import Network
from borgerlinje.channels.phone.pbx import events
from borgerlinje.channels.phone.pbx.ari import Address, Ari, AriError, waits
from borgerlinje.channels.phone.recording.keeper import Keeper
from borgerlinje.channels.phone.sound import menu_sounds, speech
from borgerlinje.channels.phone.store import Store, make_pool
from borgerlinje.dispatch.actions import CALL_TOPIC
from borgerlinje.kit import clock, database, heartbeat
from borgerlinje.kit.hints import Hints

log = structlog.get_logger("phone")

LOOK_SECONDS = 1.0
RELOAD_SECONDS = 60.0
_ENDPOINTS_PAUSE_SECONDS = 0.1
_AWAY = (psycopg.OperationalError, django.db.OperationalError, PoolTimeout)


class ReplacedError(Exception):
    """Another telephone process has taken over this Asterisk."""


def address_from_environment() -> Address:
    """Return where Asterisk is: what the supervisor says, or an Asterisk of one's own by ASTERISK_ARI_URL, _USER and _PASSWORD.

    Raises KeyError when nobody says.
    """
    prefix = "BORGERLINJE_ARI" if "BORGERLINJE_ARI_URL" in os.environ else "ASTERISK_ARI"
    return Address(
        os.environ[f"{prefix}_URL"].rstrip("/"), os.environ[f"{prefix}_USER"], os.environ[f"{prefix}_PASSWORD"]
    )


async def main() -> None:
    """Run until cancelled. Raises ReplacedError when another telephone process takes over."""
    async with asyncio.TaskGroup() as tasks:
        beating = tasks.create_task(heartbeat.beating(), name="heartbeat")
        try:
            await _serve(address_from_environment())
        finally:
            beating.cancel()


async def _serve(address: Address) -> None:
    # What is here now stays: the collector need not go through it again and again while calls come and go.
    gc.collect()
    gc.freeze()
    book = Book()
    async with make_pool() as pool, Ari.opened(address) as ari:
        hints = await _connect_hints()
        try:
            tools = Tools(ari, Store(pool, hints), book, speech.sounds_dir(), servers.own_name())
            await _keep_connected(tools, hints)
        finally:
            await hints.close()


async def _connect_hints() -> Hints:
    while True:
        try:
            return await Hints.connect(database.dsn("bl_engine"))
        except psycopg.OperationalError:
            await asyncio.sleep(0.25)


async def _keep_connected(tools: Tools, hints: Hints) -> None:
    """Serve one connection to Asterisk after another, with growing pauses between attempts that fail."""
    pauses = waits()
    heartbeat.ready()
    while True:
        connected = False
        try:
            async with tools.ari.listening() as arriving:
                connected = True
                await _serve_connection(tools, hints, arriving)
        except* (AriError, *_AWAY) as group:
            log.warning(
                "connection_lost",
                reasons=[type(error).__name__ for error in group.exceptions],
                says=str(group.exceptions[0]),
            )
        if connected:
            pauses = waits()
        await anext(pauses)


async def _serve_connection(tools: Tools, hints: Hints, arriving: AsyncIterator[events.AriEvent]) -> None:
    async with asyncio.TaskGroup() as tasks:
        board = Switchboard(tools, tasks)
        is_new = await board.adopt()
        log.info("connected", calls=len(board), is_new_asterisk=is_new)
        push, reload, speak = asyncio.Event(), asyncio.Event(), asyncio.Event()
        tasks.create_task(_watch(board, hints, push=push, reload=reload), name="watch")
        tasks.create_task(_keep_endpoints(tools, push), name="endpoints")
        tasks.create_task(_keep_book(tools, reload, speak), name="book")
        tasks.create_task(_keep_sounds(tools, speak), name="sounds")
        keeper = Keeper(tools)
        tasks.create_task(keeper.run(), name="keeper")
        tasks.create_task(_keep_signed_in(tools), name="signed-in")
        async for event in arriving:
            if isinstance(event, events.Replaced):
                raise ReplacedError
            if isinstance(event, events.Recorded):
                keeper.wake()
            board.handle(event)
        # Raised inside the group, so that the calls' tasks end with the connection they belong to.
        raise AriError("the event connection ended")


async def _watch(board: Switchboard, hints: Hints, *, push: asyncio.Event, reload: asyncio.Event) -> None:
    """Look for offers on every hint, and for everything once a second whatever the hints say."""
    now = asyncio.get_running_loop().time
    thorough_at = 0.0
    async for topics in hints.listen(timeout_seconds=LOOK_SECONDS):
        is_due = now() - thorough_at >= LOOK_SECONDS
        if is_due or "phone" in topics:
            if is_due:
                thorough_at = now()
            push.set()
            await board.look(thoroughly=is_due)
        board.compare(_contacts_in(topics))
        if any(topic.startswith("line:") for topic in topics):
            reload.set()


def _contacts_in(topics: Iterable[str]) -> list[UUID]:
    """Return the contacts that hints name."""
    names = [topic.removeprefix(CALL_TOPIC) for topic in topics if topic.startswith(CALL_TOPIC)]
    return [UUID(name) for name in names]


async def _keep_endpoints(tools: Tools, push: asyncio.Event) -> None:
    accounts = endpoints.Accounts(tools.ari, tools.store, tools.server)
    network = Network(tools.ari, tools.store, tools.server, tools.sounds)
    await accounts.compare()
    tidied_at = 0.0
    while True:
        push.clear()
        await accounts.synchronise()
        await network.synchronise()
        if (now := asyncio.get_running_loop().time()) - tidied_at > RELOAD_SECONDS:
            tidied_at = now
            await tools.store.write(lambda: endpoints.do_forget_old(now=clock.now()))
        await push.wait()
        # Hints come in flocks, most of them about offers; one look serves them all.
        await asyncio.sleep(_ENDPOINTS_PAUSE_SECONDS)


async def _keep_signed_in(tools: Tools) -> None:
    while True:
        await signed_in.note(tools.ari, tools.store, tools.server)
        await asyncio.sleep(signed_in.PAUSE_SECONDS)


async def _keep_book(tools: Tools, reload: asyncio.Event, speak: asyncio.Event) -> None:
    """Keep the lines fresh; nothing that takes long may put that off."""
    while True:
        reload.clear()
        await tools.book.reload()
        speak.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RELOAD_SECONDS):
                await reload.wait()


async def _keep_sounds(tools: Tools, speak: asyncio.Event) -> None:
    """Speak what the lines say before anybody has to hear it, each time they were read."""
    texts = [(text, "da") for text in (*speech.fixed_texts(), *checking.texts())]
    texts += waiting_texts.back_in_queue_texts()
    while tools.sounds is not None:
        await speak.wait()
        speak.clear()
        entries = tools.book.entries()
        await menu_sounds.write_missing(entries, tools.store, tools.sounds)
        said = [*tools.book.texts(), *texts, *menu_sounds.texts(entries), *waiting_texts.to_prepare(entries)]
        made = await speech.make_all(said, tools.sounds)
        if made:
            log.info("sounds_made", count=made)
