"""A real Kamailio for tests, with the files our command writes; it dies with the test process."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from borgerlinje.channels.phone.network import proxy
from borgerlinje.channels.phone.network.proxy import Address, Proxy
from borgerlinje.channels.phone.pbx.asterisk import free_ports
from borgerlinje.kit import parts, unprivileged
from tests.support.telephone import wait_until


@dataclass(frozen=True)
class Kamailio:
    """A running proxy and where it takes calls."""

    address: Address
    log: Path

    @property
    def target(self) -> dict[str, Any]:
        """Where a robot calls."""
        return {"host": self.address.host, "port": self.address.port}


@contextmanager
def running_kamailio(*asterisks: Address, allowed: tuple[str, ...], host: str = "127.0.0.7") -> Iterator[Kamailio]:
    """Run a proxy in front of some Asterisks for the block; the test is skipped, by name, where Kamailio is missing."""
    program = parts.find("kamailio")
    if program is None:
        pytest.skip("no kamailio on this machine")
    with tempfile.TemporaryDirectory(prefix="bl-proxy-") as name:
        folder = Path(name)
        address = Address(host, free_ports(host, preferred_sip=0).sip)
        made = proxy.files(Proxy(address, asterisks, proxy.read_networks(allowed), folder=name))
        for file, text in made.items():
            (folder / file).write_text(text)
        for path in (folder, *folder.iterdir()):
            unprivileged.give(path)
        log = folder / "log"
        # In the foreground with a small memory; its sockets and pid file stay in the folder.
        command = [*program, "-DD", "-E", "-m", "32", "-M", "4", "-Y", name, "-f", str(folder / proxy.CONFIGURATION)]
        with log.open("wb") as output:
            process = subprocess.Popen(
                unprivileged.command(command, die_with_parent=True),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            wait_until(lambda: b"Listening on" in log.read_bytes(), within=10, says=log.read_text)
            yield Kamailio(address, log)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            print(log.read_text())  # noqa: T201 - pytest shows it beside a failure
