"""Every page: no accessibility fault that a machine can find, nothing wider than the window, no breach of the policy."""

import re
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from borgerlinje.demo.sign_ins import SignIn
from tests.browser.conftest import CITIZEN_HZ, NARROW, WIDE, Person, sign_in
from tests.support.product import Product

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = Path(__file__).parents[2] / "test-results" / "pages"
OPEN_PAGES = (
    "/",
    "/?kommune=370",
    "/kommune/370/",
    "/find/?q=mitid",
    "/find/?q=krokodille",
    "/find/demo-mitid/",
    "/kommune/370/privatliv/",
    "/kommune/370/tilgaengelighed/",
    "/ring/46313020/",
    "/ring/1881/",
    "/privatliv/",
    "/tilgaengelighed/",
    "/konto/login/",
    "/konto/signup/",
    "/konto/password/reset/",
)
STAFF_PAGES = (
    "/bord/",
    "/bord/telefon-valg/",
    "/bord/min-dag/",
    "/konsol/",
    "/konsol/lige-nu/",
    "/konsol/henvendelse/",
    "/konsol/ventetid/",
    "/konsol/konto/",
    "/konto/password/change/",
    "/konto/2fa/",
)
SECRETARIAT_PAGES = (
    "/konsol/",
    "/konsol/daekning/",
    "/konsol/krise/",
    "/konsol/krise/ny/",
    "/konsol/medarbejdere/",
    "/konsol/medarbejdere/?vis=alle",
    "/konsol/medarbejdere/ny/",
    "/konsol/medarbejdere/import/",
    "/konsol/medarbejdere/kompetencer/",
    "/konsol/linjer/",
    "/konsol/linje/hotline/telefon/",
    "/konsol/linje/hotline/aabningstider/",
    "/konsol/linje/hotline/aabningstider/ny/",
    "/konsol/linje/hotline/saerlig-dag/",
    "/konsol/beskeder/",
    "/konsol/beskeder/ny/",
    "/konsol/specialister/",
    "/konsol/specialister/ny/",
    "/konsol/telefonmenu/",
    "/konsol/telefonmenu/hotline/",
    "/konsol/udgaaende/",
    "/konsol/breve/",
    "/konsol/breve/invitation/da/",
    "/konsol/breve/sendt/",
    "/konsol/borgersider/",
    "/konsol/optagelser/",
    "/konsol/opkald/",
)
FAULTS = """
async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.map(
  (rule) => `${rule.id}: ${rule.nodes.map((node) => node.html.slice(0, 120)).slice(0, 3).join(" | ")}`)
"""


def check_page(page: Page, address: str) -> list[str]:
    """Return what is wrong with the page shown: by axe-core, and by its width. Keeps a picture of it."""
    keep_picture(page, address)
    # Through the debugger, so that the page's own policy is not loosened for the test.
    page.evaluate(AXE.read_text())
    wrong = [f"{address} {fault}" for fault in page.evaluate(FAULTS)]
    width = page.evaluate("document.documentElement.scrollWidth")
    window = page.evaluate("window.innerWidth")
    return wrong if width <= window else [*wrong, f"{address} is {width} px wide in a window of {window}"]


def keep_picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page, for people to look at: by its name, the window's width and the language."""
    language = page.get_attribute("html", "lang")
    file = "-".join(re.findall(r"\w+", name)) or "forside"
    page.screenshot(path=PICTURES / f"{file}-{page.evaluate('window.innerWidth')}-{language}.png", full_page=True)


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_pages_have_no_fault_that_axe_finds(
    person: Callable[..., Person],
    sign_in_of: Callable[[str], SignIn],
    size: tuple[int, int],
    language: str,
) -> None:
    someone = person(size=size, language=language)
    page, wrong = someone.page, []
    for address in OPEN_PAGES:
        page.goto(address)
        assert page.get_attribute("html", "lang") == language
        someone.check()
        wrong += check_page(page, address)
        someone.faults.clear()  # axe itself styles the page it looks at, and the policy says so
    sign_in(page, sign_in_of("medarbejder"), to="/bord/")
    for address in STAFF_PAGES:
        page.goto(address)
        if address == "/bord/":
            page.wait_for_selector('#desk[data-phone-state="ready"]')
        someone.check()
        wrong += check_page(page, address)
        someone.faults.clear()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_pages_of_the_secretariat_have_no_fault_that_axe_finds(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn], size: tuple[int, int], language: str
) -> None:
    someone = person(size=size, language=language)
    page, wrong = someone.page, []
    sign_in(page, sign_in_of("sekretariat"), to="/konsol/")
    for address in SECRETARIAT_PAGES:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == HTTPStatus.OK, address
        someone.check()
        wrong += check_page(page, address)
        someone.faults.clear()
    assert not wrong, "\n".join(wrong)


def test_number_is_shown_where_scripts_do_not_run(
    product: Product, browser_with_tone: Callable[[int], Browser]
) -> None:
    context = browser_with_tone(CITIZEN_HZ).new_context(java_script_enabled=False, base_url=product.url)
    try:
        page = context.new_page()
        page.goto("/ring/46313020/")
        assert page.locator('a[href="tel:+4546313020"]').first.is_visible()
        assert not page.locator('[data-do="call"]').first.is_visible()
    finally:
        context.close()
