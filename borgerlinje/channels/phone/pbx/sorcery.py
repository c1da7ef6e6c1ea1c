"""Objects of Asterisk's SIP configuration that are given to it at run time and live in its memory.

What somebody has is told by name and kind (`Objects`); a copy is compared by a fingerprint that stands in the endpoint itself, so
that a process which begins finds out what this Asterisk has, and changes nothing that is as it should be.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from borgerlinje.channels.phone.pbx.ari import Ari, AriRefusedError
from borgerlinje.channels.phone.pbx.objects import ORDER, Objects, fingerprint

log = structlog.get_logger("phone")

_FINGERPRINT: Final = "accountcode"
_SIGN_OFF_SECONDS: Final = 1.0
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=5)


class Refusals:
    """What Asterisk would not take, and when each is tried again: later each time, up to five minutes."""

    def __init__(self) -> None:
        self._waits: dict[object, tuple[datetime, timedelta]] = {}

    def is_due(self, account: object, *, now: datetime) -> bool:
        """Tell whether it may be tried."""
        return account not in self._waits or now >= self._waits[account][0]

    def note(self, account: object, *, now: datetime) -> timedelta:
        """Note a refusal; return how long to wait now."""
        before = self._waits[account][1] if account in self._waits else _FIRST_WAIT / 2
        wait = min(before * 2, _LONGEST_WAIT)
        self._waits[account] = (now + wait, wait)
        return wait

    def forget(self, account: object) -> None:
        """Note that it was taken."""
        self._waits.pop(account, None)


async def put(ari: Ari, name: str, objects: Objects) -> None:
    """Make the objects of a name, or change those that are there.

    Raises AriError when Asterisk cannot be reached, AriRefusedError when it will not have one.
    """
    for kind in (kind for kind in ORDER if kind in objects):
        fields = [{"attribute": key, "value": value} for key, value in objects[kind].items()]
        answer = await ari.command("PUT", _path(kind, name), body={"fields": fields})
        if not answer.is_done:
            msg = f"{kind}: {answer.status}"
            raise AriRefusedError(msg)


async def delete(ari: Ari, name: str, kinds: Iterable[str]) -> None:
    """Take the objects of a name out, last first; a call in progress goes on. Raises AriError."""
    for kind in sorted(kinds, key=ORDER.index, reverse=True):
        answer = await ari.command("DELETE", _path(kind, name))
        if kind == "registration" and answer.is_done:
            # Asterisk signs off by itself, and when the provider wants to know who does so it looks for the password then.
            await asyncio.sleep(_SIGN_OFF_SECONDS)


def _path(kind: str, name: str) -> str:
    return f"/asterisk/config/dynamic/res_pjsip/{kind}/{name}"


class Copies:
    """What this Asterisk has of one sort of names, those that begin with `prefix`; one for each connection.

    Every name of the sort has an endpoint and at most the given kinds of objects.
    """

    def __init__(self, ari: Ari, prefix: str, kinds: Iterable[str]) -> None:
        self._ari = ari
        self._prefix = prefix
        self._kinds = tuple(kinds)
        self._known: dict[str, str] | None = None
        self._refusals = Refusals()
        self.faults: dict[str, str] = {}
        """Why Asterisk would not have something, by name."""

    async def bring(self, wanted: Mapping[str, Objects], *, now: datetime) -> None:
        """Bring what Asterisk has in line with what is wanted.

        One that is refused is no reason not to tell of the others; it is tried again later. Raises AriError when Asterisk cannot
        be reached.
        """
        if self._known is None:
            self._known = await self._learn()
        for name in self._known.keys() - wanted.keys():
            await delete(self._ari, name, self._kinds)
            del self._known[name]
        for name in self.faults.keys() - wanted.keys():
            del self.faults[name]
        for name, objects in wanted.items():
            mark = fingerprint(objects)
            if self._known.get(name) == mark or not self._refusals.is_due((name, mark), now=now):
                continue
            try:
                await self._give(name, objects, mark)
            except AriRefusedError as error:
                wait = self._refusals.note((name, mark), now=now)
                self.faults[name] = str(error)
                log.warning("endpoint_refused", endpoint=name, says=str(error), again_in_seconds=wait.total_seconds())

    async def _give(self, name: str, objects: Objects, mark: str) -> None:
        # An address given to one that is known would be added to the old one: both would ring.
        await delete(self._ari, name, self._kinds)
        marked = {**objects, "endpoint": {**objects["endpoint"], _FINGERPRINT: mark}}
        assert self._known is not None  # noqa: S101 - `bring` has learnt it
        self._known[name] = ""
        await put(self._ari, name, marked)
        self._known[name] = mark
        self._refusals.forget((name, mark))
        self.faults.pop(name, None)

    async def _learn(self) -> dict[str, str]:
        found = await self._ari.read("/endpoints/PJSIP")
        names = [each["resource"] for each in found if each["resource"].startswith(self._prefix)]
        return {name: await self._mark_of(name) for name in names}

    async def _mark_of(self, name: str) -> str:
        answer = await self._ari.command("GET", _path("endpoint", name))
        fields = answer.body if answer.is_done else []
        return next((field["value"] for field in fields if field["attribute"] == _FINGERPRINT), "")
