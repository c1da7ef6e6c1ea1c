"""A guide on paper and passed on: everything one needs away from the screen, and the address of one's own municipality's version."""

import re
import zlib
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import CITIZEN_HZ, NARROW, Person
from tests.browser.looking import keep_picture
from tests.browser.test_pages import check_page
from tests.support.product import Product

# A guide that has everything, in a version of a member's own.
PASSPORT = "/kommune/370/guide/pas/"
ON_PAPER = (
    "Nyt pas",
    "Næstved Kommune",
    "1. Selvbetjening",
    "Hav det her klar",
    "Betalingskort",
    "Bestil tid til pas: https://www.naestved.dk/",
    "Mød op med dit gamle pas.",
    "skranke 1",
    "Det går ofte galt",
    "Hvis det ikke kan ske digitalt",
    "46 31 30 20",
    "Åbent hele døgnet",
    "Udgivet",
)
ON_SCREEN_ALONE = ("Find hjælp", "Tilgængelighedserklæring", "Ring fra denne skærm", "Hjalp siden dig?", "Del siden")


@pytest.fixture
def without_script(product: Product, browser_with_tone: Callable[[int], Browser]) -> Iterator[BrowserContext]:
    context = browser_with_tone(CITIZEN_HZ).new_context(java_script_enabled=False, base_url=product.url)
    yield context
    context.close()


def test_printed_guide_has_all_that_is_needed_and_nothing_to_press(person: Callable[..., Person]) -> None:
    page = person().page
    page.goto(f"{PASSPORT}?kampagne=foraar")
    for said in ON_SCREEN_ALONE:
        assert said in page.inner_text("body")
    page.emulate_media(media="print")
    paper = page.inner_text("body")
    for said in (*ON_PAPER, f"{_origin(page)}{PASSPORT}"):
        assert said in paper, said
    for said in (*ON_SCREEN_ALONE, "kampagne", "Kopiér link"):
        assert said not in paper, said
    for pressed in page.locator("button, input:not([type=hidden]), textarea, .bl-btn, nav, footer").all():
        assert not pressed.is_visible()
    keep_picture(page, "guide-paper")
    assert _has_text(page.pdf())


def test_common_guide_on_paper_says_where_the_solution_is(person: Callable[..., Person]) -> None:
    page = person().page
    page.goto("/guide/pas/")
    assert page.locator("a[href='/kommune/370/guide/pas/']").is_visible()
    page.emulate_media(media="print")
    assert "Find den på kommunens websted." in page.inner_text("main")
    assert "Vælg din kommune" not in page.inner_text("main")
    page.emulate_media(media="screen")
    assert not check_page(page, "guide-to-choose")


def test_address_is_copied_and_the_page_printed_with_the_keyboard(person: Callable[..., Person]) -> None:
    citizen = person(size=NARROW)
    page = citizen.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{PASSPORT}?kampagne=foraar")
    page.focus("[data-do=copy]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#del [role=status]:has-text('Kopieret')")
    assert page.evaluate("navigator.clipboard.readText()") == f"{_origin(page)}{PASSPORT}"
    page.evaluate("window.print = () => { document.body.dataset.printed = '1'; }")
    page.focus("[data-do=print]")
    page.keyboard.press("Enter")
    assert page.locator("body[data-printed]").count() == 1
    citizen.check()
    # Last: axe-core tries styles of its own, which the page's policy refuses and says so.
    assert not check_page(page, "guide-shared")


def test_address_is_marked_where_the_clipboard_is_not_to_be_had(person: Callable[..., Person]) -> None:
    page = person().page
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined });")
    page.goto(PASSPORT)
    page.click("[data-do=copy]")
    page.wait_for_selector("#del [role=status]:has-text('markeret')")
    assert page.evaluate("getSelection().toString().trim()") == f"{_origin(page)}{PASSPORT}"


def test_address_stands_to_be_copied_without_a_script(without_script: BrowserContext) -> None:
    page = without_script.new_page()
    page.goto(PASSPORT)
    assert page.inner_text("#del [data-address]").endswith(PASSPORT)
    assert page.locator("#del a[href^='mailto:?subject=']").is_visible()
    assert not page.locator("#del button >> visible=true").count()


def _origin(page: Page) -> str:
    return str(page.evaluate("location.origin"))


def _has_text(pdf: bytes) -> bool:
    """Tell whether a PDF draws letters, not only pictures of them."""
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            drawn = zlib.decompress(packed)
        except zlib.error:
            continue
        if re.search(rb"\bT[jJ]\b", drawn):
            return True
    return False
