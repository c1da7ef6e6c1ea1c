"""The editor of guides in Chromium: written with the keyboard alone, safe from the network and from one another, and read by a citizen."""

from collections.abc import Callable
from secrets import token_hex

import pytest
from playwright.sync_api import Page, expect

from borgerlinje.demo.sign_ins import SignIn
from tests.browser.conftest import NARROW, SETTLE_MS, Person, sign_in
from tests.browser.test_pages import check_page

EDIT = "/konsol/guider/mitid-glemt/ret/"
HOSTILE = (
    "<script>document.body.dataset.hacked='1'</script>",
    "<img src=x onerror=\"document.body.dataset.hacked='1'\">",
    "<svg onload=\"document.body.dataset.hacked='1'\">",
    "<a href=\"javascript:document.body.dataset.hacked='1'\">klik</a>",
    "&lt;img src=x onerror=&quot;document.body.dataset.hacked='1'&quot;&gt;",
)
expect.set_options(timeout=SETTLE_MS)


@pytest.fixture
def editor(person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]) -> Callable[..., Person]:
    """Return a maker of editors, each at a page."""

    def make(account: str = "guideredaktoer", *, to: str = EDIT, **options: object) -> Person:
        someone = person(**options)
        sign_in(someone.page, sign_in_of(account), to=to)
        return someone

    return make


def saved(page: Page) -> None:
    """Wait until all that was written is stored."""
    expect(page.locator("#guide-saved")).to_contain_text("Gemt kl.")


def type_in(page: Page, name: str, text: str) -> None:
    """Write in a field as hands do, in the place of what stood there."""
    page.focus(f"#f-{name}")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def new_guide(page: Page, title: str) -> str:
    """Begin a guide. Returns its name in addresses."""
    page.fill("#id_title", title)
    page.press("#id_title", "Enter")
    page.wait_for_url("**/ret/")
    return page.url.split("/")[-3]


def write_with_the_keyboard(page: Page) -> str:
    """Write a guide from its title on, hostile markup in it, and store it. Returns its name in addresses."""
    keys = page.keyboard
    # The title has the focus when the page opens.
    keys.type(f"Lån en ladcykel {token_hex(3)}")
    keys.press("Enter")
    page.wait_for_url("**/konsol/guider/laan-en-ladcykel-*/ret/")
    page.focus("#f-intro-da")
    keys.type("Du låner cyklen på biblioteket. " + HOSTILE[0])
    page.focus("#f-have-da")
    keys.type("Lånerkort")
    keys.press("Enter")
    keys.type("Cykelhjelm " + HOSTILE[1])
    # The second line goes first, with the cursor in it.
    keys.press("Alt+ArrowUp")
    expect(page.locator("#f-have-da")).to_have_value(f"Cykelhjelm {HOSTILE[1]}\nLånerkort")
    write_steps(page)
    keys.press("Control+s")
    saved(page)
    page.reload()
    expect(page.locator(".bl-edit-step textarea").first).to_have_value("Book en tid.")
    expect(page.locator("#guide-offer")).to_be_hidden()
    return page.url.split("/")[-3]


def write_steps(page: Page) -> None:
    """Write two steps, the second one first, and one that is taken out, put back by undo, and taken out again."""
    keys = page.keyboard
    steps = page.locator(".bl-edit-step")
    steps.nth(0).locator("textarea").first.focus()
    keys.type("Hent cyklen.")
    keys.press("Control+Enter")
    expect(steps).to_have_count(2)
    expect(steps.nth(1).locator("textarea").first).to_be_focused()
    keys.type("Book en tid. " + " ".join(HOSTILE[2:]))
    keys.press("Alt+ArrowUp")
    expect(steps.nth(0).locator("textarea").first).to_be_focused()
    expect(steps.nth(0).locator("legend")).to_have_text("Trin 1")
    keys.press("Escape")
    expect(steps.nth(0)).to_be_focused()
    keys.press("Control+Enter")
    expect(steps).to_have_count(3)
    keys.type("Et trin for meget.")
    steps.nth(1).locator("button[data-act=remove]").focus()
    keys.press("Enter")
    expect(steps).to_have_count(2)
    page.locator("#said button").focus()
    keys.press("Enter")
    expect(steps).to_have_count(3)
    steps.nth(1).locator("button[data-act=remove]").focus()
    keys.press("Enter")
    expect(steps).to_have_count(2)


def test_guide_is_written_with_the_keyboard_alone_approved_by_another_and_read_by_a_citizen(
    editor: Callable[..., Person], person: Callable[..., Person]
) -> None:
    writer = editor(to="/konsol/guider/ny/")
    page = writer.page
    slug = write_with_the_keyboard(page)
    page.goto(f"/konsol/guider/{slug}/vis/")
    expect(page.locator("main")).to_contain_text("Kladde: udgave 1")
    page.goto(f"/konsol/guider/{slug}/")
    page.locator("form[action$='/send/'] [name=note]").fill("Ny guide")
    page.locator("form[action$='/send/'] button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("Sendt til godkendelse")
    writer.check()

    citizen = person()
    assert citizen.page.goto(f"/guide/{slug}/").status == 404  # type: ignore[union-attr] # a page answered
    citizen.faults.clear()
    approver = editor("guideredaktoer2", to=f"/konsol/guider/{slug}/")
    approver.page.locator("form[action$='/godkend/'] button[type=submit]").click()
    expect(approver.page.locator("main")).to_contain_text("Udgivet")
    citizen.page.goto(f"/guide/{slug}/")
    expect(citizen.page.locator(".bl-steps > li")).to_have_text(["Book en tid.", "Hent cyklen."])
    expect(citizen.page.locator(".bl-ticks")).to_contain_text("Cykelhjelm")
    for someone in (citizen, approver, writer):
        assert someone.page.evaluate("document.body.dataset.hacked") is None
    assert citizen.page.locator("article :is(script, img, iframe, svg[onload], a[href^='javascript'])").count() == 0
    citizen.check()
    assert not check_page(citizen.page, "guide-written")


def test_what_was_written_without_a_network_survives_the_closed_tab_and_is_offered_back(
    editor: Callable[..., Person],
) -> None:
    someone = editor(to="/konsol/guider/ny/")
    page, context = someone.page, someone.page.context
    slug = new_guide(page, f"Skrevet i toget {token_hex(3)}")
    type_in(page, "intro-da", "Gemt inden tunnelen.")
    saved(page)
    context.set_offline(True)
    type_in(page, "intro-da", "Skrevet i tunnelen.")
    expect(page.locator("#guide-saved")).to_have_text("Ikke gemt, prøver igen")
    page.close()
    context.set_offline(False)

    page = context.new_page()
    page.goto(f"/konsol/guider/{slug}/ret/")
    expect(page.locator("#f-intro-da")).to_have_value("Gemt inden tunnelen.")
    expect(page.locator("#guide-offer")).to_be_visible()
    page.get_by_role("button", name="Hent den frem").click()
    expect(page.locator("#f-intro-da")).to_have_value("Skrevet i tunnelen.")
    saved(page)
    page.reload()
    expect(page.locator("#f-intro-da")).to_have_value("Skrevet i tunnelen.")
    expect(page.locator("#guide-offer")).to_be_hidden()

    # Where the network comes back while the page is open, it is stored by itself.
    context.set_offline(True)
    type_in(page, "intro-da", "Skrevet i den næste tunnel.")
    expect(page.locator("#guide-saved")).to_have_text("Ikke gemt, prøver igen")
    context.set_offline(False)
    saved(page)


def test_two_editors_at_once_lose_nothing(editor: Callable[..., Person]) -> None:
    first = editor(to="/konsol/guider/ny/")
    ella = first.page
    slug = new_guide(ella, f"To på én gang {token_hex(3)}")
    type_in(ella, "intro-da", "Udgangspunktet.")
    saved(ella)
    second = editor("guideredaktoer2", to=f"/konsol/guider/{slug}/ret/")
    finn = second.page
    type_in(ella, "have-da", "MitID")
    ella.keyboard.press("Control+s")
    saved(ella)
    # He has the page from before: what she wrote comes into it, and the cursor stays where he writes.
    type_in(finn, "mistakes-da", "Glemt kode")
    finn.keyboard.press("Control+s")
    expect(finn.locator("#f-have-da")).to_have_value("MitID")
    expect(finn.locator("#f-mistakes-da")).to_be_focused()
    expect(finn.locator("#f-mistakes-da")).to_have_value("Glemt kode")
    expect(finn.locator("[data-taken]")).to_contain_text("Hav klar")
    # Both in the same part: hers stays, his stands beside it, and he chooses.
    type_in(ella, "intro-da", "Ellas indledning.")
    ella.keyboard.press("Control+s")
    expect(ella.locator("#f-mistakes-da")).to_have_value("Glemt kode")
    type_in(finn, "intro-da", "Finns indledning.")
    finn.keyboard.press("Control+s")
    both = finn.locator('[data-conflict="da:intro"]')
    expect(both).to_contain_text("Ellas indledning.")
    expect(both).to_contain_text("Finns indledning.")
    expect(finn.locator("#f-intro-da")).to_have_value("Ellas indledning.")
    second.check()
    assert not check_page(finn, "guide-editor-both")
    finn.get_by_role("button", name="Brug min").click()
    expect(finn.locator("#f-intro-da")).to_have_value("Finns indledning.")
    expect(both).to_have_count(0)
    ella.reload()
    expect(ella.locator("#f-intro-da")).to_have_value("Finns indledning.")
    first.check()


def test_editor_fits_a_telephone_and_reads_in_english(editor: Callable[..., Person]) -> None:
    for options in ({"size": NARROW}, {"language": "en"}):
        someone = editor(**options)
        someone.check()
        assert not check_page(someone.page, "guide-editor-demo")
