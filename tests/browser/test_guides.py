"""The guide book in Chromium: an employee in a call has the right guide in three letters, and a citizen finds the same alone."""

from collections import Counter
from collections.abc import Callable

import psycopg

from borgerlinje.demo.sign_ins import SignIn
from borgerlinje.kit import database
from tests.browser.conftest import EMPLOYEE_HZ, Person
from tests.browser.test_desk_states import open_desk
from tests.browser.test_first_call import wait_for_state
from tests.browser.test_pages import check_page
from tests.support.product import Product

NOTE = "har mistet sit gule kort i Spanien"
MISSED = "SELECT asked, sum(count)::int FROM guides_missedsearch WHERE side = 'employee' GROUP BY asked"


def in_a_call(person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]) -> Person:
    """Let a citizen ring, and return the employee who answered at the desk."""
    employee, portal = person(hertz=EMPLOYEE_HZ), person().page
    desk = open_desk(employee, sign_in_of("medarbejder"))
    portal.goto("/ring/46313020/")
    portal.click('[data-do="call"] >> visible=true')
    wait_for_state(desk, "offered")
    desk.keyboard.press("F2")
    wait_for_state(desk, "connected")
    return employee


def test_employee_in_a_call_finds_a_guide_by_keyboard_alone_and_keeps_it_while_the_desk_is_drawn_anew(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    employee = in_a_call(person, sign_in_of)
    desk = employee.page
    desk.wait_for_selector("#guide-q")
    desk.keyboard.press("Control+k")
    desk.keyboard.type("blå")
    desk.wait_for_selector(".bl-found button:has-text('sygesikringskort')")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#guide:has-text('sygesikringskort')")
    assert desk.evaluate("document.activeElement.id") == "guide"

    # The desk is drawn anew every few seconds, and the guide stands.
    desk.evaluate("document.addEventListener('htmx:afterSettle', () => { document.body.dataset.settled = '1'; })")
    desk.evaluate("htmx.trigger('#desk', 'bl:read')")
    desk.wait_for_selector("body[data-settled]")
    assert "sygesikringskort" in desk.inner_text("#guide")
    assert desk.evaluate("document.activeElement.id") == "guide"

    # What is written in the note suggests more, and says why.
    desk.fill("#notat", NOTE)
    desk.wait_for_selector(".bl-suggest button:has-text('dit notat')")
    desk.click(".bl-suggest button:has-text('sundhedskort')")
    desk.wait_for_selector("#guide:has-text('sundhedskort')")
    desk.click(".bl-guide button[name=helped][value=ja]")
    desk.wait_for_selector(".bl-guide [role=status]:has-text('guiden hjalp')")
    employee.check()
    # Last: axe-core tries styles of its own, which the page's policy refuses and says so.
    assert not check_page(desk, "desk-guide")


def test_word_typed_at_the_desk_is_missed_once_and_whole(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn], product: Product
) -> None:
    def missed() -> Counter[str]:
        with psycopg.connect(database.dsn("bl_owner", url=product.running().database_url)) as owner:
            return Counter(dict(owner.execute(MISSED).fetchall()))

    employee = in_a_call(person, sign_in_of)
    desk = employee.page
    desk.wait_for_selector("#guide-q")
    before = missed()
    # So slowly that each beginning of the word is asked for.
    desk.locator("#guide-q").press_sequentially("krokodille", delay=300)
    desk.wait_for_selector(".bl-guide .bl-empty[data-asked=krokodille]")
    for leave in ("Tab", "Enter"):
        desk.focus("#guide-q")
        with desk.expect_response("**/guider/uden-svar/"):
            desk.keyboard.press(leave)
    # Left standing it is told of by itself.
    with desk.expect_response("**/guider/uden-svar/"):
        desk.fill("#guide-q", "minecraft")
    assert missed() - before == Counter(krokodille=1, minecraft=1)
    employee.check()


def test_citizen_finds_the_guide_in_their_own_words_and_says_that_it_helped(person: Callable[..., Person]) -> None:
    citizen = person()
    page = citizen.page
    page.goto("/kommune/370/find/")
    page.fill("#q", "mit gule kort er blevet væk")
    page.press("#q", "Enter")
    page.click(".bl-found a:has-text('sundhedskort') >> nth=0")
    page.wait_for_selector("h1:has-text('sundhedskort')")
    address = page.url
    page.click("button[name=helped][value=ja]")
    page.wait_for_selector("#hjalp ~ [role=status]")
    citizen.check()
    # Last: axe-core tries styles of its own, which the page's policy refuses and says so.
    page.goto(address)
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert not check_page(page, f"guide-{width}")


def test_citizen_sees_what_is_found_while_typing(person: Callable[..., Person]) -> None:
    citizen = person()
    page = citizen.page
    page.goto("/kommune/370/find/")
    page.locator("#q").press_sequentially("gult kor")
    page.wait_for_selector("#svar .bl-found a:has-text('sundhedskort') mark")
    assert "guide" in page.inner_text("#antal")
    assert page.evaluate("document.activeElement.id") == "q"
    citizen.check()
    assert not check_page(page, "find-typing")
