"""Reading the machine's apt: the archive's address, and nothing but what fetching needs."""

import shutil
from pathlib import Path

import pytest

from setup import debian
from setup.progress import SetupError

needs_apt = pytest.mark.skipif(shutil.which("apt-get") is None, reason="apt is not on this machine")

DEBIAN = debian.Distribution("debian", "bookworm")
DEB822 = """\
Types: deb deb-src
URIs: http://mirror.test/updates
Suites: bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.test/debian
Suites: bookworm
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""
ONE_LINE = """\
# deb http://old.test/debian bookworm main
deb http://other.test/tools bookworm tools
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.test/debian bookworm contrib main
"""


@needs_apt
@pytest.mark.parametrize(("name", "text"), [("x.sources", DEB822), ("x.list", ONE_LINE)])
def test_sources_of_either_format_give_the_archives_address(
    name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "sources.list.d"
    folder.mkdir()
    (folder / name).write_text(text)
    configuration = tmp_path / "apt.conf"
    configuration.write_text(f'Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "{folder}";\n')
    monkeypatch.setenv("APT_CONFIG", str(configuration))

    assert debian.machine_archive(DEBIAN) == "http://mirror.test/debian/"


def test_archive_of_another_release_serves_when_none_has_ours():
    indexes = (
        "'http://a.test/x/dists/stable-security/InRelease' a 0\n'http://a.test/debian/dists/testing/InRelease' b 0\n"
    )
    assert debian.archive_address(indexes, DEBIAN) == "http://a.test/debian/"


def test_other_project_with_the_same_suite_is_no_archive():
    indexes = (
        "'http://tools.test/apt/dists/bookworm/InRelease' a 0\n'http://a.test/debian/dists/bookworm/InRelease' b 0\n"
    )
    assert debian.archive_address(indexes, DEBIAN) == "http://a.test/debian/"


def test_sources_without_an_archive_say_so():
    with pytest.raises(SetupError, match="no archive"):
        debian.archive_address("'http://a.test/tools/dists/tools/InRelease' a 0\n", DEBIAN)


def test_proxy_is_kept_and_hooks_are_not():
    dump = (
        'Acquire::http::Proxy "http://proxy.test:3128";\n'
        'Acquire::IndexTargets::deb::Packages::MetaKey "x";\n'
        'APT::Update::Post-Invoke:: "touch /tmp/hook";\n'
        'Acquire "";\n'
    )
    assert debian.acquire_settings(dump) == 'Acquire::http::Proxy "http://proxy.test:3128";'


@needs_apt
def test_private_apt_keeps_its_state_to_itself_and_checks_signatures(tmp_path: Path):
    debian.PrivateApt(tmp_path, suite="sid")
    settings = (tmp_path / "apt.conf").read_text()
    source = (tmp_path / "sources" / "archive.sources").read_text()
    assert f'Dir::State::Lists "{tmp_path}/lists";' in settings
    assert "Post-Invoke" not in settings
    assert "Signed-By: /usr/share/keyrings/" in source
    assert "Suites: sid" in source
    assert (tmp_path / "status").read_text() == ""
