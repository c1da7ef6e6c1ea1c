"""The two programs of others: PostgreSQL and Asterisk. They go on when the supervisor dies, and are adopted by the next."""

import asyncio
import signal
import subprocess
from collections.abc import Callable

from borgerlinje.channels.phone.pbx import asterisk
from borgerlinje.channels.phone.pbx.configuration import Ports
from borgerlinje.kit import embedded
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.kit.home import Home, cache
from borgerlinje.kit.running import CannotRunError, Process
from borgerlinje.up import pulse
from borgerlinje.up.handle import Handle
from borgerlinje.up.part import Part
from borgerlinje.up.ports import TelephonePorts

ASTERISK_PID_FILE = "asterisk.pid"


class Postgres(Part):
    """The embedded PostgreSQL."""

    # A fast shutdown: clients are sent away, everything is written. In a hurry an immediate one,
    # after which the next start replays the log: never SIGKILL, which leaves shared memory behind.
    stop_signal = signal.SIGINT
    stop_seconds = 20.0
    # Everything waits for it, and an attempt costs little: on a full disk it is there again a second after there is room.
    longest_delay_seconds = 1.0

    def __init__(self, home: Home, say: Callable[[str], None]) -> None:
        super().__init__("postgresql", home, say)
        self.server = embedded.Server(home)

    async def launch(self) -> Handle:
        """Start the server, or adopt the one that runs."""
        if not self.server.initialised:
            self.say("PostgreSQL: making the data folder")
            await asyncio.to_thread(self.server.initialise)
        embedded.keep_running(self.home)
        running = self.server.process()
        adopted = Handle.adopt(running) if running else None
        if adopted:
            self.server.child = None
            return adopted
        self.server.child = self.server.spawn()
        return Handle.of_child(self.server.child)

    async def serve(self, handle: Handle) -> None:
        """Wait until it accepts connections."""
        await asyncio.to_thread(self.server.wait_until_ready)
        self.say(f"PostgreSQL {'found running' if handle.adopted else 'ready'}")
        self.ready.set()
        await handle.ended()

    def kill(self, handle: Handle) -> None:
        """End it at once, leaving the next start to replay its log."""
        handle.send(signal.SIGQUIT)


class Asterisk(Part):
    """The Asterisk of this home."""

    def __init__(self, home: Home, say: Callable[[str], None]) -> None:
        super().__init__("asterisk", home, say)
        try:
            self.installation = asterisk.read_installation(cache())
        except BorgerlinjeError as error:
            raise CannotRunError(str(error)) from error
        self.instance: asterisk.Instance | None = asterisk.read_instance(home.asterisk)
        self.ports: TelephonePorts | None = None
        self.pid_file = home.run / ASTERISK_PID_FILE

    def running(self) -> Process | None:
        """Return the Asterisk that an earlier supervisor left running on this home."""
        process = Process.load(self.home.run / ASTERISK_PID_FILE)
        return process if process and self.instance and asterisk.is_running(self.home.asterisk) else None

    @property
    def own_ports(self) -> int | None:
        """The number of the set of ports that the running Asterisk holds, None when none runs."""
        if not self.running() or not self.instance:
            return None
        return next((n for n in range(100) if TelephonePorts(n).sip == self.instance.ports.sip), None)

    async def launch(self) -> Handle:
        """Start it with a new password, or adopt the one that runs, whose calls go on."""
        running = self.running()
        adopted = Handle.adopt(running) if running else None
        if adopted:
            return adopted
        self.instance = await asyncio.to_thread(self._configure)
        with embedded.log_file(self.home, "asterisk.log") as log:
            child = subprocess.Popen(  # noqa: ASYNC220 - asyncio's own would reap it before its group is killed
                asterisk.command(self.home.asterisk, self.installation),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
                env=asterisk.environment(self.home.asterisk) | {"BORGERLINJE_HOME": str(self.home.path)},
            )
        return Handle.of_child(child)

    async def serve(self, handle: Handle) -> None:
        """Wait until it is fully booted. Raises CannotRunError when it cannot be used."""
        try:
            await asyncio.to_thread(
                asterisk.wait_until_booted, self.home.asterisk, self.installation, is_alive=handle.process.alive
            )
        except BorgerlinjeError as error:
            raise CannotRunError(str(error)) from error
        self.say(f"Asterisk {self.installation.version} {'found running' if handle.adopted else 'ready'}")
        self.ready.set()
        if self.instance:
            silent = await pulse.until_gone(self.instance, handle.process.pid)
            # Its calls stand in silence already: ended, they are stored as what they are, and the next ones come through.
            self.say(f"asterisk has been silent for {silent:.0f} s: killing it")
            self.kill(handle)
        await handle.ended()

    def close(self) -> None:
        """Forget the process that has ended."""
        (self.home.run / ASTERISK_PID_FILE).unlink(missing_ok=True)

    def _configure(self) -> asterisk.Instance:
        if self.ports is None:
            raise CannotRunError("No ports were chosen for Asterisk.")
        # A password that changed under the phone process would lock it out: the one of this start stays.
        if self.was_ready and self.instance:
            return self.instance
        first, last = self.ports.rtp
        ports = Ports(sip=self.ports.sip, http=self.ports.http, rtp_first=first, rtp_last=last)
        try:
            return asterisk.configure(self.home.asterisk, self.installation, ports=ports)
        except BorgerlinjeError as error:
            raise CannotRunError(str(error)) from error
