"""The desk by its keys, as their owner has put them, and pauses with a reason."""

from collections.abc import Callable

from borgerlinje.demo.sign_ins import SignIn
from tests.browser.conftest import EMPLOYEE_HZ, WIDE, Person, sign_in
from tests.browser.test_desk_states import open_desk
from tests.browser.test_first_call import wait_for_state
from tests.browser.test_pages import check_page


def test_key_that_was_changed_answers_and_the_old_one_does_nothing(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    employee = person(hertz=EMPLOYEE_HZ)
    desk = open_desk(employee, sign_in_of("medarbejder"))
    desk.click("#keys-button")
    desk.wait_for_selector("#keys[open]")
    assert check_page(desk, "keys") == []
    employee.faults.clear()  # axe itself styles the page it looks at, and the policy says so
    desk.click('#keys [data-standard="F2"] [data-change]')
    desk.keyboard.press("F4")
    assert "bruges allerede til »Afslut«" in desk.inner_text("#keys-fault")
    desk.keyboard.press("F5")
    assert "browseren har den selv" in desk.inner_text("#keys-fault")
    desk.keyboard.press("Shift+F7")
    assert desk.inner_text('#keys [data-standard="F2"] kbd') == "Shift F7"
    desk.keyboard.press("Escape")
    desk.wait_for_selector("#keys", state="hidden")
    portal = person().page
    portal.goto("/ring/46313020/")
    portal.click('[data-do="call"] >> visible=true')
    wait_for_state(desk, "offered")
    assert "Shift F7" in desk.inner_text("#answer")
    desk.keyboard.press("F2")
    desk.wait_for_timeout(300)
    wait_for_state(desk, "offered")
    desk.keyboard.press("Shift+F7")
    wait_for_state(desk, "connected")
    desk.reload()
    desk.wait_for_selector('#desk[data-phone-state="ready"]')
    assert desk.inner_text(".bl-foot__keys kbd >> nth=0") == "Shift F7"
    employee.check()


def test_keys_go_back_to_what_they_were(person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]) -> None:
    desk = open_desk(person(hertz=EMPLOYEE_HZ), sign_in_of("medarbejder"))
    desk.evaluate("localStorage.setItem('bl-keys', JSON.stringify({F9: 'F10', F4: 'F5', nothing: 'F6'}))")
    desk.reload()
    desk.wait_for_selector('#desk[data-phone-state="ready"]')
    assert desk.inner_text(".bl-foot__keys").count("F10") == 1
    desk.click("#keys-button")
    desk.click("[data-standard-keys]")
    assert desk.inner_text('#keys [data-standard="F9"] kbd') == "F9"
    assert desk.evaluate("localStorage.getItem('bl-keys')") is None


def test_pause_is_given_a_reason_and_the_day_shows_it(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    page = person(hertz=EMPLOYEE_HZ, size=WIDE).page
    sign_in(page, sign_in_of("medarbejder"), to="/bord/")
    page.wait_for_selector('#desk[data-phone-state="ready"]')
    page.click("#pause-reason label:has-text('Frokost')")
    page.wait_for_selector("h1:has-text('Du holder pause: Frokost')")
    assert check_page(page, "pause with a reason") == []
    page.goto("/bord/min-dag/")
    page.wait_for_selector(".bl-time:has-text('Frokost')")
    assert check_page(page, "my day") == []
