"""What holds for every page, and is asked by the tests that come to a page on their way: see `test_walk` for the walk over all of them."""

from collections.abc import Callable

from playwright.sync_api import Browser, Page

from tests.browser.conftest import CITIZEN_HZ
from tests.browser.looking import faults, keep_picture, outside
from tests.support.product import Product


def check_page(page: Page, address: str) -> list[str]:
    """Return what is wrong with the page shown: by axe-core, and by its width. Keeps a picture of it."""
    keep_picture(page, address)
    return [f"{address} {each}" for each in (*faults(page), *outside(page))]


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
