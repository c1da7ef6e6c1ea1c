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


def archive_address(targets: str, codename: str) -> str:
    """Choose the archive among apt's index targets, lines of ``address|release|component``.

    The release of this machine comes first, then any release of the same archive; update
    and security suites have addresses of their own and are no archive.
    """
    rows = [line.split("|") for line in targets.splitlines() if line.count("|") == 2]  # noqa: PLR2004
    found = [(release, address) for address, release, component in rows if component == "main"]
    for release, address in found:
        if release == codename:
            return address
    for release, address in found:
        if release in {"sid", "unstable", "testing", "stable"}:
            return address
    raise SetupError("apt's own sources name no archive with the component main")


def machine_archive(codename: str) -> str:
    """Read the archive's address out of the machine's own apt sources."""
    targets = run(
        [
            *("apt-get", "indextargets", "Created-By: Packages"),
            *("--format", "$(REPO_URI)|$(RELEASE)|$(COMPONENT)"),
        ],
        why="apt cannot read its sources",
    )
    return archive_address(targets, codename)


def acquire_settings(dump: str) -> str:
    """Keep proxies, certificates and timeouts of the machine's apt, and none of its hooks."""
    kept = re.findall(r'^Acquire::(?!IndexTargets)[^ ]+ "[^"]+";$', dump, re.MULTILINE)
    return "\n".join(kept)


class PrivateApt:
    """An apt with state of its own in `folder`.

    `status` lists the packages that need no fetching: the machine's own, or none when the
    parts are to run on libraries of another suite.
    """

    def __init__(self, folder: Path, *, suite: str, status: Path | None = None) -> None:
        """Write the configuration. Raises SetupError where this is no Debian or Ubuntu."""
        system = distribution()
        if not system.has_apt:
            raise SetupError("this machine has no apt of Debian or Ubuntu")
        self.folder = folder
        self._configure(system, suite, status)

    def _configure(self, system: Distribution, suite: str, status: Path | None) -> None:
        for part in ("lists/partial", "cache/archives/partial", "sources", "none"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        own_status = self.folder / "status"
        own_status.touch()
        (self.folder / "sources" / "archive.sources").write_text(
            f"Types: deb\nURIs: {machine_archive(system.codename)}\nSuites: {suite}\n"
            f"Components: {COMPONENTS[system.name]}\nSigned-By: {KEYRINGS[system.name]}\n"
        )
        dump = run(["apt-config", "dump"], why="apt cannot read its configuration")
        (self.folder / "apt.conf").write_text(
            f'Dir::State::Lists "{self.folder}/lists";\n'
            f'Dir::State::status "{status or own_status}";\n'
            f'Dir::State::extended_states "{self.folder}/extended_states";\n'
            f'Dir::Cache "{self.folder}/cache";\n'
            f'Dir::Log "{self.folder}";\n'
            'Dir::Etc::main "/dev/null";\n'
            f'Dir::Etc::parts "{self.folder}/none";\n'
            'Dir::Etc::sourcelist "/dev/null";\n'
            f'Dir::Etc::sourceparts "{self.folder}/sources";\n'
            'Dir::Etc::preferences "/dev/null";\n'
            f'Dir::Etc::preferencesparts "{self.folder}/none";\n'
            'APT::Install-Recommends "false";\n'
            'Acquire::Languages "none";\n'
            # Fonts, icons and the like: apt fetches what these targets name, nobody reads it.
            'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";\n'
            'Acquire::Retries "3";\n' + acquire_settings(dump) + "\n"
        )

    def fetch(self, packages: Sequence[str], *, alone: bool = False) -> list[Path]:
        """Download `packages` and, unless `alone`, what they depend on; return the files."""
        env = {"APT_CONFIG": str(self.folder / "apt.conf"), "DEBIAN_FRONTEND": "noninteractive"}
        archives = self.folder / "cache" / "archives"
        wanted = " ".join(packages)
        run(["apt-get", "update", "-qq"], why="apt cannot read the archive's index", env=env)
        verb = ["download"] if alone else ["install", "--yes", "--download-only"]
        run(
            ["apt-get", "-qq", *verb, *packages],
            why=f"apt cannot fetch {wanted}",
            env=env,
            cwd=archives,
        )
        return sorted(archives.glob("*.deb"))


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
