"""The page of one's own telephone in Chromium: the account of a desk telephone, and the device test's echo."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from borgerlinje.demo.sign_ins import SignIn
from tests.browser.conftest import EMPLOYEE_HZ, NARROW, WIDE, Person, sign_in
from tests.browser.test_first_call import wait_to_hear
from tests.browser.test_pages import check_page
from tests.support.product import Product

PAGE = "/bord/telefon-valg/"
LONG_MS = 20_000


@pytest.fixture
def employee(person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]) -> Person:
    someone = person(hertz=EMPLOYEE_HZ)
    sign_in(someone.page, sign_in_of("medarbejder"), to=PAGE)
    return someone


def sign_up(page: Page) -> tuple[str, str]:
    """Make a desk telephone's account with the keyboard alone; return its name and password."""
    button = page.get_by_role("button", name=re.compile("Tilmeld bordtelefon|Ny kode"))
    button.focus()
    page.keyboard.press("Enter")
    secret = page.locator("#phone-new [data-secret]")
    expect(secret).to_be_visible(timeout=LONG_MS)
    return page.locator("#phone-new [data-account]").inner_text(), str(secret.get_attribute("data-secret"))


def test_desk_telephones_code_is_shown_once_with_a_picture_that_stays_while_the_page_reads_on(
    product: Product, employee: Person
) -> None:
    del product
    page = employee.page
    name, secret = sign_up(page)
    assert re.fullmatch(r"bl-s-[0-9a-f]{16}", name)
    assert len(secret) == 20
    assert page.locator("#phone-new svg.bl-qr path").count() == 2
    with page.expect_response(f"**{PAGE}nu/"):
        pass
    expect(page.locator("#phone-new [data-secret]")).to_be_visible()
    expect(page.locator("#own-phone")).to_contain_text("Har ikke meldt sig")
    employee.check()
    assert check_page(page, PAGE) == []
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    assert check_page(page, PAGE) == []
    # What axe-core itself does to the page is against the page's policy.
    employee.faults.clear()
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    page.get_by_role("button", name="Afmeld").click()
    expect(page.locator("#phone-new [data-secret]")).to_have_count(0)
    expect(page.locator("#own-phone")).to_contain_text("Ikke tilmeldt")
    page.reload()
    assert secret not in page.content()
    employee.check()


def test_choice_is_made_on_the_page_and_the_desk_follows(
    product: Product, employee: Person, person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    del product
    page, desk = employee.page, person(hertz=EMPLOYEE_HZ)
    sign_in(desk.page, sign_in_of("medarbejder"), to="/bord/")
    desk.page.wait_for_selector('#desk[data-phone-state="ready"]')
    sign_up(page)
    page.locator("section", has=page.locator("#phone-sip")).get_by_role("button", name="Lad opkald ringe her").click()
    expect(page.locator("section", has=page.locator("#phone-sip"))).to_contain_text("Her ringer dine opkald")
    expect(desk.page.locator("[data-phone-text]")).to_have_text(
        "Dine opkald ringer på din egen telefon", timeout=LONG_MS
    )
    page.get_by_role("button", name="Afmeld").click()
    expect(page.locator("section", has=page.locator("#phone-browser"))).to_contain_text("Her ringer dine opkald")
    expect(desk.page.locator("[data-phone-text]")).to_have_text("Telefonen er klar", timeout=LONG_MS)
    employee.check()
    desk.check()


def test_employee_hears_their_own_voice_come_back_from_the_telephone_server(product: Product, employee: Person) -> None:
    del product
    page = employee.page
    page.click('[data-test="echo"]')
    page.wait_for_selector('#phone-devices[data-state="talking"]', timeout=LONG_MS)
    wait_to_hear(page, "device-sound", EMPLOYEE_HZ)
    expect(page.locator('[data-says="microphone"]')).to_have_text("Mikrofonen hører dig.")
    assert float(str(page.locator("#device-level").evaluate("meter => meter.value"))) > 50
    page.click('[data-test="heard"]')
    expect(page.locator('[data-says="echo"]')).to_have_text("Godt. Headset og telefonserver virker.")
    expect(page.locator("#own-phone")).to_contain_text("Prøvet")
    employee.check()


def test_echo_does_not_take_the_desks_telephone_away(
    product: Product, employee: Person, person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    del product
    desk = person(hertz=EMPLOYEE_HZ)
    sign_in(desk.page, sign_in_of("medarbejder"), to="/bord/")
    desk.page.wait_for_selector('#desk[data-phone-state="ready"]')
    account = desk.page.evaluate("window.blPhone.name()")
    employee.page.click('[data-test="echo"]')
    employee.page.wait_for_selector('#phone-devices[data-state="talking"]', timeout=LONG_MS)
    assert desk.page.evaluate("window.blPhone.name()") == account
    assert desk.page.locator("#desk").get_attribute("data-phone-state") == "ready"
    employee.page.click('[data-test="echo"]')
    expect(employee.page.locator("#device-verdict")).to_be_hidden()


def test_tone_and_ring_are_heard_and_the_choice_of_volume_stays(employee: Person) -> None:
    page = employee.page
    page.click('[data-test="tone"]')
    wait_to_hear(page, "device-sound", 440)
    page.fill("#device-ring", "20")
    page.reload()
    assert page.input_value("#device-ring") == "20"
    page.click('[data-test="ring"]')
    employee.check()


def test_page_says_what_to_do_without_a_microphone(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    someone = person(hertz=EMPLOYEE_HZ)
    someone.page.add_init_script(
        'navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError"));'
    )
    sign_in(someone.page, sign_in_of("medarbejder"), to=PAGE)
    someone.page.click('[data-test="echo"]')
    expect(someone.page.locator('[data-says="microphone"]')).to_contain_text("lukket for mikrofonen")
    someone.check()
