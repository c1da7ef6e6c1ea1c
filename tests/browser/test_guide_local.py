"""A member's own fee in Chromium: written by keyboard, approved by another, read by its own citizens and by nobody else's."""

from collections.abc import Callable, Iterator
from typing import Final

import psycopg
import pytest

from borgerlinje.demo.sign_ins import SignIn
from borgerlinje.kit import database
from tests.browser import looking
from tests.browser.conftest import EMPLOYEE_HZ, Person, sign_in
from tests.browser.test_desk_states import open_desk
from tests.browser.test_first_call import wait_for_state
from tests.browser.test_pages import check_page
from tests.support.product import Product

SLUG: Final = "hundetegn"
PAGE: Final = f"/konsol/guider/{SLUG}/lokalt/330/"
FEE: Final = "175 kr. i Slagelse"


@pytest.fixture
def _nothing_left(product: Product) -> Iterator[None]:
    """Leave no local text of Slagelse's in the guide."""
    yield
    with psycopg.connect(database.dsn("bl_owner", url=product.running().database_url), autocommit=True) as owner:
        of_it = "SELECT l.id FROM guides_localguide l JOIN guides_guide g ON g.id = l.guide_id WHERE g.slug = %s"
        versions = f"SELECT id FROM guides_localversion WHERE local_id IN ({of_it})"
        owner.execute(f"UPDATE guides_localguide SET published_id = NULL WHERE id IN ({of_it})", (SLUG,))
        owner.execute(f"DELETE FROM guides_localversion_writers WHERE localversion_id IN ({versions})", (SLUG,))
        owner.execute(f"DELETE FROM guides_localversion WHERE local_id IN ({of_it})", (SLUG,))
        owner.execute(f"DELETE FROM guides_localguide WHERE id IN ({of_it})", (SLUG,))


@pytest.mark.usefixtures("_nothing_left")
def test_fee_is_written_by_keyboard_approved_by_another_and_read_in_slagelse_alone(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    writer, approver, citizen = person(), person(), person()
    one, other, reader = writer.page, approver.page, citizen.page
    sign_in(one, sign_in_of("lokalredaktoer"), to=PAGE)
    one.focus("#fact-0-label")
    for word in ("Gebyr", FEE, "Fee"):
        one.keyboard.type(word)
        one.keyboard.press("Tab")
    one.keyboard.press("Enter")
    one.wait_for_selector("h2:has-text('Kladde')")
    one.focus("#note")
    one.keyboard.type("Nyt gebyr")
    one.keyboard.press("Enter")
    one.wait_for_selector("h2:has-text('Til godkendelse')")
    assert "en anden redaktør hos jer skal godkende den" in one.inner_text("main")
    assert not check_page(one, PAGE)
    assert not looking.look_in_both(one, PAGE)
    reader.goto(f"/kommune/330/guide/{SLUG}/")
    assert FEE not in reader.inner_text("main"), "nobody has approved it"

    sign_in(other, sign_in_of("lokalredaktoer2"), to=PAGE)
    assert FEE in other.inner_text("main")
    other.click("button:has-text('Godkend og udgiv')")
    other.wait_for_selector("h1 + p:has-text('Udgivet')")
    reader.reload()
    assert FEE in reader.inner_text("section.bl-local:has-text('I Slagelse')")
    assert not looking.look_in_both(reader, f"/kommune/330/guide/{SLUG}/")
    for path in (f"/kommune/370/guide/{SLUG}/", f"/guide/{SLUG}/"):
        reader.goto(path)
        assert FEE not in reader.content()


def test_text_that_the_common_one_moved_under_is_shown_first_and_beside_it(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    editor = person()
    page = editor.page
    sign_in(page, sign_in_of("lokalredaktoer"), to="/konsol/guider/lokalt/")
    assert "ændret siden" in page.inner_text("tbody tr:first-child")
    assert not check_page(page, "/konsol/guider/lokalt/")
    page.click("tbody tr:first-child a")
    page.wait_for_selector("h2:has-text('Den fælles tekst er ændret under jeres')")
    assert page.locator("button:has-text('Vores tekst gælder stadig')").is_visible()
    assert not looking.look_in_both(page, "guide-lokalt-flyttet")


@pytest.mark.usefixtures("empty")
def test_employee_in_a_call_from_slagelse_sees_which_is_local_and_that_it_is_to_be_looked_at(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    employee, portal = person(hertz=EMPLOYEE_HZ), person().page
    desk = open_desk(employee, sign_in_of("medarbejder"))
    portal.goto("/ring/00000330/")
    portal.click('[data-do="call"] >> visible=true')
    wait_for_state(desk, "offered")
    desk.keyboard.press("F2")
    wait_for_state(desk, "connected")
    desk.wait_for_selector("#guide-q")
    desk.keyboard.press("Control+k")
    desk.keyboard.type("flyttegebyr")
    desk.wait_for_selector(".bl-found button:has-text('Meld flytning')")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#guide:has-text('Meld flytning')")
    box = desk.inner_text("section.bl-local")
    for said in ("Gælder kun Slagelse", "190 kr.", "Den fælles tekst er ændret siden"):
        assert said in box
    assert "senest fem dage" in desk.inner_text(".bl-own del")
    assert not check_page(desk, "desk-guide-local")
