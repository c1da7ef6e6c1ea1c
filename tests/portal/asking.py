"""A citizen at the page on which one asks to be called back: what the browser sends, step by step."""

import re
from datetime import date, datetime, time
from functools import cache
from typing import Any

from django.test import Client
from django.test.client import ClientHandler

from borgerlinje.kit import clock
from borgerlinje.lines.models import Line, OpeningPeriod, OpeningVersion
from tests.support.cast import NOW, Cast, later
from tests.support.database import as_web

PAGE = "/ring-mig-op/46313020/"
NUMBER = "46 12 00 00"


def open_hours(line: Line) -> None:
    """Let a line be open from 9 to 21, and call back whenever it is asked."""
    version = OpeningVersion.objects.create(line=line, from_on=date(2015, 1, 1))
    for weekday in range(4):
        OpeningPeriod.objects.create(version=version, weekday=weekday, opens=time(9), closes=time(21))
    line.when_closed, line.callback_after_seconds = Line.Otherwise.CALLBACK, 120
    line.save()


@cache
def server() -> ClientHandler:
    """Return the server that all browsers of this process ask: to set one up takes longer than to answer."""
    return ClientHandler(enforce_csrf_checks=False)


class Citizen:
    """A browser at an address, without a script."""

    def __init__(self, address: str = "192.0.2.7", *, at: datetime = NOW, language: str = "") -> None:
        from django.conf import settings

        self.client, self.address, self.at = Client(REMOTE_ADDR=address), address, at
        self.client.handler = server()
        if language:
            self.client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    def get(self, path: str = PAGE, *, after: float = 0) -> Any:
        """Open a page."""
        with as_web(), clock.turned(self._moment(after)):
            return self.client.get(path)

    def post(self, path: str, *, after: float = 0, **values: str) -> Any:
        """Send a form."""
        with as_web(), clock.turned(self._moment(after)):
            return self.client.post(path, values)

    def types(self, number: str = NUMBER, *, after: float = 10, when: str = "", website: str = "") -> Any:
        """Open the page, write a number and go on."""
        started = hidden(self.get(), "started")
        return self.post(PAGE, after=after, number=number, started=started, when=when, website=website)

    def asks(self, number: str = NUMBER, *, when: str = "") -> Any:
        """Ask to be called, and say that the number is right."""
        confirm = self.types(number, when=when)
        if b'name="payload"' not in confirm.content:
            return confirm
        return self.post(f"{PAGE}bekraeft/", after=15, payload=hidden(confirm, "payload"))

    def _moment(self, after: float) -> datetime:
        return self.at + (later(after) - NOW)


def hidden(page: Any, name: str) -> str:
    """Return what a page's hidden field holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    assert found, f"{name} is not on the page"
    return found[1]


def text(page: Any) -> str:
    """Return what a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def ready(cast: Cast) -> Cast:
    """Let the cast's line be open by day and call back."""
    open_hours(cast.line)
    return cast
