"""Every page there is, seen as different people see it: both languages, wide and narrow, large text, dark, forced colours, no motion.

The addresses come from the list that `tests/test_pages_listed.py` holds against the urlconf. Each page is loaded once per language;
window and media change while it stands there, as they do with a reader who turns a telephone or sets the system's colours.
"""

from collections.abc import Callable, Iterator
from http import HTTPStatus

import psycopg
import pytest
from playwright.sync_api import Page as Window
from playwright.sync_api import Response
from psycopg.rows import dict_row

from borgerlinje.demo import facts
from borgerlinje.demo.sign_ins import SignIn
from borgerlinje.kit import database
from borgerlinje.staff.roles import Role
from tests.browser import looking
from tests.browser.conftest import Person, sign_in
from tests.browser.looking import NARROW, WIDE
from tests.browser.scenery import build, clear
from tests.support.pages import PAGES, Page, address
from tests.support.product import Product

# The first account of each role: further ones may less.
ACCOUNTS = {Role(fact.role): fact.account for fact in reversed(facts.SIGN_INS)}
# It is framed by others' sites and has no cookie to remember a language by.
WITHOUT_CHOICE = {"portal:member_box"}
# Their forms refuse an empty answer, so that sending one changes nothing.
PASSWORDS: dict[Role, str] = {}
FORMS = (
    "account_login",
    "account_reset_password",
    "account_change_password",
    "console:person_new",
    "console:people_import",
    "console:notice_new",
    "console:specialist_new",
    "console:line_hours_new",
    "console:line_special_new",
    "console:crisis_begin",
    "console:trunk_new",
)
SEND_EMPTY = """
(form) => {
  for (const each of form.querySelectorAll("input, textarea")) {
    if (["text", "email", "password", "tel", "number", "date", "time", "url", "datetime-local", "file"].includes(each.type)
      || each.tagName === "TEXTAREA") each.value = "";
  }
  form.noValidate = true;
  form.requestSubmit();
}
"""
REFUSED = "main [aria-invalid='true'], main .bl-errors, main [role=alert]"


@pytest.fixture
def rows(product: Product) -> Iterator[psycopg.Connection[dict[str, object]]]:
    """Open the database as its owner, with something in it for every page, and take it out again afterwards."""
    url = database.dsn("bl_owner", url=product.running().database_url)
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as owner:
        clear(owner)
        build(owner)
        yield owner
        clear(owner)


def addresses(name: str, page: Page, rows: psycopg.Connection[dict[str, object]]) -> list[str]:
    values: dict[str, object] = {}
    if page.of:
        row = rows.execute(f"{page.of} LIMIT 1").fetchone()
        assert row is not None, f"{name}: nothing to show"
        values = row
    return [address(name, values, query) for query in (page.query, *page.also)]


def open_page(window: Window, path: str, role: Role | None) -> Response:
    """Load a page; one that asks who it is gets the password again, as a person would write it."""
    answer = window.goto(path)
    if "/reauthenticate/" in window.url and role is not None:
        window.fill("input[name=password]", PASSWORDS[role])
        with window.expect_navigation():
            window.press("input[name=password]", "Enter")
        answer = window.goto(path)
    assert answer is not None
    return answer


def walk(
    someone: Person, role: Role | None, rows: psycopg.Connection[dict[str, object]], *, language: str
) -> list[str]:
    wrong: list[str] = []
    for name, page in PAGES.items():
        if page.role != role:
            continue
        for path in addresses(name, page, rows):
            answer = open_page(someone.page, path, role)
            spoken = language if name not in WITHOUT_CHOICE else "da"
            if answer.status != HTTPStatus.OK or someone.page.get_attribute("html", "lang") != spoken:
                wrong.append(f"{path}: {answer.status}, in {someone.page.get_attribute('html', 'lang')}")
                continue
            if name == "desk:desk":
                someone.page.wait_for_selector('#desk[data-phone-state="ready"]')
            wrong += [f"{path} says {fault}" for fault in someone.faults]
            wrong += looking.look(someone.page, path, language=language)
            someone.faults.clear()  # axe itself styles the page it looks at, and the policy says so
    return wrong


def enter(someone: Person, role: Role | None, sign_in_of: Callable[[str], SignIn]) -> None:
    if role is not None:
        account = sign_in_of(ACCOUNTS[role])
        PASSWORDS[role] = account.password
        sign_in(someone.page, account, to=account.where)


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("role", sorted({page.role for page in PAGES.values()}, key=str), ids=str)
def test_no_page_has_a_fault_that_a_machine_can_see(
    person: Callable[..., Person],
    sign_in_of: Callable[[str], SignIn],
    rows: psycopg.Connection[dict[str, object]],
    role: Role | None,
    language: str,
) -> None:
    someone = person(language=language)
    enter(someone, role, sign_in_of)
    wrong = walk(someone, role, rows, language=language)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", FORMS)
def test_a_form_sent_empty_says_so_without_a_fault(
    person: Callable[..., Person],
    sign_in_of: Callable[[str], SignIn],
    rows: psycopg.Connection[dict[str, object]],
    name: str,
) -> None:
    page = PAGES[name]
    someone = person()
    enter(someone, page.role, sign_in_of)
    window = someone.page
    path = addresses(name, page, rows)[0]
    window.goto(path)
    window.locator("main form[method=post]").first.evaluate(SEND_EMPTY)
    window.wait_for_selector(REFUSED)
    looking.resize(window, WIDE)
    wrong = looking.faults(window) + looking.misfits(window)
    looking.keep_picture(window, f"{path} fejl")
    looking.resize(window, NARROW)
    wrong += [f"narrow: {each}" for each in looking.misfits(window)]
    looking.keep_picture(window, f"{path} fejl")
    assert not wrong, "\n".join(f"{path}, empty: {each}" for each in wrong)
