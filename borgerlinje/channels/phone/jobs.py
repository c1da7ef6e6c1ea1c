"""The telephone's jobs, carried out by the worker."""

import structlog
from procrastinate.contrib.django import app

from borgerlinje.channels.phone.recording.recordings import do_delete_due
from borgerlinje.channels.phone.text_messages import text_address, text_gateway, texts
from borgerlinje.channels.phone.text_messages.text_gateway import Failure
from borgerlinje.kit import clock, database

log = structlog.get_logger("worker")


@app.task(name=texts.TASK)
async def send_text(text_id: int) -> None:
    """Hand a text in at the gateway, and note how that went. A text that is sent or given up is left alone."""
    connection = await database.connect("bl_engine", name="worker")
    try:
        text = await database.arun(texts.to_send(text_id), connection)
        if text is None:
            return
        gateway = text_address.configured()
        failure: Failure | None = Failure.NO_GATEWAY
        if gateway is not None:
            failure = await text_gateway.send(gateway, to=text.digits, text=text.body, key=text.key)
        async with connection.transaction():
            if failure is None:
                await database.arun(texts.do_note_sent(text_id, now=clock.now()), connection)
                return
            is_tried_again = await database.arun(texts.do_note_failed(text, failure, now=clock.now()), connection)
        log.warning("text_not_sent", text=text_id, failure=failure.value, is_tried_again=is_tried_again)
    finally:
        await connection.close()


@app.periodic(cron="*/15 * * * *", periodic_id="recordings")
@app.task(name="phone.delete_recordings", queueing_lock="phone.delete_recordings")
async def delete_recordings(timestamp: int = 0) -> int:
    """Delete every recording whose time is up, and say in the log which and why; return how many. `timestamp` is the schedule's."""
    del timestamp
    connection = await database.connect("bl_engine", name="worker")
    async with connection, connection.transaction():
        deleted = await database.arun(do_delete_due(now=clock.now()), connection)
    for row in deleted:
        log.info("recording_deleted", recording=str(row["id"]), kind=row["kind"], because=row["deleted_because"])
    return len(deleted)
