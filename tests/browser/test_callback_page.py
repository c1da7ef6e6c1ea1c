"""Bliv ringet op in the browser: on a small telephone and a wide screen, with the keyboard, where scripts do not run, and in English."""

import re
from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Browser, Page

from borgerlinje.demo.sign_ins import SignIn
from borgerlinje.portal.callback import QUICKEST
from tests.browser.conftest import CITIZEN_HZ, NARROW, WIDE, Person, sign_in
from tests.browser.test_pages import check_page
from tests.support.product import Product

ADDRESS = "/ring-mig-op/46313020/"
WORDS = {
    "da": ("Videre", "Er 46 12 00 11 rigtigt?", "Ja, ring til mig", "Vi ringer til dig på 46 12 00 11"),
    "en": ("Go on", "Is 46 12 00 12 right?", "Yes, call me", "We will call you on 46 12 00 12"),
}


@pytest.fixture(autouse=True)
def _calls_back(product: Product) -> Iterator[None]:
    """Let the demo's hotline call back at any hour, and forget afterwards who asked."""
    with psycopg.connect(product.running().database_url, autocommit=True) as owner:
        owner.execute(
            "UPDATE lines_line SET callback_after_seconds = 60, when_closed = 'callback' WHERE slug = 'hotline'"
        )
        yield
        owner.execute("DELETE FROM kit_throttle WHERE key LIKE 'callback-%'")
        owner.execute(
            "UPDATE lines_line SET callback_after_seconds = NULL, when_closed = 'announce' WHERE slug = 'hotline'"
        )


@pytest.mark.parametrize(("size", "language"), [(NARROW, "da"), (WIDE, "en")], ids=["narrow", "wide"])
def test_citizen_is_promised_a_call_and_takes_it_back(
    person: Callable[..., Person], size: tuple[int, int], language: str
) -> None:
    someone = person(size=size, language=language)
    page, (go_on, is_right, yes, promised) = someone.page, WORDS[language]
    page.goto(ADDRESS)
    wrong = check_page(page, ADDRESS)
    page.fill("#number", "123")
    page.press("#number", "Enter")
    page.wait_for_selector("#number-fault")
    assert page.get_attribute("#number", "aria-invalid") == "true"
    wrong += check_page(page, f"{ADDRESS} (faults)")
    page.fill("#number", is_right.split(" ", 1)[1].removesuffix(" rigtigt?").removesuffix(" right?"))
    be_no_quicker_than_a_person(person().page)
    page.get_by_role("button", name=go_on).click()
    page.get_by_role("heading", name=is_right).wait_for()
    wrong += check_page(page, f"{ADDRESS} (confirm)")
    page.get_by_role("button", name=yes).click()
    page.get_by_role("heading", name=promised).wait_for()
    wrong += check_page(page, "receipt")
    page.locator("form[action*=fortryd] button").click()
    page.wait_for_url(re.compile("kvittering"))
    page.locator("form[action*=fortryd]").wait_for(state="detached")
    assert not wrong, "\n".join(wrong)


def test_scripts_are_not_needed(
    product: Product, browser_with_tone: Callable[[int], Browser], person: Callable[..., Person]
) -> None:
    context = browser_with_tone(CITIZEN_HZ).new_context(
        base_url=product.url, java_script_enabled=False, viewport={"width": NARROW[0], "height": NARROW[1]}
    )
    page = context.new_page()
    page.goto(ADDRESS)
    page.fill("#number", "+45 46 12 00 13")
    be_no_quicker_than_a_person(person().page)
    page.get_by_role("button", name="Videre").click()
    page.get_by_role("button", name="Ja, ring til mig").click()
    page.get_by_role("heading", name="Vi ringer til dig på 46 12 00 13").wait_for()
    context.close()


def be_no_quicker_than_a_person(watch: Page) -> None:
    """Let so much time pass as the form wants, by the clock of another page: an empty one, which no policy keeps from telling."""
    watch.wait_for_function(f"performance.now() > {QUICKEST.total_seconds() * 1000 + 100}")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_page_on_outgoing_calls_has_no_fault_that_axe_finds(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn], size: tuple[int, int]
) -> None:
    page = person(size=size).page
    sign_in(page, sign_in_of("sekretariat"), to="/konsol/udgaaende/")
    wrong = check_page(page, "/konsol/udgaaende/")
    page.fill("#id_per_hour", "0")
    page.press("#id_per_hour", "Enter")
    page.locator("#id_per_hour[aria-invalid=true]").wait_for()
    wrong += check_page(page, "/konsol/udgaaende/ (faults)")
    assert not wrong, "\n".join(wrong)
