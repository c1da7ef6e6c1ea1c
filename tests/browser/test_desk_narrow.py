"""The desk on a telephone: what the thumb does lies at the bottom of the screen, and the calm screens are whole at 360 pixels."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from borgerlinje.demo.sign_ins import SignIn
from tests.browser.conftest import EMPLOYEE_HZ, NARROW, Person, sign_in
from tests.browser.test_desk_states import open_desk
from tests.browser.test_first_call import wait_for_state
from tests.browser.test_pages import check_page

PICTURES = Path(__file__).parents[2] / "test-results" / "pages"
# What a thumb can hit (the least of Apple's and Google's guides), and the part of the screen it reaches.
THUMB_PX, REACH_PX = 44, 250


@pytest.fixture(params=["da", "en"])
def specialist(request: pytest.FixtureRequest, person: Callable[..., Person]) -> Person:
    """Return somebody with a telephone in the hand."""
    return person(hertz=EMPLOYEE_HZ, size=NARROW, language=request.param)


def check_thumb(desk: Page, selector: str) -> None:
    """Fail when a button is not within the thumb's reach, too small for it, or behind something."""
    button = desk.locator(selector)
    box = button.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= THUMB_PX, box
    assert NARROW[1] - REACH_PX <= box["y"] <= box["y"] + box["height"] <= NARROW[1], box
    button.click(trial=True)


def picture(desk: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    desk.screenshot(path=PICTURES / f"desk-narrow-{name}.png")


def test_call_is_taken_with_the_thumb(
    specialist: Person, person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    desk = open_desk(specialist, sign_in_of("medarbejder"))
    citizen = person().page
    citizen.goto("/ring/46313020/")
    citizen.click('[data-do="call"] >> visible=true')
    wait_for_state(desk, "offered")
    check_thumb(desk, "#answer")
    language = str(desk.locator("html").get_attribute("lang"))
    picture(desk, f"offer-{language}")
    assert check_page(desk, "narrow offer") == []
    desk.click("#answer")
    wait_for_state(desk, "connected")
    for tool in ("#mute", "#hold", "#keypad-button", "#transfer-button", "#hang-up"):
        check_thumb(desk, tool)
    picture(desk, f"call-{language}")
    assert check_page(desk, "narrow call") == []
    desk.locator("#notat").scroll_into_view_if_needed()
    desk.locator("#notat").click()
    desk.keyboard.type("Fra telefonen")
    desk.wait_for_selector("#note-status:has(time), #note-status:not(:empty)")
    picture(desk, f"note-{language}")
    desk.click("#hold")
    wait_for_state(desk, "held")
    picture(desk, f"hold-{language}")
    assert check_page(desk, "narrow hold") == []
    desk.click("#hold")
    wait_for_state(desk, "connected")
    desk.click("#hang-up")
    wait_for_state(desk, "wrap_up")
    picture(desk, f"closing-{language}")
    assert check_page(desk, "narrow closing") == []
    desk.click('#closing label:has(input[value="resolved"])')
    desk.click("#closing button:not([name])")
    wait_for_state(desk, "ready")


def test_calm_screens_are_whole_on_a_telephone(specialist: Person, sign_in_of: Callable[[str], SignIn]) -> None:
    desk = open_desk(specialist, sign_in_of("medarbejder"))
    language = str(desk.locator("html").get_attribute("lang"))
    desk.evaluate("document.dispatchEvent(new CustomEvent('bl:offline'))")
    desk.wait_for_selector("#desk-offline:not([hidden])")
    picture(desk, f"offline-{language}")
    assert check_page(desk, "narrow offline") == []
    desk.evaluate("document.dispatchEvent(new CustomEvent('bl:online'))")
    second = desk.context.new_page()
    second.goto("/bord/")
    second.wait_for_selector("#desk-elsewhere:not([hidden])")
    picture(second, f"elsewhere-{language}")
    assert check_page(second, "narrow elsewhere") == []
    second.click('[data-do="take-desk"]')
    second.wait_for_selector('#desk[data-phone-state="ready"]')
    desk.wait_for_selector("#desk-elsewhere:not([hidden])")
    second.evaluate("document.getElementById('desk-signed-out').hidden = false")
    picture(second, f"signed-out-{language}")
    assert check_page(second, "narrow signed out") == []


def test_denied_microphone_is_said_on_a_telephone(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    desk = person(has_microphone=False, size=NARROW).page
    sign_in(desk, sign_in_of("medarbejder"), to="/bord/")
    desk.wait_for_selector("#desk-notices [data-do=try-phone]")
    picture(desk, "no-microphone")
    assert check_page(desk, "narrow, no microphone") == []
