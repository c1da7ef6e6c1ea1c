"""The letters' jobs, carried out by the worker."""

import asyncio
from uuid import UUID

import structlog
from procrastinate.contrib.django import app
from psycopg import AsyncConnection
from psycopg.rows import DictRow

from borgerlinje.kit import clock, database
from borgerlinje.kit.sealed import SealError
from borgerlinje.letters import actions, mail_server, post
from borgerlinje.letters.actions import ToSend
from borgerlinje.letters.faults import Fault, Refusal
from borgerlinje.letters.rendering import MissingValueError

log = structlog.get_logger("worker")


@app.task(name=actions.TASK)
async def send(letter_id: str) -> None:
    """Hand a letter in at the mail server, and note how that went. A letter that is sent or given up is left alone.

    One transaction holds the letter's row from before it is sent until it is noted. A worker that is killed in between leaves it waiting: the
    next one sends it again, under the same Message-ID.
    """
    sending = asyncio.create_task(_send(UUID(letter_id)), name=f"letter-{letter_id}")
    try:
        await asyncio.shield(sending)
    except asyncio.CancelledError:
        # The worker is told to stop. A letter that is being handed in is seen through, or it would go twice.
        await asyncio.wait([sending])
        raise


@app.periodic(cron="17 3 * * *", periodic_id="letters")
@app.task(name="letters.delete_old", queueing_lock="letters.delete_old")
async def delete_old(timestamp: int = 0) -> int:
    """Delete the letters whose time is up; return how many. `timestamp` is the schedule's."""
    del timestamp
    connection = await database.connect("bl_engine", name="worker")
    async with connection, connection.transaction():
        deleted = await database.arun(actions.do_delete_old(now=clock.now()), connection)
    if deleted:
        log.info("letters_deleted", count=deleted)
    return deleted


async def _send(letter_id: UUID) -> None:
    connection = await database.connect("bl_engine", name="worker")
    async with connection, connection.transaction():
        await _send_locked(letter_id, connection)


async def _send_locked(letter_id: UUID, connection: AsyncConnection[DictRow]) -> None:
    try:
        letter = await database.arun(actions.do_take(letter_id, today=clock.today()), connection)
    except (SealError, MissingValueError) as error:
        refusal = actions.unreadable(error)
        await _note_refused(letter_id, refusal, attempts=0, address="", connection=connection)
        return
    if letter is None:
        return
    refused = await _hand_in(letter)
    if refused is None:
        await database.arun(actions.do_note_sent(letter_id, now=clock.now()), connection)
        return
    await _note_refused(letter_id, refused, attempts=letter.attempts, address=letter.address, connection=connection)


async def _hand_in(letter: ToSend) -> Refusal | None:
    server = mail_server.configured()
    if server is None:
        return Refusal(Fault.NO_SERVER, mail_server.fault())
    made = post.message(
        server,
        letter_id=letter.letter_id,
        to=letter.address,
        written=letter.written,
        language=letter.language,
        at=letter.asked_at,
    )
    return await asyncio.to_thread(post.send, server, made)


async def _note_refused(
    letter_id: UUID, refusal: Refusal, *, attempts: int, address: str, connection: AsyncConnection[DictRow]
) -> None:
    noting = actions.do_note_refused(letter_id, refusal, attempts=attempts, address=address, now=clock.now())
    is_tried_again = await database.arun(noting, connection)
    # Not the server's words: they often repeat the address.
    log.warning(
        "letter_not_sent",
        letter=str(letter_id),
        fault=refusal.fault.value,
        smtp_code=refusal.code,
        is_tried_again=is_tried_again,
    )
