"""The lock files: every package by content, none by address."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
ENTRY = re.compile(r"^([\w.-]+)==[^ \\\n]+ \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)


def test_lock_for_the_product_for_tests_and_for_node_are_there():
    assert [lock.stem for lock in LOCKS] == ["base", "dev", "node"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_locked_python_package_has_hashes(lock: Path):
    text = lock.read_text()
    named = re.findall(r"^([\w.-]+)==", text, re.MULTILINE)
    assert named
    assert [name for name, _ in ENTRY.findall(text)] == named


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_python_lock_names_no_address_and_no_folder(lock: Path):
    assert not re.search(r"://|--(?:extra-)?index-url|--find-links|--trusted-host|file:/", lock.read_text())


def test_tests_run_on_the_very_packages_of_the_product():
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[\w.-]+==[^ \\\n]+", (ROOT / "requirements" / name).read_text(), re.MULTILINE))

    assert pins("base.txt") <= pins("dev.txt")


def test_front_end_lock_has_a_hash_for_every_package_and_no_address():
    text = (ROOT / "package-lock.json").read_text()
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if name}
    assert packages
    assert "resolved" not in text
    assert "://" not in re.sub(r'"url": "[^"]*"', "", text)
    assert [name for name, entry in packages.items() if not entry.get("integrity")] == []


def test_front_end_packages_are_pinned_exactly():
    package = json.loads((ROOT / "package.json").read_text())
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert [name for name, version in versions.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
