"""`borgerlinje up` with real processes: start, stop, resume, side by side, and everything that goes wrong."""

import os
import re
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from borgerlinje.kit import running
from tests.support.database import Cluster
from tests.support.product import Product, free_port

pytestmark = pytest.mark.whole
OURS = ("web", "dispatch", "phone", "worker")


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    """One copy for the tests that leave it running as they found it."""
    with Product() as started:
        yield started.start()


def get(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as reply:
        return int(reply.status)


def query(product: Product, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(product.running().database_url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def complaint(product: Product) -> str:
    """Start a product that cannot run; return the one line it says why."""
    product.begin()
    assert product.wait() == 1, product.said
    assert product.wait_for("no such line", 5) is False  # all output has been read
    lines = [line for line in product.lines if line.startswith("borgerlinje: ")]
    assert len(lines) == 1, product.said
    assert "Traceback" not in product.said
    return lines[0]


def test_started_copy_answers_and_says_where(product: Product) -> None:
    assert get(f"{product.url}/healthz") == 200
    assert product.url in product.said
    assert "Ctrl-C stops everything" in product.said
    assert running.read(product.home) == product.running()


def test_status_shows_memory_of_every_process(product: Product) -> None:
    shown = product.command("status")
    assert shown.returncode == 0
    assert all(f"borgerlinje {name}" in shown.stdout for name in OURS)
    assert re.search(r"total +\d+\.\d +\d+ processes", shown.stdout)
    sys.stdout.write(shown.stdout)


def test_other_command_joins_running_copy(product: Product) -> None:
    before = product.pid("postgres")
    shown = product.command("manage", "showmigrations", "kit")
    assert "[X] 0001_roles" in shown.stdout, shown.stderr
    assert product.pid("postgres") == before


@pytest.mark.parametrize("name", ["dispatch", "web"])
def test_frozen_process_is_killed_and_started_again(product: Product, name: str) -> None:
    frozen = product.pid(name)
    since = time.monotonic()
    os.kill(frozen, signal.SIGSTOP)
    assert product.wait_for(f"{name} ready again", 15), product.said
    assert time.monotonic() - since < 8
    assert product.pid(name) != frozen


def test_dead_process_is_started_again(product: Product) -> None:
    dead = product.pid("worker")
    os.kill(dead, signal.SIGKILL)
    assert product.wait_for("worker ready again", 15), product.said
    assert product.pid("worker") != dead


def test_dead_database_is_started_again_and_served_again(product: Product) -> None:
    os.kill(product.pid("postgres"), signal.SIGKILL)
    assert product.wait_for("PostgreSQL ready", 30), product.said
    assert query(product, "SELECT 1") == [(1,)]


MAKE_SESSION = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
user = get_user_model().objects.create_user("live@example.org", "a long enough password")
store = SessionStore()
store.update({SESSION_KEY: str(user.pk), HASH_SESSION_KEY: user.get_session_auth_hash(),
    BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend"})
store.create()
print("session", store.session_key)
"""


def first_line_of_stream(product: Product, cookie: str) -> str:
    request = urllib.request.Request(f"{product.url}/live/", headers={"Cookie": cookie})
    with urllib.request.urlopen(request, timeout=10) as reply:
        line: bytes = reply.readline()
    return line.decode()


def test_stream_is_served_before_and_after_the_database_was_away(product: Product) -> None:
    made = product.command("manage", "shell", "-c", MAKE_SESSION)
    key = made.stdout.split("session ")[1].strip()
    cookie = f"bl_session_{product.home.instance}={key}"
    assert first_line_of_stream(product, cookie) == ": open\n", made.stderr
    os.kill(product.pid("postgres"), signal.SIGKILL)
    assert product.wait_for("PostgreSQL ready", 30), product.said
    for _ in range(20):  # more often than the pool has connections
        assert first_line_of_stream(product, cookie) == ": open\n"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        first_line_of_stream(product, "bl_session=stranger")


def test_dead_asterisk_is_started_again_with_the_same_password(product: Product) -> None:
    before = product.running().asterisk
    os.kill(product.pid("asterisk"), signal.SIGKILL)
    assert product.wait_for("asterisk ended by SIGKILL", 10), product.said
    assert product.wait_for("ready", 30), product.said
    assert product.running().asterisk == before


def test_second_up_on_same_home_is_refused(product: Product) -> None:
    second = Product(folder=product.home.path)
    assert "already runs" in complaint(second)
    assert get(f"{product.url}/healthz") == 200


def test_two_copies_run_side_by_side(product: Product) -> None:
    with Product() as second:
        second.start()
        ours, theirs = product.running(), second.running()
        assert ours.asterisk is not None
        assert theirs.asterisk is not None
        assert ours.asterisk.sip_port != theirs.asterisk.sip_port
        assert ours.asterisk.ari_url != theirs.asterisk.ari_url
        assert not set(range(*ours.asterisk.rtp)) & set(range(*theirs.asterisk.rtp))
        assert product.home.instance != second.home.instance
        assert get(f"{product.url}/healthz") == get(f"{second.url}/healthz") == 200
        assert second.stop() == 0
        assert second.processes() == []
    assert get(f"{product.url}/healthz") == 200


def test_stopped_copy_leaves_no_process_and_resumes_its_data() -> None:
    with Product() as product:
        product.start()
        query(product, "CREATE TABLE kept AS SELECT 42 AS answer")
        ports = product.running().asterisk
        assert product.processes() != []
        assert product.stop(signal.SIGINT) == 0
        assert product.processes() == []
        assert running.read(product.home) is None
        first = product.said

        product.start()
        assert query(product, "SELECT answer FROM kept") == [(42,)]
        assert "setting up the database" not in product.said.removeprefix(first)
        again = product.running().asterisk
        assert ports is not None
        assert again is not None
        assert again.sip_port == ports.sip_port
        assert product.stop(signal.SIGTERM) == 0
        assert product.processes() == []


def test_next_up_adopts_what_killed_supervisor_left_and_runs_nothing_twice() -> None:
    with Product() as product:
        product.start()
        before = {name: product.pid(name) for name in (*OURS, "postgres", "asterisk")}
        product.crash()
        assert running.read(product.home) is None
        assert "[X] 0001_roles" in product.command("manage", "showmigrations", "kit").stdout
        assert {name: product.pid(name) for name in before} == before

        product.start()
        after = {name: product.pid(name) for name in before}
        assert after["postgres"] == before["postgres"]
        assert after["asterisk"] == before["asterisk"]
        alive = {use.pid for use in product.processes()}
        assert not alive & {before[name] for name in OURS}
        for name in OURS:
            # One dispatcher leads, another stands by.
            expected = 2 if name == "dispatch" else 1
            assert [use.command for use in product.processes()].count(f"borgerlinje {name}") == expected
        assert product.stop() == 0
        assert product.processes() == []


def test_command_without_up_starts_database_for_its_own_duration() -> None:
    with Product() as product:
        shown = product.command("manage", "showmigrations", "kit")
        assert "[ ] 0001_roles" in shown.stdout, shown.stderr
        assert product.processes() == []


def test_stop_while_starting_leaves_nothing() -> None:
    with Product() as product:
        product.begin()
        assert product.wait_for("PostgreSQL ready"), product.said
        assert product.stop() == 0
        assert product.processes() == []


def test_port_in_use_is_one_clear_line() -> None:
    with socket.socket() as other, Product() as product:
        other.bind(("127.0.0.1", product.port))
        other.listen()
        said = complaint(product)
        assert f"Port {product.port} is in use" in said
        assert "--port" in said
        assert product.processes() == []


def test_home_of_another_account_is_one_clear_line() -> None:
    product = Product()
    product.env["BORGERLINJE_HOME"] = "/usr/share"
    assert "choose another BORGERLINJE_HOME" in complaint(product)
    product.discard()


def test_systemd_hears_that_everything_runs_and_goes_on(tmp_path: Path) -> None:
    messages: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        name = f"borgerlinje-test-{os.getpid()}"
        systemd.bind(f"\0{name}")

        def hear() -> None:
            while "STOPPING=1" not in messages:
                messages.append(systemd.recv(200).decode())

        # Heard as it comes: the queue of such a socket is short, and who finds it full goes on.
        hearing = threading.Thread(target=hear, daemon=True)
        hearing.start()
        with Product(NOTIFY_SOCKET=f"@{name}", WATCHDOG_USEC="1000000", BORGERLINJE_CACHE=str(tmp_path)) as product:
            product.start()
            assert product.stop() == 0
        hearing.join(10)
    assert "STOPPING=1" in messages
    assert any(message.startswith("READY=1") for message in messages)
    assert messages.count("WATCHDOG=1") >= 2


def test_missing_asterisk_is_said_and_everything_else_works(tmp_path: Path) -> None:
    with Product(BORGERLINJE_CACHE=str(tmp_path)) as product:
        product.start()
        assert "no telephone:" in product.said
        assert product.running().asterisk is None
        assert get(f"{product.url}/healthz") == 200


def test_outside_database_that_does_not_answer_is_one_clear_line() -> None:
    with Product(DATABASE_URL=f"postgresql://nobody@127.0.0.1:{free_port()}/none") as product:
        assert "check DATABASE_URL" in complaint(product)
        assert product.processes() == []


def test_outside_database_is_used_and_left_running(postgres: Cluster, tmp_path: Path) -> None:
    postgres.copy("outside", template="borgerlinje")
    with Product(DATABASE_URL=postgres.url("outside", "postgres"), BORGERLINJE_CACHE=str(tmp_path)) as product:
        product.start()
        assert get(f"{product.url}/readyz") == 200
        assert not product.home.postgres.exists()
        with postgres.connect("outside", "postgres") as connection:
            seen = connection.execute("SELECT count(*) AS count FROM pg_stat_activity WHERE datname = 'outside'")
            assert (seen.fetchone() or {})["count"] > 3
            tables = connection.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
            assert tables.fetchall() == [{"tableowner": "bl_owner"}]
        assert product.stop() == 0
    postgres.drop("outside")
