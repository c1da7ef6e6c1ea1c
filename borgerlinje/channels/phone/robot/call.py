"""One call of a robot phone: what both directions share."""

import asyncio
import secrets
import time
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from borgerlinje.channels.phone.robot import digest, rtp, sdp, sip, sound
from borgerlinje.channels.phone.robot.asking import ask
from borgerlinje.channels.phone.robot.dialog import SDP_TYPE, Dialog
from borgerlinje.channels.phone.robot.wire import Wire

Said = float | tuple[float, ...] | Path | bytes | None
_HANG_UP_SECONDS = 2.0


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


class Call:
    """A call with its audio, its steps in time and its end.

    `ended` is set when the call is over, by whatever `cause`; `status` is the final SIP status where
    the call was refused. Steps: invited, trying, ringing, answered, acknowledged, first_audio, heard,
    hung_up, ended.
    """

    def __init__(
        self, wire: Wire, *, dialog: Dialog, credentials: digest.Credentials | None, on_end: Callable[["Call"], None]
    ) -> None:
        self.dialog = dialog
        self.state = State.INVITED
        self.cause: Cause | None = None
        self.status = 0
        self.reason = ""
        self.ended = asyncio.Event()
        self.at: dict[str, float] = {}
        self.audio = rtp.Stream(
            dialog.here[0], source=secrets.randbits(32), on_first_packet=lambda: self._mark("first_audio")
        )
        self._wire, self._credentials, self._on_end = wire, credentials, on_end
        self._marks: dict[str, asyncio.Event] = {}
        self._session = secrets.randbits(31)
        self._version = 0
        self._mark("invited")

    @property
    def peer(self) -> str:
        """Get the other side's number or name."""
        uri = sip.Uri.read(self.dialog.remote.uri)
        return uri.user if uri is not None else ""

    def milliseconds(self, step: str, *, since: str = "invited") -> float | None:
        """Tell how long after another step a step was reached; None where one of them was not."""
        if step not in self.at or since not in self.at:
            return None
        return (self.at[step] - self.at[since]) * 1000

    async def reached(self, step: str, *, within: float) -> bool:
        """Wait for a step; False where the call ended without it or `within` seconds went by."""
        if step in self.at or self.ended.is_set():
            return step in self.at
        event = self._marks.setdefault(step, asyncio.Event())
        try:
            async with asyncio.timeout(within):
                await event.wait()
        except TimeoutError:
            return False
        return step in self.at

    def play(self, what: Said, *, again: bool = False) -> rtp.Playing:
        """Say a tone or tones (Hz, endless), a wav file or A-law bytes (once, or endless with `again`), or nothing.

        The answer's `done` is set when a sound that ends has been sent.
        """
        if isinstance(what, Path):
            return self.audio.play(sound.read_wav(what), is_endless=again)
        if isinstance(what, bytes):
            return self.audio.play(what, is_endless=again)
        if what is None:
            return self.audio.play(b"", is_endless=False)
        return self.audio.play(_tone(what if isinstance(what, tuple) else (what,)), is_endless=True)

    async def hears(self, *frequencies_hz: float, within: float, seconds: float = 0.2) -> bool:
        """Wait until these tones, and little else, are heard for `seconds`; False after `within` seconds."""
        is_heard = await self.audio.hears(*frequencies_hz, within=within, seconds=seconds)
        if is_heard:
            self._mark("heard")
        return is_heard

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
        self.audio.close()
        self._mark("ended")
        for event in self._marks.values():
            event.set()
        self.ended.set()
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
            self._take(request.body)

    def _changed(self, request: sip.Request) -> None:
        """Agree to new terms inside the call (a re-INVITE or an UPDATE)."""
        if not request.body and request.method == "UPDATE":
            self._respond(request, 200, "OK")
        elif not request.body or self._take(request.body):
            self._respond(request, 200, "OK", body=self._description())
        else:
            self._respond(request, 488, "Not Acceptable Here")

    def _take(self, body: bytes) -> bool:
        """Send the sound where a description asks for it; False where there is no A-law in it."""
        media = sdp.read(body)
        if media is None or not media.has_alaw:
            return False
        is_wanted = media.receives and media.host != "0.0.0.0"  # noqa: S104 (an old way to say "on hold")
        self.audio.send_to((media.host, media.port) if is_wanted else None)
        return True

    def _description(self) -> bytes:
        self._version += 1
        host, port = self.audio.address
        return sdp.describe(host, port, session=self._session, version=self._version)

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

    def _asked_again(self, request: sip.Request) -> None:
        self.dialog.number = request.cseq[0]

    def _mark(self, step: str) -> None:
        if step not in self.at:
            self.at[step] = time.monotonic()
            if step in self._marks:
                self._marks[step].set()


class Outgoing(Call):
    """A call this phone makes."""

    _is_provisional = False
    _is_unwanted = False
    _is_cancelled = False

    def invite(self, *, headers: sip.Headers = ()) -> None:
        """Send the INVITE."""
        request = self.dialog.request("INVITE", body=self._description(), extra=(SDP_TYPE, *headers))
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
            self._take(response.body)

    def _accepted(self, response: sip.Response) -> None:
        is_first = "answered" not in self.at
        if is_first:
            self.dialog.confirmed_by(response)
            self._mark("answered")
        # The other side repeats its 200 until it gets this, also after we have hung up.
        self._wire.send(self.dialog.request("ACK", number=response.cseq[0]), self.dialog.there)
        if not is_first:
            return
        if self.state is State.ENDED or self._is_unwanted or not self._take(response.body):
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
        if self.request.body and not self._take(self.request.body):
            self.decline(488)
            return
        self.state = State.CONNECTED
        self._mark("answered")
        self._respond(self.request, 200, "OK", body=self._description(), on_no_ack=lambda: self.finish(Cause.NO_ACK))

    def decline(self, code: int = 486) -> None:
        """Refuse with a final status (486 busy, 480 unavailable, 603 no)."""
        if self.state in {State.INVITED, State.RINGING}:
            self._respond(self.request, code, _REASONS.get(code, "Declined"))
            self.finish(Cause.DECLINED, status=code)

    def cancelled(self) -> None:
        """Take note that the caller gave up while it rang."""
        if self.state in {State.INVITED, State.RINGING}:
            self._respond(self.request, 487, "Request Terminated")
            self.finish(Cause.REMOTE_CANCELLED, status=487)

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


_REASONS = {480: "Temporarily Unavailable", 486: "Busy Here", 488: "Not Acceptable Here", 603: "Decline"}


@lru_cache(maxsize=64)
def _tone(frequencies_hz: tuple[float, ...]) -> bytes:
    return sound.tone(*frequencies_hz)
