"""Real servers of Redis and NATS for tests: each dies with the test process at the latest."""

import json
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from borgerlinje.kit import clock, parts, unprivileged
from tests.support.product import free_port

Kind = Literal["redis", "nats"]
KINDS: tuple[Kind, ...] = ("redis", "nats")
_BASIC = {"redis": ["--bind", "127.0.0.1", "--save", ""], "nats": ["--addr", "127.0.0.1"]}
READY = {"redis": "Ready to accept connections", "nats": "Server is ready"}


class Broker:
    """One server on a port of its own, which it keeps when it is started again."""

    def __init__(self, kind: Kind, arguments: Sequence[str] = ()) -> None:
        self.kind = kind
        self.port = free_port()
        # What comes later wins: a test's own port 0 takes the open one away.
        self._arguments = [*_BASIC[kind], "--port", str(self.port), *(one.format(port=self.port) for one in arguments)]
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Its address, without credentials."""
        return f"{self.kind}://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it serves."""
        found = parts.find(f"{self.kind}-server")
        assert found is not None
        self._process = subprocess.Popen(
            unprivileged.command([*found, *self._arguments], die_with_parent=True),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        lines = []
        for line in self._process.stdout or ():
            lines.append(line)
            if READY[self.kind] in line:
                # Read on, or it would stop where nobody takes what it says.
                self._reader = threading.Thread(target=self._process.communicate, daemon=True)
                self._reader.start()
                return
        self.kill()
        raise AssertionError("".join(lines))

    def kill(self) -> None:
        """End it without a word."""
        if self._process:
            self._process.kill()
            self._process.wait()
            if self._reader:
                self._reader.join()
            self._process = self._reader = None

    def freeze(self) -> None:
        """Stop it in mid-air: its connections stay, and nobody answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


@contextmanager
def running(
    kind: Kind, *, password: str = "", only_channel: str = "", certificate: Path | None = None
) -> Iterator[Broker]:
    """Run a server for the block; the test is skipped, by name, where the server is missing.

    `password` is asked of the user "bl", who may use every channel or `only_channel`; `certificate` is a file with certificate
    and key: then it speaks TLS.
    """
    if parts.find(f"{kind}-server") is None:
        pytest.skip(f"no {kind}-server on this machine")
    with tempfile.TemporaryDirectory(prefix="bl-bus-") as folder:
        given = _user(kind, password, only_channel, Path(folder)) if password else []
        broker = Broker(kind, [*given, *(_tls(kind, certificate) if certificate else [])])
        broker.start()
        try:
            yield broker
        finally:
            broker.kill()


def _user(kind: Kind, password: str, only_channel: str, folder: Path) -> list[str]:
    if kind == "redis":
        return ["--user", "bl", "on", f">{password}", f"&{only_channel or '*'}", "+@all", "--user", "default", "off"]
    subjects = json.dumps([only_channel or ">"])
    file = folder / "nats.conf"
    file.write_text(
        f"authorization: {{users: [{{user: bl, password: {json.dumps(password)}, "
        f"permissions: {{publish: {subjects}, subscribe: {subjects}}}}}]}}"
    )
    unprivileged.give(folder)
    unprivileged.give(file)
    return ["--config", str(file)]


def _tls(kind: Kind, certificate: Path) -> list[str]:
    file = str(certificate)
    if kind == "redis":
        port = ["--port", "0", "--tls-port", "{port}", "--tls-auth-clients", "no"]
        return [*port, "--tls-cert-file", file, "--tls-key-file", file]
    return ["--tls", "--tlscert", file, "--tlskey", file]


def make_certificate(folder: Path) -> Path:
    """Write a certificate for 127.0.0.1 that signs itself, with its key, to one file that the servers may read."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "server.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(serialization.Encoding.PEM, *plain)
    )
    unprivileged.give(folder)
    unprivileged.give(file)
    return file
