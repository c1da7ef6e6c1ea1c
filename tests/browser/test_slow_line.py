"""A hand that is quicker than the telephone: the answer is kept until the call is here."""

from collections.abc import Callable

from playwright.sync_api import Page, WebSocketRoute

from borgerlinje.demo.sign_ins import SignIn
from tests.browser.conftest import CITIZEN_HZ, EMPLOYEE_HZ, Person, sign_in
from tests.browser.test_first_call import become_ready, wait_for_state, wait_to_hear


class SlowLine:
    """The telephone's connection of a page; calls that come in are kept back until `let_in`."""

    def __init__(self, page: Page) -> None:
        self._kept: list[str | bytes] = []
        self._route: WebSocketRoute | None = None
        page.route_web_socket(lambda address: "/live/" not in address, self._begin)

    def _begin(self, route: WebSocketRoute) -> None:
        self._route = route
        server = route.connect_to_server()
        server.on_message(self._came)

    def _came(self, message: str | bytes) -> None:
        text = message if isinstance(message, str) else message.decode()
        # What follows a call that is kept back is kept back too, in order.
        if self._kept or text.startswith("INVITE "):
            self._kept.append(message)
        elif self._route:
            self._route.send(message)

    def has_call(self) -> bool:
        """Tell whether a call has come and is kept back."""
        return bool(self._kept)

    def let_in(self) -> None:
        """Hand over what was kept back."""
        kept, self._kept = self._kept, []
        assert self._route is not None
        for message in kept:
            self._route.send(message)


def test_answer_before_the_call_is_here_is_given_when_it_comes(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    employee, citizen = person(hertz=EMPLOYEE_HZ), person(hertz=CITIZEN_HZ)
    desk, portal = employee.page, citizen.page
    line = SlowLine(desk)
    sign_in(desk, sign_in_of("medarbejder"), to="/bord/")
    desk.wait_for_selector('#desk[data-phone-state="ready"]')
    become_ready(desk)
    portal.goto("/ring/46313020/")
    portal.click('[data-do="call"] >> visible=true')
    wait_for_state(desk, "offered")
    desk.keyboard.press("F2")
    while not line.has_call():
        desk.wait_for_timeout(50)
    # Longer than anybody would wait for a button to answer: the press is not forgotten.
    desk.wait_for_timeout(3000)
    assert desk.locator("#indhold").get_attribute("data-state") == "offered"
    line.let_in()
    wait_for_state(desk, "connected")
    wait_to_hear(portal, "call-sound", EMPLOYEE_HZ)
    employee.check()
