"""Hints through real servers of Redis and NATS: what holds of one holds of the other, and of the database."""

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from borgerlinje.kit import bus, hints, outbox
from borgerlinje.kit.bus.address import Address, BusAddressError, parse
from borgerlinje.kit.hints import CHANNEL, Hints
from tests.support import brokers
from tests.support.brokers import Broker, Kind
from tests.support.database import TEST_DATABASE, Cluster

PASSWORD = "l0ng:and/strange?"
QUOTED = "l0ng%3Aand%2Fstrange%3F"
LONG = 60.0  # longer than any test: whoever wakes before was woken


@pytest.fixture(params=brokers.KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    chosen: Kind = request.param
    return chosen


@pytest.fixture
def broker(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """Run the server that this process's hints travel through."""
    with brokers.running(kind) as running:
        monkeypatch.setenv("BORGERLINJE_BUS", running.url)
        yield running


@pytest.fixture
async def sender(broker: Broker) -> AsyncIterator[Hints]:
    made = await Hints.connect("")
    yield made
    await made.close()


@contextlib.asynccontextmanager
async def listening(
    *topics: str, timeout_seconds: float = LONG, connects: bool = True
) -> AsyncIterator[AsyncIterator[frozenset[str]]]:
    """Listen from now on (a bus that lets nobody in: from never on), for half a minute at most."""
    ear = Hints("")
    async with asyncio.timeout(30), contextlib.aclosing(ear.listen(*topics, timeout_seconds=timeout_seconds)) as heard:
        while await anext(heard) == frozenset():
            if ear.times_connected or not connects:
                break
        yield heard


async def test_hint_of_another_process_is_heard(broker: Broker) -> None:
    script = """if True:
        import asyncio
        from borgerlinje.kit.hints import Hints
        async def main():
            hints = await Hints.connect("")
            hints.send("dispatch", "queue")
            await hints.close()
        asyncio.run(main())
    """
    async with listening("queue") as heard:
        process = await asyncio.create_subprocess_exec(sys.executable, "-W", "error", "-c", script)
        assert await anext(heard) == {"queue"}
        assert await process.wait() == 0


async def test_every_listener_hears(sender: Hints) -> None:
    async with listening("queue") as one_machine, listening() as other_machine:
        sender.send("queue", "phone")
        assert await anext(one_machine) == {"queue"}
        assert await anext(other_machine) == {"queue", "phone"}


async def test_same_hint_sent_often_goes_out_once(sender: Hints, broker: Broker) -> None:
    link = bus.maker("", bus.address.read())()
    async with asyncio.timeout(10), contextlib.aclosing(link):
        await link.open()
        arriving = link.hear()
        assert await anext(arriving) == frozenset()
        for _ in range(100):
            sender.send("dispatch")
        assert await anext(arriving) == {"dispatch"}
        sender.send("end")
        assert await anext(arriving) == {"end"}
        await arriving.aclose()


async def test_installations_with_names_of_their_own_do_not_hear_each_other(
    broker: Broker, sender: Hints, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BORGERLINJE_BUS", f"{broker.url}/naestved")
    namesake = await Hints.connect("")
    async with listening() as heard:
        sender.send("phone")
        await sender.close()
        namesake.send("queue")
        assert await anext(heard) == {"queue"}
    await namesake.close()


async def test_dead_bus_leaves_the_listener_its_timer(broker: Broker) -> None:
    broker.kill()
    async with asyncio.timeout(20), contextlib.aclosing(Hints("").listen("phone", timeout_seconds=0.01)) as heard:
        assert [await anext(heard) for _ in range(20)] == [frozenset()] * 20


async def test_listener_is_told_to_look_when_the_bus_is_back_and_hears_again(broker: Broker, sender: Hints) -> None:
    async with listening("phone") as heard:
        broker.kill()
        broker.start()
        assert await anext(heard) == frozenset()
        sender.send("phone")
        assert await anext(heard) == {"phone"}


async def test_hint_sent_while_the_bus_is_away_goes_out_when_it_is_back(broker: Broker, sender: Hints) -> None:
    broker.kill()
    for _ in range(10_000):
        sender.send("phone")
    async with asyncio.timeout(30), contextlib.aclosing(Hints("").listen("phone", timeout_seconds=LONG)) as heard:
        waiting = asyncio.create_task(anext(heard))
        broker.start()
        topics = await waiting
        # The sender may have been back first; then nobody heard it, and the listener was told to look.
        sender.send("phone")
        while "phone" not in topics:
            topics = await anext(heard)


async def test_process_that_ends_while_the_bus_is_away_drops_its_hints(broker: Broker) -> None:
    made = await Hints.connect("")
    broker.kill()
    made.send("phone")
    async with asyncio.timeout(20):
        await made.close()


async def test_frozen_bus_blocks_nobody(broker: Broker, sender: Hints) -> None:
    async with listening("phone", timeout_seconds=0.05) as heard:
        broker.freeze()
        sender.send("phone")
        assert [await anext(heard) for _ in range(10)] == [frozenset()] * 10
        # The sender notices that nobody answers, and keeps the hint until somebody does.
        with capture_logs() as said:
            while not any(line["event"] == "hints_lost" for line in said):
                await anext(heard)
        broker.thaw()
        while "phone" not in await anext(heard):
            # The first one was dropped if the listener came back later than the sender.
            sender.send("phone")


async def test_outage_is_told_once_and_its_end_once(
    broker: Broker, sender: Hints, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hints, "RETRY_SECONDS", (0.01,))
    with capture_logs() as said:
        async with listening("phone", timeout_seconds=0.05) as heard:
            broker.kill()
            sender.send("phone")
            for _ in range(20):
                await anext(heard)
            broker.start()
            while sum(line["event"] == "hints_back" for line in said) < 2:
                await anext(heard)
    assert sorted((line["event"], line["by"], line["bus"]) for line in said) == [
        ("hints_back", "listener", broker.url),
        ("hints_back", "sender", broker.url),
        ("hints_lost", "listener", broker.url),
        ("hints_lost", "sender", broker.url),
    ]


async def test_bus_that_is_away_at_the_start_is_no_hindrance(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    broker.kill()
    async with asyncio.timeout(30), contextlib.aclosing(Hints("").listen("phone", timeout_seconds=LONG)) as heard:
        waiting = asyncio.create_task(anext(heard))
        made = await Hints.connect("")
        broker.start()
        assert await waiting == frozenset()
        made.send("phone")
        assert await anext(heard) == {"phone"}
        await made.close()


async def test_bus_with_a_password_is_signed_in_to(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    with brokers.running(kind, password=PASSWORD) as broker:
        monkeypatch.setenv("BORGERLINJE_BUS", broker.url.replace("://", f"://bl:{QUOTED}@"))
        made = await Hints.connect("")
        async with listening("phone") as heard:
            made.send("phone")
            assert await anext(heard) == {"phone"}
        await made.close()


async def test_refused_password_is_told_once_and_never_quoted(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints, "RETRY_SECONDS", (0.01,))
    with brokers.running(kind, password=PASSWORD) as broker, capture_logs() as said:
        monkeypatch.setenv("BORGERLINJE_BUS", broker.url.replace("://", "://bl:wrong-secret@"))
        made = await Hints.connect("")
        async with listening("phone", timeout_seconds=0.05, connects=False) as heard:
            made.send("phone")
            for _ in range(20):
                await anext(heard)
        await made.close()
    assert sorted(line["by"] for line in said) == ["listener", "sender"]
    assert all("auth" in line["why"].lower() or "WRONGPASS" in line["why"] for line in said)
    assert "wrong-secret" not in str(said)


async def test_refused_channel_is_told_once(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints, "RETRY_SECONDS", (0.01,))
    with brokers.running(kind, password=PASSWORD, only_channel="other") as broker, capture_logs() as said:
        monkeypatch.setenv("BORGERLINJE_BUS", broker.url.replace("://", f"://bl:{QUOTED}@"))
        made = await Hints.connect("")
        async with listening("phone", timeout_seconds=0.05, connects=False) as heard:
            made.send("phone")
            for _ in range(20):
                await anext(heard)
        await made.close()
    assert sorted(line["by"] for line in said) == ["listener", "sender"]
    assert all("permissions" in line["why"] for line in said)


@pytest.fixture
def certificate() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bl-tls-") as folder:
        yield brokers.make_certificate(Path(folder))


def over_tls(broker: Broker) -> str:
    """Return the address of a broker that is to be talked to over TLS, with credentials."""
    scheme = {"redis": "rediss", "nats": "tls"}[broker.kind]
    return f"{scheme}://bl:{QUOTED}@127.0.0.1:{broker.port}"


async def test_hints_go_over_tls(kind: Kind, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with brokers.running(kind, password=PASSWORD, certificate=certificate) as broker:
        monkeypatch.setenv("BORGERLINJE_BUS", over_tls(broker))
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        made = await Hints.connect("")
        async with listening("phone") as heard:
            made.send("phone")
            assert await anext(heard) == {"phone"}
        await made.close()


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give servers time to answer: on a busy machine a handshake may take longer than a link waits, and then it only says that.

    To NATS less: closing what was cut off while it opened takes all that time.
    """
    for limit, seconds in {"redis.ANSWER_SECONDS": 30, "nats.ANSWER_SECONDS": 5, "PROBE_SECONDS": 60}.items():
        monkeypatch.setattr(f"borgerlinje.kit.bus.{limit}", seconds)


@pytest.mark.usefixtures("unhurried")
async def test_server_that_nobody_vouches_for_is_not_talked_to(kind: Kind, certificate: Path) -> None:
    running = brokers.running(kind, password=PASSWORD, certificate=certificate)
    with running as broker, pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
        await bus.probe(parse(over_tls(broker)))


async def test_server_without_tls_gets_no_password(kind: Kind) -> None:
    """Both would take it in clear text, as they do first; Redis only falls silent when it is greeted in TLS."""
    with brokers.running(kind, password=PASSWORD) as broker:
        await bus.probe(parse(f"{kind}://bl:{QUOTED}@127.0.0.1:{broker.port}"))
        with pytest.raises(OSError, match={"redis": "^$", "nats": "offers no TLS"}[kind]):
            await bus.probe(parse(over_tls(broker)))


@pytest.mark.django_db(transaction=True)
def test_hint_of_a_transaction_follows_its_commit_over_the_bus(broker: Broker, postgres: Cluster) -> None:
    from django.db import transaction

    async def wait_for_hint() -> set[str]:
        """Gather what is heard until the last hint of this test."""
        gathered: set[str] = set()
        async with listening() as heard:
            await asyncio.to_thread(write)
            while "end" not in gathered:
                gathered |= await anext(heard)
        return gathered

    def write() -> None:
        with contextlib.suppress(KeyError), transaction.atomic():
            hints.send_on_commit("rolled back")
            raise KeyError
        with transaction.atomic():
            hints.send_on_commit("queue", "dispatch")
        hints.send_on_commit("end")
        transaction.get_connection().close()

    with postgres.connect(TEST_DATABASE, "bl_engine") as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        assert asyncio.run(wait_for_hint()) == {"queue", "dispatch", "end"}
        assert list(listener.notifies(timeout=0)) == []
    close_outbox()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", ["dead", "frozen"])
def test_request_does_not_wait_for_a_bus_that_is_away(broker: Broker, state: str) -> None:
    from django.db import transaction

    if state == "dead":
        broker.kill()
    else:
        broker.freeze()
    with capture_logs() as said:
        for _ in range(1000):
            with transaction.atomic():
                hints.send_on_commit("queue")
    assert "hint_not_sent" not in str(said)
    close_outbox()


def close_outbox() -> None:
    """End this process's outbox: the next one is for another bus."""
    assert outbox._of_process is not None
    outbox._of_process.close()
    outbox._of_process._thread.join(20)
    assert not outbox._of_process.is_alive()


async def test_command_that_ends_right_after_its_commit_still_sends(broker: Broker) -> None:
    script = "from borgerlinje.kit import outbox; outbox.send('queue')"
    async with listening("queue") as heard:
        process = await asyncio.create_subprocess_exec(sys.executable, "-W", "error", "-c", script)
        assert await anext(heard) == {"queue"}
        assert await process.wait() == 0


async def test_probe_hears_itself_and_fails_where_nobody_answers(broker: Broker) -> None:
    at = bus.address.read()
    assert at is not None
    await bus.probe(at)
    broker.kill()
    with pytest.raises(Exception, match=r"(?i)connect"):
        await bus.probe(at)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("redis://r.example", Address("redis", "r.example", 6379)),
        ("rediss://r.example:7000/a-b", Address("rediss", "r.example", 7000, name="a-b")),
        ("nats://u:p%40w@n.example/", Address("nats", "n.example", 4222, "u", "p@w")),
        ("tls://token@[2001:db8::1]:5", Address("tls", "2001:db8::1", 5, "token")),
    ],
)
def test_address_is_read(text: str, address: Address) -> None:
    assert parse(text) == address


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("rabbit://u:secret@r.example", "begins with rabbit://"),
        ("u:secret@r.example", "has no scheme"),
        ("redis://:secret@/x", "names no host"),
        ("redis://:sec?ret@r.example", "cannot be read"),
        ("redis://r.example?secret=1", "has a [?] or #"),
        ("redis://r.example:port", "cannot be read"),
        ("nats://n.example/a.b", "ends in a name"),
    ],
)
def test_wrong_address_is_refused_in_one_line_without_its_password(text: str, fault: str) -> None:
    with pytest.raises(BusAddressError, match=fault) as caught:
        parse(text)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_address_is_shown_without_credentials() -> None:
    address = parse("nats://user:secret@[2001:db8::1]/x")
    assert str(address) == "nats://[2001:db8::1]:4222"
    assert address.channel == "bl_hint.x"
    assert "secret" not in repr(address)
    assert address.describe(OSError("no secret for user\nhere")) == "OSError: no … for user"
    assert parse("nats://token@h").describe(TimeoutError("token")) == "TimeoutError: …"
    assert address.describe(TimeoutError()) == "TimeoutError"


@pytest.mark.parametrize("command", ["dispatch", "up"])
def test_process_with_a_wrong_address_does_not_start(command: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    environment = os.environ | {
        "BORGERLINJE_BUS": "rabbit://u:secret@h",
        "BORGERLINJE_HOME": str(tmp_path_factory.mktemp("h")),
    }
    done = subprocess.run(
        [sys.executable, "-m", "borgerlinje", command], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("borgerlinje: BORGERLINJE_BUS begins with rabbit://: use redis://")
    assert "secret" not in done.stdout + done.stderr


def test_without_a_bus_neither_library_is_loaded() -> None:
    script = (
        "import sys; from borgerlinje.kit.hints import Hints; Hints(''); print({'redis', 'nats'} & set(sys.modules))"
    )
    environment = {key: value for key, value in os.environ.items() if key != "BORGERLINJE_BUS"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "set()"
