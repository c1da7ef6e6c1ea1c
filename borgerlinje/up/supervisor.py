"""`borgerlinje up`: everything one copy consists of, under one supervisor."""

import asyncio
import errno
import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

import psycopg

from borgerlinje.kit import bus, clock, embedded, heartbeat, home, metrics, running
from borgerlinje.kit.running import CannotRunError
from borgerlinje.up import (
    checks,
    children,
    first_account,
    handle,
    logfiles,
    memory,
    migrations,
    ports,
    progress,
    summary,
    systemd,
)
from borgerlinje.up.child import Child, inherited_environment
from borgerlinje.up.part import Part
from borgerlinje.up.servers import Asterisk, Postgres

if TYPE_CHECKING:
    import socket

READY_SECONDS = 60.0


@dataclass(frozen=True)
class Options:
    """What the person asked for."""

    demo: bool = False
    port: int = 8000


def main(options: Options) -> int:
    """Run until told to stop; return the exit code. One clear line instead of a traceback for what can be expected."""
    try:
        return asyncio.run(Supervisor(options).run())
    except CannotRunError as error:
        progress.complain(str(error))
    except PermissionError as error:
        progress.complain(f"No permission for {error.filename}: choose another BORGERLINJE_HOME, or mend its owner.")
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        progress.complain(f"The disk of {home.home().path} is full: make room, or choose another BORGERLINJE_HOME.")
    return 1


class Supervisor:
    """Starts the parts in order, keeps them running, stops them in the opposite order."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.home = home.home()
        self.progress = progress.Progress()
        self.parts: list[Part] = []
        self.web_sockets: list[socket.socket] = []
        self.outside_database = os.environ.get("DATABASE_URL")
        self.running: running.Running | None = None
        self._asked_to_stop = asyncio.Event()
        self._hurry = asyncio.Event()
        self._held: list[IO[bytes] | socket.socket] = []

    async def run(self) -> int:
        """Start everything, wait until told to stop (or for a part that cannot go on), stop everything."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._on_signal)
        beats = asyncio.create_task(systemd.watchdog(), name="systemd-watchdog")
        starting = asyncio.create_task(self._start(), name="start")
        asked = asyncio.create_task(self._asked_to_stop.wait(), name="asked-to-stop")
        try:
            await asyncio.wait({starting, asked}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                await starting
                await self._watch(asked)
        finally:
            for task in (starting, asked, beats):
                task.cancel()
            await asyncio.gather(starting, asked, beats, return_exceptions=True)
            await self._stop()
        return 0

    async def _start(self) -> None:
        embedded.prepare(self.home)
        self._held.append(checks.lock_home(self.home))
        checks.check_room(self.home.path)
        bus.address.read()
        await self._end_earlier()
        self.web_sockets = checks.listen(self.options.port)
        metrics.clear(self.home.metrics)
        self.progress.say(f"data in {self.home.path}")
        asterisk = await self._start_servers()
        url = self.outside_database or self._database().url
        self._publish(url, asterisk)
        await self._migrate(url)
        await self._start_children(telephone=asterisk is not None)
        await self._announce()

    async def _end_earlier(self) -> None:
        """End what a supervisor that was killed left of our own processes: nothing may run twice."""
        names = [file for file in self.home.run.glob("*.pid") if file.stem != "asterisk"]
        ended = await asyncio.gather(*(handle.end_earlier(file) for file in names))
        left = [file.stem for file, was_there in zip(names, ended, strict=True) if was_there]
        if left:
            self.progress.say(f"ended what an earlier start left running: {', '.join(left)}")

    async def _start_servers(self) -> running.Asterisk | None:
        postgres = None if self.outside_database else Postgres(self.home, self.progress.say)
        if postgres:
            # Commands that share the server leave it running while this lock is held.
            self._held.append(embedded.use(self.home))
            self._keep(postgres)
        outside, asterisk = asterisk_from_environment(), None
        if outside is None:
            asterisk = self._asterisk()
        if postgres:
            await postgres.wait_ready()
        if asterisk is None:
            return outside
        try:
            await asterisk.wait_ready()
        except CannotRunError as error:
            self.progress.say(f"no telephone: {error}")
            await asterisk.stop(self._hurry)
            asterisk.close()
            self.parts.remove(asterisk)
            return None
        return behind_proxy(asterisk.instance.as_running()) if asterisk.instance else None

    def _asterisk(self) -> Asterisk | None:
        try:
            asterisk = Asterisk(self.home, self.progress.say)
        except CannotRunError as error:
            self.progress.say(f"no telephone: {error}")
            return None
        asterisk.ports, mark = ports.choose(self.home, web_port=self.options.port, own=asterisk.own_ports)
        self._held.append(mark)
        self._keep(asterisk)
        return asterisk

    def _database(self) -> running.Database:
        return embedded.Server(self.home).database

    def _publish(self, url: str, asterisk: running.Asterisk | None) -> None:
        me = running.Process.of(os.getpid())
        if me is None:
            raise CannotRunError("This system has no /proc.")
        port = self.web_sockets[0].getsockname()[1]
        self.running = running.Running(
            process=me,
            web_port=port,
            web_url=f"http://localhost:{port}",
            database_url=url,
            database=None if self.outside_database else self._database(),
            asterisk=asterisk,
            started_at=clock.now().isoformat(timespec="seconds"),
            bus=os.environ.get(bus.address.VARIABLE, ""),
        )
        running.write(self.home, self.running)

    async def _migrate(self, url: str) -> None:
        try:
            done = await asyncio.to_thread(migrations.up_to_date, url, demo=self.options.demo)
        except psycopg.OperationalError as error:
            first = str(error).strip().splitlines()[0]
            raise CannotRunError(f"The database does not answer ({first}): check DATABASE_URL.") from error
        if done:
            return
        self.progress.say(f"setting up the database{' and the demo centre' if self.options.demo else ''}")
        await self._run_command(["migrate", *(["--demo"] if self.options.demo else [])], role="bl_owner")
        self.progress.say("database set up")

    async def _run_command(self, arguments: Sequence[str], *, role: str) -> None:
        """Run one of our own commands to its end. Raises CannotRunError when it fails."""
        name = arguments[0]
        with embedded.log_file(self.home, f"{name}.log") as log:
            command = await asyncio.create_subprocess_exec(
                *children.command(*arguments),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=children.FOLDER,
                env=self._environment() | {"BORGERLINJE_DATABASE_ROLE": role},
                start_new_session=True,
            )
        try:
            code = await command.wait()
        except asyncio.CancelledError:
            handle.kill_group(command.pid)
            await command.wait()
            raise
        if code != 0:
            raise CannotRunError(f"{_last_complaint(self.home.log / f'{name}.log')} (`borgerlinje {name}` failed)")

    def _environment(self) -> dict[str, str]:
        return inherited_environment() | (self.running.environment(self.home) if self.running else {})

    async def _start_children(self, *, telephone: bool) -> None:
        web = [listener.fileno() for listener in self.web_sockets]
        specs = children.specs(self._environment(), web_sockets=web, telephone=telephone, demo=self.options.demo)
        self.progress.say(f"starting {', '.join(spec.name for spec in specs)}")
        started = [Child(spec, self.home, self.progress.say) for spec in specs]
        for child in started:
            self._keep(child)
        waiting = [asyncio.create_task(self._say_when_ready(child)) for child in started]
        try:
            _, late = await asyncio.wait(waiting, timeout=READY_SECONDS, return_when=asyncio.FIRST_EXCEPTION)
            for task in waiting:
                if task.done():
                    await task
            if late:
                names = ", ".join(child.name for child in started if not child.ready.is_set())
                self.progress.say(f"not ready yet, see {self.home.log}: {names}")
        finally:
            for task in waiting:
                task.cancel()

    async def _say_when_ready(self, child: Child) -> None:
        await child.wait_ready()
        self.progress.say(f"{child.name} ready")

    def _keep(self, part: Part) -> None:
        self.parts.append(part)
        part.keep()

    async def _announce(self) -> None:
        if self.running is None:
            return
        self.running = replace(self.running, ready=True)
        running.write(self.home, self.running)
        link = await asyncio.to_thread(first_account.link, self.running, self.home)
        self.progress.show(summary.text(self.running, self.home, demo=self.options.demo, first_account=link))
        used = await asyncio.to_thread(memory.total_megabytes, self.home)
        self.progress.say(f"everything runs, in {used} MB of memory")
        heartbeat.ready()

    async def _watch(self, asked: asyncio.Task[bool]) -> None:
        """Wait until asked to stop; raise what a part raised that gave up."""
        keepers = {part.keeper for part in self.parts if part.keeper}
        tidy = asyncio.create_task(logfiles.keep_small(self.home), name="logs")
        try:
            done, _ = await asyncio.wait({asked, tidy, *keepers}, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {asked}:
                await task
        finally:
            tidy.cancel()

    def _on_signal(self) -> None:
        if not self._asked_to_stop.is_set():
            self._asked_to_stop.set()
        elif not self._hurry.is_set():
            self.progress.say("stopping at once")
            self._hurry.set()

    async def _stop(self) -> None:
        heartbeat.stopping()
        if self.parts:
            self.progress.say("stopping")
        for stage in stages(self.parts):
            await asyncio.gather(*(self._stop_part(part) for part in stage))
        if self.running:
            running.remove(self.home)
        for listener in self.web_sockets:
            listener.close()
        for held in self._held:
            held.close()
        if self.parts:
            self.progress.say("everything stopped")

    async def _stop_part(self, part: Part) -> None:
        await part.stop(self._hurry)
        part.close()
        self.progress.say(f"{part.name} stopped")


def stages(parts: Sequence[Part]) -> list[list[Part]]:
    """Return the parts in the order they stop: callers, then our processes together, the database last."""
    order = {"robots": 0, "asterisk": 2, "postgresql": 3}
    return [[part for part in parts if order.get(part.name, 1) == stage] for stage in range(4)]


def behind_proxy(asterisk: running.Asterisk) -> running.Asterisk:
    """Let the address that browsers use (`BORGERLINJE_SIP_WS_URL`, a proxy's) win over Asterisk's own."""
    return replace(asterisk, ws_url=os.environ.get("BORGERLINJE_SIP_WS_URL") or asterisk.ws_url)


def asterisk_from_environment() -> running.Asterisk | None:
    """Return the outside Asterisk that `ASTERISK_ARI_URL` names, None when there is none."""
    url = os.environ.get("ASTERISK_ARI_URL")
    if not url:
        return None
    value = os.environ.get
    return running.Asterisk(
        ari_url=url,
        ari_user=value("ASTERISK_ARI_USER", "borgerlinje"),
        ari_password=value("ASTERISK_ARI_PASSWORD", ""),
        ws_url=value("BORGERLINJE_SIP_WS_URL", ""),
        sip_host=value("BORGERLINJE_SIP_HOST", ""),
        sip_port=int(value("BORGERLINJE_SIP_PORT", "5060")),
        rtp=(0, 0),
        sounds=value("BORGERLINJE_SOUNDS", ""),
    )


def _last_complaint(log: Path) -> str:
    """Return the last line a command meant for people, else where to look."""
    lines = log.read_text(errors="replace").splitlines()
    said = [line.removeprefix(progress.PREFIX) for line in lines if line.startswith(progress.PREFIX)]
    return said[-1] if said else f"See {log}"
