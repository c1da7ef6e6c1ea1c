"""A line is made with the keyboard alone, stands on the citizens' pages at once, and is gone from them when it is closed for good."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Page, expect

from borgerlinje.demo.sign_ins import SignIn
from borgerlinje.kit import database
from tests.browser.conftest import NARROW, SETTLE_MS, WIDE, Person, sign_in
from tests.browser.looking import faults, misfits, resize
from tests.support.product import Product

NAME, NUMBER = "Hjælp til pas og rejse", "00009999"
expect.set_options(timeout=SETTLE_MS)


@pytest.fixture(autouse=True)
def _nothing_left(product: Product) -> Iterator[None]:
    """Take the line away again: the other tests' citizens do not know it."""
    yield
    with psycopg.connect(database.dsn("bl_owner", url=product.running().database_url)) as owner:
        made = "(SELECT id FROM lines_line WHERE name = %(name)s)"
        owner.execute(
            f"DELETE FROM lines_openingperiod WHERE version_id IN (SELECT id FROM lines_openingversion WHERE line_id IN {made})",
            {"name": NAME},
        )
        for table in ("lines_openingversion", "lines_linenumber"):
            owner.execute(f"DELETE FROM {table} WHERE line_id IN {made}", {"name": NAME})
        owner.execute("DELETE FROM lines_line WHERE name = %(name)s", {"name": NAME})


def check(page: Page) -> None:
    """Look at the page wide and narrow."""
    for size in (WIDE, NARROW):
        resize(page, size)
        assert faults(page) + misfits(page) == [], page.url
    resize(page, WIDE)


def test_line_is_made_shown_to_citizens_and_closed(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    someone, citizen = person(), person()
    page = someone.page
    sign_in(page, sign_in_of("sekretariat"), to="/konsol/linjer/")
    page.get_by_role("link", name="Ny linje").focus()
    page.keyboard.press("Enter")
    name = page.get_by_label("Hvad hedder linjen?")
    name.focus()
    # What is missing is said beside its field, and nothing that was written is lost.
    page.keyboard.type(NAME)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Skriv mindst ét nummer.")).to_be_visible()
    expect(name).to_have_value(NAME)
    check(page)
    page.get_by_label("Fælles nummer").focus()
    page.keyboard.type(NUMBER)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Kan der ringes til linjen?")).to_be_visible()
    check(page)

    citizen.page.goto("/?kommune=370")
    expect(citizen.page.get_by_role("main")).to_contain_text(NAME)
    expect(citizen.page.get_by_role("main")).to_contain_text("00 00 99 99")

    page.get_by_role("button", name="Vis, hvad der sker").click()
    expect(page.get_by_text("Den, der ringer til 00 00 99 99, hører")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Luk linjen", exact=True).click()
    expect(page.get_by_text("Linjen er lukket siden")).to_be_visible()
    citizen.page.reload()
    expect(citizen.page.get_by_role("main")).not_to_contain_text(NAME)
    page.get_by_role("button", name="Åbn linjen igen").click()
    expect(page.get_by_text("Linjen følger sine åbningstider igen.")).to_be_visible()
    citizen.page.reload()
    expect(citizen.page.get_by_role("main")).to_contain_text(NAME)
    citizen.check()
