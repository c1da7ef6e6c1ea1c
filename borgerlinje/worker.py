"""The worker process: procrastinate's jobs, and a reaper that hands on the jobs of workers that died.

The reaper is a loop of its own and not a job: it must run when every job is stuck, and it leaves no rows.
"""

import asyncio
import os
from typing import TYPE_CHECKING

import structlog

from borgerlinje.kit import clock, heartbeat

if TYPE_CHECKING:
    from procrastinate.manager import JobManager

REAP_SECONDS = 30.0
# procrastinate's workers write a heartbeat into their row every ten seconds.
STALLED_AFTER_SECONDS = 60
STOP_SECONDS = 5.0
CONCURRENCY = 4

log = structlog.get_logger("worker")


async def main() -> None:
    """Carry out jobs until cancelled."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "borgerlinje.settings")
    django.setup()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    connector = app.connector
    if not isinstance(connector, DjangoConnector):
        raise TypeError("procrastinate's Django app is not in INSTALLED_APPS")
    async with asyncio.TaskGroup() as tasks:
        beats = tasks.create_task(heartbeat.beating(), name="heartbeat")
        with app.replace_connector(connector.get_worker_connector()) as worker_app:
            async with worker_app.open_async():
                heartbeat.ready()
                reaping = tasks.create_task(reap(worker_app.job_manager), name="reaper")
                try:
                    await worker_app.run_worker_async(
                        concurrency=CONCURRENCY,
                        install_signal_handlers=False,
                        shutdown_graceful_timeout=STOP_SECONDS,
                        delete_jobs="successful",
                    )
                finally:
                    reaping.cancel()
                    beats.cancel()


async def reap(manager: "JobManager") -> None:
    """Give the jobs of workers that fell silent to the living, for ever."""
    while True:
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
            log.warning("job_of_dead_worker_retried", job=job.id, task=job.task_name)
            await manager.retry_job(job, retry_at=clock.now())
        await asyncio.sleep(REAP_SECONDS)
