"""The guides' jobs, carried out by the worker."""

import structlog
from procrastinate.contrib.django import app

from borgerlinje.guides import telling
from borgerlinje.guides.reminders import do_remind
from borgerlinje.kit import clock, database

log = structlog.get_logger("worker")


# The worker's schedule is in UTC: before work begins in Denmark, in summer as in winter.
@app.periodic(cron="40 4 * * *", periodic_id="guide_reminders")
@app.task(name="guides.remind", queueing_lock="guides.remind")
async def remind(timestamp: int = 0) -> int:
    """Write to whoever keeps a guide that is to be gone through or ends soon; return how many letters. `timestamp` is the schedule's."""
    del timestamp
    connection = await database.connect("bl_engine", name="worker")
    async with connection, connection.transaction():
        done = await database.arun(do_remind(today=clock.today(), now=clock.now()), connection)
    if done.letters:
        log.info("guide_reminders_asked", letters=done.letters, guides=done.guides)
    if done.unaddressed:
        log.warning("guides_without_keeper", guides=done.unaddressed[:20], count=len(done.unaddressed))
    return done.letters


@app.task(name=telling.TASK)
async def tell(local_id: int, values: dict[str, str]) -> int:
    """Write to a member's editors that the common text moved under theirs; return how many letters. `values` are the letter's words."""
    connection = await database.connect("bl_engine", name="worker")
    async with connection, connection.transaction():
        letters = await database.arun(telling.do_write(local_id, values, now=clock.now()), connection)
    if not letters:
        log.warning("local_guide_without_editor", local_guide=local_id)
    return letters
