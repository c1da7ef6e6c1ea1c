"""The robot: one SIP address on one UDP port, with any number of calls at once."""

import asyncio
import inspect
import logging
import time
from collections.abc import Awaitable
from types import TracebackType
from typing import Self

from borgerlinje.channels.phone.robot import digest, sip
from borgerlinje.channels.phone.robot.asking import reply_to
from borgerlinje.channels.phone.robot.call import Call, Incoming, Outgoing
from borgerlinje.channels.phone.robot.datagrams import Address
from borgerlinje.channels.phone.robot.dialog import ALLOW, DEFAULT_PORT, Dialog, new_tag, request_headers
from borgerlinje.channels.phone.robot.errors import RobotError
from borgerlinje.channels.phone.robot.manners import OnInvite
from borgerlinje.channels.phone.robot.registration import Registration
from borgerlinje.channels.phone.robot.wire import Counters, Wire

log = logging.getLogger(__name__)

_ASK_SECONDS = 5.0
_HANG_UP_SECONDS = 2.0
_ANONYMOUS = "sip:anonymous@anonymous.invalid"


class Robot:
    """A telephone without a person.

    Incoming calls go to `on_invite` (a function or coroutine function), else into `next_call()`.
    Use it as `async with Robot("name") as robot:`; on leaving, every call is hung up.
    """

    def __init__(
        self,
        name: str,
        *,
        local_host: str = "127.0.0.1",
        port: int = 0,
        on_invite: OnInvite | None = None,
        credentials: digest.Credentials | None = None,
    ) -> None:
        self.name, self.on_invite = name, on_invite
        self._local_host, self._port = local_host, port
        self.registration: Registration | None = None
        self._credentials = credentials
        self._wire: Wire | None = None
        self._calls: dict[tuple[str, str], Call] = {}
        self._invited: asyncio.Queue[Incoming] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Open the port; raises PortTakenError where it cannot be had."""
        self._wire = Wire(self._local_host, self._port, self._request)

    async def stop(self) -> None:
        """Hang up every call, take a registration back (at most two seconds), and close the port."""
        if self._wire is None:
            return
        await asyncio.gather(*(call.hang_up() for call in self.calls), self._sign_off())
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        wire, self._wire = self._wire, None
        wire.close()

    def vanish(self) -> None:
        """Fall silent without a word, as a phone that loses its power: nothing is sent or answered any more."""
        for call in self.calls:
            call.audio.close()
        if self.registration is not None:
            self.registration.forget()
        wire, self._wire = self.wire, None
        wire.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def wire(self) -> Wire:
        """Get the open port; raises RobotError before `start()`."""
        if self._wire is None:
            raise RobotError(f"Robot phone {self.name} is not started")
        return self._wire

    @property
    def address(self) -> Address:
        return self.wire.address

    @property
    def uri(self) -> str:
        return f"sip:{self.name}@{self.address[0]}:{self.address[1]}"

    @property
    def calls(self) -> tuple[Call, ...]:
        return tuple(self._calls.values())

    @property
    def counters(self) -> Counters:
        return self.wire.counters

    async def call(
        self,
        target: str,
        *,
        host: str | None = None,
        port: int | None = None,
        caller: str | None = None,
        display: str = "",
        privacy: bool = False,
        headers: sip.Headers = (),
    ) -> Outgoing:
        """Call a SIP address, or a number at `host`:`port`; answers when the INVITE is on its way.

        `caller` is the number to show instead of the robot's name. With `privacy` it is withheld as a telephone company
        does: nobody in From, the number (where there is a `caller`) asserted beside the wish to keep it to oneself. `headers`
        go out as they are, a P-Asserted-Identity among them instead of that one. Raises RobotError for an unusable target.
        """
        there, uri = _target(target, host, port)
        here = self.address
        shown = f"sip:{caller or self.name}@{here[0]}"
        if privacy:
            headers = _withheld(shown if caller else "", headers)
        dialog = Dialog(
            local=sip.Address(_ANONYMOUS if privacy else shown, "Anonymous" if privacy else display, new_tag()),
            remote=sip.Address(uri),
            target=uri,
            here=here,
            there=there,
            contact=self.uri,
        )
        call = Outgoing(self.wire, dialog=dialog, credentials=self._credentials, on_end=self._forget)
        self._calls[dialog.call_id, dialog.local.tag] = call
        call.invite(headers=headers)
        return call

    async def next_call(self, *, within: float = 10.0) -> Incoming:
        """Wait for the next call to this phone; raises TimeoutError after `within` seconds."""
        async with asyncio.timeout(within):
            return await self._invited.get()

    async def register(self, *, host: str, port: int = DEFAULT_PORT, expires_seconds: int = 300) -> Registration:
        """Register this phone's address under its name and keep it registered; 0 seconds takes it back.

        Raises RobotError where that is refused.
        """
        here = (host, port)
        if self.registration is not None:
            self.registration.forget()
        self.registration = registration = Registration(
            self.wire, name=self.name, contact=self.uri, registrar=here, credentials=self._credentials
        )
        if expires_seconds:
            await registration.begin(expires_seconds=expires_seconds)
        else:
            await registration.end()
        return registration

    async def unregister(self) -> None:
        """Take the registration back, where there is one. Raises RobotError where that is refused."""
        registration, self.registration = self.registration, None
        if registration is not None:
            await registration.end()

    async def options(self, *, host: str, port: int = DEFAULT_PORT) -> float | None:
        """Ask whether someone is there; the reply's time in milliseconds, None where nobody replied."""
        began = time.monotonic()
        here, me = self.address, sip.Address(f"sip:{self.name}@{host}")
        headers = request_headers(
            "OPTIONS",
            here=here,
            local=sip.Address(me.uri, tag=new_tag()),
            remote=me,
            call_id=new_tag() + new_tag(),
            number=1,
        )
        request = sip.Request(headers, method="OPTIONS", uri=f"sip:{host}:{port}")
        response = await reply_to(
            self.wire, request, to=(host, port), credentials=self._credentials, within=_ASK_SECONDS
        )
        return (time.monotonic() - began) * 1000 if response is not None else None

    async def _sign_off(self) -> None:
        registration, self.registration = self.registration, None
        if registration is None or not registration.granted_seconds:
            return
        try:
            await registration.end(within=_HANG_UP_SECONDS)
        except RobotError as error:
            log.info("robot phone: %s", error)

    def _request(self, request: sip.Request, source: Address) -> None:
        call = self._calls.get((request.call_id, request.to_tag))
        if request.method == "CANCEL":
            self._cancel(request)
        elif call is not None:
            call.in_dialog(request)
        elif request.method == "INVITE" and not request.to_tag:
            self._invite(request, source)
        elif request.method == "OPTIONS":
            self._refuse(request, 200, "OK")
        elif request.method != "ACK":
            known = request.to_tag or request.method in {"BYE", "INVITE"}
            self._refuse(request, *((481, "Call/Transaction Does Not Exist") if known else (405, "Method Not Allowed")))

    def _invite(self, request: sip.Request, source: Address) -> None:
        dialog = Dialog.of_invite(request, here=self.address, source=source, contact=self.uri)
        call = Incoming(self.wire, invite=request, dialog=dialog, on_end=self._forget)
        self._calls[dialog.call_id, dialog.local.tag] = call
        if self.on_invite is None:
            self._invited.put_nowait(call)
            return
        doing = self.on_invite(call)
        if inspect.isawaitable(doing):
            task = asyncio.ensure_future(self._handled(call, doing))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _handled(self, call: Incoming, doing: Awaitable[None]) -> None:
        try:
            await doing
        except Exception:
            log.exception("robot phone: handling a call failed")
            await call.hang_up()

    def _cancel(self, request: sip.Request) -> None:
        for call in self.calls:
            if (
                isinstance(call, Incoming)
                and call.request.branch == request.branch
                and call.request.call_id == request.call_id
            ):
                self._refuse(request, 200, "OK")
                call.cancelled()
                return
        self._refuse(request, 481, "Call/Transaction Does Not Exist")

    def _refuse(self, request: sip.Request, status: int, reason: str) -> None:
        extra = (("allow", ALLOW),)
        self.wire.respond(request, sip.response_to(request, status, reason, tag=new_tag(), extra=extra))

    def _forget(self, call: Call) -> None:
        self._calls.pop((call.dialog.call_id, call.dialog.local.tag), None)


def _target(target: str, host: str | None, port: int | None) -> tuple[Address, str]:
    """Tell where to send and which URI to call."""
    if not target.lower().startswith(("sip:", "sips:")):
        if host is None:
            raise RobotError(f"A number such as {target} needs a host to call it at")
        uri = f"sip:{target}@{host}:{port or DEFAULT_PORT}"
    else:
        uri = target
    read = sip.Uri.read(uri)
    if read is None:
        raise RobotError(f"{target} is no SIP address")
    return (host or read.host, port or read.port or DEFAULT_PORT), uri


def _withheld(asserted_uri: str, headers: sip.Headers) -> sip.Headers:
    """Add the wish to withhold the number, and the number for those on the way who may know it ("" for none)."""
    names = {name.lower() for name, _value in headers}
    added: sip.Headers = () if "privacy" in names else (("privacy", "id"),)
    if asserted_uri and "p-asserted-identity" not in names:
        added = (*added, ("p-asserted-identity", f"<{asserted_uri}>"))
    return (*headers, *added)
