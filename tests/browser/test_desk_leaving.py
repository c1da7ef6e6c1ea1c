"""Leaving the desk: a call goes on, who is ready is asked first, and who pauses goes at once."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from borgerlinje.demo.sign_ins import SignIn
from tests.browser.conftest import CITIZEN_HZ, EMPLOYEE_HZ, Person
from tests.browser.test_desk_states import open_desk
from tests.browser.test_first_call import wait_for_state, wait_to_hear
from tests.browser.test_pages import check_page

IMAGES = Path(__file__).parents[2] / "docs" / "images"
LIVE = '#desk .bl-nav a[href="/konsol/lige-nu/"]'


@pytest.fixture
def employee(person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]) -> Person:
    """Let an employee be ready at the desk."""
    someone = person(hertz=EMPLOYEE_HZ)
    open_desk(someone, sign_in_of("medarbejder"))
    return someone


def leave_beside(desk: Page) -> Page:
    """Follow the menu with the keyboard, and return the tab that opens."""
    link = desk.locator(LIVE)
    link.focus()
    with desk.context.expect_page() as opened:
        desk.keyboard.press("Enter")
    opened.value.wait_for_selector("#indhold")
    assert "/konsol/lige-nu/" in opened.value.url
    return opened.value


def test_call_goes_on_when_the_menu_is_followed_while_it_rings_and_in_it(
    employee: Person, person: Callable[..., Person]
) -> None:
    desk, portal = employee.page, person(hertz=CITIZEN_HZ).page
    portal.goto("/ring/46313020/")
    portal.click('[data-do="call"] >> visible=true')
    wait_for_state(desk, "offered")
    leave_beside(desk).close()
    assert desk.locator("#indhold").get_attribute("data-state") == "offered"
    desk.keyboard.press("F2")
    wait_for_state(desk, "connected")
    wait_to_hear(portal, "call-sound", EMPLOYEE_HZ)
    desk.wait_for_selector(f'{LIVE}[target="_blank"][title*="ny fane"]')
    leave_beside(desk).close()
    # The desk's own place in the menu leads nowhere: one is there.
    desk.click('#desk .bl-nav a[href="/bord/"]')
    wait_to_hear(portal, "call-sound", EMPLOYEE_HZ)
    assert desk.locator("#indhold").get_attribute("data-state") == "connected"
    desk.keyboard.press("F4")
    wait_for_state(desk, "wrap_up")
    desk.wait_for_selector(f"{LIVE}:not([target])")
    employee.check()


def test_tab_that_is_closed_while_it_rings_is_asked_about(employee: Person, person: Callable[..., Person]) -> None:
    desk, portal = employee.page, person().page
    portal.goto("/ring/46313020/")
    portal.click('[data-do="call"] >> visible=true')
    wait_for_state(desk, "offered")
    desk.locator(".bl-offer").click()  # a browser asks nobody who has not touched the page
    while desk.evaluate("!blPhone.isBusy()"):
        desk.wait_for_timeout(50)
    asked = desk.evaluate("!dispatchEvent(new Event('beforeunload', { cancelable: true }))")
    assert asked


def test_who_is_ready_is_told_what_leaving_means(employee: Person) -> None:
    desk = employee.page
    desk.locator(LIVE).focus()
    desk.keyboard.press("Enter")
    question = desk.locator("#leave[open]")
    question.wait_for()
    assert desk.evaluate("document.activeElement.target") == "_blank"
    assert check_page(desk, "leaving the desk") == []
    desk.keyboard.press("Escape")
    desk.wait_for_selector("#leave", state="hidden")
    assert desk.evaluate(f"document.activeElement === document.querySelector('{LIVE}')")

    desk.keyboard.press("Enter")
    with desk.context.expect_page() as opened:
        desk.click("#leave a[target]")
    opened.value.wait_for_selector("#indhold")
    opened.value.close()
    assert not question.is_visible()
    wait_for_state(desk, "ready")

    desk.click(LIVE)
    desk.click("#leave a:not([target])")
    desk.wait_for_url("**/konsol/lige-nu/")
    desk.goto("/bord/")
    wait_for_state(desk, "ready")


def test_call_that_comes_takes_the_question_away(employee: Person, person: Callable[..., Person]) -> None:
    desk, portal = employee.page, person().page
    desk.click(LIVE)
    desk.wait_for_selector("#leave[open]")
    portal.goto("/ring/46313020/")
    portal.click('[data-do="call"] >> visible=true')
    wait_for_state(desk, "offered")
    desk.wait_for_selector("#leave", state="hidden")
    desk.keyboard.press("F2")
    wait_for_state(desk, "connected")


def test_who_pauses_leaves_without_a_question(employee: Person) -> None:
    desk = employee.page
    desk.click(".bl-presence label:has(input[value=paused])")
    wait_for_state(desk, "paused")
    if os.environ.get("BORGERLINJE_SCREENSHOTS") == "1":
        desk.screenshot(path=IMAGES / "haandbog-bord.png")
    desk.click(LIVE)
    desk.wait_for_url("**/konsol/lige-nu/")
