"""A whole shift by the keyboard alone: forty citizens, a pause with a reason, and the day as the employee reads it afterwards."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from borgerlinje.demo.sign_ins import SignIn
from tests.browser.conftest import EMPLOYEE_HZ, Person
from tests.browser.outside import Outside
from tests.browser.test_first_call import contact_rows, wait_for_state
from tests.support.product import Product

# Whoever calls hears the menu for a while first: so many are on their way, that somebody always waits.
CITIZENS, WAITING = 40, 10
LINE = "46313020"
IMAGES = Path(__file__).parents[2] / "docs" / "images"
# A page of the desk has no more stops than this on the way to any field.
MOST_TABS = 60
HELPED = "SELECT count(*) AS n FROM contacts_contact WHERE note LIKE 'Vagt %%' AND closed_as = 'answered'"
WHERE = """
() => {
  const element = document.activeElement;
  const { x, y, width, height } = element.getBoundingClientRect();
  return { tag: element.tagName, id: element.id, name: element.getAttribute("name"), box: [x, y, width, height].map(Math.round) };
}
"""


class Citizens:
    """Robots that call the line one after another, so that somebody always waits until the last."""

    def __init__(self, product: Product, telephone: Outside) -> None:
        asterisk = product.running().asterisk
        assert asterisk is not None
        self._telephone, self._asterisk = telephone, asterisk
        self.made = 0

    def call(self, number: int = 1) -> None:
        """Let as many more call, each from a number of their own, and no more than the shift has."""
        for _ in range(min(number, CITIZENS - self.made)):
            self.made += 1
            host, port = self._asterisk.sip_host, self._asterisk.sip_port
            self._telephone.call(LINE, host=host, port=port, caller=f"0000{8000 + self.made}")


@pytest.fixture
def citizens(product: Product) -> Iterator[Citizens]:
    """Return those who call."""
    with Outside(host="127.0.0.1") as telephone:
        yield Citizens(product, telephone)


class Hands:
    """An employee who has a keyboard and no mouse. Nothing they press may lose the focus."""

    def __init__(self, page: Page) -> None:
        self.page, self._keyboard = page, page.keyboard

    def press(self, *keys: str) -> None:
        """Press keys one after another."""
        for key in keys:
            self._keyboard.press(key)

    def write(self, text: str) -> None:
        """Write where the hand is."""
        self._keyboard.type(text)

    def go_to(self, selector: str, *, key: str = "Tab") -> None:
        """Go from stop to stop until the hand is there."""
        for _ in range(MOST_TABS):
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            self.press(key)
        pytest.fail(f"no key leads to {selector}: the hand is at {self.where()}")

    def where(self) -> dict[str, object]:
        """Say what has the focus, and its box on the screen."""
        found: dict[str, object] = self.page.evaluate(WHERE)
        return found

    def check_has_focus(self) -> None:
        """Fail when the focus is lost: it stays on nothing but the page itself."""
        self.page.wait_for_selector(":focus")


def begin(hands: Hands, account: SignIn) -> None:
    """Sign in, open the desk and become ready."""
    hands.page.goto("/bord/")
    hands.go_to("input[name=login]")
    hands.write(account.email)
    hands.go_to("input[name=password]")
    hands.write(account.password)
    hands.press("Enter")
    hands.page.wait_for_selector('#desk[data-phone-state="ready"]')
    hands.page.wait_for_selector('#indhold:not([data-standing="connection_lost"])')
    become_ready(hands)


def become_ready(hands: Hands) -> None:
    """Choose »Klar« at the top."""
    hands.go_to("input[name=status]")
    hands.press("ArrowLeft")
    hands.page.wait_for_selector('#indhold:is([data-state="ready"], [data-state="offered"])')


def help_one(hands: Hands, number: int) -> None:
    """Take the citizen who rings, and do what this one needs, until the after-call work has ended."""
    page = hands.page
    wait_for_state(page, "offered")
    hands.check_has_focus()
    hands.press("F2")
    wait_for_state(page, "connected")
    hands.check_has_focus()
    if number % 5 == 1:
        hands.press("F9")
        wait_for_state(page, "held")
        hands.check_has_focus()
        hands.press("F9")
        wait_for_state(page, "connected")
    if number % 5 == 2:
        hands.press("F8")
        page.wait_for_selector('[data-do="mute"][aria-pressed="true"]')
        hands.press("F8")
        page.wait_for_selector('[data-do="mute"][aria-pressed="false"]')
    hands.go_to("#notat")
    hands.write(f"Vagt {number}")
    if number % 5 == 4:
        page.wait_for_selector("#note-status:has-text('Gemt')")
    hands.press("F4")
    wait_for_state(page, "wrap_up")
    # The hand is in the note still, and what it writes is the note's.
    assert hands.where()["id"] == "notat"
    if number % 5 == 3:
        hands.write(" efter samtalen")


def close(hands: Hands, number: int) -> None:
    """Close in three keystrokes: to the list, what it came to, done."""
    hands.press("F4", str(1 + number % 2), "Enter")


def test_forty_citizens_are_helped_without_a_mouse(
    product: Product, person: Callable[..., Person], sign_in_of: Callable[[str], SignIn], citizens: Citizens
) -> None:
    employee = person(hertz=EMPLOYEE_HZ)
    hands = Hands(employee.page)
    page = hands.page
    before = contact_rows(product, HELPED)[0]["n"]
    begin(hands, sign_in_of("medarbejder"))
    citizens.call(WAITING)
    for number in range(1, CITIZENS + 1):
        help_one(hands, number)
        citizens.call()
        if number == CITIZENS // 2:
            hands.press("F4", "1", "Shift+Enter")
            hold_a_pause(hands)
        else:
            close(hands, number)
    wait_for_state(page, "ready")
    hands.check_has_focus()
    assert contact_rows(product, HELPED)[0]["n"] - before == CITIZENS
    read_the_day(hands)
    employee.check()


def test_hand_stays_where_it_is_when_somebody_calls(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn], citizens: Citizens
) -> None:
    employee = person(hertz=EMPLOYEE_HZ)
    hands = Hands(employee.page)
    page = hands.page
    begin(hands, sign_in_of("medarbejder"))
    wait_for_state(page, "ready")
    hands.go_to("#call-out-button")
    hands.press("Enter")
    page.wait_for_selector("#ring-nummer:focus")
    hands.write("46 12")
    before = hands.where()
    citizens.call()
    wait_for_state(page, "offered")
    assert hands.where() == before
    hands.write(" 34 56")
    assert page.input_value("#ring-nummer") == "46 12 34 56"
    assert page.locator("#answer").is_visible()
    hands.press("F2")
    wait_for_state(page, "connected")
    hands.press("F4")
    wait_for_state(page, "wrap_up")
    close(hands, 1)
    wait_for_state(page, "ready")

    hands.go_to("#ring-volume")
    before = hands.where()
    citizens.call()
    wait_for_state(page, "offered")
    assert hands.where() == before
    employee.check()


def hold_a_pause(hands: Hands) -> None:
    """Hold a pause, say that it is lunch, and come back."""
    page = hands.page
    wait_for_state(page, "paused")
    hands.check_has_focus()
    hands.go_to("#pause-reason input[name=reason]")
    hands.press("ArrowRight")
    page.wait_for_selector("h1:has-text('Du holder pause: Frokost')")
    assert hands.where()["name"] == "reason"
    become_ready(hands)


def read_the_day(hands: Hands) -> None:
    """Open »Min dag« from the desk: in a window of its own, so that the desk stays."""
    hands.go_to('a[href="/bord/min-dag/"]')
    with hands.page.context.expect_page() as opened:
        hands.press("Enter")
    day = opened.value
    day.wait_for_selector("#samtaler")
    assert int(day.inner_text(".bl-facts dd >> nth=0")) >= CITIZENS
    assert day.locator("table tbody tr").count() >= CITIZENS
    if os.environ.get("BORGERLINJE_SCREENSHOTS") == "1":
        day.screenshot(path=IMAGES / "haandbog-min-dag.png")
    day.close()
