"""What the menus need to sound: their texts spoken, and the recordings of the lines as files that Asterisk can play."""

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path

import structlog

from borgerlinje.channels.phone.book import Entry
from borgerlinje.channels.phone.callbacks import callback_texts
from borgerlinje.channels.phone.sound import sound_files, speech
from borgerlinje.channels.phone.store import Store
from borgerlinje.kit.database import Query, Steps
from borgerlinje.lines import menus
from borgerlinje.lines.menus import speaking
from borgerlinje.lines.menus.tree import actions, nodes

log = structlog.get_logger("phone")


def texts(entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    """Yield everything the menus of these lines say or will say, each with its language."""
    has_menu = False
    for entry in entries:
        for language, versions in entry.menus.items():
            for version in versions:
                has_menu = True
                yield from _texts(menus.read(version.tree, language=language)[0])
    if has_menu:
        yield from callback_texts.to_prepare()


def _texts(menu: menus.Menu) -> Iterator[tuple[str, str]]:
    all_nodes = [node for _, node in nodes(menu.start)]
    sayings = [menu.greeting, *(action.saying for _, action in actions(menu))]
    yield from speaking.texts(all_nodes, sayings, menu.language)
    yield speaking.words(menu.language).begins_again, menu.language


async def write_missing(entries: Iterable[Entry], store: Store, folder: Path) -> int:
    """Write the recordings of these lines that the folder does not have yet; return how many. Raises as `Store.read`."""
    wanted = {digest for entry in entries for digest in entry.sounds.values()}
    missing = [digest for digest in sorted(wanted) if not speech.has_sound(folder, sound_files.name_of(digest))]
    for digest in missing:
        # One after another: a minute of sound is two megabytes.
        wave = await store.read(_wave(digest))
        if wave:
            await asyncio.to_thread(sound_files.write, wave, digest, folder)
            log.info("recording_written", digest=digest[:12])
    return len(missing)


def _wave(digest: str) -> Steps[bytes]:
    rows = yield Query("SELECT wave FROM lines_sound WHERE digest = %(digest)s LIMIT 1", {"digest": digest})
    return bytes(rows[0]["wave"]) if rows else b""
