"""The desk when something is missing: the microphone, the connection, the answer in time. Each state is calm and says what to do."""

from collections.abc import Callable

from playwright.sync_api import Page

from borgerlinje.demo.sign_ins import SignIn
from tests.browser.conftest import EMPLOYEE_HZ, Person, sign_in
from tests.browser.test_first_call import become_ready, wait_for_state
from tests.browser.test_pages import check_page

CPR = "Borgeren hedder 010190-1234"


def open_desk(person: Person, account: SignIn) -> Page:
    sign_in(person.page, account, to="/bord/")
    person.page.wait_for_selector('#desk[data-phone-state="ready"]')
    become_ready(person.page)
    return person.page


def test_no_microphone_pauses_the_employee_and_says_how_to_mend_it(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    page = person(has_microphone=False).page
    sign_in(page, sign_in_of("medarbejder"), to="/bord/")
    page.wait_for_selector("#desk-notices [data-do=try-phone]")
    wait_for_state(page, "paused")
    assert check_page(page, "no microphone") == []


def test_citizen_without_a_microphone_is_given_the_number(person: Callable[..., Person]) -> None:
    page = person(has_microphone=False).page
    page.goto("/ring/46313020/")
    page.click('[data-do="call"] >> visible=true')
    page.wait_for_selector('#call[data-state="no-mic"]')
    assert page.locator('#call a[href="tel:+4546313020"] >> visible=true').count() == 1
    assert check_page(page, "citizen, no microphone") == []


def test_lost_connection_is_said_and_goes_away_by_itself(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    page = open_desk(person(hertz=EMPLOYEE_HZ), sign_in_of("medarbejder"))
    page.evaluate("document.dispatchEvent(new CustomEvent('bl:offline'))")
    page.wait_for_selector("#desk-offline:not([hidden])")
    assert check_page(page, "offline") == []
    page.evaluate("document.dispatchEvent(new CustomEvent('bl:online'))")
    page.wait_for_selector("#desk-offline", state="hidden")


def test_cpr_number_in_a_note_is_refused_under_the_field_and_the_pause_is_kept(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    desk = open_desk(person(hertz=EMPLOYEE_HZ), sign_in_of("medarbejder"))
    portal = person().page
    portal.goto("/ring/46313020/")
    portal.click('[data-do="call"] >> visible=true')
    wait_for_state(desk, "offered")
    assert check_page(desk, "offer") == []
    desk.keyboard.press("F2")
    wait_for_state(desk, "connected")
    desk.fill("#notat", CPR)
    desk.wait_for_selector('#notat[aria-invalid="true"]')
    assert "CPR" in desk.inner_text("#note-fault")
    assert desk.input_value("#notat") == CPR
    assert check_page(desk, "call") == []
    desk.fill("#notat", "Borgeren er vejledt")
    desk.wait_for_selector("#note-status:has-text('Gemt')")
    desk.keyboard.press("F4")
    wait_for_state(desk, "wrap_up")
    assert check_page(desk, "closing") == []
    close_with_faults_and_without(desk)
    wait_for_state(desk, "paused")


def close_with_faults_and_without(desk: Page) -> None:
    """Close by the keyboard alone, from the note: refused first, with everything kept."""
    desk.fill("#notat", CPR)
    desk.keyboard.press("F4")
    desk.keyboard.press("1")
    assert desk.is_checked('input[name="nature"][value="transaction"]')
    desk.keyboard.press("g")
    desk.keyboard.type("Fejl")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Enter")
    desk.wait_for_selector('[data-place="note"]:has-text("CPR")')
    assert desk.locator("#indhold").get_attribute("data-state") == "wrap_up"
    assert (desk.input_value("#notat"), desk.input_value("#grund")) == (CPR, "fault")
    assert desk.evaluate("document.activeElement.id") == "notat"
    assert check_page(desk, "closing refused") == []
    desk.fill("#notat", "Borgeren er vejledt")
    desk.keyboard.press("F4")
    desk.keyboard.press("2")
    assert desk.is_checked('input[name="nature"][value="information"]')
    assert not desk.is_visible("#grund")
    desk.keyboard.press("Shift+Enter")
