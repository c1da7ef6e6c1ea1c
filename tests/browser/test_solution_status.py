"""A self-service solution that does not work, in Chromium: said in one act by keyboard, seen by citizens and at the desk, and gone again."""

from collections.abc import Callable
from typing import Any

import psycopg
from playwright.sync_api import Page

from borgerlinje.demo.sign_ins import SignIn
from borgerlinje.kit import database
from tests.browser.conftest import EMPLOYEE_HZ, NARROW, WIDE, Person, sign_in
from tests.browser.test_desk_states import open_desk
from tests.browser.test_pages import check_page
from tests.support.product import Product

LIST = "/konsol/selvbetjening/"
TEXT = "»Bestil nyt sundhedskort« virker ikke lige nu. Prøv igen senere."
NOTICE = "SELECT is_said, is_shown, from_at, to_at FROM lines_notice WHERE text = %s ORDER BY id DESC LIMIT 1"


def test_editor_says_by_keyboard_that_a_solution_is_down_and_everybody_is_told_until_it_works(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn], product: Product
) -> None:
    all_works(product)
    editor, citizen, at_work = person(), person(), person(hertz=EMPLOYEE_HZ)
    desk = open_desk(at_work, sign_in_of("medarbejder"))
    page, portal = editor.page, citizen.page
    sign_in(page, sign_in_of("guideredaktoer"), to=LIST)

    say_by_keyboard(page)
    wrong = check_page(page, LIST)

    # The desk shows it without being loaded anew, once.
    desk.wait_for_selector(f"main .bl-notice:has-text('{TEXT}')")
    assert desk.locator("main .bl-notice", has_text=TEXT).count() == 1
    for path in ("/kommune/370/", "/kommune/370/find/", "/kommune/370/guide/sundhedskort/"):
        portal.goto(path)
        assert portal.locator(".bl-notice", has_text=TEXT).count() == 1, path
        wrong += check_page(portal, path)
    portal.goto("/kommune/370/find/?q=sundhedskort")
    portal.locator(".bl-found li", has_text="Virker ikke lige nu").first.wait_for()
    told = notice_of(product)
    assert told[:2] == (True, True)
    assert told[3] > told[2]

    page.get_by_role("button", name="Virker igen Bestil nyt sundhedskort").press("Enter")
    page.get_by_text("Ingen siger andet nu.").wait_for()
    desk.wait_for_selector(f"main .bl-notice:has-text('{TEXT}')", state="detached")
    portal.goto("/kommune/370/guide/sundhedskort/")
    assert portal.get_by_text(TEXT).count() == 0
    assert notice_of(product)[3] < told[3]
    assert not wrong, "\n".join(wrong)


def test_pages_of_solutions_have_no_fault_that_axe_finds(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    wrong: list[str] = []
    for size in (WIDE, NARROW):
        editor = person(size=size)
        page = editor.page
        sign_in(page, sign_in_of("guideredaktoer"), to=LIST)
        for address in (LIST, f"{LIST}ny/", f"{LIST}sundhedskort/", f"{LIST}sundhedskort/drift/"):
            page.goto(address)
            editor.check()
            wrong += check_page(page, address)
            editor.faults.clear()  # axe itself styles the page it looks at, and the policy says so
        page.get_by_label("Driller", exact=True).check()
        assert "« driller lige nu" in page.input_value("#id_text")
        page.get_by_role("button", name="Se, hvor det vises").click()
        page.get_by_text("Intet er sagt endnu.").wait_for()
        wrong += check_page(page, f"{LIST}sundhedskort/drift/ (preview)")
    assert not wrong, "\n".join(wrong)


def all_works(product: Product) -> None:
    """End what a test that came to nothing left behind."""
    with psycopg.connect(database.dsn("bl_owner", url=product.running().database_url), autocommit=True) as owner:
        owner.execute("UPDATE guides_solutionstatus SET until_at = now() WHERE until_at IS NULL OR until_at > now()")
        owner.execute(
            "UPDATE lines_notice SET to_at = now() WHERE text = %s AND (to_at IS NULL OR to_at > now())", [TEXT]
        )


def say_by_keyboard(page: Page) -> None:
    """Find the solution, say that it is down until midnight, look at where it is shown, and confirm: no mouse."""
    page.focus("#q")
    page.keyboard.type("nyt sundhedskort")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=nyt+sundhedskort**")
    page.get_by_role("link", name="Virker ikke Bestil nyt sundhedskort").press("Enter")
    page.wait_for_url("**/drift/")
    assert page.input_value("#id_text") == TEXT
    assert page.get_by_label("Hotline til selvbetjening").is_checked()
    page.wait_for_function("document.activeElement.name === 'kind'")
    page.keyboard.press("Enter")
    page.get_by_text("Intet er sagt endnu.").wait_for()
    page.wait_for_function("document.activeElement.name === 'gem'")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{LIST}")
    page.get_by_role("button", name="Fortryd det").wait_for()


def notice_of(product: Product) -> Any:
    """Return what the line's announcement is: whether it is said and shown, and its time."""
    with psycopg.connect(database.dsn("bl_owner", url=product.running().database_url)) as owner:
        row = owner.execute(NOTICE, [TEXT]).fetchone()
    assert row is not None
    return row
