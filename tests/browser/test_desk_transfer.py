"""Hold and transfer between two desks, with a citizen in a third browser: at each step, who hears whom."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import psycopg
import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Page

from borgerlinje.demo.sign_ins import SignIn, new_password
from borgerlinje.kit import database
from tests.browser.conftest import CITIZEN_HZ, EMPLOYEE_HZ, Person, sign_in
from tests.browser.test_browser_faults import UNSEEN_SECONDS
from tests.browser.test_first_call import become_ready, contact_rows, wait_for_state, wait_to_hear
from tests.support.product import Product

COLLEAGUE_HZ = 1600
NAME = "Vibeke"
NOTE = "Skal til Spanien. Har MitID."

# How much louder than its surroundings each of some tones is in what an <audio> element plays, in decibels.
HEARS_EACH = """
async ([id, wanted]) => {
  const stream = document.getElementById(id).srcObject;
  if (!stream) return wanted.map(() => 0);
  const audio = new AudioContext();
  const analyser = audio.createAnalyser();
  analyser.fftSize = 8192;
  audio.createMediaStreamSource(stream).connect(analyser);
  await new Promise((done) => setTimeout(done, 400));
  const levels = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(levels);
  const width = audio.sampleRate / analyser.fftSize;
  const loudest = (hertz, reach) => Math.max(...levels.slice(Math.max(1, Math.floor((hertz - reach) / width)), Math.ceil((hertz + reach) / width) + 1));
  const found = wanted.map((hertz) => (loudest(hertz, 12) > -65 ? loudest(hertz, 12) - Math.max(loudest(hertz - 90, 25), loudest(hertz + 90, 25)) : 0));
  await audio.close();
  return found;
}
"""
CLEAR_DB = 12
DESK, PORTAL = "desk-sound", "call-sound"
ALL_HZ = (CITIZEN_HZ, EMPLOYEE_HZ, COLLEAGUE_HZ)


def wait_to_hear_only(page: Page, element: str, *hertz: int, attempts: int = 25) -> None:
    """Wait until the page plays these of the three people's tones, and none of the others; music is no tone of theirs."""
    heard: list[list[int]] = []
    for _ in range(attempts):
        levels = page.evaluate(HEARS_EACH, [element, list(ALL_HZ)])
        heard.append([each for each, level in zip(ALL_HZ, levels, strict=True) if level > CLEAR_DB])
        if heard[-1] == sorted(hertz):
            return
    msg = f"wanted {sorted(hertz)}, heard {heard}"
    raise AssertionError(msg)


@pytest.fixture(scope="module")
def colleague_account(product: Product, sign_in_of: Callable[[str], SignIn]) -> SignIn:
    """Store a colleague of the demo's employee, with an account, who can do the same."""
    model = sign_in_of("medarbejder")
    account = SignIn(model.role, "kollega@example.org", new_password(), model.where)
    with psycopg.connect(database.dsn("bl_owner", url=product.running().database_url), autocommit=True) as owner:
        # Another file's tests may have stored them already.
        known = "UPDATE staff_user SET password = %s WHERE email = %s RETURNING id"
        if owner.execute(known, (make_password(account.password), account.email)).fetchone():
            return account
        owner.execute(
            """
            WITH model AS (SELECT e.* FROM staff_employee e JOIN staff_user u ON u.id = e.user_id WHERE u.email = %(model)s),
            account AS (
                INSERT INTO staff_user (email, name, password, is_active, is_staff, is_superuser, is_demo, date_joined)
                VALUES (%(email)s, %(name)s, %(password)s, true, false, false, true, now()) RETURNING id
            ), person AS (
                INSERT INTO staff_employee (user_id, employer_id, given_name, initial, from_on, is_robot, is_demo)
                SELECT account.id, model.employer_id, %(name)s, 'K', model.from_on, false, true FROM model, account RETURNING id
            ), works AS (
                INSERT INTO staff_employeecentre (employee_id, centre_id, from_on, clearance)
                SELECT person.id, w.centre_id, w.from_on, w.clearance FROM person, model
                  JOIN staff_employeecentre w ON w.employee_id = model.id RETURNING id
            ), skills AS (
                INSERT INTO staff_employeeskill (employee_id, skill_id, level, expires_on)
                SELECT person.id, s.skill_id, s.level, s.expires_on FROM person, model
                  JOIN staff_employeeskill s ON s.employee_id = model.id RETURNING id
            )
            INSERT INTO staff_roleassignment (user_id, authority_id, role, from_on)
            SELECT account.id, r.authority_id, r.role, r.from_on FROM account, model
              JOIN staff_roleassignment r ON r.user_id = model.user_id
            """,
            {
                "model": model.email,
                "email": account.email,
                "name": NAME,
                "password": make_password(account.password),
            },
        )
    return account


@dataclass(frozen=True)
class Three:
    """Two desks and a citizen's page; everybody is on their own telephone."""

    desk: Page
    colleague: Page
    citizen: Page
    people: tuple[Person, ...]

    def check(self) -> None:
        """Fail when one of the pages reported an error of its own."""
        for person in self.people:
            person.check()


@pytest.fixture
def three(person: Callable[..., Person], sign_in_of: Callable[[str], SignIn], colleague_account: SignIn) -> Three:
    """Let the employee talk with a citizen, and then a colleague be ready."""
    people = (person(hertz=EMPLOYEE_HZ), person(hertz=COLLEAGUE_HZ), person(hertz=CITIZEN_HZ))
    desk, colleague, citizen = (each.page for each in people)
    sign_in(desk, sign_in_of("medarbejder"), to="/bord/")
    desk.wait_for_selector('#desk[data-phone-state="ready"]')
    become_ready(desk)
    citizen.goto("/?kommune=370")
    citizen.click('a[href="/ring/46313020/"]')
    citizen.click('[data-do="call"] >> visible=true')
    wait_for_state(desk, "offered")
    desk.keyboard.press("F2")
    wait_for_state(desk, "connected")
    wait_to_hear(citizen, PORTAL, EMPLOYEE_HZ)
    sign_in(colleague, colleague_account, to="/bord/")
    colleague.wait_for_selector('#desk[data-phone-state="ready"]')
    become_ready(colleague)
    return Three(desk, colleague, citizen, people)


def choose(desk: Page) -> None:
    """Open the directory with the keyboard, and choose the colleague."""
    desk.keyboard.press("Shift+F9")
    desk.wait_for_selector("#hvem:focus")
    desk.keyboard.type(NAME)
    desk.wait_for_selector(f"#transfer-form .is-chosen:has-text('{NAME}')")


def ask(three: Three) -> None:
    """Ask the colleague, who is told whose citizen it is and what it is about."""
    choose(three.desk)
    three.desk.keyboard.press("Enter")
    wait_for_state(three.desk, "consulting")
    wait_for_state(three.colleague, "asked")
    assert "spørger om en borger fra Næstved" in three.colleague.locator("#tilbud").inner_text()


def test_enter_before_the_list_has_followed_rings_nobody(three: Three, product: Product) -> None:
    desk = three.desk
    desk.keyboard.press("Shift+F9")
    desk.wait_for_selector("#hvem:focus")
    desk.keyboard.insert_text(NAME)
    desk.keyboard.press("Enter")
    desk.wait_for_selector(f"#transfer-form .is-chosen:has-text('{NAME}')")
    assert desk.locator("#indhold").get_attribute("data-state") == "connected"
    desk.keyboard.press("Enter")
    wait_for_state(desk, "consulting")
    (rung,) = contact_rows(product, "SELECT label FROM dispatch_transfer ORDER BY made_at DESC LIMIT 1")
    assert rung["label"] == f"{NAME} K."
    three.check()


def last_contact(product: Product) -> UUID:
    (row,) = contact_rows(product, "SELECT id FROM contacts_contact ORDER BY arrived_at DESC LIMIT 1")
    found: UUID = row["id"]
    return found


def test_citizen_on_hold_hears_music_and_nobody(three: Three) -> None:
    desk, citizen = three.desk, three.citizen
    desk.keyboard.press("F9")
    wait_for_state(desk, "held")
    wait_to_hear_only(citizen, PORTAL)
    wait_to_hear(desk, DESK, 0)
    # A pressed button says what it does next, also while it has the focus.
    desk.click("#hold")
    wait_for_state(desk, "connected")
    assert "Hold" in desk.locator("#hold").inner_text()
    wait_to_hear_only(citizen, PORTAL, EMPLOYEE_HZ)
    wait_to_hear_only(desk, DESK, CITIZEN_HZ)
    three.check()


@pytest.fixture
def soon(product: Product) -> Iterator[None]:
    """Let an employee be reminded of a hold after a second."""
    with psycopg.connect(database.dsn("bl_owner", url=product.running().database_url), autocommit=True) as owner:
        owner.execute("UPDATE lines_line SET hold_reminder_seconds = 1")
        yield
        owner.execute("UPDATE lines_line SET hold_reminder_seconds = 60")


def test_forgotten_hold_is_told_in_words_and_the_words_go_with_it(soon: None, three: Three) -> None:
    del soon
    three.desk.keyboard.press("F9")
    three.desk.wait_for_selector("[data-after]:has-text('Venter stadig på hold')")
    three.desk.keyboard.press("F9")
    wait_for_state(three.desk, "connected")
    assert three.desk.locator("[data-after]").count() == 0
    three.check()


def test_colleague_is_asked_all_three_talk_and_the_colleague_takes_over(three: Three, product: Product) -> None:
    desk, colleague, citizen = three.desk, three.colleague, three.citizen
    desk.fill("#notat", NOTE)
    desk.locator("#notat").blur()
    ask(three)
    assert NOTE in colleague.locator("#asked").inner_text()
    wait_to_hear_only(citizen, PORTAL)

    colleague.keyboard.press("F2")
    wait_for_state(colleague, "helping")
    desk.wait_for_selector("#over")
    wait_to_hear_only(desk, DESK, COLLEAGUE_HZ)
    wait_to_hear_only(colleague, DESK, EMPLOYEE_HZ)
    wait_to_hear_only(citizen, PORTAL)

    desk.keyboard.press("Control+F9")
    wait_for_state(desk, "three_way")
    wait_to_hear_only(citizen, PORTAL, EMPLOYEE_HZ, COLLEAGUE_HZ)
    wait_to_hear_only(desk, DESK, CITIZEN_HZ, COLLEAGUE_HZ)
    wait_to_hear_only(colleague, DESK, CITIZEN_HZ, EMPLOYEE_HZ)

    desk.keyboard.press("Shift+F9")
    wait_for_state(desk, "ready")
    desk.wait_for_selector(f"#news:has-text('{NAME} K. har overtaget borgeren')")
    wait_for_state(colleague, "connected")
    assert colleague.input_value("#notat") == NOTE
    wait_to_hear_only(citizen, PORTAL, COLLEAGUE_HZ)
    wait_to_hear_only(colleague, DESK, CITIZEN_HZ)

    colleague.keyboard.press("F4")
    wait_for_state(colleague, "wrap_up")
    citizen.wait_for_selector('#call[data-state="ended"]')
    names = [
        row["name"]
        for row in contact_rows(
            product, "SELECT name FROM contacts_contactevent WHERE contact_id = %s ORDER BY id", last_contact(product)
        )
    ]
    assert names[3:] == ["answered", "consult_started", "joined", "handed_over", "employee_left"]
    three.check()


def test_colleague_who_cannot_now_leaves_the_citizen_on_hold_and_one_key_leads_back(three: Three) -> None:
    desk, colleague, citizen = three.desk, three.colleague, three.citizen
    ask(three)
    colleague.click("#refuse")
    wait_for_state(colleague, "paused")
    wait_for_state(desk, "held")
    assert f"{NAME} K. kunne ikke tage den" in desk.locator("#failed").inner_text()
    wait_to_hear_only(citizen, PORTAL)
    desk.keyboard.press("Escape")
    if desk.locator("#transfer").count():
        desk.keyboard.press("Escape")
    wait_for_state(desk, "connected")
    wait_to_hear_only(citizen, PORTAL, EMPLOYEE_HZ)
    wait_to_hear_only(desk, DESK, CITIZEN_HZ)
    three.check()


def test_ended_with_the_colleague_the_citizen_is_still_on_hold_here(three: Three) -> None:
    desk, colleague, citizen = three.desk, three.colleague, three.citizen
    ask(three)
    colleague.keyboard.press("F2")
    wait_for_state(colleague, "helping")
    desk.wait_for_selector("#over")
    desk.keyboard.press("F4")
    wait_for_state(desk, "held")
    wait_for_state(colleague, "ready")
    wait_to_hear_only(citizen, PORTAL)
    desk.keyboard.press("F9")
    wait_for_state(desk, "connected")
    wait_to_hear_only(citizen, PORTAL, EMPLOYEE_HZ)
    three.check()


def test_sent_straight_on_the_citizen_is_the_colleagues_when_they_answer(three: Three) -> None:
    desk, colleague, citizen = three.desk, three.colleague, three.citizen
    choose(desk)
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("3")
    desk.wait_for_selector('#modes input[value="blind"]:checked')
    desk.keyboard.press("Enter")
    wait_for_state(desk, "transferred")
    wait_for_state(colleague, "asked")
    wait_to_hear_only(citizen, PORTAL)
    colleague.keyboard.press("F2")
    wait_for_state(colleague, "connected")
    wait_for_state(desk, "ready")
    wait_to_hear_only(citizen, PORTAL, COLLEAGUE_HZ)
    wait_to_hear_only(colleague, DESK, CITIZEN_HZ)
    three.check()


def test_sent_straight_on_and_not_taken_the_citizen_rings_here_again(three: Three) -> None:
    desk, colleague, citizen = three.desk, three.colleague, three.citizen
    choose(desk)
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("3")
    desk.wait_for_selector('#modes input[value="blind"]:checked')
    desk.keyboard.press("Enter")
    wait_for_state(colleague, "asked")
    colleague.click("#refuse")
    wait_for_state(desk, "offered")
    wait_to_hear_only(citizen, PORTAL)
    desk.keyboard.press("F2")
    wait_for_state(desk, "connected")
    wait_to_hear_only(citizen, PORTAL, EMPLOYEE_HZ)
    three.check()


def test_citizen_who_hangs_up_frees_the_colleague_who_is_asked(three: Three) -> None:
    desk, colleague, citizen = three.desk, three.colleague, three.citizen
    ask(three)
    citizen.click('[data-do="hang-up"]')
    wait_for_state(desk, "wrap_up")
    wait_for_state(colleague, "ready")
    three.check()


def test_browser_that_dies_in_the_middle_of_a_question_leaves_the_citizen_in_the_queue(
    three: Three, product: Product
) -> None:
    ask(three)
    three.colleague.keyboard.press("F2")
    wait_for_state(three.colleague, "helping")
    three.desk.close(run_before_unload=False)
    # The closing page says that it goes; where that word is lost, its silence is noticed after a while.
    three.colleague.wait_for_selector('#indhold[data-state="offered"]', timeout=UNSEEN_SECONDS * 1000)
    wait_to_hear_only(three.citizen, PORTAL)
    three.colleague.keyboard.press("F2")
    wait_for_state(three.colleague, "connected")
    wait_to_hear_only(three.citizen, PORTAL, COLLEAGUE_HZ)
    assert contact_rows(product, "SELECT 1 FROM dispatch_transfer WHERE ended_at IS NULL") == []
