import asyncio
import contextlib

import pytest

from borgerlinje.kit.hints import CHANNEL, Hints
from tests.support.database import TEST_DATABASE, Cluster


@pytest.fixture
def dsn(postgres: Cluster) -> str:
    return postgres.url("borgerlinje", "bl_engine")


async def test_hint_reaches_only_who_listens_for_it(dsn: str) -> None:
    async with asyncio.timeout(10):
        hints = await Hints.connect(dsn)
        heard = hints.listen("phone", timeout_seconds=5)
        assert await anext(heard) == frozenset()  # it listens now
        hints.send("dispatch")
        hints.send("phone", "queue")
        assert await anext(heard) == {"phone"}
        await heard.aclose()
        await hints.close()


async def test_same_hint_sent_often_goes_out_once(dsn: str, postgres: Cluster) -> None:
    async with asyncio.timeout(10):
        hints = await Hints.connect(dsn)
        with postgres.connect("borgerlinje", "bl_engine") as listener:
            listener.execute(f"LISTEN {CHANNEL}")
            for _ in range(100):
                hints.send("dispatch")
            await hints.close()
            payloads = [notice.payload for notice in listener.notifies(timeout=0.2)]
    assert payloads == ["dispatch"]


async def test_no_hint_yields_empty_set_in_time(dsn: str) -> None:
    async with asyncio.timeout(5):
        heard = Hints(dsn).listen("phone", timeout_seconds=0.05)
        assert [await anext(heard) for _ in range(3)] == [frozenset()] * 3
        await heard.aclose()


async def test_lost_connections_come_back(dsn: str, postgres: Cluster) -> None:
    async with asyncio.timeout(20):
        hints = await Hints.connect(dsn)
        heard = hints.listen("phone", timeout_seconds=30)
        await anext(heard)
        with postgres.connect("postgres", "postgres") as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hints'"
            )
        assert await anext(heard) == frozenset()  # back, and told to look itself
        hints.send("phone")
        assert await anext(heard) == {"phone"}
        await heard.aclose()
        await hints.close()


@pytest.mark.django_db(transaction=True)
def test_hint_of_a_transaction_follows_its_commit(postgres: Cluster) -> None:
    from django.db import transaction

    from borgerlinje.kit import hints

    with postgres.connect(TEST_DATABASE, "bl_engine") as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        with transaction.atomic():
            hints.send_on_commit("queue")
            assert list(listener.notifies(timeout=0.1)) == []
        assert [notice.payload for notice in listener.notifies(timeout=5, stop_after=1)] == ["queue"]
        with contextlib.suppress(KeyError), transaction.atomic():
            hints.send_on_commit("queue")
            raise KeyError
        assert list(listener.notifies(timeout=0.1)) == []
