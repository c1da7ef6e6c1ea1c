"""The employee's browser dies, in each state: no citizen is dropped, the employee's state is right, the next call is routed."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Dialog, Error, Page

from borgerlinje.demo.sign_ins import SignIn
from tests.browser.conftest import CITIZEN_HZ, EMPLOYEE_HZ, SETTLE_MS, Person, sign_in
from tests.browser.test_first_call import become_ready, contact_rows, wait_for_state, wait_to_hear
from tests.support.product import Product

# How long a browser may be silent, until the sweep, and what a loaded machine adds.
UNSEEN_SECONDS = 75
CRASH_MS = 2_000
LONG_UNSEEN = (
    "UPDATE dispatch_presence SET seen_at = seen_at - interval '1 minute' WHERE seen_at IS NOT NULL RETURNING 1"
)
STEAL = "navigator.locks.request(`bl-desk-${desk.dataset.employee}`, { steal: true }, () => {})"
STANDING = """
SELECT p.state, p.seen_at IS NOT NULL AS is_watched,
       (SELECT c.state FROM contacts_contact c WHERE c.state <> 'closed' ORDER BY c.arrived_at DESC LIMIT 1) AS contact
  FROM dispatch_presence p JOIN staff_employee e ON e.id = p.employee_id JOIN staff_user u ON u.id = e.user_id
 WHERE u.email = %s
"""


@dataclass
class Stage:
    """An employee at the desk and a citizen with a telephone."""

    product: Product
    account: SignIn
    person: Callable[..., Person]
    page: Page
    portal: Page

    def call(self) -> None:
        """Let the citizen call."""
        self.portal.goto("/ring/46313020/")
        self.portal.click('[data-do="call"] >> visible=true')

    def answer(self) -> None:
        """Answer the call that rings at the desk."""
        wait_for_state(self.page, "offered")
        self.page.keyboard.press("F2")
        wait_for_state(self.page, "connected")
        self.portal.wait_for_selector('#call[data-state="talking"]')

    def talk(self) -> None:
        """Let the citizen call, and talk with them."""
        self.call()
        self.answer()

    def standing(self) -> dict[str, Any]:
        """Read the employee's state, and that of the contact there is."""
        (row,) = contact_rows(self.product, STANDING, self.account.email)
        return row

    def wait_for(self, state: str, contact: str | None, *, seconds: float = SETTLE_MS / 1000) -> None:
        """Wait until the rows say so."""
        until = time.monotonic() + seconds
        while (now := self.standing()) and (now["state"], now["contact"]) != (state, contact):
            assert time.monotonic() < until, f"wanted {state}, {contact}; got {now}"
            self.portal.wait_for_timeout(100)

    def open(self) -> None:
        """Open the desk in a new tab of the same browser."""
        self.page = self.page.context.new_page()
        self.page.set_default_timeout(SETTLE_MS)
        self.page.goto("/bord/")
        self.page.wait_for_selector('#desk[data-phone-state="ready"]')

    def take_over(self, *, first: str = "") -> None:
        """Open the desk in a second window, run `first`, and use it there."""
        self.page = self.page.context.new_page()
        self.page.set_default_timeout(SETTLE_MS)
        self.page.goto("/bord/")
        if first:
            self.page.evaluate(first)
        self.page.click("[data-do=take-desk]")
        self.page.wait_for_selector('#desk[data-phone-state="ready"]')

    def crash(self) -> None:
        """Kill what draws the page: it has no time to say anything."""
        session = self.page.context.new_cdp_session(self.page)
        # There is nobody left to answer this.
        with self.page.expect_event("crash"), contextlib.suppress(Error):
            session.send("Page.crash", timeout=CRASH_MS)

    def hang_up_and_close(self) -> None:
        """End the conversation and its after-call work, and be ready."""
        self.page.keyboard.press("F4")
        wait_for_state(self.page, "wrap_up")
        self.page.locator('input[name="outcome"]').first.focus()
        self.page.keyboard.press("Enter")
        wait_for_state(self.page, "ready")


@pytest.fixture
def stage(product: Product, person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]) -> Stage:
    """Seat an employee who is ready."""
    account = sign_in_of("medarbejder")
    desk = person(hertz=EMPLOYEE_HZ).page
    sign_in(desk, account, to="/bord/")
    desk.wait_for_selector('#desk[data-phone-state="ready"]')
    become_ready(desk)
    return Stage(product, account, person, desk, person(hertz=CITIZEN_HZ).page)


def test_tab_closed_while_ready_gets_no_call_and_is_ready_again_when_opened(stage: Stage) -> None:
    stage.page.close()
    stage.wait_for("connection_lost", None)
    stage.call()
    stage.portal.wait_for_selector("[data-place]:has-text('nummer 1')")
    stage.wait_for("connection_lost", "waiting")
    stage.open()
    stage.answer()
    wait_to_hear(stage.portal, "call-sound", EMPLOYEE_HZ)
    stage.hang_up_and_close()


def test_tab_closed_while_it_rings_leaves_the_citizen_in_their_place(stage: Stage) -> None:
    stage.call()
    wait_for_state(stage.page, "offered")
    stage.page.close()
    stage.wait_for("connection_lost", "waiting")
    stage.open()
    stage.answer()
    stage.hang_up_and_close()


def test_page_loaded_anew_in_a_conversation_gets_the_same_citizen_back_with_the_note(stage: Stage) -> None:
    stage.talk()
    stage.page.fill("#emne", "Blåt EU-sygesikringskort")
    stage.page.wait_for_selector("#note-status:has-text('Gemt')")
    stage.page.fill("#notat", "Skrevet lige før")
    stage.page.on("dialog", lambda dialog: dialog.accept())
    stage.page.reload()
    stage.portal.wait_for_selector('#call[data-state="waiting"]')
    stage.answer()
    assert stage.page.input_value("#emne") == "Blåt EU-sygesikringskort"
    assert stage.page.input_value("#notat") == "Skrevet lige før"
    wait_to_hear(stage.portal, "call-sound", EMPLOYEE_HZ)
    wait_to_hear(stage.page, "desk-sound", CITIZEN_HZ)
    stage.hang_up_and_close()


def test_enter_in_the_subject_saves_it_and_the_page_stays(stage: Stage) -> None:
    stage.talk()
    stage.page.fill("#emne", "Pas")
    stage.page.press("#emne", "Enter")
    stage.page.wait_for_selector("#note-status:has-text('Gemt')")
    assert stage.page.url.endswith("/bord/")
    stage.hang_up_and_close()


def test_desk_taken_over_while_it_rings_rings_in_the_window_that_took_it(stage: Stage) -> None:
    stage.call()
    wait_for_state(stage.page, "offered")
    stage.take_over()
    stage.answer()
    wait_to_hear(stage.portal, "call-sound", EMPLOYEE_HZ)
    stage.hang_up_and_close()


def test_desk_taken_over_in_a_conversation_hangs_up_on_nobody(stage: Stage) -> None:
    stage.talk()
    # As when the window with the conversation is too slow to say that it has one.
    stage.take_over(first=STEAL)
    stage.answer()
    wait_to_hear(stage.portal, "call-sound", EMPLOYEE_HZ)
    stage.hang_up_and_close()


def test_signed_out_by_the_clock_the_conversation_goes_on_and_the_desk_says_what_to_do(stage: Stage) -> None:
    stage.talk()
    stage.page.context.clear_cookies()
    stage.page.evaluate("htmx.trigger('#desk', 'bl:read')")
    stage.page.wait_for_selector("#desk-signed-out:not([hidden])")
    wait_to_hear(stage.portal, "call-sound", EMPLOYEE_HZ)
    stage.page.keyboard.press("F4")
    stage.page.wait_for_url("**/konto/login/**")
    sign_in(stage.page, stage.account, to="/bord/")
    wait_for_state(stage.page, "wrap_up")
    stage.page.locator('input[name="outcome"]').first.focus()
    stage.page.keyboard.press("Enter")
    wait_for_state(stage.page, "ready")


def test_crash_in_a_conversation_gives_the_citizen_back_as_soon_as_the_desk_is_opened(stage: Stage) -> None:
    stage.talk()
    stage.crash()
    stage.open()
    stage.answer()
    wait_to_hear(stage.portal, "call-sound", EMPLOYEE_HZ)
    stage.hang_up_and_close()


def test_tab_closed_in_after_call_work_shows_it_again_when_opened(stage: Stage) -> None:
    stage.talk()
    stage.portal.click('[data-do="hang-up"]')
    wait_for_state(stage.page, "wrap_up")
    stage.page.close()
    stage.wait_for("wrap_up", "wrap_up")
    stage.open()
    wait_for_state(stage.page, "wrap_up")
    stage.page.locator('input[name="outcome"]').first.focus()
    stage.page.keyboard.press("Enter")
    wait_for_state(stage.page, "ready")


def test_crash_while_ready_is_noticed_by_silence(stage: Stage) -> None:
    stage.crash()
    stage.wait_for("connection_lost", None, seconds=UNSEEN_SECONDS)
    stage.open()
    stage.talk()
    stage.hang_up_and_close()


def test_network_that_goes_and_comes_back_takes_the_employee_out_and_in(stage: Stage) -> None:
    stage.page.context.set_offline(True)
    # How long silence may last is the crash's test.
    contact_rows(stage.product, LONG_UNSEEN)
    stage.wait_for("connection_lost", None, seconds=UNSEEN_SECONDS)
    stage.page.context.set_offline(False)
    wait_for_state(stage.page, "ready")
    stage.talk()
    stage.hang_up_and_close()


def test_network_that_goes_in_a_conversation_keeps_it_and_what_is_written(stage: Stage) -> None:
    stage.talk()
    stage.page.context.set_offline(True)
    stage.page.fill("#notat", "Skrevet uden forbindelse")
    stage.page.wait_for_selector("[data-place=note]:has-text('Ikke gemt')")
    wait_to_hear(stage.portal, "call-sound", EMPLOYEE_HZ)
    stage.page.context.set_offline(False)
    stage.page.wait_for_selector("#note-status:has-text('Gemt')")
    stage.wait_for("talking", "connected")
    stage.hang_up_and_close()
    (stored,) = contact_rows(stage.product, "SELECT note FROM contacts_contact ORDER BY arrived_at DESC LIMIT 1")
    assert stored["note"] == "Skrevet uden forbindelse"


def test_signing_out_in_a_conversation_asks_first_and_then_leaves_the_citizen_in_the_queue(stage: Stage) -> None:
    stage.talk()
    said: list[str] = []

    def refuse(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    stage.page.once("dialog", refuse)
    stage.page.click('form[action="/konsol/log-af/"] button')
    assert "går borgeren tilbage i køen" in said[0]
    stage.wait_for("talking", "connected")
    stage.page.once("dialog", lambda dialog: dialog.accept())
    stage.page.click('form[action="/konsol/log-af/"] button')
    stage.wait_for("signed_out", "waiting")
    stage.portal.wait_for_selector('#call[data-state="waiting"]')
    stage.portal.click('[data-do="hang-up"]')
