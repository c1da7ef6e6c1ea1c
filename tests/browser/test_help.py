"""Helping from the live view: a citizen in a conversation that goes wrong is taken over, and hears the helper."""

import psycopg

from borgerlinje.demo.sign_ins import SignIn
from borgerlinje.kit import database
from tests.browser import looking
from tests.browser.conftest import CITIZEN_HZ, EMPLOYEE_HZ
from tests.browser.test_desk_transfer import (
    COLLEAGUE_HZ,
    DESK,
    PORTAL,
    Three,
    colleague_account,
    three,
    wait_to_hear_only,
)
from tests.browser.test_first_call import wait_for_state
from tests.browser.test_pages import check_page
from tests.support.product import Product

__all__ = ("colleague_account", "three")


def make_planner(product: Product, account: SignIn) -> None:
    """Let an employee plan too, where they work."""
    with psycopg.connect(database.dsn("bl_owner", url=product.running().database_url)) as owner:
        owner.execute(
            """
            INSERT INTO staff_roleassignment (user_id, authority_id, role, from_on)
            SELECT u.id, r.authority_id, 'planner', r.from_on
              FROM staff_user u JOIN staff_roleassignment r ON r.user_id = u.id AND r.role = 'employee'
             WHERE u.email = %s AND NOT EXISTS (SELECT 1 FROM staff_roleassignment p WHERE p.user_id = u.id AND p.role = 'planner')
            """,
            (account.email,),
        )


def test_citizen_is_taken_over_from_an_employee_and_hears_the_helper(
    product: Product,
    three: Three,
    colleague_account: SignIn,
) -> None:
    make_planner(product, colleague_account)
    live = three.colleague.context.new_page()
    live.goto("/konsol/lige-nu/")
    assert check_page(live, "live with help") == []
    live.click("a[id^=overtag-]")
    live.wait_for_selector("h1:has-text('Overtag borgeren')")
    assert looking.look_in_both(live, "/konsol/lige-nu/overtag/") == []
    live.select_option("#because", "asked")
    live.click("button:has-text('Overtag')")
    wait_for_state(three.colleague, "offered")
    wait_for_state(three.desk, "ready")
    three.citizen.wait_for_selector('#call:not([data-state="ended"])')
    three.colleague.keyboard.press("F2")
    wait_for_state(three.colleague, "connected")
    wait_to_hear_only(three.citizen, PORTAL, COLLEAGUE_HZ)
    wait_to_hear_only(three.colleague, DESK, CITIZEN_HZ)
    wait_to_hear_only(three.desk, DESK)
    live.wait_for_selector("#aendringer")
    assert check_page(live, "taken over") == []

    live.goto("/konsol/lige-nu/")
    live.click("a[id^=ret-]")
    live.wait_for_selector("h1:has-text('Afslut tilstanden')")
    assert looking.look_in_both(live, "/konsol/lige-nu/ret/") == []
    live.select_option("#because", "technical")
    live.click("button:has-text('Afslut teknisk tilstand')")
    wait_for_state(three.colleague, "paused")
    # The citizen is not dropped: whoever is free gets them.
    wait_for_state(three.desk, "offered")
    three.desk.keyboard.press("F2")
    wait_for_state(three.desk, "connected")
    wait_to_hear_only(three.citizen, PORTAL, EMPLOYEE_HZ)
    three.check()
