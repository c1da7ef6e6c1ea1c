"""The desk in every window: nothing is wider than it, and nothing is cut off, also where the reader's text is twice as large."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from borgerlinje.demo.sign_ins import SignIn
from tests.browser import looking
from tests.browser.conftest import EMPLOYEE_HZ, NARROW, Person
from tests.browser.test_desk_states import open_desk
from tests.browser.test_first_call import wait_for_state

SIZES = ((1280, 800), (1024, 768), (768, 1024), NARROW)


def misfits(desk: Page, name: str) -> list[str]:
    """Return what does not fit in any window; each is kept as a picture."""
    found = []
    for size in SIZES:
        for text in (100, 200):
            looking.resize(desk, size, text=text)
            looking.keep_picture(desk, f"desk {name} {text}")
            # Large text on a telephone breaks in the middle of words: there it is enough that nothing is wider than the window.
            look = looking.outside if (size, text) == (NARROW, 200) else looking.misfits
            found += [f"{name}, {size[0]} px, {text} %: {each}" for each in look(desk)]
    looking.resize(desk, SIZES[0])
    return found


@pytest.mark.parametrize("language", ["da", "en"])
def test_desk_fits_every_window(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn], language: str
) -> None:
    desk = open_desk(person(hertz=EMPLOYEE_HZ, language=language), sign_in_of("medarbejder"))
    found = misfits(desk, "ready")
    portal = person().page
    portal.goto("/ring/46313020/")
    portal.click('[data-do="call"] >> visible=true')
    wait_for_state(desk, "offered")
    found += misfits(desk, "offered")
    desk.keyboard.press("F2")
    wait_for_state(desk, "connected")
    found += misfits(desk, "call")
    desk.keyboard.press("Shift+F9")
    desk.wait_for_selector("#transfer")
    found += misfits(desk, "transfer")
    desk.keyboard.press("Escape")
    desk.wait_for_selector("#transfer", state="detached")
    desk.keyboard.press("F4")
    wait_for_state(desk, "wrap_up")
    found += misfits(desk, "closing")
    desk.click("#closing button:not([name])")
    desk.wait_for_selector("#closed")
    found += misfits(desk, "closed")
    assert not found, "\n".join(found)


def test_keys_and_the_ways_of_transferring_are_all_within_the_window(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    desk = open_desk(person(hertz=EMPLOYEE_HZ, size=(1024, 768)), sign_in_of("medarbejder"))
    keys = desk.locator("#keys-button").bounding_box()
    assert keys is not None
    assert keys["x"] + keys["width"] <= 1024
    portal = person().page
    portal.goto("/ring/46313020/")
    portal.click('[data-do="call"] >> visible=true')
    wait_for_state(desk, "offered")
    desk.keyboard.press("F2")
    wait_for_state(desk, "connected")
    desk.keyboard.press("Shift+F9")
    desk.wait_for_selector("#transfer")
    looking.resize(desk, (768, 1024))
    third = desk.locator("#modes li").nth(2)
    third.scroll_into_view_if_needed()
    around = desk.locator("#transfer > section").nth(1)
    row, panel = third.bounding_box(), around.bounding_box()
    assert row is not None
    assert panel is not None
    assert row["x"] + row["width"] <= panel["x"] + panel["width"]
    assert row["y"] + row["height"] <= panel["y"] + panel["height"]
