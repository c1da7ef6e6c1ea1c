"""Who has not been seen loses their place among those who are ready, before a citizen rings there in vain."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch.actions import do_event, do_offer
from borgerlinje.dispatch.attendance import do_sign_out
from borgerlinje.dispatch.callbacks import do_take
from borgerlinje.dispatch.matching import Match
from borgerlinje.dispatch.models import Offer, Presence
from borgerlinje.dispatch.watch import (
    FORGOTTEN_AFTER,
    HOME_AFTER,
    SETTLED_SECONDS,
    UNSEEN_SECONDS,
    Lost,
    do_lose_unseen,
    do_seen,
)
from borgerlinje.kit.database import run
from borgerlinje.staff.models import Employee
from tests.support.cast import NOW, Cast, later


def sweep(**limits: float) -> Lost:
    with connection.cursor() as cursor:
        return run(do_lose_unseen(now=later(60), **({"settled_seconds": 0.0} | limits)), cursor)


def seen(employee: Employee, *, seconds_ago: float) -> None:
    """Let an employee have been seen, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (at,) = cursor.fetchone() or (None,)
    assert isinstance(at, datetime)
    Presence.objects.filter(employee=employee).update(seen_at=at - timedelta(seconds=seconds_ago))


def taken_callback(cast: Cast) -> UUID:
    contact_id = cast.wait()
    cast.event(contact_id, Event.CALLBACK_ASKED, at=later(3))
    with connection.cursor() as cursor:
        run(do_take(contact_id, employee_id=cast.employee.pk, now=later(5)), cursor)
    return contact_id


def state(employee: Employee) -> str:
    return Presence.objects.get(employee=employee).state


@pytest.fixture(autouse=True)
def both_ready(cast: Cast) -> None:
    for employee in (cast.employee, cast.colleague):
        cast.ready(employee)


def test_unseen_who_is_ready_is_lost_and_a_colleague_who_was_seen_stays(cast: Cast) -> None:
    seen(cast.employee, seconds_ago=UNSEEN_SECONDS + 1)
    seen(cast.colleague, seconds_ago=UNSEEN_SECONDS - 10)
    lost = sweep()
    assert list(lost.employee_ids) == [cast.employee.pk]
    assert {"dispatch", "queue", f"desk:{cast.employee.pk}"} <= set(lost.topics)
    assert (state(cast.employee), state(cast.colleague)) == ("connection_lost", "ready")


def test_offer_of_an_unseen_employee_goes_back_to_its_place(cast: Cast) -> None:
    contact_id = cast.wait()
    with connection.cursor() as cursor:
        run(do_offer([Match(contact_id, cast.employee.pk, {})], now=NOW), cursor)
    seen(cast.employee, seconds_ago=UNSEEN_SECONDS + 1)
    lost = sweep()
    assert [change.contact_id for change in lost.changes] == [contact_id]
    assert f"desk:{cast.employee.pk}" in lost.topics
    assert (cast.contact(contact_id).state, cast.contact(contact_id).waiting_since) == ("waiting", NOW)
    assert Offer.objects.get(contact_id=contact_id).ended_as == "lost"
    assert state(cast.employee) == "connection_lost"


@pytest.mark.parametrize("kept", ["talking", "wrap_up", "paused", "not_answering", "signed_out"])
def test_nobody_else_is_touched(cast: Cast, kept: str) -> None:
    seen(cast.employee, seconds_ago=600)
    Presence.objects.filter(employee=cast.employee).update(state=kept)
    assert sweep().topics == ()
    assert state(cast.employee) == kept


@pytest.mark.parametrize("gone", ["connection_lost", "signed_out"])
def test_callback_of_an_employee_who_is_gone_goes_back_to_its_place(cast: Cast, gone: str) -> None:
    contact_id = taken_callback(cast)
    Presence.objects.filter(employee=cast.employee).update(state=gone, since=later(60) - FORGOTTEN_AFTER)
    assert sweep().topics == ()
    Presence.objects.filter(employee=cast.employee).update(since=later(59) - FORGOTTEN_AFTER)
    assert [change.contact_id for change in sweep().changes] == [contact_id]
    assert (cast.contact(contact_id).state, cast.contact(contact_id).waiting_since) == ("callback", NOW)
    assert state(cast.employee) == gone


def test_callback_of_an_employee_who_is_there_stays_theirs(cast: Cast) -> None:
    contact_id = taken_callback(cast)
    Presence.objects.filter(employee=cast.employee).update(since=later(0) - 2 * FORGOTTEN_AFTER)
    assert sweep().topics == ()
    assert cast.contact(contact_id).state == "calling_back"


def test_robots_are_never_seen_and_never_lost(cast: Cast) -> None:
    assert sweep().topics == ()
    assert state(cast.employee) == "ready"


def test_desk_that_says_so_is_seen_now(cast: Cast) -> None:
    seen(cast.employee, seconds_ago=3600)
    with connection.cursor() as cursor:
        run(do_seen([cast.employee.pk]), cursor)
    assert sweep().topics == ()


def test_connection_that_is_new_loses_nobody(cast: Cast) -> None:
    seen(cast.employee, seconds_ago=3600)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.connected_at', clock_timestamp()::text, true)")
    assert sweep(settled_seconds=3600.0).topics == ()
    assert SETTLED_SECONDS > UNSEEN_SECONDS


def test_who_went_home_without_signing_out_is_signed_out(cast: Cast) -> None:
    gone = later(60) - HOME_AFTER - timedelta(seconds=1)
    Presence.objects.filter(employee=cast.employee).update(state="connection_lost", since=gone)
    Presence.objects.filter(employee=cast.colleague).update(state="connection_lost", since=later(0))
    assert f"desk:{cast.employee.pk}" in sweep().topics
    assert (state(cast.employee), state(cast.colleague)) == ("signed_out", "connection_lost")


def test_conversation_by_hand_ends_with_the_day_of_who_had_it(cast: Cast) -> None:
    contact_id = taken_callback(cast)
    with connection.cursor() as cursor:
        run(do_event(contact_id, Event.CITIZEN_REACHED, now=later(6), data={"by": "hand"}), cursor)
        run(do_sign_out(cast.employee.pk, now=later(7) - FORGOTTEN_AFTER), cursor)
    sweep()
    assert cast.contact(contact_id).state == "wrap_up"
