"""Guides carried in and out in Chromium: what a file does is read before it is stored, and a guide's data is no script to the browser."""

import json
from collections.abc import Callable
from pathlib import Path

from borgerlinje.demo.sign_ins import SignIn
from tests.browser.conftest import Person, sign_in
from tests.browser.test_pages import check_page

TABLE = "\ufeffslug;titel;indledning;kanaler;trin1;sig1\r\nnyt-bibliotekskort;Nyt bibliotekskort;Du får et kort med MitID.;self_service;Gå til bibliotek.dk.;Er du ved en computer?\r\n"


def look(person: Person, name: str) -> None:
    """Hold a page against the rules, wide and narrow; what axe-core itself does to a page is no fault of the page's."""
    person.check()
    for width in (1280, 360):
        person.page.set_viewport_size({"width": width, "height": 900})
        assert not check_page(person.page, name)
    person.faults.clear()


def test_editor_looks_at_a_file_before_it_is_stored_and_tries_a_journal_number(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn], tmp_path: Path
) -> None:
    editor = person()
    page = editor.page
    sign_in(page, sign_in_of("guideredaktoer"), to="/konsol/guider/filer/")
    look(editor, "filer")

    good, bad = tmp_path / "nye.csv", tmp_path / "fejl.csv"
    good.write_text(TABLE)
    bad.write_text(TABLE.replace("nyt-bibliotekskort", "Nyt Kort").replace("self_service", "brevdue"))
    page.set_input_files("#filer", bad)
    page.click("text=Vis, hvad der sker")
    page.wait_for_selector("text=række 2, slug")
    assert "brevdue" in page.inner_text("main")
    # That the answer is a refusal is what the browser calls an error.
    editor.faults[:] = [each for each in editor.faults if "422" not in each]
    look(editor, "filer-fejl")

    page.set_input_files("#filer", good)
    page.click("text=Vis, hvad der sker")
    page.wait_for_selector("h1:has-text('Det sker, når du gemmer')")
    look(editor, "filer-plan")
    page.focus("text=Gem som kladder")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1 ny guide og 0 ændrede er gemt som kladder")

    with page.expect_download() as waiting:
        page.goto("/konsol/guider/filer/")
        page.click("button:has-text('CSV')")
    assert waiting.value.suggested_filename.endswith(".csv")

    page.goto("/konsol/guider/kle/")
    page.fill("#nr", "90.01.01-G01-1-26")
    page.press("#nr", "Enter")
    page.wait_for_selector("[role=status]:has-text('Demo: MitID')")
    look(editor, "kle")
    page.fill("#nr", "90.01.01")
    page.press("#nr", "Enter")
    page.wait_for_selector("#nr-fejl")
    plan = tmp_path / "plan.xml"
    plan.write_text(
        "<KLE-Emneplan><Hovedgruppe><HovedgruppeNr>90</HovedgruppeNr><HovedgruppeTitel>Demo</HovedgruppeTitel></Hovedgruppe></KLE-Emneplan>"
    )
    page.set_input_files("#fil", plan)
    page.click("text=Vis, hvad der ændres")
    page.wait_for_selector("h1:has-text('Det ændres i emneplanen')")
    look(editor, "kle-plan")
    editor.check()


def test_guides_data_stands_in_its_page_and_the_browser_runs_none_of_it(person: Callable[..., Person]) -> None:
    citizen = person()
    page = citizen.page
    page.goto("/kommune/370/guide/mitid-glemt/")
    data = json.loads(page.locator("script[type='application/ld+json']").text_content() or "")
    assert data["@type"] == "GovernmentService"
    address = page.locator("link[rel=alternate][type='application/ld+json']").get_attribute("href")
    answer = page.request.get(address or "")
    assert answer.headers["content-type"].startswith("application/ld+json")
    assert answer.json()["@type"] == "cpsv:PublicService"
    # What the policy had refused would stand among the faults.
    citizen.check()
