"""A phone's address at a registrar (RFC 3261, 10): told, told again before it runs out, and taken back."""

import asyncio
import logging

from borgerlinje.channels.phone.robot import digest, sip
from borgerlinje.channels.phone.robot.asking import reply_to
from borgerlinje.channels.phone.robot.datagrams import Address
from borgerlinje.channels.phone.robot.dialog import new_tag, request_headers
from borgerlinje.channels.phone.robot.errors import RobotError
from borgerlinje.channels.phone.robot.wire import Wire

log = logging.getLogger(__name__)

_ASK_SECONDS = 5.0
_AGAIN_SECONDS = 5.0
_TOO_BRIEF = 423


class Registration:
    """The account `name` at a registrar, reached at the phone's own `contact`.

    `granted_seconds` is how long the registrar last said it would keep it; 0 where it does not know it. `renewals` counts
    how often it was told again.
    """

    def __init__(
        self, wire: Wire, *, name: str, contact: str, registrar: Address, credentials: digest.Credentials | None
    ) -> None:
        self.granted_seconds = 0
        self.renewals = 0
        self._wire, self._registrar, self._credentials = wire, registrar, credentials
        self._name, self._contact = name, contact
        self._me = sip.Address(f"sip:{name}@{registrar[0]}")
        self._call_id, self._tag, self._number = new_tag() + new_tag(), new_tag(), 0
        self._wanted_seconds = 0
        self._keeping: asyncio.Task[None] | None = None

    async def begin(self, *, expires_seconds: int) -> None:
        """Register, and stay registered until `end()` or `forget()`. Raises RobotError where that is refused."""
        self._wanted_seconds = expires_seconds
        await self._tell(expires_seconds, within=_ASK_SECONDS)
        self.forget()
        self._keeping = asyncio.create_task(self._keep())

    async def renew(self) -> None:
        """Register again now. Raises RobotError where that is refused."""
        await self._tell(self._wanted_seconds, within=_ASK_SECONDS)
        self.renewals += 1

    async def end(self, *, within: float = _ASK_SECONDS) -> None:
        """Take the registration back. Raises RobotError where that is refused, or not answered within so many seconds."""
        self.forget()
        await self._tell(0, within=within)

    def forget(self) -> None:
        """Stop registering again, without a word to the registrar."""
        if self._keeping is not None:
            self._keeping.cancel()
            self._keeping = None

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self.granted_seconds / 2 if self.granted_seconds else _AGAIN_SECONDS)
            try:
                await self.renew()
            except RobotError as error:
                log.warning("robot phone: %s", error)

    async def _tell(self, expires_seconds: int, *, within: float) -> None:
        response = await self._ask(expires_seconds, within=within)
        if response is not None and response.status == _TOO_BRIEF:
            least = response.first("min-expires")
            self._wanted_seconds = int(least) if least.isascii() and least.isdigit() else self._wanted_seconds
            response = await self._ask(self._wanted_seconds, within=within)
        if response is None or not response.is_success:
            self.granted_seconds = 0
            said = f"{response.status} {response.reason}" if response is not None else "no reply"
            raise RobotError(f"Registration of {self._name} at {self._registrar[0]}:{self._registrar[1]}: {said}")
        self.granted_seconds = granted(response, self._contact, wanted_seconds=expires_seconds)

    async def _ask(self, expires_seconds: int, *, within: float) -> sip.Response | None:
        self._number += 1
        headers = request_headers(
            "REGISTER",
            here=self._wire.address,
            local=sip.Address(self._me.uri, tag=self._tag),
            remote=self._me,
            call_id=self._call_id,
            number=self._number,
            extra=(("contact", f"<{self._contact}>"), ("expires", str(expires_seconds))),
        )
        host, port = self._registrar
        return await reply_to(
            self._wire,
            sip.Request(headers, method="REGISTER", uri=f"sip:{host}:{port}"),
            to=self._registrar,
            credentials=self._credentials,
            within=within,
            on_again=self._asked_again,
        )

    def _asked_again(self, request: sip.Request) -> None:
        self._number = request.cseq[0]


def granted(response: sip.Response, contact: str, *, wanted_seconds: int) -> int:
    """Tell how many seconds a registrar keeps a contact: as it says beside it, in general, or else as was wanted."""
    said = [response.first("expires")]
    for value in sip.comma_separated(response.all("contact")):
        if sip.Address.read(value).uri == contact:
            said.insert(0, sip.parameters(value.rpartition(">")[2]).get("expires", ""))
    return next((int(text) for text in said if text.isascii() and text.isdigit()), wanted_seconds)
