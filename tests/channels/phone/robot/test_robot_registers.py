"""A robot phone with an account: at a registrar of one UDP port that challenges, grants little and forgets."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from borgerlinje.channels.phone.robot import digest, sip
from borgerlinje.channels.phone.robot.datagrams import Address
from borgerlinje.channels.phone.robot.errors import RobotError
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.channels.phone.robot.registration import Registration, granted
from borgerlinje.channels.phone.robot.wire import Wire

ACCOUNT = digest.Credentials("anna", "secret")


class Registrar:
    """Keeps who registered for how long; challenges by 401 or 407, and refuses all when `is_closed`."""

    def __init__(self, *, status: int = 401, least_seconds: int = 0, granted_seconds: int | None = None) -> None:
        self.status, self.least_seconds, self.granted_seconds = status, least_seconds, granted_seconds
        self.kept: dict[str, int] = {}
        self.seen: list[sip.Request] = []
        self.changed = asyncio.Event()
        self.is_closed = False
        self.wire = Wire("127.0.0.1", 0, self._request)

    async def takes(self, robot: Robot, *, expires_seconds: int = 300) -> Registration:
        """Let a robot register here."""
        host, port = self.wire.address
        return await robot.register(host=host, port=port, expires_seconds=expires_seconds)

    def _request(self, request: sip.Request, _source: Address) -> None:
        self.wire.respond(request, self._answer(request))

    def _answer(self, request: sip.Request) -> sip.Response:
        is_proxy = self.status == 407
        given = request.first("proxy-authorization" if is_proxy else "authorization")
        if self.is_closed:
            return sip.response_to(request, 403, "Forbidden")
        challenge = digest.Challenge("borgerlinje", "once", has_qop=True)
        if not self._is_right(challenge, given, request):
            name = "proxy-authenticate" if is_proxy else "www-authenticate"
            value = f'Digest realm="{challenge.realm}", nonce="{challenge.nonce}", qop="auth"'
            return sip.response_to(request, self.status, "Who?", extra=((name, value),))
        seconds = int(request.first("expires"))
        if 0 < seconds < self.least_seconds:
            extra = (("min-expires", str(self.least_seconds)),)
            return sip.response_to(request, 423, "Interval Too Brief", extra=extra)
        contact = request.first("contact").strip("<>")
        if seconds:
            seconds = self.granted_seconds if self.granted_seconds is not None else seconds
            self.kept[contact] = seconds
        else:
            self.kept.pop(contact, None)
        self.seen.append(request)
        self.changed.set()
        return sip.response_to(request, 200, "OK", extra=(("contact", f"<{contact}>;expires={seconds}"),))

    @staticmethod
    def _is_right(challenge: digest.Challenge, given: str, request: sip.Request) -> bool:
        cnonce = given.partition('cnonce="')[2].partition('"')[0]
        answer = digest.authorization(challenge, ACCOUNT, method="REGISTER", uri=request.uri, cnonce=cnonce)
        return given == answer


@pytest.fixture
async def registrar(request: pytest.FixtureRequest) -> AsyncIterator[Registrar]:
    registrar = Registrar(**getattr(request, "param", {}))
    yield registrar
    registrar.wire.close()


@pytest.mark.parametrize("registrar", [{"status": 401}, {"status": 407}], indirect=True)
async def test_phone_with_a_password_is_registered_and_signs_off_when_it_stops(registrar: Registrar) -> None:
    async with Robot("anna", credentials=ACCOUNT) as anna:
        registration = await registrar.takes(anna)
        assert registrar.kept == {anna.uri: 300}
        assert registration.granted_seconds == 300
        await registration.renew()
    assert registrar.kept == {}
    first, second, last = registrar.seen
    assert first.call_id == second.call_id == last.call_id
    assert first.cseq[0] < second.cseq[0] < last.cseq[0]
    assert last.first("expires") == "0"


async def test_wrong_password_is_said(registrar: Registrar) -> None:
    async with Robot("anna", credentials=digest.Credentials("anna", "guess")) as anna:
        with pytest.raises(RobotError, match="401"):
            await registrar.takes(anna)
    assert registrar.seen == []


@pytest.mark.parametrize("registrar", [{"granted_seconds": 1}], indirect=True)
async def test_registration_is_renewed_before_it_runs_out(registrar: Registrar) -> None:
    async with Robot("anna", credentials=ACCOUNT) as anna:
        registration = await registrar.takes(anna)
        registrar.changed.clear()
        async with asyncio.timeout(5):
            await registrar.changed.wait()
        assert registration.granted_seconds == 1
        await anna.unregister()
        assert (registrar.kept, anna.registration) == ({}, None)


@pytest.mark.parametrize("registrar", [{"least_seconds": 60}], indirect=True)
async def test_registrar_that_wants_longer_gets_it(registrar: Registrar) -> None:
    async with Robot("anna", credentials=ACCOUNT) as anna:
        await registrar.takes(anna, expires_seconds=10)
        assert registrar.kept == {anna.uri: 60}


async def test_phone_that_vanishes_does_not_sign_off(registrar: Registrar) -> None:
    anna = Robot("anna", credentials=ACCOUNT)
    await anna.start()
    await registrar.takes(anna)
    anna.vanish()
    assert len(registrar.kept) == len(registrar.seen) == 1


async def test_registration_is_taken_back_with_zero_seconds(registrar: Registrar) -> None:
    async with Robot("anna", credentials=ACCOUNT) as anna:
        await registrar.takes(anna)
        await registrar.takes(anna, expires_seconds=0)
        assert registrar.kept == {}


async def test_renewal_that_is_refused_leaves_the_phone_running(registrar: Registrar) -> None:
    async with Robot("anna", credentials=ACCOUNT) as anna:
        registration = await registrar.takes(anna)
        registrar.is_closed = True
        with pytest.raises(RobotError, match="403"):
            await registration.renew()
        assert registration.granted_seconds == 0


async def test_proxy_and_the_one_behind_it_may_both_challenge() -> None:
    nonces = {401: "behind", 407: "proxy"}
    names = {401: ("www-authenticate", "authorization"), 407: ("proxy-authenticate", "proxy-authorization")}

    def take(request: sip.Request, _source: Address) -> None:
        for status in (407, 401):
            asks, answers = names[status]
            if f'nonce="{nonces[status]}"' not in request.first(answers):
                challenge = (asks, f'Digest realm="r", nonce="{nonces[status]}"')
                wire.respond(request, sip.response_to(request, status, "Who?", extra=(challenge,)))
                return
        wire.respond(request, sip.response_to(request, 200, "OK"))

    wire = Wire("127.0.0.1", 0, take)
    async with Robot("anna", credentials=ACCOUNT) as anna:
        host, port = wire.address
        assert (await anna.register(host=host, port=port)).granted_seconds == 300
    wire.close()


def test_seconds_granted_beside_our_contact_count_first() -> None:
    contacts = ("contact", "<sip:x@1.1.1.1>;expires=9, <sip:a@2.2.2.2:1>;q=1;expires=33")
    response = sip.Response((("expires", "77"), contacts), status=200)
    assert granted(response, "sip:a@2.2.2.2:1", wanted_seconds=5) == 33
    assert granted(response, "sip:b@2.2.2.2", wanted_seconds=5) == 77
    assert granted(sip.Response((), status=200), "sip:b@2.2.2.2", wanted_seconds=5) == 5
