"""When it rings: the loudspeaker chosen for it, and the word on the screen for who looks elsewhere."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from borgerlinje.demo.sign_ins import SignIn
from tests.browser.conftest import EMPLOYEE_HZ, NARROW, Person, sign_in
from tests.browser.test_first_call import wait_for_state
from tests.browser.test_pages import check_page
from tests.support.telephone import wait_until

PAGE = "/bord/telefon-valg/"
# What the browser was asked to show, beside showing it.
NOTES = """
window.shown = [];
const Real = window.Notification;
window.Notification = class extends Real {
  constructor(title, options) { super(title, options); window.shown.push({ title, body: options.body, note: this, isOpen: true }); }
  close() { window.shown.forEach((each) => { if (each.note === this) each.isOpen = false; }); super.close(); }
};
"""
RINGS_ON = "document.getElementById('ring-sound')?.sinkId"
# A tab that is behind another one; browsers under test always say that they are seen.
LOOK_AWAY = """
(isAway) => {
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (isAway ? "hidden" : "visible") });
  document.dispatchEvent(new Event("visibilitychange"));
}
"""


def call(person: Callable[..., Person]) -> Page:
    citizen = person().page
    citizen.goto("/ring/46313020/")
    citizen.click('[data-do="call"] >> visible=true')
    return citizen


@pytest.fixture
def employee(person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]) -> Person:
    someone = person(hertz=EMPLOYEE_HZ)
    sign_in(someone.page, sign_in_of("medarbejder"), to=PAGE)
    return someone


def test_it_rings_on_the_loudspeaker_that_was_chosen_and_one_talks_on_another(
    employee: Person, person: Callable[..., Person]
) -> None:
    page = employee.page
    page.click('[data-test="microphone"]')
    page.wait_for_selector("#device-ringer option:nth-child(2)", state="attached")
    page.select_option("#device-ringer", index=1)
    chosen = page.input_value("#device-ringer")
    assert chosen != page.input_value("#device-speaker")
    page.click('[data-test="ring"]')
    wait_until(lambda: page.evaluate(RINGS_ON) == chosen, within=30)
    page.reload()
    wait_until(lambda: page.input_value("#device-ringer") == chosen, within=30)
    desk = page.context.new_page()
    desk.goto("/bord/")
    desk.wait_for_selector('#desk[data-phone-state="ready"]')
    desk.click(".bl-presence label:has(input[value=ready])")
    call(person)
    wait_for_state(desk, "offered")
    wait_until(lambda: desk.evaluate(RINGS_ON) == chosen, within=30)
    assert desk.evaluate("document.getElementById('desk-sound').sinkId") == ""
    employee.check()


def test_word_on_the_screen_names_no_citizen_and_goes_with_the_offer(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    employee = person(hertz=EMPLOYEE_HZ)
    employee.page.context.grant_permissions(["microphone", "notifications"])
    employee.page.add_init_script(NOTES)
    page = employee.page
    sign_in(page, sign_in_of("medarbejder"), to=PAGE)
    expect(page.locator("#notify")).to_have_attribute("data-state", "ask")
    page.click('[data-test="notify"]')
    expect(page.locator("#notify")).to_have_attribute("data-state", "on")
    desk = open_desk_again(page)
    citizen = call(person)
    wait_for_state(desk, "offered")
    # Who looks at the desk sees it ring.
    assert desk.evaluate("window.shown.length") == 0
    desk.evaluate(LOOK_AWAY, True)
    wait_until(lambda: desk.evaluate("window.shown.length") == 1, within=30)
    title, body = desk.evaluate("[window.shown[0].title, window.shown[0].body]")
    assert (title, body) == ("Det ringer", "Næstved Kommune · Hotline til selvbetjening")
    citizen.click('[data-do="hang-up"]')
    wait_until(lambda: not desk.evaluate("window.shown[0].isOpen"), within=30)
    employee.check()


def open_desk_again(page: Page) -> Page:
    page.goto("/bord/")
    page.wait_for_selector('#desk[data-phone-state="ready"]')
    page.wait_for_selector('#indhold:not([data-standing="connection_lost"])')
    if page.locator("#indhold").get_attribute("data-state") != "ready":
        page.click(".bl-presence label:has(input[value=ready])")
    wait_for_state(page, "ready")
    return page


def test_browser_that_says_no_is_said_calmly_and_nothing_is_shown(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    employee = person(hertz=EMPLOYEE_HZ, size=NARROW)
    page = employee.page
    page.add_init_script("Object.defineProperty(Notification, 'permission', { get: () => 'denied' });" + NOTES)
    page.add_init_script("localStorage.setItem('bl-notify', '1')")
    sign_in(page, sign_in_of("medarbejder"), to=PAGE)
    expect(page.locator("#notify [data-if=denied]")).to_contain_text("det ringer stadig")
    expect(page.locator('[data-test="notify"]')).to_be_hidden()
    assert check_page(page, "notifications denied") == []
    desk = open_desk_again(page)
    desk.evaluate(LOOK_AWAY, True)
    call(person)
    wait_for_state(desk, "offered")
    assert desk.evaluate("window.shown.length") == 0


def test_browser_that_cannot_choose_a_loudspeaker_says_so(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    employee = person(hertz=EMPLOYEE_HZ)
    employee.page.add_init_script("delete HTMLMediaElement.prototype.setSinkId")
    sign_in(employee.page, sign_in_of("medarbejder"), to=PAGE)
    expect(employee.page.locator("#device-no-ringer")).to_be_visible()
    expect(employee.page.locator("#device-ringer")).to_be_hidden()
    employee.page.click('[data-test="ring"]')
    employee.check()
