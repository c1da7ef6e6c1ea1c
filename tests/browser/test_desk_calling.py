"""The desk and the telephone network: a citizen is called, a specialist is asked, keys are sent; at each step, who hears whom."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Page

from borgerlinje.demo.sign_ins import SignIn
from borgerlinje.kit import database
from tests.browser.conftest import CITIZEN_HZ, EMPLOYEE_HZ, Person, sign_in
from tests.browser.outside import HOST, Outside
from tests.browser.test_desk_transfer import DESK, PORTAL, wait_to_hear_only
from tests.browser.test_first_call import become_ready, contact_rows, wait_for_state
from tests.support.product import Product, free_port
from tests.support.telephone import wait_until

OUTSIDE_HZ = 1600
NUMBER = "46 12 34 56"
SPECIALIST = "Sygesikringsprøven"


@pytest.fixture(scope="module")
def outside(product: Product) -> Iterator[Outside]:
    """Let calls go out, to a telephone that reaches every number; and know a specialist."""
    port = free_port()
    url = database.dsn("bl_owner", url=product.running().database_url)
    with Outside(port) as telephone, psycopg.connect(url, autocommit=True) as owner:
        owner.execute("UPDATE phone_trunk SET is_active = false")
        owner.execute(
            """
            INSERT INTO phone_trunk (name, host, port, transport, srtp, registers, username, from_domain, number_format, matches, max_calls,
                                     is_active, is_demo, changed_at)
            VALUES ('prøve', %s, %s, 'udp', false, false, '', '', 'e164_plus', ARRAY[%s], 30, true, true, now())
            """,
            (HOST, port, HOST),
        )
        owner.execute(
            """
            INSERT INTO lines_specialist (authority_id, name, about, digits, first_weekday, last_weekday, is_demo)
            SELECT id, 'Sygesikringsprøven', 'Kort og lægevalg', '46120099', 0, 6, true FROM cooperation_authority WHERE name = 'Næstved'
            """
        )
        # Once the first speech is made, the telephone reads at once what otherwise it would read within a minute.
        wait_until(lambda: '"sounds_made"' in product.log("phone"), within=120, says=lambda: product.log("phone"))
        owner.execute("SELECT pg_notify('bl_hint', 'line:0')")
        wait_until(
            lambda: owner.execute(
                "SELECT 1 FROM phone_trunkstate s JOIN phone_trunk t ON t.id = s.trunk_id WHERE t.name = 'prøve' AND s.is_reachable"
            ).fetchone(),
            within=60,
            says=lambda: product.log("phone"),
        )
        yield telephone
        owner.execute("UPDATE phone_trunk SET is_active = name <> 'prøve'")
        owner.execute("DELETE FROM lines_specialist WHERE name = 'Sygesikringsprøven'")


@pytest.fixture
def employee(outside: Outside, person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]) -> Person:
    """Let an employee be ready at the desk."""
    del outside
    someone = person(hertz=EMPLOYEE_HZ)
    sign_in(someone.page, sign_in_of("medarbejder"), to="/bord/")
    someone.page.wait_for_selector('#desk[data-phone-state="ready"]')
    become_ready(someone.page)
    return someone


def call_out(desk: Page) -> None:
    desk.click("#call-out-button")
    desk.wait_for_selector("#ring-nummer:focus")
    desk.keyboard.type(NUMBER)
    desk.keyboard.press("Enter")
    wait_for_state(desk, "calling_back")


def talk(desk: Page, citizen: Page) -> None:
    citizen.goto("/?kommune=370")
    citizen.click('a[href="/ring/46313020/"]')
    citizen.click('[data-do="call"] >> visible=true')
    wait_for_state(desk, "offered")
    desk.keyboard.press("F2")
    wait_for_state(desk, "connected")
    wait_to_hear_only(citizen, PORTAL, EMPLOYEE_HZ)


def ask_the_specialist(desk: Page) -> None:
    desk.keyboard.press("Shift+F9")
    desk.wait_for_selector("#hvem:focus")
    desk.keyboard.type(SPECIALIST)
    desk.wait_for_selector(f"#transfer-form .is-chosen:has-text('{SPECIALIST}')")
    desk.keyboard.press("Enter")


def test_employee_calls_a_citizen_and_the_page_answers_by_itself(employee: Person, outside: Outside) -> None:
    desk = employee.page
    call_out(desk)
    ringing = outside.rings()
    assert (ringing.number, ringing.shown) == ("+4546123456", "+4546313020")
    ringing.answer(CITIZEN_HZ)
    wait_for_state(desk, "connected")
    wait_to_hear_only(desk, DESK, CITIZEN_HZ)
    assert ringing.hears_only(EMPLOYEE_HZ)

    desk.keyboard.press("Shift+F8")
    desk.wait_for_selector("#keypad:not([hidden])")
    desk.keyboard.press("1")
    desk.click('[data-tone="#"]')
    assert ringing.hears_keys("1#")
    assert "1 #" in desk.locator("[data-sent]").inner_text()

    desk.keyboard.press("F4")
    wait_for_state(desk, "wrap_up")
    assert ringing.ends()
    employee.check()


def test_busy_citizen_is_told_of_and_tried_again_later(employee: Person, outside: Outside) -> None:
    desk = employee.page
    call_out(desk)
    outside.rings().refuse(486)
    desk.wait_for_selector("#unreached:has-text('Borgeren var optaget')")
    assert "Prøves igen kl. " in desk.locator("#unreached").inner_text()
    employee.check()


def test_call_that_is_broken_off_rings_no_longer_and_can_be_made_again(employee: Person, outside: Outside) -> None:
    desk = employee.page
    call_out(desk)
    ringing = outside.rings()
    desk.keyboard.press("F4")
    assert ringing.ends()
    desk.wait_for_selector("#dial")
    desk.keyboard.press("F2")
    again = outside.rings()
    again.answer(CITIZEN_HZ)
    wait_for_state(desk, "connected")
    wait_to_hear_only(desk, DESK, CITIZEN_HZ)
    again.hang_up()
    wait_for_state(desk, "wrap_up")
    employee.check()


def test_citizen_is_called_once_more_in_after_call_work(employee: Person, outside: Outside) -> None:
    desk = employee.page
    call_out(desk)
    first = outside.rings()
    first.answer(CITIZEN_HZ)
    wait_for_state(desk, "connected")
    first.hang_up()
    wait_for_state(desk, "wrap_up")
    desk.click("#again")
    wait_for_state(desk, "calling_back")
    second = outside.rings()
    second.answer(CITIZEN_HZ)
    wait_for_state(desk, "connected")
    wait_to_hear_only(desk, DESK, CITIZEN_HZ)
    assert second.hears_only(EMPLOYEE_HZ)
    second.hang_up()
    wait_for_state(desk, "wrap_up")
    employee.check()


def test_specialist_is_asked_and_takes_the_citizen_over(
    employee: Person, outside: Outside, person: Callable[..., Person], product: Product
) -> None:
    desk, citizen = employee.page, person(hertz=CITIZEN_HZ).page
    talk(desk, citizen)
    ask_the_specialist(desk)
    ringing = outside.rings()
    assert ringing.number == "+4546120099"
    wait_to_hear_only(citizen, PORTAL)
    ringing.answer(OUTSIDE_HZ)
    desk.wait_for_selector("#over")
    wait_to_hear_only(desk, DESK, OUTSIDE_HZ)
    assert ringing.hears_only(EMPLOYEE_HZ)

    desk.keyboard.press("Control+F9")
    wait_for_state(desk, "three_way")
    wait_to_hear_only(desk, DESK, CITIZEN_HZ, OUTSIDE_HZ)
    wait_to_hear_only(citizen, PORTAL, EMPLOYEE_HZ, OUTSIDE_HZ)
    assert ringing.hears_only(CITIZEN_HZ, EMPLOYEE_HZ)

    desk.keyboard.press("F4")
    wait_for_state(desk, "transferred")
    wait_to_hear_only(citizen, PORTAL, OUTSIDE_HZ)
    assert ringing.hears_only(CITIZEN_HZ)
    ringing.hang_up()
    citizen.wait_for_selector('#call[data-state="ended"]')
    wait_for_state(desk, "wrap_up")
    (made,) = contact_rows(product, "SELECT ended_as FROM dispatch_transfer ORDER BY made_at DESC LIMIT 1")
    assert made["ended_as"] == "answered"
    employee.check()


@pytest.mark.parametrize(("code", "said"), [(486, "er optaget"), (603, "kunne ikke tage den"), (503, "teknisk fejl")])
def test_specialist_who_is_not_reached_leaves_the_citizen_on_hold_here(
    employee: Person, outside: Outside, person: Callable[..., Person], code: int, said: str
) -> None:
    desk, citizen = employee.page, person(hertz=CITIZEN_HZ).page
    talk(desk, citizen)
    ask_the_specialist(desk)
    outside.rings().refuse(code)
    wait_for_state(desk, "held")
    assert said in desk.locator("#failed").inner_text()
    wait_to_hear_only(citizen, PORTAL)
    desk.keyboard.press("Escape")
    wait_for_state(desk, "connected")
    wait_to_hear_only(citizen, PORTAL, EMPLOYEE_HZ)
    assert desk.locator("#transfer").count() == 0
    employee.check()
