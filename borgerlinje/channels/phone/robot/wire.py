"""SIP over one UDP port: transactions and their retransmissions (RFC 3261, 17 and RFC 6026)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from borgerlinje.channels.phone.robot import sip
from borgerlinje.channels.phone.robot.datagrams import Address, Datagrams

T1_SECONDS = 0.5
T2_SECONDS = 4.0
GIVE_UP_SECONDS = 64 * T1_SECONDS

OnResponse = Callable[[sip.Response | None], None]
OnRequest = Callable[[sip.Request, Address], None]
_KEEP_ALIVE = {b"", b"\r\n", b"\r\n\r\n", b"\x00"}


@dataclass(slots=True)
class Counters:
    """What came and went on the port since it was opened."""

    received: int = 0
    malformed: int = 0
    unmatched: int = 0
    repeated: int = 0
    failed: int = 0


class Wire:
    """A UDP port that sends requests until answered and answers repeated requests by itself.

    `on_request` gets each new request once (ACK included). Close it to end every timer.
    """

    def __init__(self, host: str, port: int, on_request: OnRequest) -> None:
        self.counters = Counters()
        self._loop = asyncio.get_running_loop()
        self._on_request = on_request
        self._clients: dict[tuple[str, str], _Client] = {}
        self._servers: dict[tuple[str, str], _Server] = {}
        self._invites: dict[tuple[str, int, str], _Server] = {}
        self._datagrams = Datagrams(host, port, self._packet)
        self.address = self._datagrams.address

    def request(self, request: sip.Request, to: Address, on_response: OnResponse) -> None:
        """Send a request until it is answered; `on_response(None)` says that nobody did within 32 s.

        Every 2xx to an INVITE is handed up, repeated ones too, since only the caller can acknowledge.
        """
        client = _Client(self, request, to, on_response)
        self._clients[request.branch, request.method] = client
        client.start()

    def send(self, message: sip.Request | sip.Response, to: Address) -> None:
        """Send a message once, with no transaction (an ACK to a 2xx)."""
        self._datagrams.send(message.encode(), to)

    def respond(
        self, request: sip.Request, response: sip.Response, *, on_no_ack: Callable[[], None] | None = None
    ) -> None:
        """Answer a request; a final answer to an INVITE is repeated until its ACK comes or 32 s went by."""
        server = self._servers.get(_server_key(request))
        if server is not None:
            server.respond(response, on_no_ack)

    def close(self) -> None:
        """End all timers and give the port back."""
        for client in self._clients.values():
            client.stop()
        for server in self._servers.values():
            server.stop()
        self._clients.clear()
        self._servers.clear()
        self._invites.clear()
        self._datagrams.close()

    def _packet(self, view: memoryview, source: Address) -> None:
        data = bytes(view)
        self.counters.received += 1
        if data in _KEEP_ALIVE:
            return
        message = sip.parse(data)
        if message is None:
            self.counters.malformed += 1
        elif isinstance(message, sip.Response):
            self._response(message)
        else:
            self._incoming(message, source)

    def _response(self, response: sip.Response) -> None:
        client = self._clients.get((response.branch, response.cseq[1]))
        if client is None:
            self.counters.unmatched += 1
        else:
            client.response(response)

    def _incoming(self, request: sip.Request, source: Address) -> None:
        if request.method == "ACK":
            invite = self._invites.get((request.call_id, request.cseq[0], request.from_tag))
            if invite is not None:
                invite.acknowledged()
            self._on_request(request, source)
            return
        key = _server_key(request)
        known = self._servers.get(key)
        if known is not None:
            self.counters.repeated += 1
            known.repeat()
            return
        server = _Server(self, request, source)
        self._servers[key] = server
        if request.method == "INVITE":
            self._invites[request.call_id, request.cseq[0], request.from_tag] = server
        self._on_request(request, source)

    def forget_client(self, request: sip.Request) -> None:
        """Drop an ended client transaction."""
        self._clients.pop((request.branch, request.method), None)

    def forget_server(self, request: sip.Request) -> None:
        """Drop an ended server transaction."""
        self._servers.pop(_server_key(request), None)
        self._invites.pop((request.call_id, request.cseq[0], request.from_tag), None)

    def later(self, seconds: float, do: Callable[[], None]) -> asyncio.TimerHandle:
        """Run something on the wire's loop after a while."""
        return self._loop.call_later(seconds, do)


class _Client:
    """One request of ours and its retransmissions."""

    def __init__(self, wire: Wire, request: sip.Request, to: Address, on_response: OnResponse) -> None:
        self._wire, self._request, self._to, self._on_response = wire, request, to, on_response
        self._wait_seconds = T1_SECONDS
        self._is_proceeding = False
        self._final: sip.Response | None = None
        self._repeating: asyncio.TimerHandle | None = None
        self._ending: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self._wire.send(self._request, self._to)
        self._repeating = self._wire.later(self._wait_seconds, self._repeat)
        self._ending = self._wire.later(GIVE_UP_SECONDS, self._give_up)

    def response(self, response: sip.Response) -> None:
        is_invite = self._request.method == "INVITE"
        if not response.is_final:
            if is_invite:
                # Ringing may last longer than any transaction; the caller of the phone decides how long.
                self._is_proceeding = True
                self.stop()
            if self._final is None:
                self._on_response(response)
            return
        if is_invite and not response.is_success:
            self._wire.send(_acknowledgement(self._request, response), self._to)
        is_first = self._final is None
        self._final = response
        self.stop()
        self._ending = self._wire.later(GIVE_UP_SECONDS, self._end)
        if is_first or (is_invite and response.is_success):
            self._on_response(response)

    def stop(self) -> None:
        for timer in (self._repeating, self._ending):
            if timer is not None:
                timer.cancel()

    def _repeat(self) -> None:
        self._wire.counters.repeated += 1
        self._wire.send(self._request, self._to)
        longest = GIVE_UP_SECONDS if self._request.method == "INVITE" else T2_SECONDS
        self._wait_seconds = min(self._wait_seconds * 2, longest)
        self._repeating = self._wire.later(self._wait_seconds, self._repeat)

    def _give_up(self) -> None:
        self.stop()
        self._end()
        self._wire.counters.failed += 1
        self._on_response(None)

    def _end(self) -> None:
        self._wire.forget_client(self._request)


class _Server:
    """One request of the other side's and what we last answered."""

    def __init__(self, wire: Wire, request: sip.Request, source: Address) -> None:
        self._wire, self._request, self._source = wire, request, source
        self._last: sip.Response | None = None
        self._on_no_ack: Callable[[], None] | None = None
        self._wait_seconds = T1_SECONDS
        self._repeating: asyncio.TimerHandle | None = None
        self._ending: asyncio.TimerHandle | None = None

    def respond(self, response: sip.Response, on_no_ack: Callable[[], None] | None) -> None:
        if self._last is not None and self._last.is_final:
            return
        self._last, self._on_no_ack = response, on_no_ack
        self.repeat()
        if response.is_final:
            self._ending = self._wire.later(GIVE_UP_SECONDS, self._end)
            if self._request.method == "INVITE":
                self._repeating = self._wire.later(self._wait_seconds, self._again)

    def repeat(self) -> None:
        if self._last is not None:
            # RFC 3581 asks for the source of the request; peers that do not ask for it use one port as well.
            self._wire.send(self._last, self._source)

    def acknowledged(self) -> None:
        self._on_no_ack = None
        if self._repeating is not None:
            self._repeating.cancel()

    def stop(self) -> None:
        for timer in (self._repeating, self._ending):
            if timer is not None:
                timer.cancel()

    def _again(self) -> None:
        self._wire.counters.repeated += 1
        self.repeat()
        self._wait_seconds = min(self._wait_seconds * 2, T2_SECONDS)
        self._repeating = self._wire.later(self._wait_seconds, self._again)

    def _end(self) -> None:
        self.stop()
        self._wire.forget_server(self._request)
        if self._on_no_ack is not None:
            self._wire.counters.failed += 1
            self._on_no_ack()


def _server_key(request: sip.Request) -> tuple[str, str]:
    """Name a request's transaction; senders older than RFC 3261 have no unique branch."""
    branch = request.branch
    if not branch.startswith(sip.BRANCH_COOKIE):
        branch = f"{request.call_id} {request.cseq[0]} {request.from_tag}"
    return branch, request.method


def _acknowledgement(invite: sip.Request, response: sip.Response) -> sip.Request:
    """Build the ACK to a refusal: same branch, the response's To (RFC 3261, 17.1.1.3)."""
    kept = [
        (name, value) for name, value in invite.headers if name in {"via", "from", "call-id", "route", "max-forwards"}
    ]
    headers = (*kept, ("to", response.first("to")), ("cseq", f"{invite.cseq[0]} ACK"))
    return replace(invite, headers=headers, method="ACK", body=b"")
