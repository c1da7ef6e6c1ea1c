"""The dispatcher woken through Redis and NATS, on the event loop its process has, with NOTIFY out of the way."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import uvloop
from django.db import connection

from borgerlinje.dispatch import loop
from borgerlinje.kit import clock
from borgerlinje.kit.hints import CHANNEL, Hints
from borgerlinje.staff.models import Employee
from tests.support import brokers
from tests.support.brokers import Kind
from tests.support.cast import Cast, store_cast
from tests.support.database import TEST_DATABASE, Cluster


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", brokers.KINDS)
def test_hint_over_the_bus_wakes_the_dispatcher_and_its_own_hints_go_there(
    kind: Kind, postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whatever wakes it now is a hint.
    monkeypatch.setattr(loop, "TIMER_SECONDS", 600)
    cast = store_cast()
    one_more_call(cast, cast.employee)
    with brokers.running(kind) as broker, postgres.connect(TEST_DATABASE, "bl_engine") as listener:
        monkeypatch.setenv("BORGERLINJE_BUS", broker.url)
        listener.execute(f"LISTEN {CHANNEL}")
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(two_offers(cast))
        assert list(listener.notifies(timeout=0)) == []


async def two_offers(cast: Cast) -> None:
    """See the offer of the dispatcher's first look, and then the one that a hint has it make."""
    async with asyncio.timeout(60), contextlib.aclosing(Hints("").listen(timeout_seconds=600)) as heard:
        await anext(heard)
        dispatching = asyncio.create_task(loop.dispatch())
        await until_heard(heard, f"desk:{cast.employee.pk}")
        await asyncio.to_thread(one_more_call, cast, cast.colleague)
        elsewhere = await Hints.connect("")
        elsewhere.send("dispatch")
        await until_heard(heard, f"desk:{cast.colleague.pk}")
        await elsewhere.close()
        dispatching.cancel()
        await asyncio.wait({dispatching})


async def until_heard(heard: AsyncIterator[frozenset[str]], topic: str) -> None:
    while topic not in await anext(heard):
        pass


def one_more_call(cast: Cast, employee: Employee) -> None:
    """Let somebody be ready, and a citizen wait."""
    cast.ready(employee, at=clock.now())
    cast.wait(at=clock.now())
    connection.close()
