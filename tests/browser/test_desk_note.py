"""The note and the desk's own news: an answer that knew nothing of what was saved overwrites nothing."""

from collections.abc import Callable

from playwright.sync_api import Page, Route

from borgerlinje.demo.sign_ins import SignIn
from tests.browser.conftest import EMPLOYEE_HZ, Person
from tests.browser.test_desk_states import open_desk
from tests.browser.test_first_call import wait_for_state

TEXT = "Skal til Spanien 5. december."


class SlowNews:
    """What the desk asks for, kept back: answered when a test says so, with what held when it said `ask`."""

    def __init__(self, desk: Page) -> None:
        self._desk = desk
        self._kept: list[Route] = []
        # Nothing is waited for in here: the browser's messages come one after the other.
        desk.route(lambda address: "/bord/nu/" in address, lambda route: self._kept.append(route))  # noqa: PLW0108 - Playwright marks the function

    def next(self) -> Route:
        """Return the oldest question, once it is here."""
        while not self._kept:
            self._desk.wait_for_timeout(50)
        return self._kept.pop(0)


def read(desk: Page) -> None:
    desk.evaluate("htmx.trigger('#desk', 'bl:read')")


def test_news_asked_for_before_the_note_was_saved_leaves_the_note_as_it_is(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    employee, portal = person(hertz=EMPLOYEE_HZ), person().page
    desk = open_desk(employee, sign_in_of("medarbejder"))
    portal.goto("/ring/46313020/")
    portal.click('[data-do="call"] >> visible=true')
    wait_for_state(desk, "offered")
    desk.keyboard.press("F2")
    wait_for_state(desk, "connected")
    desk.evaluate("document.addEventListener('htmx:afterSettle', () => { document.body.dataset.settled = '1'; })")

    news = SlowNews(desk)
    read(desk)
    early = news.next()
    before = early.fetch()
    desk.fill("#notat", TEXT)
    desk.wait_for_selector("#notat[data-saved-at]")
    # What has the focus is never overwritten: the hand is elsewhere by now.
    desk.focus("#mute")
    desk.evaluate("delete document.body.dataset.settled")
    early.fulfill(response=before)
    desk.wait_for_selector("body[data-settled]")
    assert desk.input_value("#notat") == TEXT

    # News that was asked for afterwards knows the note, and speaks for it from then on.
    desk.evaluate("delete document.body.dataset.settled")
    read(desk)
    news.next().continue_()
    desk.wait_for_selector("body[data-settled]")
    desk.wait_for_selector("#notat:not([data-dirty])")
    assert desk.input_value("#notat") == TEXT
    desk.unroute_all(behavior="ignoreErrors")
    employee.check()
