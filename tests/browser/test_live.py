"""The live view: a call comes and goes without anybody loading the page again."""

from collections.abc import Callable

from borgerlinje.demo.sign_ins import SignIn
from tests.browser.conftest import Person, sign_in
from tests.browser.test_pages import check_page


def test_call_appears_and_disappears_by_itself(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    auditor, citizen = person(), person()
    watching, portal = auditor.page, citizen.page
    sign_in(watching, sign_in_of("revisor"), to="/konsol/lige-nu/")
    assert watching.locator("tr[id^=live-]").count() == 0
    portal.goto("/ring/46313020/")
    portal.click('[data-do="call"] >> visible=true')
    row = watching.locator("tr[id^=live-]")
    row.wait_for()
    row.get_by_text("Næstved").wait_for()
    assert check_page(watching, "live") == []
    portal.wait_for_selector('#call[data-state="waiting"]')
    portal.click('[data-do="hang-up"]')
    row.wait_for(state="detached")
    citizen.check()


def test_ready_pressed_before_the_phone_is_there_is_done_when_it_is(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    desk = person().page
    sign_in(desk, sign_in_of("medarbejder"), to="/bord/")
    desk.wait_for_selector('#desk[data-phone-state="ready"]')
    desk.wait_for_selector('#indhold:not([data-standing="connection_lost"])')
    desk.evaluate("document.getElementById('desk').dataset.phoneState = 'starting'")
    if desk.locator("#indhold").get_attribute("data-state") == "ready":
        desk.click(".bl-presence label:has(input[value=paused])")
        desk.wait_for_selector('#indhold[data-state="paused"]')
    desk.click(".bl-presence label:has(input[value=ready])")
    desk.wait_for_timeout(500)
    assert desk.locator("#indhold").get_attribute("data-state") != "ready"
    desk.evaluate(
        "document.getElementById('desk').dataset.phoneState = 'ready';"
        "document.dispatchEvent(new CustomEvent('bl:phone', { detail: 'ready' }))"
    )
    desk.wait_for_selector('#indhold[data-state="ready"]')
    desk.click(".bl-presence label:has(input[value=paused])")
    desk.wait_for_selector('#indhold[data-state="paused"]')
