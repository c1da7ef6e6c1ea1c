"""One call of a robot phone: what both directions share."""

import asyncio
from collections.abc import Callable
from enum import StrEnum

from borgerlinje.channels.phone.robot import digest, sip
from borgerlinje.channels.phone.robot.asking import ask, reply_to
from borgerlinje.channels.phone.robot.conversation import Conversation
from borgerlinje.channels.phone.robot.dialog import SDP_TYPE, Dialog
from borgerlinje.channels.phone.robot.sdp import Direction
from borgerlinje.channels.phone.robot.wire import OnResponse, Wire

_HANG_UP_SECONDS = 2.0
_CHANGE_SECONDS = 5.0


class State(StrEnum):
    """Where a call stands."""

    INVITED = "invited"
    RINGING = "ringing"
    CONNECTED = "connected"
    ENDING = "ending"
    ENDED = "ended"


class Cause(StrEnum):
    """How a call ended, seen from this phone."""

    HUNG_UP = "hung_up"
    REMOTE_HUNG_UP = "remote_hung_up"
    CANCELLED = "cancelled"
    REMOTE_CANCELLED = "remote_cancelled"
    DECLINED = "declined"
    REJECTED = "rejected"
    NO_REPLY = "no_reply"
    NO_ACK = "no_ack"


class Call(Conversation):
    """A call with its audio, its steps in time and its end.

    It is over by whatever `cause`; `status` is the final SIP status where the call was refused.
    """

    def __init__(
        self, wire: Wire, *, dialog: Dialog, credentials: digest.Credentials | None, on_end: Callable[["Call"], None]
    ) -> None:
        super().__init__(dialog.here[0])
        self.dialog = dialog
        self.state = State.INVITED
        self.cause: Cause | None = None
        self.status = 0
        self.reason = ""
        self._wire, self._credentials, self._on_end = wire, credentials, on_end
        self._is_changing = False
        self._mark("invited")

    @property
    def peer(self) -> str:
        """Get the other side's number or name."""
        uri = sip.Uri.read(self.dialog.remote.uri)
        return uri.user if uri is not None else ""

    async def hold(self, direction: Direction = Direction.SENDONLY, *, within: float = _CHANGE_SECONDS) -> bool:
        """Put the other side on hold by a re-INVITE; False where that was not agreed to within so many seconds.

        As `sendonly` what is played goes on, `recvonly` and `inactive` send nothing.
        """
        return await self._change(direction, within)

    async def resume(self, *, within: float = _CHANGE_SECONDS) -> bool:
        """Let the sound go both ways again; False where that was not agreed to within so many seconds."""
        return await self._change(Direction.SENDRECV, within)

    async def refer(self, uri: str, *, within: float = _CHANGE_SECONDS) -> int:
        """Ask the other side to call somebody else instead (REFER); the status of the answer, 0 where there was none."""
        if not await self._is_agreed(within):
            return 0
        own = f"<{self.dialog.local.uri}>"
        request = self.dialog.request("REFER", extra=(("refer-to", f"<{uri}>"), ("referred-by", own)))
        response = await self._reply_to(request, within=within)
        return response.status if response is not None else 0

    async def hang_up(self, *, within: float = _HANG_UP_SECONDS) -> None:
        """End the call whatever its state; after `within` seconds without a reply it counts as ended anyway."""
        cause = self._hang_up()
        try:
            async with asyncio.timeout(within):
                await self.ended.wait()
        except TimeoutError:
            self.finish(cause)

    def in_dialog(self, request: sip.Request) -> None:
        """Carry out a request of the other side's inside this call."""
        match request.method:
            case "BYE":
                self.reason = request.first("reason")
                self._respond(request, 200, "OK")
                self.finish(Cause.REMOTE_HUNG_UP)
            case "ACK":
                self._acknowledged(request)
            case "INVITE" | "UPDATE":
                self._changed(request)
            case "INFO" | "OPTIONS" | "NOTIFY":
                self._respond(request, 200, "OK")
            case _:
                self._respond(request, 405, "Method Not Allowed")

    def finish(self, cause: Cause, *, status: int = 0) -> None:
        """Mark the call as over and give its audio port back; only the first cause counts."""
        if self.state is State.ENDED:
            return
        self.state, self.cause, self.status = State.ENDED, cause, status
        self._end()
        self._on_end(self)

    def _hang_up(self) -> Cause:
        """Begin to end the call and tell as what that counts."""
        if self.state is State.CONNECTED:
            self._bye()
        return Cause.HUNG_UP

    def _bye(self) -> None:
        if self.state is not State.ENDED:
            self.state = State.ENDING
        self._mark("hung_up")
        self.audio.send_to(None)
        self._ask(self.dialog.request("BYE"), lambda _response: self.finish(Cause.HUNG_UP))

    def _acknowledged(self, request: sip.Request) -> None:
        self._mark("acknowledged")
        if request.body:
            self.terms.take(request.body)

    async def _is_agreed(self, within: float) -> bool:
        """Wait until the call stands and its terms may be changed; False where it does not."""
        return await self.reached("answered", within=within) and self.state is State.CONNECTED

    async def _change(self, direction: Direction, within: float) -> bool:
        if not await self._is_agreed(within) or self._is_changing:
            return False
        before, self.terms.wanted, self._is_changing = self.terms.wanted, direction, True
        request = self.dialog.request("INVITE", body=self.terms.offer(), extra=(SDP_TYPE,))
        try:
            response = await self._reply_to(request, within=within, on_response=self._acknowledge)
        finally:
            self._is_changing = False
        stands = self.state is State.CONNECTED and response is not None and response.is_success
        if response is not None and stands and self.terms.take(response.body):
            return True
        self.terms.wanted = before
        return False

    def _acknowledge(self, response: sip.Response | None) -> None:
        """Acknowledge an INVITE's success: the other side repeats it until it gets this, also after we have hung up."""
        if response is not None and response.is_success:
            self._wire.send(self.dialog.request("ACK", number=response.cseq[0]), self.dialog.there)

    def _changed(self, request: sip.Request) -> None:
        """Agree to new terms inside the call (a re-INVITE or an UPDATE)."""
        if self._is_changing:
            # Both sides asked at the same time (RFC 3261, 14.2).
            self._respond(request, 491, "Request Pending")
        elif not request.body and request.method == "UPDATE":
            self._respond(request, 200, "OK")
        elif not request.body:
            self._respond(request, 200, "OK", body=self.terms.offer())
        elif self.terms.take(request.body):
            self._respond(request, 200, "OK", body=self.terms.answer())
        else:
            self._respond(request, 488, "Not Acceptable Here")

    def _respond(
        self,
        request: sip.Request,
        status: int,
        reason: str,
        *,
        body: bytes = b"",
        on_no_ack: Callable[[], None] | None = None,
    ) -> None:
        extra: sip.Headers = (("contact", f"<{self.dialog.contact}>"),)
        if body:
            extra = (*extra, SDP_TYPE)
        response = sip.response_to(request, status, reason, tag=self.dialog.local.tag, extra=extra, body=body)
        self._wire.respond(request, response, on_no_ack=on_no_ack)

    def _ask(self, request: sip.Request, on_response: Callable[[sip.Response | None], None]) -> None:
        ask(
            self._wire,
            request,
            to=self.dialog.there,
            credentials=self._credentials,
            on_response=on_response,
            on_again=self._asked_again,
        )

    async def _reply_to(
        self, request: sip.Request, *, within: float, on_response: OnResponse = lambda _response: None
    ) -> sip.Response | None:
        return await reply_to(
            self._wire,
            request,
            to=self.dialog.there,
            credentials=self._credentials,
            within=within,
            on_response=on_response,
            on_again=self._asked_again,
        )

    def _asked_again(self, request: sip.Request) -> None:
        self.dialog.number = request.cseq[0]


class Outgoing(Call):
    """A call this phone makes."""

    _is_provisional = False
    _is_unwanted = False
    _is_cancelled = False

    def invite(self, *, headers: sip.Headers = ()) -> None:
        """Send the INVITE."""
        request = self.dialog.request("INVITE", body=self.terms.offer(), extra=(SDP_TYPE, *headers))
        self._invite = request
        self._ask(request, self._response)

    def _asked_again(self, request: sip.Request) -> None:
        super()._asked_again(request)
        if request.method == "INVITE":
            self._invite = request

    def _hang_up(self) -> Cause:
        if self.state in {State.INVITED, State.RINGING}:
            self._is_unwanted = True
            self._mark("hung_up")
            if self._is_provisional:
                self._cancel()
            return Cause.CANCELLED
        return super()._hang_up()

    def _response(self, response: sip.Response | None) -> None:
        if response is None:
            self.finish(Cause.NO_REPLY)
        elif not response.is_final:
            self._provisional(response)
        elif response.is_success:
            self._accepted(response)
        else:
            self.finish(Cause.CANCELLED if self._is_unwanted else Cause.REJECTED, status=response.status)

    def _provisional(self, response: sip.Response) -> None:
        self._is_provisional = True
        self._mark("trying")
        if response.status > 100 and self.state is State.INVITED:  # noqa: PLR2004
            self.state = State.RINGING
            self._mark("ringing")
        if self._is_unwanted:
            self._cancel()
        elif response.body:
            self.terms.take(response.body)

    def _accepted(self, response: sip.Response) -> None:
        is_first = "answered" not in self.at
        if is_first:
            self.dialog.confirmed_by(response)
            self._mark("answered")
        self._acknowledge(response)
        if not is_first:
            return
        if self.state is State.ENDED or self._is_unwanted or not self.terms.take(response.body):
            self._bye()
        else:
            self.state = State.CONNECTED

    def _cancel(self) -> None:
        if self._is_cancelled:
            return
        self._is_cancelled = True
        kept = {"via", "max-forwards", "from", "to", "call-id", "route"}
        headers = tuple((name, value) for name, value in self._invite.headers if name in kept)
        number = self._invite.cseq[0]
        cancel = sip.Request((*headers, ("cseq", f"{number} CANCEL")), method="CANCEL", uri=self._invite.uri)
        self._wire.request(cancel, self.dialog.there, lambda _response: None)


class Incoming(Call):
    """A call that reached this phone; nothing rings until `ring()`."""

    def __init__(self, wire: Wire, *, invite: sip.Request, dialog: Dialog, on_end: Callable[[Call], None]) -> None:
        super().__init__(wire, dialog=dialog, credentials=None, on_end=on_end)
        self.request = invite
        self._respond(invite, 100, "Trying")

    def ring(self) -> None:
        """Say 180 Ringing."""
        if self.state is State.INVITED:
            self.state = State.RINGING
            self._mark("ringing")
            self._respond(self.request, 180, "Ringing")

    def answer(self) -> None:
        """Say 200 OK and begin to send sound; does nothing on a call that is over."""
        if self.state not in {State.INVITED, State.RINGING}:
            return
        if self.request.body and not self.terms.take(self.request.body):
            self.decline(488)
            return
        self.state = State.CONNECTED
        self._mark("answered")
        body = self.terms.answer() if self.request.body else self.terms.offer()
        self._respond(self.request, 200, "OK", body=body, on_no_ack=lambda: self.finish(Cause.NO_ACK))

    def decline(self, code: int = 486) -> None:
        """Refuse with a final status (486 busy, 480 unavailable, 404 unknown, 503 out of order, 603 no)."""
        if self.state in {State.INVITED, State.RINGING}:
            self._respond(self.request, code, _REASONS.get(code, "Declined"))
            self.finish(Cause.DECLINED, status=code)

    def cancelled(self) -> None:
        """Take note that the caller gave up while it rang."""
        if self.state in {State.INVITED, State.RINGING}:
            self._respond(self.request, 487, "Request Terminated")
            self.finish(Cause.REMOTE_CANCELLED, status=487)

    async def _is_agreed(self, within: float) -> bool:
        # RFC 3261, 14.1: nobody asks for other terms before the first ones are acknowledged.
        return await self.reached("acknowledged", within=within) and await super()._is_agreed(within)

    def _hang_up(self) -> Cause:
        if self.state in {State.INVITED, State.RINGING}:
            self.decline(480)
        elif self.state is State.CONNECTED and "acknowledged" not in self.at:
            # RFC 3261, 15: who was called may not say BYE before the ACK.
            self.state = State.ENDING
            self.audio.send_to(None)
            return Cause.HUNG_UP
        return super()._hang_up()

    def _acknowledged(self, request: sip.Request) -> None:
        super()._acknowledged(request)
        if self.state is State.ENDING and "hung_up" not in self.at:
            self._bye()


_REASONS = {
    404: "Not Found",
    480: "Temporarily Unavailable",
    486: "Busy Here",
    488: "Not Acceptable Here",
    503: "Service Unavailable",
    603: "Decline",
}
