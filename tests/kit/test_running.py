import os
import socket
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from borgerlinje.kit import embedded, heartbeat, running
from borgerlinje.kit.home import Home, home
from borgerlinje.kit.running import Process


@pytest.fixture
def place(tmp_path: Path) -> Home:
    made = Home(tmp_path / "h")
    embedded.prepare(made)
    return made


def described(process: Process) -> running.Running:
    asterisk = running.Asterisk("http://127.0.0.1:8088/ari", "u", "p", "ws://x/ws", "127.0.0.1", 5060, (20000, 20499))
    database = running.Database("/run/x", 5432)
    return running.Running(
        process, 8000, "http://localhost:8000", database.url, database, asterisk, "2026-11-21T10:00:00+00:00"
    )


def test_running_copy_is_read_back_as_written(place: Home) -> None:
    me = Process.of(os.getpid())
    assert me is not None
    running.write(place, described(me))
    assert running.read(place) == described(me)
    assert (place.run / "up.json").stat().st_mode & 0o077 == 0


def test_copy_of_dead_supervisor_does_not_run(place: Home) -> None:
    child = subprocess.Popen(["sleep", "60"])
    process = Process.of(child.pid)
    assert process is not None
    running.write(place, described(process))
    assert running.read(place) is not None
    child.kill()
    assert child.wait() != 0
    assert running.read(place) is None


def test_later_process_with_the_same_pid_is_not_taken_for_the_old_one(place: Home) -> None:
    me = Process.of(os.getpid())
    assert me is not None
    Process(me.pid, me.started_ticks - 1).save(place.run / "web.pid")
    assert Process.load(place.run / "web.pid") is None
    me.save(place.run / "web.pid")
    assert Process.load(place.run / "web.pid") == me


def test_nothing_is_said_of_a_home_without_a_copy(place: Home) -> None:
    assert running.read(place) is None


def test_joining_process_learns_where_everything_is(place: Home) -> None:
    me = Process.of(os.getpid())
    assert me is not None
    variables = described(me).environment(place)
    assert variables["DATABASE_URL"] == "postgresql://bl_owner@/borgerlinje?host=/run/x&port=5432"
    assert variables["BORGERLINJE_ARI_URL"] == "http://127.0.0.1:8088/ari"
    assert variables["BORGERLINJE_INSTANCE"] == place.instance


def test_joining_process_hints_the_way_the_copy_does(place: Home) -> None:
    me = Process.of(os.getpid())
    assert me is not None
    over_redis = replace(described(me), bus="redis://:secret@r.example")
    running.write(place, over_redis)
    assert running.read(place) == over_redis
    assert over_redis.environment(place)["BORGERLINJE_BUS"] == "redis://:secret@r.example"
    assert "secret" not in repr(over_redis)
    # Also where the copy has none and the caller's own shell names one.
    assert described(me).environment(place)["BORGERLINJE_BUS"] == ""


def test_home_is_the_one_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BORGERLINJE_HOME", str(tmp_path / "mine"))
    assert home().path == tmp_path / "mine"


def test_long_home_has_short_socket_folder(tmp_path: Path) -> None:
    assert len(str(Home(tmp_path / ("x" * 200)).sockets)) < 60


def test_secret_is_made_once_and_private(place: Home) -> None:
    first = place.secret_file.read_text()
    embedded.prepare(place)
    assert place.secret_file.read_text() == first
    assert len(first) > 50
    assert place.secret_file.stat().st_mode & 0o077 == 0


def test_home_of_somebody_else_is_refused() -> None:
    with pytest.raises(embedded.NotOursError, match="choose another BORGERLINJE_HOME"):
        embedded.prepare(Home(Path("/usr")))


def test_heartbeat_reaches_the_supervisor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(tmp_path / "n"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "n"))
        heartbeat.ready()
        assert channel.recv(100) == b"READY=1\nWATCHDOG=1"
    heartbeat.ready()  # with nobody there: not a failure
