"""A citizen's whole day on a small telephone: finds help, reads the hours, calls, is called back, and always in words and sizes for eighty years.

Everything but the call from the browser is done once more where scripts do not run.
"""

import re
from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from borgerlinje.demo.sign_ins import SignIn
from borgerlinje.kit import clock, database
from tests.browser.conftest import CITIZEN_HZ, EMPLOYEE_HZ, NARROW, Person, sign_in
from tests.browser.looking import keep_picture
from tests.browser.test_callback_page import be_no_quicker_than_a_person
from tests.browser.test_first_call import become_ready, wait_for_state, wait_to_hear
from tests.browser.test_pages import check_page
from tests.support.product import Product

HOME, FORM, CALL = "/kommune/370/", "/ring-mig-op/46313020/", "/ring/46313020/"
STATEMENTS = ("tilgaengelighed/", "privatliv/")
NUMBER = 'a[href="tel:+4546313020"]'
OUTAGE, OUTAGE_EN = (
    "MitID er ude af drift. Vi kan ikke logge dig på lige nu.",
    "MitID is down. We cannot log you in now.",
)
OPEN_ALL_DAY, CLOSED = ("00:00", "00:00", ""), (None, None, "Personaledag")

# What can be pressed and is too small for a thumb that shakes, and words too small to read. A link within a sentence may be as high as its line.
TOO_SMALL = """
() => {
  const shown = (each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !each.closest(".bl-hide, .bl-skip, .bl-said");
  const within = (each) => getComputedStyle(each).display === "inline" && each.closest("p, li, dd, td") !== null;
  const said = (each) => `${each.tagName.toLowerCase()} "${(each.innerText || each.value || each.id).trim().slice(0, 40)}"`;
  const wrong = [];
  for (const each of document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary")) {
    if (!shown(each) || within(each)) continue;
    const { width, height } = each.getBoundingClientRect();
    if (Math.min(width, height) < 43.5) wrong.push(`${said(each)} is ${Math.round(width)} by ${Math.round(height)} px`);
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const each = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !shown(each) || each.closest("script, style, noscript, svg, option")) continue;
    const size = parseFloat(getComputedStyle(each).fontSize);
    if (size < 16) wrong.push(`${said(each)} has letters of ${size} px`);
  }
  return [...new Set(wrong)];
}
"""


@pytest.fixture
def rows(product: Product) -> Iterator[psycopg.Connection]:
    """Let a test set the stage; afterwards the hotline is as the demo has it."""
    with psycopg.connect(database.dsn("bl_owner", url=product.running().database_url), autocommit=True) as owner:
        yield owner
        owner.execute("DELETE FROM lines_specialday")
        owner.execute("DELETE FROM lines_notice")
        owner.execute(
            "UPDATE lines_line SET always_open = true, callback_after_seconds = 60, when_closed = 'announce' WHERE slug = 'hotline'"
        )


@pytest.fixture
def without_script(product: Product, browser_with_tone: Callable[[int], Browser]) -> Iterator[BrowserContext]:
    context = browser_with_tone(CITIZEN_HZ).new_context(
        java_script_enabled=False,
        base_url=product.url,
        viewport={"width": NARROW[0], "height": NARROW[1]},
        locale="da-DK",
        timezone_id="Europe/Copenhagen",
    )
    yield context
    context.close()


def open_today(rows: psycopg.Connection, hours: tuple[str | None, str | None, str]) -> None:
    """Give the hotline its timetable, and other hours today."""
    rows.execute(
        "UPDATE lines_line SET always_open = false, callback_after_seconds = 60, when_closed = 'callback' WHERE slug = 'hotline'"
    )
    rows.execute(
        'INSERT INTO lines_specialday (line_id, "on", opens, closes, note)'
        " SELECT id, %s, %s, %s, %s FROM lines_line WHERE slug = 'hotline'"
        ' ON CONFLICT (line_id, "on") DO UPDATE SET opens = excluded.opens, closes = excluded.closes, note = excluded.note',
        (clock.today(), *hours),
    )


def tell_outage(rows: psycopg.Connection) -> None:
    rows.execute(
        "INSERT INTO lines_notice (centre_id, line_id, kind, text, text_en, is_said, is_shown, from_at)"
        " SELECT centre_id, id, 'outage', %s, %s, false, true, now() - interval '1 minute' FROM lines_line WHERE slug = 'hotline'",
        (OUTAGE, OUTAGE_EN),
    )


def look(page: Page, name: str) -> list[str]:
    """Return what a citizen of eighty would stumble over on the page shown. Keeps a picture of it."""
    return [*check_page(page, f"dag {name}"), *(f"{name}: {fault}" for fault in page.evaluate(TOO_SMALL))]


def switch_to(page: Page, language: str) -> None:
    page.click(f'.bl-language button[value="{language}"]')
    page.wait_for_selector(f'html[lang="{language}"]')


def test_citizen_finds_help_by_everyday_words_and_reads_when_somebody_answers(
    person: Callable[..., Person], rows: psycopg.Connection
) -> None:
    open_today(rows, OPEN_ALL_DAY)
    tell_outage(rows)
    someone = person(size=NARROW)
    page = someone.page
    page.goto(HOME)
    wrong = look(page, "forside")
    assert page.get_by_role("alert").get_by_text(OUTAGE).is_visible()
    card = page.locator(".bl-help").first
    assert "Åbent nu, til kl. 24" in card.inner_text()
    assert re.search(r"entetid", card.inner_text())
    card.locator("summary").click()
    hours = card.locator(".bl-hours tr")
    assert hours.count() == 7
    assert "0–24" in hours.first.inner_text()
    wrong += look(page, "forside tider")

    page.fill("#q", "vi skal på ferie til Spanien")
    page.press("#q", "Enter")
    page.wait_for_selector("h2 >> text=Det blå sygesikringskort")
    wrong += look(page, "find ferie")
    page.fill("#q", "vores far er død")
    page.press("#q", "Enter")
    page.wait_for_selector("h2 >> text=Når nogen dør")
    page.click('.bl-common a:has-text("Flytning")')
    page.get_by_role("heading", name="Flytning og ny adresse", level=1).wait_for()
    assert page.get_by_text("senest fem dage efter").first.is_visible()
    assert page.locator(NUMBER).first.is_visible()
    wrong += look(page, "emne")
    address = page.url
    switch_to(page, "en")
    assert page.url == address
    page.get_by_role("heading", name="Moving to a new address", level=1).wait_for()
    assert page.get_by_text(OUTAGE_EN).is_visible()
    wrong += look(page, "subject")
    switch_to(page, "da")
    assert page.url == address

    open_today(rows, CLOSED)
    page.goto(HOME)
    assert re.search(r"Lukket nu\. Vi åbner .+ kl\. 9", card.inner_text())
    assert "Personaledag" in card.inner_text()
    assert "112" in card.inner_text()
    wrong += look(page, "lukket")
    for part in STATEMENTS:
        page.click(f'.bl-portal__foot a[href="{HOME}{part}"]')
        page.wait_for_url(f"**{HOME}{part}")
        wrong += look(page, part)
    someone.faults.clear()  # axe itself styles the page it looks at, and the policy says so
    assert not wrong, "\n".join(wrong)


def test_citizen_calls_from_the_page_talks_and_hangs_up(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    employee, citizen = person(hertz=EMPLOYEE_HZ), person(size=NARROW)
    desk, page = employee.page, citizen.page
    sign_in(desk, sign_in_of("medarbejder"), to="/bord/")
    desk.wait_for_selector('#desk[data-phone-state="ready"]')
    become_ready(desk)
    page.goto(HOME)
    page.click(f'a[href="{CALL}"]')
    # Why the microphone is asked for is read before it is.
    page.get_by_text("Browseren spørger om lov til at bruge din mikrofon").wait_for()
    wrong = look(page, "ring")
    citizen.faults.clear()
    page.click('[data-do="call"] >> visible=true')
    wait_for_state(desk, "offered")
    wrong += page.evaluate(TOO_SMALL)
    keep_picture(page, "dag ring venter")
    desk.keyboard.press("F2")
    page.wait_for_selector('#call[data-state="talking"]')
    wait_to_hear(page, "call-sound", EMPLOYEE_HZ)
    wrong += page.evaluate(TOO_SMALL)
    keep_picture(page, "dag ring taler")
    page.click('[data-do="hang-up"]')
    page.wait_for_selector('#call[data-state="ended"]')
    wrong += page.evaluate(TOO_SMALL)
    keep_picture(page, "dag ring slut")
    citizen.check()
    assert not wrong, "\n".join(wrong)


def test_citizen_who_says_no_to_the_microphone_is_told_what_else_there_is(person: Callable[..., Person]) -> None:
    page = person(size=NARROW, has_microphone=False).page
    page.goto(CALL)
    page.click('[data-do="call"] >> visible=true')
    page.wait_for_selector('#call[data-state="no-mic"]')
    wrong = look(page, "ingen mikrofon")
    page.click(f'#call a[href="{FORM}"] >> visible=true')
    page.wait_for_url(f"**{FORM}")
    assert not wrong, "\n".join(wrong)


def test_citizen_is_called_back_and_takes_it_back_without_losing_what_was_written(
    person: Callable[..., Person], rows: psycopg.Connection
) -> None:
    open_today(rows, OPEN_ALL_DAY)
    page = person(size=NARROW).page
    page.goto(FORM)
    wrong = look(page, "ring mig op")
    hour = page.locator("#when option").nth(1).get_attribute("value")
    assert hour
    page.select_option("#when", hour)
    page.fill("#number", "46 12 00")
    page.press("#number", "Enter")
    page.wait_for_selector("#number-fault >> text=Skriv alle otte cifre")
    assert page.input_value("#number") == "46 12 00"
    assert page.input_value("#when") == hour
    wrong += look(page, "ring mig op fejl")
    page.fill("#number", "46 12 00 21")
    be_no_quicker_than_a_person(person().page)
    page.get_by_role("button", name="Videre").click()
    page.get_by_role("heading", name="Er 46 12 00 21 rigtigt?").wait_for()
    wrong += look(page, "er det rigtigt")
    page.get_by_role("button", name="Nej, ret nummeret").click()
    page.wait_for_selector("#number")
    assert page.input_value("#number") == "46 12 00 21"
    assert page.input_value("#when") == hour
    be_no_quicker_than_a_person(person().page)
    page.get_by_role("button", name="Videre").click()
    page.get_by_role("button", name="Ja, ring til mig").click()
    page.get_by_role("heading", name="Vi ringer til dig på 46 12 00 21").wait_for()
    wrong += look(page, "kvittering")
    receipt = page.url
    switch_to(page, "en")
    assert page.url == receipt
    page.get_by_role("heading", name="We will call you on 46 12 00 21").wait_for()
    switch_to(page, "da")
    page.get_by_role("button", name="Fortryd, ring ikke til mig").click()
    page.get_by_role("heading", name="Vi ringer ikke").wait_for()
    wrong += look(page, "fortrudt")
    assert not wrong, "\n".join(wrong)


def test_everything_but_the_call_works_without_a_script(
    without_script: BrowserContext, person: Callable[..., Person], rows: psycopg.Connection
) -> None:
    open_today(rows, OPEN_ALL_DAY)
    tell_outage(rows)
    page = without_script.new_page()
    page.goto(HOME)
    assert page.get_by_text(OUTAGE).is_visible()
    page.locator(".bl-help summary").first.click()
    assert page.locator(".bl-hours tr").first.is_visible()
    page.fill("#q", "ny adresse")
    page.press("#q", "Enter")
    page.wait_for_selector("h2 >> text=Flytning og ny adresse")
    address = page.url
    switch_to(page, "en")
    assert page.url == address
    page.wait_for_selector("h2 >> text=Moving to a new address")
    switch_to(page, "da")
    page.goto(CALL)
    assert page.locator(NUMBER).first.is_visible()
    page.goto(FORM)
    page.fill("#number", "12")
    page.get_by_role("button", name="Videre").click()
    page.wait_for_selector("#number-fault")
    page.fill("#number", "46 12 00 22")
    be_no_quicker_than_a_person(person().page)
    page.get_by_role("button", name="Videre").click()
    page.get_by_role("button", name="Ja, ring til mig").click()
    page.get_by_role("heading", name="Vi ringer til dig på 46 12 00 22").wait_for()
    page.get_by_role("button", name="Fortryd, ring ikke til mig").click()
    page.get_by_role("heading", name="Vi ringer ikke").wait_for()
    for part in STATEMENTS:
        page.goto(f"{HOME}{part}")
        assert page.locator("h1").is_visible()
