"""What the database should hold has another name as soon as it is another: `up` then brings it there."""

from pathlib import Path

import pytest

from borgerlinje.up import migrations

_FILES = ("guides/migrations/0001_initial.py", "demo/data.py", "demo/guide_files/nyt-pas.md", "demo/kle_invented.xml")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (*_FILES, "demo/__pycache__/data.pyc", "guides/actions.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(migrations, "PACKAGE", tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", _FILES)
def test_migration_or_file_of_the_demo_that_changed_is_seen(package: Path, name: str) -> None:
    real, demo = migrations.fingerprint(demo=False), migrations.fingerprint(demo=True)
    (package / name).write_text("changed")
    assert (migrations.fingerprint(demo=False) != real) == ("migrations" in name)
    assert migrations.fingerprint(demo=True) != demo


@pytest.mark.parametrize("name", ["demo/__pycache__/data.pyc", "guides/actions.py"])
def test_what_the_database_does_not_hold_changes_nothing(package: Path, name: str) -> None:
    demo = migrations.fingerprint(demo=True)
    (package / name).write_text("changed")
    assert migrations.fingerprint(demo=True) == demo
