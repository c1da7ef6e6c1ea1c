"""Stamps, progress and the steps that build something."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from borgerlinje.kit import parts
from setup import asterisk, commands, frontend, python, stamps, texts, tools
from setup.progress import Progress, SetupError

ROOT = Path(__file__).resolve().parents[2]


def test_stamp_is_current_until_an_input_or_a_product_changes(tmp_path: Path):
    source, made, stamp = tmp_path / "source", tmp_path / "made", tmp_path / "stamp"
    source.write_text("one")
    made.touch()
    stamps.write(stamp, stamps.digest("recipe", source))
    assert stamps.is_current(stamp, stamps.digest("recipe", source), made=[made])
    source.write_text("two")
    assert not stamps.is_current(stamp, stamps.digest("recipe", source), made=[made])
    source.write_text("one")
    made.unlink()
    assert not stamps.is_current(stamp, stamps.digest("recipe", source), made=[made])


def test_what_set_up_writes_is_readable_to_every_account(tmp_path: Path):
    before = os.umask(0o077)
    try:
        stamps.write_json(tmp_path / "x.json", {"a": 1})
    finally:
        os.umask(before)
    assert (tmp_path / "x.json").stat().st_mode & 0o777 == 0o644


def test_missing_part_is_a_warning_and_where_all_is_required_an_end(capsys: pytest.CaptureFixture[str]):
    with Progress().step("Asterisk") as step:
        step.warn("none to be had")
    assert "missing: none to be had" in capsys.readouterr().out
    with pytest.raises(SetupError, match="none to be had"), Progress(require_all=True).step("Asterisk") as step:
        step.warn("none to be had")


def test_failing_program_ends_in_one_line_with_its_last_words():
    script = "import sys; print('first', file=sys.stderr); print('no space left', file=sys.stderr); sys.exit(3)"
    with pytest.raises(SetupError) as caught:
        commands.run([sys.executable, "-c", script], why="it cannot fetch")
    assert str(caught.value) == "it cannot fetch: first / no space left"
    with pytest.raises(SetupError, match="it cannot start"):
        commands.run(["/nonexistent/program"], why="it cannot start")


def test_style_sheet_is_copied_with_what_it_refers_to_and_nothing_else(tmp_path: Path):
    source = tmp_path / "from" / "css" / "a.css"
    source.parent.mkdir(parents=True)
    (tmp_path / "from" / "fonts").mkdir()
    for name in ("used.woff2", "unused.woff2"):
        (tmp_path / "from" / "fonts" / name).write_bytes(b"font")
    source.write_text(
        'a{src:url("../fonts/used.woff2?v=1")}b{mask:url(data:image/png;base64,x)}/*# sourceMappingURL=a.css.map*/'
    )
    target = tmp_path / "to" / "css" / "a.css"
    frontend.copy_styles(source, target)
    assert "sourceMappingURL" not in target.read_text()
    copied = [path.name for path in (tmp_path / "to").rglob("*") if path.is_file()]
    assert sorted(copied) == ["a.css", "used.woff2"]


def test_bundle_has_every_entry_and_every_file_the_design_system_refers_to():
    built = ROOT / "borgerlinje" / "static_built"
    for entry in (ROOT / "frontend").glob("*.js"):
        assert (built / entry.name).stat().st_size > 0
    styles = built / "vendor" / "dkfds" / "css" / "dkfds.min.css"
    names = frontend.referred(styles.read_text())
    assert names
    assert [name for name in names if not (styles.parent / name).is_file()] == []
    assert not list(built.rglob("axe*.js"))


def test_starter_runs_the_program_of_its_folder_with_its_libraries(tmp_path: Path):
    prefix = tmp_path / "a prefix"
    (prefix / "usr/lib/x86_64-linux-gnu/espeak-ng-data").mkdir(parents=True)
    program = prefix / "usr/bin/espeak-ng"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "$LD_LIBRARY_PATH|$ESPEAK_DATA_PATH|$1"\n')
    program.chmod(0o755)
    starter = tmp_path / "bin" / "espeak-ng"
    tools.write_starter(starter, "espeak-ng", prefix)
    environment = {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}
    said = subprocess.run([starter, "hej du"], capture_output=True, text=True, check=True, env=environment).stdout
    libraries = prefix / "usr/lib/x86_64-linux-gnu"
    assert said.strip() == f"{libraries}|{libraries}|hej du"


def test_starter_finds_a_server_where_servers_lie(tmp_path: Path):
    program = tmp_path / "usr/sbin/nats-server"
    program.parent.mkdir(parents=True)
    program.touch()
    tools.write_starter(tmp_path / "bin" / "nats-server", "nats-server", tmp_path)
    assert f'exec "{program}" "$@"' in (tmp_path / "bin" / "nats-server").read_text()


def test_starter_of_the_sip_proxy_names_the_modules_it_was_unpacked_with(tmp_path: Path):
    program, modules = tmp_path / "usr/sbin/kamailio", tmp_path / "usr/lib/x86_64-linux-gnu/kamailio/modules"
    modules.mkdir(parents=True)
    program.parent.mkdir(parents=True)
    program.touch()
    tools.write_starter(tmp_path / "bin" / "kamailio", "kamailio", tmp_path)
    starter = (tmp_path / "bin" / "kamailio").read_text()
    assert f'exec "{program}" -L "{modules}" "$@"' in starter
    assert f":{modules.parent}$" in starter


def test_package_that_would_start_a_server_here_is_never_installed():
    servers = [one for one in parts.PROGRAMS if one.package.endswith("-server") or one.package == "kamailio"]
    assert [one.name for one in servers] == ["redis-server", "nats-server", "kamailio"]
    assert all(one.is_service for one in servers)


def test_starter_of_a_package_with_another_layout_is_refused(tmp_path: Path):
    with pytest.raises(SetupError, match="another layout"):
        tools.write_starter(tmp_path / "bin" / "sipp", "sipp", tmp_path)


def test_folder_that_holds_no_asterisk_is_refused(tmp_path: Path):
    with pytest.raises(SetupError, match="another layout"):
        asterisk.describe_prefix(tmp_path)


def test_running_asterisk_makes_fetching_needless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ASTERISK_ARI_URL", "http://127.0.0.1:8088/ari")
    assert "ASTERISK_ARI_URL" in asterisk.find_or_fetch(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_pip_is_found_without_an_environment(tmp_path: Path):
    wheel = python.find_pip(tmp_path)
    said = subprocess.run([sys.executable, wheel / "pip", "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("pip ")


def test_tree_without_message_files_has_no_texts_to_compile(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with Progress().step("Texts") as step:
        texts.make(tmp_path, step)
    assert "none yet" in capsys.readouterr().out


def test_set_up_knows_its_options_before_any_package_is_there():
    said = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); import setup.steps"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr


def test_second_set_up_does_nothing_and_takes_under_two_seconds():
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "setup", "--for", "test"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Python packages        unchanged" in done.stdout
    assert "Front-end              unchanged" in done.stdout
    assert time.monotonic() - begun < 2
