"""A crisis with a real Asterisk: a line that is closed by its timetable is open at once, says the crisis first, and marks who calls."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.db import connections

from borgerlinje.channels.phone.robot.phone import Robot
from borgerlinje.channels.phone.sound import sound_files, speech
from borgerlinje.contacts.crisis_figures import figures
from borgerlinje.kit import clock, unprivileged
from borgerlinje.kit.database import run
from borgerlinje.lines.crisis import Plan, Texts, do_begin_crisis, do_end_crisis, topics_of
from borgerlinje.lines.models import Crisis
from tests.support.cast import Cast
from tests.support.database import TestDatabase
from tests.support.telephone import Telephone, joined, until

pytestmark = [pytest.mark.telephone, pytest.mark.timeout(400)]

ANNOUNCED_HZ, GREETING_HZ = 700, 1100
ANNOUNCEMENT, GREETING = "Krisens tone.", "Velkomstens tone."
# Spoken by the telephone process when it has read the lines anew.
SIGN, SIGN_OF_THE_END = "The telephone knows of it.", "Telefonen ved, at det er slut."


@pytest.fixture
def closed(database: TestDatabase, people: Cast) -> Cast:
    """Close the line at every hour: it has no timetable."""
    with database.as_owner() as connection:
        connection.execute(
            "UPDATE lines_line SET always_open = false, always_open_reason = '', greeting_text = %s WHERE id = %s",
            [GREETING, people.line.pk],
        )
    return people


@pytest.fixture
def telephone(server: Telephone, database: TestDatabase, closed: Cast) -> Iterator[Telephone]:
    del closed
    for name in (speech.name_of(SIGN, "en"), speech.name_of(SIGN_OF_THE_END)):
        (_sounds(server) / f"{name}.wav").unlink(missing_ok=True)
    for text, hertz in ((ANNOUNCEMENT, ANNOUNCED_HZ), (GREETING, GREETING_HZ)):
        _sound_like(server, text, hertz)
    with joined(server, database) as telephone:
        yield telephone
    print(telephone.last_words)  # noqa: T201 - pytest shows it beside a failure


def _sounds(telephone: Telephone) -> Path:
    return Path(telephone.instance.as_running().sounds)


def _sound_like(telephone: Telephone, text: str, hertz: int) -> None:
    """Let a text sound like a tone: it is there already when it would be spoken."""
    for suffix, rate in (("wav16", 16000), ("wav", 8000)):
        path = _sounds(telephone) / f"{speech.name_of(text)}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sound_files.to_wave(0.3 * np.sin(2 * np.pi * hertz * np.arange(rate) / rate), rate))
        unprivileged.give(path)


def _begin(telephone: Telephone, cast: Cast) -> int:
    plan = Plan(
        centre_id=cast.centre.pk,
        name="Prøve",
        reason="",
        texts=Texts(ANNOUNCEMENT, SIGN),
        lines=[cast.line.pk],
        opened=[cast.line.pk],
        members={},
    )
    with telephone.connection() as connection, connection.transaction():
        crisis_id = run(do_begin_crisis(plan, user_id=None, now=clock.now()), connection.cursor())
    _hint(telephone, topics_of([cast.line.pk]))
    return crisis_id


def _hint(telephone: Telephone, topics: list[str]) -> None:
    with telephone.connection() as connection:
        for topic in topics:
            connection.execute("SELECT pg_notify('bl_hint', %s)", [topic])


async def test_closed_line_is_open_in_a_crisis_says_so_first_and_is_counted_apart(
    telephone: Telephone,
    closed: Cast,
    citizen: Robot,
    desk_phone: Robot,
    database: TestDatabase,
    django_db_blocker: object,
):
    sign = _sounds(telephone) / f"{speech.name_of(SIGN, 'en')}.wav"
    sign_of_the_end = _sounds(telephone) / f"{speech.name_of(SIGN_OF_THE_END)}.wav"
    await asyncio.to_thread(telephone.employ, closed.employee.pk, desk_phone.uri)

    # The premise: at this hour nobody gets in.
    call = await citizen.call("46313020", **telephone.address)
    await until(lambda: telephone.contact().get("closed_as") == "closed_hours", within=15)
    assert telephone.contact()["crisis_id"] is None
    await call.hang_up()
    await until(telephone.is_empty)

    crisis_id = await asyncio.to_thread(_begin, telephone, closed)
    await until(sign.exists, within=90)
    call = await citizen.call("46313020", **telephone.address)
    call.play(440)
    assert await call.hears(ANNOUNCED_HZ, within=8)
    assert telephone.contact()["state"] == "arrived"
    assert await call.hears(GREETING_HZ, within=8)
    ringing = await desk_phone.next_call(within=15)
    ringing.ring()
    ringing.answer()
    ringing.play(1000)
    assert await ringing.hears(440, within=3)
    assert await call.hears(1000, within=3)
    assert telephone.contact()["crisis_id"] == crisis_id
    assert telephone.story()[-4:] == ["arrived", "greeted", "offered", "answered"]

    # The end closes the door, and nobody who is inside is put out.
    def end() -> None:
        with telephone.connection() as connection, connection.transaction():
            ended = run(do_end_crisis(crisis_id, "Slut.", user_id=None, now=clock.now()), connection.cursor())
            connection.execute("UPDATE lines_line SET full_text = %s", [SIGN_OF_THE_END])
        assert ended is not None
        _hint(telephone, ended.topics)

    await asyncio.to_thread(end)
    await until(sign_of_the_end.exists, within=60)
    assert telephone.contact()["state"] == "connected"
    await call.hang_up()
    await until(telephone.is_empty)

    def later_call() -> bool:
        rows = telephone.rows("SELECT closed_as, crisis_id FROM contacts_contact ORDER BY arrived_at")
        return len(rows) > 2 and rows[-1] == {"closed_as": "closed_hours", "crisis_id": None}

    await asyncio.to_thread(telephone.sign_out, closed.employee.pk)
    call = await citizen.call("46313020", **telephone.address)
    await until(later_call, within=15)
    await call.hang_up()
    await until(telephone.is_empty)
    counted = await asyncio.to_thread(_counted, database, crisis_id, django_db_blocker)
    assert counted == (1, 1, 1)


def _counted(database: TestDatabase, crisis_id: int, django_db_blocker: object) -> tuple[int, int, int]:
    """Return how many arrived, reached the queue and were answered in the crisis: one of three calls."""
    connection = connections["default"]
    before = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connection.close()
        connection.settings_dict["NAME"] = database.name
        try:
            total = figures(Crisis.objects.get(pk=crisis_id), now=clock.now()).total
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before
    return total.arrived, total.offered, total.answered
