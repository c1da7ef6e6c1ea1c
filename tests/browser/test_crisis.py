"""A crisis in the browser, from the button to the evaluation: the secretariat begins it, a manager lends, desk and citizen see it."""

import re
from collections.abc import Callable

from playwright.sync_api import Page

from borgerlinje.demo.sign_ins import SignIn
from tests.browser.conftest import NARROW, WIDE, Person, sign_in
from tests.browser.test_pages import check_page

BANNER = "Prøvebanner: tjek dit pas."


def test_crisis_begins_calls_in_is_logged_ends_and_is_evaluated(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    pages = [person(size=size).page for size in (WIDE, WIDE, NARROW, WIDE, WIDE)]
    page, watching, answering, desk, portal = pages
    for each, account in ((page, "sekretariat"), (watching, "planlaegger"), (answering, "leder")):
        sign_in(each, sign_in_of(account), to="/konsol/krise/")
    sign_in(desk, sign_in_of("medarbejder"), to="/bord/")

    wrong = begin(page)
    watching.goto(page.url)
    write_in_the_log(page, watching)
    portal.goto("/")
    portal.get_by_text(BANNER).wait_for()
    wrong += check_page(portal, "/")
    desk.get_by_text("Krise: Fejl i pas").wait_for()
    desk.get_by_text("Borgerens pas er ikke gyldigt").click()
    desk.get_by_text("Inden for to dage: henvis til nødpas hos politiet.").wait_for()
    wrong += answer(answering)
    watching.get_by_text("Slagelse sender 1 medarbejder.").wait_for()
    take_the_banner_down(page, portal)

    page.fill("#id_reason", "Passene virker igen.")
    page.get_by_role("button", name="Afslut krisen").click()
    page.wait_for_url("**/evaluering/")
    desk.get_by_text("Krise: Fejl i pas").wait_for(state="detached")
    watching.get_by_role("link", name="Læs evalueringen og loggen").wait_for()
    wrong += evaluate(page)
    assert not wrong, "\n".join(wrong)


def begin(page: Page) -> list[str]:
    """Begin a crisis from a template, call one authority in, and return what is wrong with the pages."""
    wrong = check_page(page, "/konsol/krise/")
    page.get_by_role("link", name="Begynd en krise i Callcenter Sjælland").click()
    page.get_by_role("link", name="Pas", exact=True).click()
    wrong += check_page(page, "/konsol/krise/ny/")
    page.fill("#id_banner", BANNER)
    page.fill("#id_cost_key", "PROEVE-1")
    page.get_by_label("Slagelse Kommune").fill("1")
    # The keyboard alone: the form is sent from a field of one line.
    page.press("#id_cost_key", "Enter")
    page.get_by_text("Slagelse Kommune spørges om 1 medarbejder.").wait_for()
    wrong += check_page(page, "/konsol/krise/ny/ (confirm)")
    page.get_by_role("button", name="Begynd krisen").click()
    page.wait_for_url(re.compile(r"/konsol/krise/\d+/$"))
    return wrong + check_page(page, "/konsol/krise/<id>/")


def write_in_the_log(page: Page, watching: Page) -> None:
    """Write without a mouse, twice; whoever watches sees it without loading the page."""
    for text, key in (("Pressen er orienteret.", "Alt+2"), ("Der er kø ved pasautomaten.", "Alt+1")):
        page.wait_for_load_state()
        if key == "Alt+2":
            page.focus("#id_text")
        page.wait_for_function("document.activeElement.id === 'id_text'")
        page.keyboard.type(text)
        page.keyboard.press(key)
        page.get_by_role("cell", name=text).wait_for()
        watching.get_by_role("cell", name=text).wait_for()


def answer(page: Page) -> list[str]:
    """Answer for an authority that was called in, from where the manager begins, and return what is wrong with the page."""
    page.goto("/konsol/")
    page.get_by_role("link", name="Svar nu").click()
    page.fill("#id_promised", "1")
    page.get_by_role("button", name="Svar").click()
    page.get_by_role("heading", name="Udlån under krisen").wait_for()
    return check_page(page, "/konsol/krise/svar/")


def take_the_banner_down(page: Page, portal: Page) -> None:
    """Change what is shown: the citizen's page follows, and the log says what stood there."""
    page.fill("#id_banner", "")
    page.locator("form:has(#id_banner) button[type=submit]").click()
    page.get_by_text(f"Banneret ændret fra »{BANNER}« til »«.").wait_for()
    portal.reload()
    assert portal.get_by_text(BANNER).count() == 0


def evaluate(page: Page) -> list[str]:
    """Write what was learnt, take the table along, look at the page on paper, and return what is wrong with it."""
    page.fill("#id_evaluation", "Næste gang begynder vi før.")
    page.get_by_role("button", name="Gem evalueringen").click()
    page.get_by_role("cell", name="Evalueringen er skrevet.").wait_for()
    wrong = check_page(page, "/konsol/krise/<id>/evaluering/")
    with page.expect_download() as table:
        page.get_by_role("link", name="Hent som CSV").click()
    assert "Pressen er orienteret." in table.value.path().read_text(encoding="utf-8-sig")
    page.emulate_media(media="print")
    assert not page.locator("#id_evaluation").is_visible()
    assert page.locator(".bl-printed").get_by_text("Næste gang begynder vi før.").is_visible()
    return wrong


def test_pages_of_lines_have_no_fault_that_axe_finds(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    wrong: list[str] = []
    for size in (WIDE, NARROW):
        secretariat = person(size=size)
        page = secretariat.page
        sign_in(page, sign_in_of("sekretariat"), to="/konsol/linjer/")
        for address in (
            "/konsol/linjer/",
            "/konsol/linje/hotline/telefon/",
            "/konsol/beskeder/",
            "/konsol/beskeder/ny/",
            "/konsol/specialister/",
            "/konsol/specialister/ny/",
            "/konsol/krise/ny/",
        ):
            page.goto(address)
            secretariat.check()
            wrong += check_page(page, address)
            secretariat.faults.clear()  # axe itself styles the page it looks at, and the policy says so
    assert not wrong, "\n".join(wrong)


def test_outage_is_written_shown_and_ended(person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]) -> None:
    page, portal = person().page, person(language="en").page
    sign_in(page, sign_in_of("sekretariat"), to="/konsol/beskeder/ny/")
    page.select_option("#id_where", label="Hotline til selvbetjening")
    page.select_option("#id_kind", "outage")
    page.fill("#id_text", "Prøve: en løsning er nede.")
    page.fill("#id_text_en", "Trial: a service is down.")
    page.get_by_role("button", name="Se, hvordan det bliver").click()
    page.get_by_role("button", name="Send beskeden ud").click()
    page.wait_for_url("**/konsol/beskeder/")
    portal.goto("/?kommune=370")
    assert portal.get_by_text("Trial: a service is down.").get_attribute("lang") == "en"
    page.get_by_role("button", name="Afslut nu Prøve: en løsning er nede.").click()
    page.get_by_role("heading", name="Slut").wait_for()
    portal.reload()
    assert portal.get_by_text("Trial: a service is down.").count() == 0
