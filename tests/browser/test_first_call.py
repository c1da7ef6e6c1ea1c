"""The first call: a citizen calls from the portal, an employee answers at the desk, both hear each other."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from playwright.sync_api import Page
from psycopg.rows import dict_row

from borgerlinje.demo.sign_ins import SignIn
from borgerlinje.kit import database
from tests.browser.conftest import CITIZEN_HZ, EMPLOYEE_HZ, Person, sign_in
from tests.support.product import Product

SCREENSHOT = Path(__file__).parents[2] / "docs" / "images" / "call.png"
NOTE = "Skal til Spanien 5. december. Har MitID."

# Peak frequency of what an <audio> element plays, in hertz; 0 for silence.
HEARS = """
async (id) => {
  const stream = document.getElementById(id).srcObject;
  if (!stream) return 0;
  const audio = new AudioContext();
  const analyser = audio.createAnalyser();
  analyser.fftSize = 8192;
  audio.createMediaStreamSource(stream).connect(analyser);
  await new Promise((done) => setTimeout(done, 400));
  const levels = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(levels);
  let peak = 4;
  for (let bin = 5; bin < levels.length; bin += 1) if (levels[bin] > levels[peak]) peak = bin;
  const hertz = levels[peak] > -60 ? (peak * audio.sampleRate) / analyser.fftSize : 0;
  await audio.close();
  return hertz;
}
"""


def wait_to_hear(page: Page, element: str, hertz: int, *, attempts: int = 20) -> None:
    """Wait until the page plays this tone (0: silence)."""
    heard: list[float] = []
    for _ in range(attempts):
        heard.append(page.evaluate(HEARS, element))
        if abs(heard[-1] - hertz) < 15:
            return
    msg = f"wanted {hertz} Hz, heard {[round(each) for each in heard]}"
    raise AssertionError(msg)


def contact_rows(product: Product, sql: str, *values: object) -> list[dict[str, Any]]:
    with psycopg.connect(database.dsn("bl_engine", url=product.running().database_url), row_factory=dict_row) as rows:
        return rows.execute(sql, values).fetchall()


def wait_for_state(page: Page, state: str) -> None:
    page.wait_for_selector(f'#indhold[data-state="{state}"]')


def become_ready(page: Page) -> None:
    """Become ready by the switch; a desk that was lost does it by itself when its telephone is back."""
    page.wait_for_selector('#indhold:not([data-standing="connection_lost"])')
    if page.locator("#indhold").get_attribute("data-state") != "ready":
        page.click(".bl-presence label:has(input[value=ready])")
    wait_for_state(page, "ready")


def test_citizen_calls_from_the_page_and_an_employee_answers_in_the_browser(
    product: Product, person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    employee, citizen = person(hertz=EMPLOYEE_HZ), person(hertz=CITIZEN_HZ)
    desk, portal = employee.page, citizen.page
    sign_in(desk, sign_in_of("medarbejder"), to="/bord/")
    desk.wait_for_selector('#desk[data-phone-state="ready"]')
    become_ready(desk)

    portal.goto("/?kommune=370")
    portal.click('a[href="/ring/46313020/"]')
    portal.click('[data-do="call"] >> visible=true')
    portal.wait_for_selector('#call[data-state="waiting"]')

    wait_for_state(desk, "offered")
    offer = desk.locator("#offer")
    assert "Næstved" in offer.inner_text()
    assert "46 31 30 20" in offer.inner_text()
    desk.keyboard.press("F2")
    wait_for_state(desk, "connected")
    portal.wait_for_selector('#call[data-state="talking"]')
    wait_to_hear(desk, "desk-sound", CITIZEN_HZ)
    wait_to_hear(portal, "call-sound", EMPLOYEE_HZ)

    desk.keyboard.press("F8")
    desk.wait_for_selector('[data-do="mute"][aria-pressed="true"]')
    wait_to_hear(portal, "call-sound", 0)
    desk.keyboard.press("F8")
    wait_to_hear(portal, "call-sound", EMPLOYEE_HZ)

    desk.fill("#emne", "Blåt EU-sygesikringskort")
    desk.fill("#notat", NOTE)
    desk.wait_for_selector("#note-status:has-text('Gemt')")
    if os.environ.get("BORGERLINJE_SCREENSHOTS") == "1":
        SCREENSHOT.parent.mkdir(parents=True, exist_ok=True)
        desk.screenshot(path=SCREENSHOT)

    portal.click('[data-do="hang-up"]')
    portal.wait_for_selector('#call[data-state="ended"]')
    wait_for_state(desk, "wrap_up")
    desk.locator('input[name="outcome"]').first.focus()
    desk.keyboard.press("2")
    desk.keyboard.press("Enter")
    wait_for_state(desk, "ready")

    (stored,) = contact_rows(
        product,
        "SELECT c.id, c.state, c.closed_as, c.subject, c.outcome, c.nature, c.home_check, c.note, c.caller_number, a.name AS home"
        " FROM contacts_contact c JOIN cooperation_authority a ON a.id = c.home_authority_id WHERE c.note = %s",
        NOTE,
    )
    assert stored | {"id": None} == {
        "id": None,
        "state": "closed",
        "closed_as": "answered",
        "subject": "Blåt EU-sygesikringskort",
        "outcome": "resolved",
        "nature": "information",
        "home_check": "confirmed",
        "note": NOTE,
        "caller_number": "",
        "home": "Næstved",
    }
    story = contact_rows(
        product, "SELECT name FROM contacts_contactevent WHERE contact_id = %s ORDER BY id", stored["id"]
    )
    assert [event["name"] for event in story] == [
        "arrived",
        "greeted",
        "offered",
        "answered",
        "citizen_left",
        "completed",
    ]
    employee.check()
    citizen.check()


def test_employee_who_cannot_take_a_call_hands_it_back_and_the_citizen_keeps_the_place(
    product: Product, person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    employee, citizen = person(hertz=EMPLOYEE_HZ), person()
    desk, portal = employee.page, citizen.page
    sign_in(desk, sign_in_of("medarbejder"), to="/bord/")
    desk.wait_for_selector('#desk[data-phone-state="ready"]')
    become_ready(desk)
    portal.goto("/ring/46313020/")
    portal.click('[data-do="call"] >> visible=true')
    wait_for_state(desk, "offered")
    desk.click("#offer form button")
    wait_for_state(desk, "paused")
    portal.wait_for_selector("[data-place]:has-text('nummer 1')")
    desk.click("#indhold button[value=ready]")
    wait_for_state(desk, "offered")
    portal.click('[data-do="hang-up"]')
    wait_for_state(desk, "ready")
    (stored,) = contact_rows(product, "SELECT closed_as FROM contacts_contact ORDER BY arrived_at DESC LIMIT 1")
    assert stored["closed_as"] == "abandoned"
    employee.check()
    citizen.check()


def test_a_second_window_does_not_take_the_desk_by_itself(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    first = person(hertz=EMPLOYEE_HZ).page
    sign_in(first, sign_in_of("medarbejder"), to="/bord/")
    first.wait_for_selector('#desk[data-phone-state="ready"]')
    second = first.context.new_page()
    second.goto("/bord/")
    second.wait_for_selector("#desk-elsewhere:not([hidden])")
    second.click('[data-do="take-desk"]')
    second.wait_for_selector('#desk[data-phone-state="ready"]')
    first.wait_for_selector("#desk-elsewhere:not([hidden])")
