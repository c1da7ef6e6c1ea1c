"""The editor of telephone menus in a real browser: with the keyboard, with two people, and with sound."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from borgerlinje.demo.sign_ins import SignIn
from tests.browser.conftest import NARROW, SETTLE_MS, WIDE, Person, sign_in, write_tone
from tests.browser.test_pages import check_page

PAGE = "/konsol/telefonmenu/hotline/"
expect.set_options(timeout=SETTLE_MS)


@pytest.fixture
def editor(person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]) -> Callable[..., Person]:
    """Return a maker of people who are at the editor, with no draft before them."""

    def make(account: str = "sekretariat", **options: object) -> Person:
        someone = person(**options)
        sign_in(someone.page, sign_in_of(account), to=PAGE)
        return someone

    return make


@pytest.fixture(autouse=True)
def _no_draft(editor: Callable[..., Person]) -> None:
    """Begin each test from what is published."""
    page = editor().page
    discard = page.get_by_role("button", name="Kassér kladden")
    if discard.count():
        discard.click()
        expect(page.locator("#menu-told")).to_contain_text("kasseret")


def row(page: Page, place: str):
    return page.locator(f"#p-start-{place}-row")


def told(page: Page):
    return page.locator("#menu-told")


def test_text_written_is_stored_at_once_and_the_faults_stand_at_their_place(editor: Callable[..., Person]) -> None:
    someone = editor()
    page = someone.page
    expect(page.get_by_role("heading", name="Det, borgerne hører")).to_be_visible()
    page.fill("#p-start-text", "Du kan vælge med tasterne.")
    page.press("#p-start-text", "Tab")
    expect(page.get_by_role("heading", name="Kladde")).to_be_visible()
    page.select_option("#p-start-k0-key", "2")
    expect(row(page, "k0").locator("[data-fault]")).to_contain_text("brugt to gange")
    expect(page.get_by_role("button", name="Udgiv", exact=True)).to_be_disabled()
    page.click('#menu-fault-list a[href="#p-start-k0"] >> nth=0')
    page.select_option("#p-start-k0-key", "1")
    expect(page.locator("#menu-faults ~ *, #menu-fault-list")).to_have_count(0)
    page.reload()
    expect(page.locator("#p-start-text")).to_have_value("Du kan vælge med tasterne.")
    someone.check()


def test_key_is_added_changed_deleted_and_undone_with_the_keyboard_alone(editor: Callable[..., Person]) -> None:
    someone = editor()
    page = someone.page
    rows = page.locator("#p-start > .bl-menu-steps > .bl-menu-step")
    count = rows.count()
    page.focus("#p-start-add")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(count + 1)
    # One goes on in what was added.
    expect(page.locator(f"#p-start-k{count - 1}-key")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("åbningstider")
    page.keyboard.press("Tab")
    expect(page.locator(f"#p-start-k{count - 1}-label")).to_have_value("åbningstider")
    page.locator(f"#p-start-k{count - 1}-what").select_option("menu")
    expect(page.locator(f"#p-start-k{count - 1}")).to_be_visible()
    page.focus(f"#p-start-k{count - 1}-remove")
    page.keyboard.press("Enter")
    expect(told(page)).to_contain_text("slettet med alt under sig")
    page.get_by_role("button", name="Fortryd").focus()
    page.keyboard.press("Enter")
    expect(told(page)).to_contain_text("fortrudt")
    expect(page.locator(f"#p-start-k{count - 1}-label")).to_have_value("åbningstider")
    someone.check()


def test_two_people_change_one_place_and_nothing_is_lost(editor: Callable[..., Person]) -> None:
    first, second = editor(), editor("administrator")
    first.page.fill("#p-start-text", "Den første.")
    first.page.press("#p-start-text", "Tab")
    expect(first.page.get_by_role("heading", name="Kladde")).to_be_visible()
    second.page.fill("#p-start-text", "Den anden.")
    second.page.press("#p-start-text", "Tab")
    expect(told(second.page)).to_contain_text("har ændret det samme sted")
    expect(told(second.page)).to_contain_text("Den anden.")
    second.page.get_by_role("button", name="Gem min alligevel").click()
    expect(second.page.locator("#p-start-text")).to_have_value("Den anden.")
    first.page.reload()
    expect(first.page.locator("#p-start-text")).to_have_value("Den anden.")
    first.check()
    second.check()


def test_recording_is_uploaded_and_heard_and_a_bad_one_is_refused(
    editor: Callable[..., Person], tmp_path: Path
) -> None:
    someone = editor()
    page = someone.page
    noise = tmp_path / "brev.wav"
    noise.write_bytes(b"RIFF of nothing")
    page.set_input_files("#p-start-greeting-file", noise)
    expect(told(page)).to_contain_text("ikke en lydfil")
    page.set_input_files("#p-start-greeting-file", write_tone(tmp_path / "velkomst.wav", 440, seconds=2))
    expect(told(page)).to_contain_text("er taget i brug: 2,0 sekunder")
    seconds = page.evaluate(
        """async () => {
            const sound = document.querySelector('#p-start-greeting-said audio');
            sound.load();
            await new Promise((done, fail) => { sound.onloadedmetadata = done; sound.onerror = fail; });
            return sound.duration;
        }"""
    )
    assert seconds == pytest.approx(2.2, abs=0.2)
    page.get_by_role("button", name="Fortryd").click()
    expect(page.locator("#p-start-greeting-said .bl-tag")).to_have_count(0)
    someone.check()


def test_what_happens_is_told_and_stays_while_one_goes_on_writing(editor: Callable[..., Person]) -> None:
    someone = editor()
    page = someone.page
    for name in ("Nu", "Tirsdag kl. 20.59", "24. december kl. 12"):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.locator("#menu-foreseen")).to_contain_text("Linjen er åben")
    expect(page.locator("#foreseen-at")).to_contain_text("24. december")
    page.fill("#menu-at", "2026-12-01T21:00")
    page.press("#menu-at", "Enter")
    expect(page.locator("#foreseen-at")).to_contain_text("1. december 2026")
    page.fill("#p-start-text", "Vælg nu.")
    page.press("#p-start-text", "Tab")
    expect(page.get_by_role("heading", name="Kladde")).to_be_visible()
    expect(page.locator("#foreseen-at")).to_contain_text("1. december 2026")
    someone.check()


def test_menu_is_published_and_the_earlier_version_is_there_to_go_back_to(editor: Callable[..., Person]) -> None:
    someone = editor()
    page = someone.page
    page.fill("#p-start-text", "Vælg nu.")
    page.press("#p-start-text", "Tab")
    expect(page.locator("[data-changes]")).to_contain_text("»Vælg nu.«")
    page.fill("#menu-note", "Kortere")
    page.get_by_role("button", name="Udgiv", exact=True).click()
    expect(page.get_by_text("Den gælder fra det næste opkald")).to_be_visible()
    page.get_by_role("link", name="Vis").first.click()
    expect(page.locator("[data-changes]")).to_contain_text("»Vælg nu.«")
    page.go_back()
    page.get_by_role("button", name="Brug som kladde").last.click()
    expect(told(page)).to_contain_text("Kladden er nu som")
    page.get_by_role("button", name="Udgiv", exact=True).click()
    expect(page.get_by_text("Den gælder fra det næste opkald")).to_be_visible()
    expect(page.locator("#p-start-text")).to_have_value("")
    someone.check()


def test_reader_has_nothing_to_change_and_narrow_screens_show_it_all(
    editor: Callable[..., Person],
) -> None:
    someone = editor("planlaegger", size=NARROW)
    page = someone.page
    expect(page.get_by_role("heading", name="Hvad sker der?")).to_be_visible()
    assert page.locator("textarea").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    someone.check()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_editor_and_its_pages_have_no_fault_that_axe_finds(
    editor: Callable[..., Person], size: tuple[int, int]
) -> None:
    someone = editor(size=size)
    page, wrong = someone.page, []
    page.focus("#p-start-add")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Kladde")).to_be_visible()
    page.locator("#p-start-branch").click()
    expect(told(page)).to_contain_text("føjet et tidspunkt til")
    page.get_by_role("link", name="Nu", exact=True).click()
    expect(page.locator("#menu-foreseen")).to_contain_text("Linjen er åben")
    wrong += check_page(page, "editor")
    page.get_by_role("link", name="Vis").first.click()
    expect(page.get_by_role("heading", name="Sådan lyder den")).to_be_visible()
    wrong += check_page(page, "version")
    page.goto("/konsol/telefonmenu/")
    wrong += check_page(page, "list")
    assert not wrong, "\n".join(wrong)


def test_english_is_edited_beside_danish(editor: Callable[..., Person]) -> None:
    someone = editor()
    page = someone.page
    page.get_by_role("link", name="Engelsk").click()
    expect(page.locator("#p-start-greeting-text")).to_have_value("Welcome to the hotline. This is a demo.")
    someone.check()
