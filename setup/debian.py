"""Packages of Debian and Ubuntu, fetched by apt without touching the machine's own state.

The machine's apt says where its archive is, through which proxy, and with which
credentials; everything else (lists, cache, status) lies in a folder of ours. The
signatures are checked by apt against the distribution's own keyring.
"""

import platform
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from setup.commands import run
from setup.progress import SetupError

KEYRINGS = {
    "debian": Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    "ubuntu": Path("/usr/share/keyrings/ubuntu-archive-keyring.gpg"),
}
COMPONENTS = {"debian": "main", "ubuntu": "main universe"}
MACHINE_STATUS = Path("/var/lib/dpkg/status")


@dataclass(frozen=True)
class Distribution:
    """Which distribution this machine runs: `name` is debian, ubuntu or something else."""

    name: str
    codename: str

    @property
    def has_apt(self) -> bool:
        """Tell whether its packages can be fetched here."""
        return self.name in KEYRINGS and all(shutil.which(tool) for tool in ("apt-get", "apt-config", "dpkg-deb"))


def distribution() -> Distribution:
    """Tell which distribution this is; a derivative counts as what it is derived from."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return Distribution("", "")
    family = [release.get("ID", ""), *release.get("ID_LIKE", "").split()]
    name = next((one for one in ("ubuntu", "debian") if one in family), family[0])
    own = release.get("VERSION_CODENAME", "")
    codename = release.get("UBUNTU_CODENAME", own) if name == "ubuntu" else own
    return Distribution(name, codename or "sid")


def archive_address(indexes: str, system: Distribution) -> str:
    """Choose the archive among the indexes that apt would update, one quoted address a line.

    This machine's release comes first, then any other release; among equals the address that
    ends in the distribution's name, for other projects name their suites alike. Update and
    security suites have addresses of their own and are no archive.
    """
    found: list[tuple[str, str]] = re.findall(r"^'(\S+?/)dists/([^/']+)/InRelease'", indexes, re.MULTILINE)
    releases = {system.codename, "sid", "unstable", "testing", "stable"}
    archives = [(address, release) for address, release in found if release in releases]
    if not archives:
        raise SetupError("apt's own sources name no archive of this distribution")
    address, _ = min(archives, key=lambda one: (one[1] != system.codename, f"/{system.name}" not in one[0]))
    return address


def machine_archive(system: Distribution) -> str:
    """Read the archive's address out of the machine's own apt sources, in either of their formats."""
    # Only printed: nothing is fetched, and no index need have been fetched before.
    printing = ["apt-get", "update", "--print-uris"]
    return archive_address(run(printing, why="apt cannot read its sources"), system)


def acquire_settings(dump: str) -> str:
    """Keep proxies, certificates and timeouts of the machine's apt, and none of its hooks."""
    kept = re.findall(r'^Acquire::(?!IndexTargets)[^ ]+ "[^"]+";$', dump, re.MULTILINE)
    return "\n".join(kept)


class PrivateApt:
    """An apt with state of its own in `folder`.

    With a `suite` it reads that suite of the machine's archive and takes nothing for
    installed, so that what it fetches runs on libraries of its own. Without, it reads the
    machine's own sources and leaves out what the machine has.
    """

    def __init__(self, folder: Path, *, suite: str | None) -> None:
        """Write the configuration. Raises SetupError where this is no Debian or Ubuntu."""
        system = distribution()
        if not system.has_apt:
            raise SetupError("this machine has no apt of Debian or Ubuntu")
        self.folder = folder
        self._has_one_source = suite is not None
        self._env = {"APT_CONFIG": str(folder / "apt.conf"), "DEBIAN_FRONTEND": "noninteractive"}
        for part in ("lists/partial", "cache/archives/partial", "sources", "none"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        # A copy: apt locks beside it, which another account may not do beside the machine's own.
        shutil.copyfile("/dev/null" if suite else MACHINE_STATUS, folder / "status")
        dump = run(["apt-config", "dump"], why="apt cannot read its configuration")
        settings = [*_places(folder), *(_sources(folder, system, suite) if suite else ()), acquire_settings(dump)]
        (folder / "apt.conf").write_text("\n".join(settings) + "\n")

    def fetch(self, packages: Sequence[str], *, alone: bool = False) -> list[Path]:
        """Download `packages` and, unless `alone`, what they depend on; return the files."""
        archives = self.folder / "cache" / "archives"
        why = f"apt cannot fetch {' '.join(packages)}"
        try:
            run(["apt-get", "update", "-qq"], why="apt cannot read the archive's index", env=self._env)
        except SetupError as error:
            if self._has_one_source:
                raise
            # One source out of order among the machine's own is no harm if the rest has it all.
            why = f"{why} ({error})"
        verb = ["download"] if alone else ["install", "--yes", "--download-only"]
        run(["apt-get", "-qq", *verb, *packages], why=why, env=self._env, cwd=archives)
        return sorted(archives.glob("*.deb"))


def _places(folder: Path) -> Iterable[str]:
    """Yield the settings that keep apt's state in `folder` and the machine's hooks out."""
    yield f'Dir::State::Lists "{folder}/lists";'
    yield f'Dir::State::status "{folder}/status";'
    yield f'Dir::State::extended_states "{folder}/extended_states";'
    yield f'Dir::Cache "{folder}/cache";'
    yield f'Dir::Log "{folder}";'
    yield 'Dir::Etc::main "/dev/null";'
    yield f'Dir::Etc::parts "{folder}/none";'
    yield 'APT::Install-Recommends "false";'
    yield 'Acquire::Languages "none";'
    yield 'Acquire::Retries "3";'


def _sources(folder: Path, system: Distribution, suite: str) -> Iterable[str]:
    """Yield the settings that make `suite` of the machine's archive the only source."""
    keyring = KEYRINGS[system.name]
    # Newer releases name the same file .pgp.
    keyring = keyring if keyring.exists() else keyring.with_suffix(".pgp")
    (folder / "sources" / "archive.sources").write_text(
        f"Types: deb\nURIs: {machine_archive(system)}\nSuites: {suite}\n"
        f"Components: {COMPONENTS[system.name]}\nSigned-By: {keyring}\n"
    )
    yield 'Dir::Etc::sourcelist "/dev/null";'
    yield f'Dir::Etc::sourceparts "{folder}/sources";'
    yield 'Dir::Etc::preferences "/dev/null";'
    yield f'Dir::Etc::preferencesparts "{folder}/none";'


def unpack(archives: Iterable[Path], folder: Path, *, only: Sequence[str] = ()) -> None:
    """Unpack packages below `folder`, all of them or the members that match `only`."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = ["--wildcards", "--no-anchored", *only] if only else []
    for archive in archives:
        _unpack_one(archive, folder, wanted)


def _unpack_one(archive: Path, folder: Path, wanted: Sequence[str]) -> None:
    # --no-same-owner and the umask-free mode bits of the package: readable to every account.
    unpacking = ["tar", "-x", "-C", str(folder), "--no-same-owner", *wanted]
    with subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", str(archive)],
        stdout=subprocess.PIPE,
    ) as reading:
        done = subprocess.run(unpacking, stdin=reading.stdout, capture_output=True, text=True, check=False)
    # tar returns 2 when a package has no member that matches: no fault here.
    if reading.returncode or (done.returncode and "Not found in archive" not in done.stderr):
        raise SetupError(f"{archive.name} cannot be unpacked: {done.stderr.strip()[-200:]}")
