"""The citizens' pages in a real browser: from one's own words to a number on a telephone, a member's colours, and its box in a frame."""

import io
from collections.abc import Callable, Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Route

from borgerlinje.demo.sign_ins import SignIn
from tests.browser.conftest import CITIZEN_HZ, NARROW, Person, sign_in
from tests.browser.test_pages import check_page
from tests.support.product import Product

NUMBER = 'a[href="tel:+4546313020"]'
# A browser frames no address of this machine in a page of the net, so the product is given a name there too.
ALLOWED, OTHER, OURS = "https://kommune.example.org", "https://other.example.org", "https://linje.example.org"
COLOUR = "#7a1f5c"


@pytest.fixture
def without_script(product: Product, browser_with_tone: Callable[[int], Browser]) -> Iterator[BrowserContext]:
    context = browser_with_tone(CITIZEN_HZ).new_context(
        java_script_enabled=False, base_url=product.url, viewport={"width": NARROW[0], "height": NARROW[1]}
    )
    yield context
    context.close()


def test_citizen_finds_the_number_by_own_words_on_a_telephone_without_a_script(without_script: BrowserContext) -> None:
    page = without_script.new_page()
    page.goto("/kommune/370/")
    box = page.locator(NUMBER).first.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < NARROW[1], "the number is in the first screenful"
    page.fill("#q", "jeg har glemt mit mitid")
    page.press("#q", "Enter")
    assert page.locator("h2 >> text=MitID").is_visible()
    assert page.locator(NUMBER).first.is_visible()
    page.fill("#q", "krokodille")
    page.press("#q", "Enter")
    assert page.locator("#intet").is_visible()
    page.click('.bl-common a:has-text("MitID")')
    assert page.locator(NUMBER).first.is_visible()


def test_members_colour_and_box_reach_its_citizens_and_nobody_else_frames_it(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    secretariat, citizen = person(), person(size=NARROW)
    desk = secretariat.page
    sign_in(desk, sign_in_of("sekretariat"), to="/konsol/borgersider/")
    wrong = check_page(desk, "/konsol/borgersider/")
    desk.goto("/konsol/borgersider/370/")
    desk.fill("#id_colour", "#ffcc00")
    desk.click('main form button:has-text("Gem")')
    assert "Den nærmeste farve" in desk.locator("#id_colour_error").inner_text()
    wrong += check_page(desk, "the refused colour")
    desk.fill("#id_colour", COLOUR)
    desk.fill("#id_box_origins", ALLOWED)
    desk.click('main form button:has-text("Gem")')
    desk.wait_for_selector("#kode-da")
    wrong += check_page(desk, "/konsol/borgersider/370/")
    assert not wrong, "\n".join(wrong)

    page = citizen.page
    page.goto("/kommune/370/")
    assert _colour_of(page) == "rgb(122, 31, 92)"
    citizen.check()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for address in ("/kommune/370/", "/kommune/370/find/?q=mitid", "/kommune/370/tilgaengelighed/"):
            page.goto(address)
            wrong += check_page(page, f"{address} {scheme}")
    assert not wrong, "\n".join(wrong)

    page.set_viewport_size({"width": 280, "height": 420})
    page.goto("/kommune/370/boks/")
    assert not check_page(page, "/kommune/370/boks/")
    shown = _framed(page, ALLOWED, "/kommune/370/boks/", base=_base(desk))
    shown.wait_for_selector(NUMBER)
    assert shown.evaluate("document.documentElement.scrollWidth") <= 280
    for parent, path in ((OTHER, "/kommune/370/boks/"), (ALLOWED, "/kommune/370/")):
        with pytest.raises(AssertionError, match="refused"):
            _framed(page, parent, path, base=_base(desk))


@pytest.mark.parametrize("language", ["da", "en"])
def test_members_logo_is_put_up_by_its_host_and_seen_on_light_and_dark_screens(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn], language: str
) -> None:
    desk, citizen = person(size=NARROW, language=language).page, person(size=NARROW)
    sign_in(desk, sign_in_of("sekretariat"), to="/konsol/borgersider/330/")
    desk.set_input_files("#logo-fil", {"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"})
    desk.locator("form:has(#logo-fil) button").click()
    desk.locator("#logo-fil-fejl").wait_for()
    wrong = check_page(desk, "the refused logo")
    desk.set_input_files("#logo-fil", {"name": "logo.png", "mimeType": "image/png", "buffer": _picture()})
    desk.locator("form:has(#logo-fil) button").click()
    desk.locator("main img").wait_for()
    wrong += check_page(desk, "the logo in use")
    page = citizen.page
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for address in ("/kommune/330/", "/kommune/330/boks/"):
            page.goto(address)
            shown = page.locator("img.bl-logo")
            assert shown.evaluate("(each) => each.complete && each.naturalWidth") == 480
            wrong += check_page(page, f"logo {address} {scheme}")
    page.goto("/kommune/330/")
    citizen.faults.clear()
    desk.locator("form[action$='logo/fjern/'] button").click()
    desk.locator("main img").wait_for(state="detached")
    page.reload()
    assert page.locator("img.bl-logo").count() == 0
    citizen.check()
    assert not wrong, "\n".join(wrong)


def _picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (960, 180), COLOUR).save(file, "PNG")
    return file.getvalue()


def _base(page: Page) -> str:
    return str(page.evaluate("location.origin"))


def _colour_of(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.querySelector('.bl-btn--main')).backgroundColor"))


def _framed(page: Page, parent: str, path: str, *, base: str) -> Frame:
    """Open a page of another website that frames a page of ours, 280 px wide, and return the frame; it fails when the browser refuses."""
    html = f'<!doctype html><title>x</title><iframe src="{OURS}{path}" title="x" width="280" height="400"></iframe>'
    page.route(f"{parent}/**", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.route(f"{OURS}/**", lambda route: _passed_on(route, base))
    page.goto(f"{parent}/")
    frame = page.frames[-1]
    frame.wait_for_load_state()
    assert frame.url == f"{OURS}{path}", f"refused: {frame.url}"
    return frame


def _passed_on(route: Route, base: str) -> None:
    route.fulfill(response=route.fetch(url=route.request.url.replace(OURS, base)))
