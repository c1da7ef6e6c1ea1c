"""The menu with a real Asterisk: what a citizen hears is told by tones, and what comes of it by the rows."""

import asyncio
import json
from collections.abc import Iterator

import numpy as np
import pytest

from borgerlinje.channels.phone.robot import sound
from borgerlinje.channels.phone.robot.call import Call
from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.kit import embedded
from tests.support.cast import Cast
from tests.support.database import TestDatabase
from tests.support.telephone import Telephone, joined, until, wait_for_phone
from tests.telephone.menu_rows import (
    BELOW_HZ,
    DEEP_HZ,
    ENGLISH_HZ,
    GREETING_HZ,
    INFORMATION_HZ,
    OTHER_HZ,
    START_HZ,
    Menus,
    english_tree,
    usual_tree,
)

pytestmark = pytest.mark.telephone

LINE = "46313020"
MOBILE = "20123456"


@pytest.fixture
def menus(database: TestDatabase, people: Cast) -> Iterator[Menus]:
    """Put the usual menus in force."""
    with database.as_owner() as connection:
        menus = Menus(connection, people.line.pk)
        menus.subject("pas", "Pas og kørekort")
        menus.publish(usual_tree(menus))
        menus.publish(english_tree(menus), language="en")
        yield menus


@pytest.fixture
def telephone(server: Telephone, database: TestDatabase, menus: Menus) -> Iterator[Telephone]:
    del menus
    with joined(server, database) as telephone:
        yield telephone
    print(telephone.last_words)  # noqa: T201 - pytest shows it beside a failure


async def in_menu(telephone: Telephone, citizen: Robot, *, caller: str = MOBILE) -> Call:
    """Call, and hear the greeting and the menu."""
    call = await citizen.call(LINE, caller=caller or None, privacy=not caller, **telephone.address)
    assert await call.hears(GREETING_HZ, within=8)
    assert await call.hears(START_HZ, within=5)
    assert telephone.contact()["state"] == "in_menu"
    return call


async def is_over(call: Call, hertz: int) -> None:
    """Wait until a tone is heard no more."""
    async with asyncio.timeout(10):
        # Where nothing is said nothing arrives, and what does not arrive is not heard.
        while not await call.hears_nothing(hertz, seconds=0.4, within=0.8):
            pass


async def is_in(telephone: Telephone, state: str, *, within: float = 8) -> None:
    await until(lambda: telephone.contact().get("state") == state, within=within)


def choices(telephone: Telephone) -> list[tuple[str, str]]:
    """Return what the events say of where they came from."""
    rows = telephone.rows("SELECT name, data FROM contacts_contactevent ORDER BY id")
    return [(row["name"], row["data"].get("menu", "")) for row in rows if row["name"].startswith("menu")]


async def leave(telephone: Telephone, call: Call) -> None:
    await call.hang_up()
    await until(telephone.is_empty)


async def test_key_chooses_a_subject_and_the_employee_hears_the_citizen(
    telephone: Telephone, people: Cast, citizen: Robot, desk_phone: Robot
):
    await asyncio.to_thread(telephone.employ, people.employee.pk, desk_phone.uri)
    call = await in_menu(telephone, citizen)
    await call.press("1")
    ringing = await desk_phone.next_call(within=10)
    contact = telephone.rows(
        "SELECT c.*, s.code FROM contacts_contact c JOIN lines_subject s ON s.id = c.subject_item_id"
    )
    assert [(row["code"], row["subject"], row["language"]) for row in contact] == [("pas", "Pas og kørekort", "da")]
    call.play(440)
    ringing.ring()
    ringing.answer()
    assert await ringing.hears(440, within=3)
    assert telephone.story() == ["arrived", "menu_entered", "menu_chosen", "offered", "answered"]
    assert choices(telephone)[-1] == ("menu_chosen", "start.k0")
    await leave(telephone, call)


async def test_silent_citizen_hears_the_menu_once_more_and_then_waits_for_a_person(
    telephone: Telephone, citizen: Robot
):
    call = await in_menu(telephone, citizen)
    await is_over(call, START_HZ)
    assert await call.hears(START_HZ, within=6)
    await is_in(telephone, "waiting")
    assert choices(telephone)[-1] == ("menu_chosen", "start.silence")
    assert await call.audio.hears_sound(within=5)
    await leave(telephone, call)


async def test_citizen_who_only_breathes_is_no_key_and_reaches_the_queue(telephone: Telephone, citizen: Robot):
    noise = np.random.default_rng(1).normal(0, 1500, sound.RATE * 2)
    call = await in_menu(telephone, citizen)
    call.play(sound.encode(np.clip(noise, -20_000, 20_000).astype(np.int16)), again=True)
    await is_in(telephone, "waiting", within=12)
    assert choices(telephone)[-1] == ("menu_chosen", "start.silence")
    await leave(telephone, call)


async def test_wrong_keys_are_told_and_then_a_person_comes(telephone: Telephone, citizen: Robot):
    call = await in_menu(telephone, citizen)
    await call.press("7")
    await is_over(call, START_HZ)
    assert await call.hears(START_HZ, within=8)
    await call.press("#")
    await is_in(telephone, "waiting")
    assert choices(telephone)[-1] == ("menu_chosen", "start.wrong")
    await leave(telephone, call)


async def test_key_stops_what_is_being_said_and_leads_three_levels_down(telephone: Telephone, citizen: Robot):
    call = await in_menu(telephone, citizen)
    await call.press("2")
    assert await call.hears(BELOW_HZ, within=3)
    # It would sound for eight seconds.
    await call.press("1")
    assert await call.hears(DEEP_HZ, within=3)
    await is_over(call, BELOW_HZ)
    await call.press("1")
    await is_in(telephone, "waiting")
    assert choices(telephone)[-1] == ("menu_chosen", "start.k1.k0.k0")
    await leave(telephone, call)


async def test_information_comes_back_to_its_menu_and_star_to_the_one_above(telephone: Telephone, citizen: Robot):
    call = await in_menu(telephone, citizen)
    await call.press("2")
    assert await call.hears(BELOW_HZ, within=3)
    await call.press("2")
    assert await call.hears(INFORMATION_HZ, within=3)
    assert await call.hears(BELOW_HZ, within=4)
    await call.press("*")
    assert await call.hears(START_HZ, within=3)
    await call.press("9")
    assert await call.hears(START_HZ, within=3)
    await leave(telephone, call)
    assert telephone.contact()["closed_as"] == "abandoned"


async def test_keys_pressed_ahead_are_taken_one_after_another(telephone: Telephone, citizen: Robot):
    call = await in_menu(telephone, citizen)
    await call.press("211")
    await is_in(telephone, "waiting")
    assert choices(telephone)[-1] == ("menu_chosen", "start.k1.k0.k0")
    await leave(telephone, call)


async def test_other_language_has_its_own_menu_and_is_noted(telephone: Telephone, citizen: Robot):
    call = await in_menu(telephone, citizen)
    await call.press("8")
    assert await call.hears(ENGLISH_HZ, within=4)
    assert telephone.contact()["language"] == "en"
    await call.press("1")
    await is_in(telephone, "waiting")
    assert telephone.contact()["language"] == "en"
    assert telephone.story() == ["arrived", "menu_entered", "menu_entered", "menu_chosen"]
    await leave(telephone, call)


async def test_other_line_without_a_menu_is_waited_for_there(telephone: Telephone, menus: Menus, citizen: Robot):
    other = menus.other_line()
    await asyncio.to_thread(restart, telephone)
    call = await in_menu(telephone, citizen)
    await call.press("3")
    await is_in(telephone, "waiting")
    assert telephone.contact()["line_id"] == other
    await leave(telephone, call)


async def test_other_lines_menu_is_heard(telephone: Telephone, menus: Menus, citizen: Robot):
    other = menus.other_line()
    tree = {"start": {"say": menus.tone(OTHER_HZ, line_id=other), "keys": [{"key": "1", "do": "person"}]}}
    menus.publish(tree, line_id=other)
    await asyncio.to_thread(restart, telephone)
    call = await in_menu(telephone, citizen)
    await call.press("3")
    assert await call.hears(OTHER_HZ, within=8)
    await call.press("1")
    await is_in(telephone, "waiting")
    assert telephone.contact()["line_id"] == other
    await leave(telephone, call)


async def test_other_line_that_is_closed_says_so_and_the_menu_comes_again(
    telephone: Telephone, menus: Menus, citizen: Robot
):
    menus.other_line(is_open=False)
    await asyncio.to_thread(restart, telephone)
    call = await in_menu(telephone, citizen)
    await call.press("3")
    await is_over(call, START_HZ)
    assert await call.hears(START_HZ, within=8)
    assert telephone.contact()["state"] == "in_menu"
    await leave(telephone, call)


async def test_call_that_the_menu_ends_is_closed(telephone: Telephone, citizen: Robot):
    call = await in_menu(telephone, citizen)
    await call.press("6")
    assert await call.hears(INFORMATION_HZ, within=3)
    assert await call.reached("ended", within=5)
    assert telephone.contact()["closed_as"] == "closed_hours"
    await until(telephone.is_empty)


async def test_message_key_leads_to_the_voicemail(telephone: Telephone, citizen: Robot):
    call = await in_menu(telephone, citizen)
    await call.press("5")
    await is_in(telephone, "voicemail")
    await leave(telephone, call)


async def test_callback_to_ones_own_number_takes_one_key_and_keeps_the_place(telephone: Telephone, citizen: Robot):
    call = await in_menu(telephone, citizen)
    await call.press("4")
    await is_over(call, START_HZ)
    await call.press("1")
    await is_promised(telephone, call, first_key="1")
    contact = telephone.contact()
    assert (contact["callback_number"], contact["is_callback"], contact["due_at"]) == (MOBILE, True, None)
    assert contact["waiting_since"] is not None
    assert telephone.story() == ["arrived", "menu_entered", "callback_asked"]


async def test_callback_at_a_chosen_hour_is_due_then(telephone: Telephone, citizen: Robot):
    call = await in_menu(telephone, citizen)
    await call.press("4")
    await is_over(call, START_HZ)
    await call.press("1")
    # The first of the two whole hours that are offered.
    await is_promised(telephone, call, first_key="2")
    contact = telephone.contact()
    assert contact["due_at"] > contact["arrived_at"]
    assert (contact["due_at"].minute, contact["due_at"].second) == (0, 0)
    # It waits for its hour.
    assert telephone.offers() == []


async def test_withheld_number_is_typed_checked_and_confirmed(telephone: Telephone, citizen: Robot):
    call = await in_menu(telephone, citizen, caller="")
    await call.press("4")
    # A costly number is refused, and another may be typed; a key stops what is being said.
    await call.press("90123456")
    await call.press("20123456")
    await call.press("1")
    await is_promised(telephone, call, first_key="1")
    assert telephone.contact()["callback_number"] == MOBILE


async def is_promised(telephone: Telephone, call: Call, *, first_key: str) -> None:
    """Choose "as soon as it is my turn" and hear the goodbye."""
    await call.press(first_key)
    await is_in(telephone, "callback")
    assert await call.reached("ended", within=20)
    await until(telephone.is_empty)


async def test_menu_that_speaks_of_closed_hours_answers_in_them(telephone: Telephone, menus: Menus, citizen: Robot):
    tree = usual_tree(menus)
    tree["start"]["when"] = [
        {
            "if": {"open": False},
            "do": "menu",
            "node": {"say": menus.tone(OTHER_HZ), "keys": [{"key": "5", "do": "voicemail"}]},
        }
    ]
    telephone.write("UPDATE lines_line SET always_open = false")
    telephone.write("UPDATE lines_menuversion SET tree = %(tree)s WHERE language = 'da'", tree=json.dumps(tree))
    await asyncio.to_thread(restart, telephone)
    call = await citizen.call(LINE, **telephone.address)
    assert await call.hears(OTHER_HZ, within=8)
    assert await call.reached("ended", within=30)
    # Nobody is there, so nobody is waited for: the line says so, as it does in closed hours.
    assert telephone.contact()["closed_as"] == "closed_hours"
    assert telephone.story() == ["arrived", "menu_entered", "line_closed"]
    await until(telephone.is_empty)


async def test_callback_is_given_up_by_silence_and_a_person_comes(telephone: Telephone, citizen: Robot):
    call = await in_menu(telephone, citizen, caller="")
    await call.press("4")
    await is_in(telephone, "waiting", within=40)
    await leave(telephone, call)


def restart(telephone: Telephone) -> None:
    telephone.kill("phone")
    telephone.start("phone")
    wait_for_phone(telephone)


async def test_phone_process_dies_in_the_menu_which_begins_again_and_the_queue_is_reached(
    telephone: Telephone, citizen: Robot
):
    call = await in_menu(telephone, citizen)
    await call.press("2")
    assert await call.hears(BELOW_HZ, within=3)
    await asyncio.to_thread(restart, telephone)
    assert await call.hears(START_HZ, within=10)
    await call.press("1")
    await is_in(telephone, "waiting")
    assert telephone.story() == ["arrived", "menu_entered", "menu_chosen"]
    await leave(telephone, call)


async def test_database_goes_away_in_the_menu_and_the_citizen_hears_music_and_reaches_the_queue(
    telephone: Telephone, database: TestDatabase, citizen: Robot
):
    call = await in_menu(telephone, citizen)
    with database.cluster.connect("postgres", embedded.SUPERUSER) as connection:
        connection.execute("ALTER ROLE bl_engine NOLOGIN")
        try:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'bl_engine'")
            await call.press("1")
            await until(lambda: "database_away" in telephone.log_of("phone"))
            assert await call.audio.hears_sound(within=5)
        finally:
            connection.execute("ALTER ROLE bl_engine LOGIN")
    await is_in(telephone, "waiting", within=15)
    assert await call.audio.hears_sound(within=5)
    await leave(telephone, call)
