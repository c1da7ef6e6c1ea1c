"""The doctor names what is missing and how to mend it."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from borgerlinje import doctor
from borgerlinje.kit import parts
from tests.support import brokers

KEYS = {"name", "needed_for", "found", "version", "path", "mend"}


def report(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, dict[str, object]]]:
    """Run the doctor here; return its exit code and its parts by name."""
    code = doctor.run(as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is (code == 0)
    assert all(set(part) == KEYS for part in told["parts"])
    return code, {part["name"]: part for part in told["parts"]}


def test_parts_that_are_here_have_a_version_and_a_path(capsys: pytest.CaptureFixture[str]):
    _, found = report(capsys)
    for name in (
        "python",
        "postgresql",
        "asterisk",
        "espeak-ng",
        "chromium",
        "sipp",
        "redis-server",
        "nats-server",
        "kamailio",
        "msgfmt",
        "node",
    ):
        part = found[name]
        assert part["found"], part
        assert part["version"], part
        assert Path(str(part["path"])).exists(), part
        assert part["mend"] == ""
    assert found["python packages"]["found"], found["python packages"]
    assert found["front-end bundle"]["found"]


def test_emptied_machine_names_what_is_missing_and_how_to_mend(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("BORGERLINJE_CACHE", str(tmp_path))
    monkeypatch.delenv("ASTERISK_ARI_URL", raising=False)
    code, found = report(capsys)
    assert code == 1
    for name in ("asterisk", "espeak-ng", "sipp", "chromium"):
        assert not found[name]["found"]
        assert "make " in str(found[name]["mend"])
    assert "ASTERISK_ARI_URL" in str(found["asterisk"]["mend"])


def test_asterisk_that_does_not_start_is_missing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "asterisk").mkdir()
    stored = {"argv": ["/nonexistent/asterisk"], "has_stasis_broadcast": True}
    (tmp_path / "asterisk" / "asterisk.json").write_text(json.dumps(stored))
    monkeypatch.setenv("BORGERLINJE_CACHE", str(tmp_path))
    monkeypatch.delenv("ASTERISK_ARI_URL", raising=False)
    code, found = report(capsys)
    assert code == 1
    assert not found["asterisk"]["found"]


def test_program_unpacked_into_the_cache_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    starter = tmp_path / "bin" / "sipp"
    starter.parent.mkdir()
    starter.write_text("#!/bin/sh\n")
    starter.chmod(0o755)
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setenv("BORGERLINJE_CACHE", str(tmp_path))
    assert parts.find("sipp") == [str(starter)]
    assert parts.find("espeak-ng") is None


def test_database_carries_hints_where_no_bus_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("BORGERLINJE_BUS", raising=False)
    _, found = report(capsys)
    assert found["bus"]["found"]
    assert "database" in str(found["bus"]["version"])


@pytest.mark.parametrize("kind", brokers.KINDS)
def test_bus_is_tried_and_told_of_without_its_password(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, kind: brokers.Kind
):
    with brokers.running(kind, password="secret") as broker:
        monkeypatch.setenv("BORGERLINJE_BUS", broker.url.replace("://", "://bl:secret@"))
        _, found = report(capsys)
        assert found["bus"] | {"found": True, "path": broker.url, "mend": ""} == found["bus"]
        monkeypatch.setenv("BORGERLINJE_BUS", broker.url.replace("://", "://bl:other-secret@"))
        _, found = report(capsys)
        assert not found["bus"]["found"]
        assert found["bus"]["needed_for"] == "optional"
        assert "BORGERLINJE_BUS" in str(found["bus"]["mend"])
        assert "secret" not in str(found)


def test_address_of_no_bus_keeps_the_product_from_running(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("BORGERLINJE_BUS", "rabbit://u:secret@h")
    code, found = report(capsys)
    assert code == 1
    assert "redis://" in str(found["bus"]["mend"])
    assert "secret" not in str(found)


def test_disk_too_full_says_how_much_to_free(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=10**6))
    code, found = report(capsys)
    assert code == 1
    assert found["disk, home"]["mend"] == "free 500 MB, or set BORGERLINJE_HOME"


def test_port_in_use_is_no_hindrance_and_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("BORGERLINJE_HOME", str(tmp_path))
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holder.bind(("127.0.0.1", 8000))
            holder.listen()
        except OSError:
            pass  # Somebody else holds it, which serves as well.
        _, found = report(capsys)
    assert not found["port, web"]["found"]
    assert found["port, web"]["needed_for"] == "optional"
    assert "--port" in str(found["port, web"]["mend"])


def test_doctor_runs_without_any_package_and_says_they_are_missing():
    """A Python with no packages at all, as on a machine where set-up has not run."""
    script = "import sys; sys.path.insert(0, sys.argv[1]); from borgerlinje import doctor; sys.exit(doctor.run(as_json=True))"
    root = str(Path(doctor.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script, root], capture_output=True, text=True, check=False, env=os.environ
    )
    assert done.returncode == 1, done.stderr
    found = {part["name"]: part for part in json.loads(done.stdout)["parts"]}
    assert not found["python packages"]["found"]
    assert found["python packages"]["mend"].startswith("run `make setup`")


def test_text_has_a_line_for_each_part(capsys: pytest.CaptureFixture[str]):
    doctor.run(as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(doctor.examine()) + 1
    assert any(line.startswith("ok       python ") for line in lines)
