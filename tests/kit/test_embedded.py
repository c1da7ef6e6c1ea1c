import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from borgerlinje.kit import embedded, unprivileged
from borgerlinje.kit.home import Home


@pytest.fixture
def server() -> Iterator[embedded.Server]:
    with tempfile.TemporaryDirectory(prefix="bl-pg-", ignore_cleanup_errors=True) as folder:
        unprivileged.give(Path(folder))
        home = Home(Path(folder))
        embedded.prepare(home)
        made = embedded.Server(home, settings={"fsync": "off"}, die_with_parent=True)
        yield made
        made.stop(signal.SIGQUIT)


def ask(server: embedded.Server, statement: str) -> object:
    with psycopg.connect(server.database.url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone() if cursor.description else None


def test_server_is_never_roots_and_keeps_its_data(server: embedded.Server) -> None:
    server.start()
    process = server.process()
    assert process is not None
    assert Path(f"/proc/{process.pid}").stat().st_uid != 0
    ask(server, "CREATE TABLE kept AS SELECT 1 AS one")
    server.stop()
    assert server.process() is None
    server.start()
    assert ask(server, "SELECT one FROM kept") == (1,)


def test_second_start_adopts_running_server(server: embedded.Server) -> None:
    server.start()
    other = embedded.Server(server.home)
    other.start()
    assert other.child is None
    assert other.process() == server.process()


def test_killed_server_starts_again_with_its_data(server: embedded.Server) -> None:
    server.start()
    ask(server, "CREATE TABLE kept AS SELECT 1 AS one")
    assert server.child is not None
    server.child.kill()
    server.child.wait()
    server.start()
    assert ask(server, "SELECT one FROM kept") == (1,)


def test_letters_of_danish_are_letters(server: embedded.Server) -> None:
    server.start()
    assert ask(server, "SELECT upper('æøå'), 'Ærø' ~* 'æRØ'") == ("ÆØÅ", True)


def test_roles_are_made_and_none_is_superuser(server: embedded.Server) -> None:
    server.start()
    assert ask(
        server, "SELECT array_agg(rolname::text ORDER BY rolname) FROM pg_roles WHERE rolname LIKE 'bl\\_%'"
    ) == (["bl_engine", "bl_owner", "bl_web"],)
    assert ask(server, "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'bl\\_%' AND rolsuper") == (0,)


def test_log_holds_neither_statements_nor_rows(server: embedded.Server) -> None:
    server.start()
    with pytest.raises(psycopg.errors.UniqueViolation):
        ask(
            server,
            "CREATE TABLE t AS SELECT '0101901234' AS cpr; CREATE UNIQUE INDEX ON t (cpr); INSERT INTO t SELECT * FROM t",
        )
    assert "0101901234" not in (server.home.log / embedded.LOG_FILE).read_text()


def test_last_of_several_commands_stops_the_server(server: embedded.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for variable in ("BORGERLINJE_HOME", "BORGERLINJE_INSTANCE", "BORGERLINJE_SECRET_FILE"):
        monkeypatch.setenv(variable, os.environ.get(variable, ""))
    inside, leave = threading.Event(), threading.Event()

    def other_command() -> None:
        with embedded.for_command(server.home):
            inside.set()
            leave.wait(30)

    thread = threading.Thread(target=other_command)
    thread.start()
    assert inside.wait(30)
    monkeypatch.delenv("DATABASE_URL")
    with embedded.for_command(server.home):
        assert server.process() is not None
    assert server.process() is not None
    leave.set()
    thread.join(30)
    assert server.process() is None
    monkeypatch.delenv("DATABASE_URL", raising=False)


def test_child_that_drops_by_itself_is_not_root_and_still_reads(tmp_path: Path) -> None:
    done = subprocess.run(unprivileged.command(["/usr/bin/id", "-u"]), capture_output=True, text=True, check=True)
    assert int(done.stdout) != 0
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "file").write_text("text")
    argv = ["/bin/cat", str(closed / "file")]
    if unprivileged.account() and unprivileged.unreachable(unprivileged.parts(), unprivileged.account()):  # type: ignore[arg-type]
        assert subprocess.run(unprivileged.command(argv), capture_output=True, check=True).stdout == b"text"
    write = subprocess.run(
        unprivileged.command(["/usr/bin/touch", "/etc/borgerlinje-was-here"]), capture_output=True, check=False
    )
    assert write.returncode != 0


def test_home_is_prepared_by_many_at_the_same_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The processes of one home may start together, each sure that it is the first; by then they have dropped root."""
    monkeypatch.setattr(unprivileged, "account", lambda: None)
    for attempt in range(10):
        home = Home(tmp_path / f"together-{attempt}")
        everybody = threading.Barrier(8)

        def begin(home: Home = home, everybody: threading.Barrier = everybody) -> None:
            everybody.wait()
            embedded.prepare(home)

        with ThreadPoolExecutor(8) as pool:
            for started in [pool.submit(begin) for _ in range(8)]:
                started.result()
        assert home.metrics.is_dir()
        assert home.secret_file.read_text().strip()
