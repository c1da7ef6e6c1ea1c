"""What the secretariat does with the keyboard and a browser: days of the year, notices that are looked at first, a link that is copied."""

from collections.abc import Callable
from datetime import date, timedelta

import psycopg
import pytest

from borgerlinje.demo.sign_ins import SignIn
from borgerlinje.kit import database
from tests.browser.conftest import NARROW, WIDE, Person, sign_in
from tests.browser.test_pages import check_page
from tests.support.product import Product

HOURS = "/konsol/linje/hotline/aabningstider/"


@pytest.fixture
def _no_days(product: Product) -> None:
    with psycopg.connect(database.dsn("bl_owner", url=product.running().database_url), autocommit=True) as owner:
        owner.execute("DELETE FROM lines_specialday")


@pytest.mark.usefixtures("_no_days")
@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_special_days_are_made_from_the_calendar_with_the_keyboard_and_taken_back(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn], size: tuple[int, int]
) -> None:
    secretariat = person(size=size)
    page = secretariat.page
    sign_in(page, sign_in_of("sekretariat"), to=HOURS)
    # In January of next year there is a day to each side, whenever this is run.
    year = date.today().year + 1  # noqa: DTZ011, TID251 - the product's own day
    page.goto(f"{HOURS}?aar={year}")
    day = page.locator("[data-days] td a[tabindex='0']")
    assert day.count() == 1, "one stop for the keyboard"
    day.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    wrong = check_page(page, "/konsol/linje/<linje>/aabningstider/")
    secretariat.faults.clear()  # axe itself styles the page it looks at, and the policy says so
    page.keyboard.press("Enter")
    page.wait_for_url("**/saerlig-dag/?dato=*")
    first = date(year, 1, 9)
    assert page.input_value("#id_on") == str(first)
    page.fill("#id_to_on", str(first + timedelta(days=6)))
    page.fill("#id_note", "Prøve: vi flytter.")
    page.check("#id_all_lines")
    page.get_by_role("button", name="Se, hvordan det bliver").click()
    page.get_by_role("heading", name="Sådan bliver det").wait_for()
    wrong += check_page(page, "/konsol/linje/<linje>/saerlig-dag/")
    secretariat.faults.clear()
    page.get_by_role("button", name="Gem alle").click()
    page.get_by_text("særlige dage er gemt").wait_for()
    page.get_by_role("button", name="Fortryd det").click()
    page.get_by_text("De særlige dage er fjernet igen.").wait_for()
    secretariat.check()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_notice_is_looked_at_changed_and_taken_back(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn], size: tuple[int, int]
) -> None:
    secretariat = person(size=size)
    page = secretariat.page
    sign_in(page, sign_in_of("sekretariat"), to="/konsol/beskeder/ny/")
    page.fill("#id_text", "Prøve: et system er nede.")
    page.get_by_role("button", name="Se, hvordan det bliver").click()
    page.get_by_role("heading", name="I telefonen, før linjens egen velkomst").wait_for()
    wrong = check_page(page, "/konsol/beskeder/ny/ (forhåndsvisning)")
    secretariat.faults.clear()
    page.get_by_role("button", name="Send beskeden ud").click()
    page.get_by_text("Beskeden gælder nu.").wait_for()
    page.get_by_role("link", name="Ret Prøve: et system er nede.").first.click()
    page.fill("#id_text", "Prøve: systemet er langsomt.")
    page.get_by_role("button", name="Se, hvordan det bliver").click()
    page.get_by_role("button", name="Gem ændringen").click()
    page.get_by_role("cell", name="Prøve: systemet er langsomt.", exact=True).first.wait_for()
    wrong += check_page(page, "/konsol/beskeder/")
    secretariat.faults.clear()
    page.get_by_role("button", name="Fortryd det").click()
    page.get_by_role("button", name="Afslut nu Prøve: et system er nede.").click()
    page.get_by_text("Beskeden er slut.").wait_for()
    secretariat.check()
    assert not wrong, "\n".join(wrong)


def test_link_of_an_invitation_is_copied_and_that_is_said(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    secretariat = person()
    page = secretariat.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, sign_in_of("sekretariat"), to="/konsol/medarbejdere/")
    page.get_by_role("link", name="Ny medarbejder").click()
    page.fill("#id_given_name", "Prøve")
    page.fill("#id_initial", "P")
    page.select_option("#id_employer", index=1)
    page.fill("#id_email", "proeve-kopi@example.org")
    page.get_by_role("button", name="Opret").click()
    page.get_by_role("button", name="Inviter").click()
    link = page.input_value("#invitation-link")
    page.get_by_role("button", name="Kopiér linket").click()
    page.locator("[role=status]", has_text="Kopieret").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == link
    secretariat.check()
