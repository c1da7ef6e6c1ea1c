"""What comes of the guides in Chromium: what an employee's call ends with reaches the editor's list, and an ambassador reads by keyboard alone."""

from collections.abc import Callable

import psycopg
import pytest

from borgerlinje.demo.sign_ins import SignIn
from borgerlinje.kit import database
from tests.browser.conftest import EMPLOYEE_HZ, NARROW, WIDE, Person, sign_in
from tests.browser.test_desk_states import open_desk
from tests.browser.test_first_call import wait_for_state
from tests.browser.test_pages import check_page
from tests.support.product import Product

WORK, OPENED, READ = "/konsol/guider/arbejdsliste/", "/konsol/guider/aabnet/", "/konsol/guider/laes/"


@pytest.fixture(autouse=True)
def nothing_done(product: Product) -> None:
    """Let nothing be answered, sought or opened before."""
    with psycopg.connect(database.dsn("bl_owner", url=product.running().database_url), autocommit=True) as owner:
        for table in ("guides_feedback", "guides_missedsearch", "guides_opening", "contacts_contactguide"):
            owner.execute(f"DELETE FROM {table}")
        owner.execute("UPDATE guides_guide SET looked_at = NULL WHERE looked_at IS NOT NULL")


def look_at(someone: Person, name: str, *sizes: tuple[int, int]) -> None:
    """Check the page shown in each of these windows; what axe-core itself does to a page is no fault of the page's."""
    someone.check()
    for size in sizes:
        someone.page.set_viewport_size({"width": size[0], "height": size[1]})
        assert not check_page(someone.page, name)
    someone.faults.clear()


def test_guide_opened_in_a_call_that_was_passed_on_reaches_the_editors_list(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    employee, portal, editor = person(hertz=EMPLOYEE_HZ), person().page, person()
    desk = open_desk(employee, sign_in_of("medarbejder"))
    portal.goto("/ring/46313020/")
    portal.click('[data-do="call"] >> visible=true')
    wait_for_state(desk, "offered")
    desk.keyboard.press("F2")
    wait_for_state(desk, "connected")
    desk.wait_for_selector("#guide-q")
    desk.keyboard.press("Control+k")
    desk.keyboard.type("blå")
    desk.wait_for_selector(".bl-found button:has-text('sygesikringskort')")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#guide:has-text('sygesikringskort')")
    desk.keyboard.press("F4")
    wait_for_state(desk, "wrap_up")
    desk.check("input[name=outcome][value=transferred]")
    desk.press("input[name=outcome][value=transferred]", "Enter")
    wait_for_state(desk, "ready")

    page = editor.page
    sign_in(page, sign_in_of("guideredaktoer"), to=WORK)
    row = page.locator(".bl-jobs > li", has_text="sygesikringskort")
    assert "Viderestillet alligevel" in row.inner_text()
    look_at(editor, "guide-work", WIDE, NARROW)
    row.locator("button").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=status]:has-text('er færdig')")
    assert page.locator(".bl-jobs > li", has_text="sygesikringskort").count() == 0
    page.click("button:has-text('Fortryd')")
    page.wait_for_selector(".bl-jobs > li:has-text('sygesikringskort')")

    desk.goto("/konsol/henvendelse/")
    desk.click("section[aria-labelledby=seneste] tbody a >> nth=0")
    desk.wait_for_selector("dd:has-text('sygesikringskort')")
    for each in (employee, editor):
        each.check()


def test_words_nobody_answered_are_given_to_a_guide(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    citizen, editor = person().page, person()
    citizen.goto("/find/?q=zumbadans+klovnenæse")
    citizen.wait_for_selector("text=Vi fandt ikke noget")
    page = editor.page
    sign_in(page, sign_in_of("guideredaktoer"), to=WORK)
    page.click("a:has-text('Giv en guide de ord')")
    page.wait_for_selector("#o-q")
    page.fill("#o-q", "fritidstilskud")
    page.press("#o-q", "Enter")
    page.wait_for_selector("button:has-text('Giv den ordene')")
    look_at(editor, "guide-words", NARROW, WIDE)
    page.fill("#o-ord", "zumbadans")
    page.locator("button:has-text('Giv den ordene')").first.click()
    page.wait_for_selector("[role=status]:has-text('står i kladden')")
    assert page.locator(".bl-jobs > li:has-text('zumbadans')").count() == 0
    editor.check()


def test_ambassador_finds_reads_and_answers_by_keyboard_alone(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    someone = person()
    page = someone.page
    sign_in(page, sign_in_of("ambassadoer"), to="/konsol/")
    page.focus("a:has-text('Læs guider')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{READ}")
    look_at(someone, "guide-reading", NARROW, WIDE)
    page.focus("#q")
    page.keyboard.type("gult kort")
    page.keyboard.press("Enter")
    page.wait_for_selector(".bl-found a:has-text('sundhedskort')")
    page.focus(".bl-found a:has-text('sundhedskort')")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('sundhedskort')")
    assert page.locator("dt:has-text('Sig')").count() > 0
    look_at(someone, "guide-read", WIDE, NARROW)
    page.focus("button[name=helped][value=ja]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#hjalp ~ [role=status]")
    someone.check()


def test_campaign_link_is_made_and_what_comes_of_it_is_shown(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    someone, citizen = person(), person().page
    page = someone.page
    sign_in(page, sign_in_of("guideredaktoer"), to=OPENED)
    page.fill("#k-navn", "Bibliotekets uge")
    page.fill("#k-guide", "gult kort")
    page.press("#k-guide", "Enter")
    page.click("fieldset a:has-text('sundhedskort')")
    page.wait_for_selector("#k-link")
    look_at(someone, "guide-campaign", NARROW, WIDE)
    citizen.goto(page.input_value("#k-link"))
    opens = citizen.get_attribute("a[href*='/aabn/']", "href")
    assert opens is not None
    assert opens.endswith("?kampagne=bibliotekets-uge")
    assert citizen.request.get(opens, max_redirects=0).status == 302
    page.goto(OPENED)
    page.wait_for_selector("th:has-text('bibliotekets-uge')")
    look_at(someone, "guide-openings", WIDE, NARROW)
