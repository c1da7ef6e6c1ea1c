"""A citizen who waits to be called calls themselves; and when a callback is due."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import pytest

from borgerlinje.channels.phone.callbacks.asked import Asked, do_ask_callback
from borgerlinje.channels.phone.outgoing.policy import Reason
from borgerlinje.contacts.lifecycle import Event, State
from borgerlinje.contacts.models import Contact
from borgerlinje.dispatch import words
from borgerlinje.dispatch.actions import Change, do_event, do_offer
from borgerlinje.dispatch.callbacks import do_meet_callback, do_take
from borgerlinje.dispatch.fairness import Period, report
from borgerlinje.dispatch.matching import Match
from borgerlinje.dispatch.models import Offer, Presence
from borgerlinje.kit.clock import COPENHAGEN
from borgerlinje.kit.database import run
from borgerlinje.lines.models import (
    Crisis,
    CrisisLine,
    Line,
    LineNumber,
    OpeningPeriod,
    OpeningVersion,
    SpecialDay,
)
from borgerlinje.lines.queries import schedule
from borgerlinje.lines.schedules import schedule_of
from tests.channels.phone.ledger import at_once, do, store
from tests.support.cast import NOW, Cast, later
from tests.support.database import TestDatabase

CITIZEN = "46120000"


def asks(cast: Cast, number: str = CITIZEN, *, at: datetime = NOW, **more: Any) -> UUID:
    """Let a citizen ask on the page to be called back."""
    asked = do(do_ask_callback(number, dialled="46313020", now=at, **more))
    assert isinstance(asked, Asked)
    return asked.contact_id


def calls(cast: Cast, *, caller: str = CITIZEN, digits: str = "46313020", at: datetime) -> tuple[UUID, list[Change]]:
    """Let a citizen call, and be met by what was promised to them."""
    contact_id = cast.arrive(digits, caller=caller, at=at)
    met = do(do_meet_callback(contact_id, caller=caller, centre_id=cast.centre.pk, now=at))
    cast.event(contact_id, Event.GREETED, at=at)
    return contact_id, met


def take(cast: Cast, contact_id: UUID, *, at: datetime) -> None:
    cast.ready(cast.employee, at=at)
    assert do(do_take(contact_id, employee_id=cast.employee.pk, now=at)) is not None


def open_hours(line: Line) -> None:
    version = OpeningVersion.objects.create(line=line, from_on=date(2015, 1, 1))
    for weekday in range(5):
        OpeningPeriod.objects.create(version=version, weekday=weekday, opens=time(9), closes=time(22))


def local(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=COPENHAGEN).astimezone(UTC)


def test_citizen_who_calls_again_has_the_place_of_the_callback_and_is_not_called(cast: Cast) -> None:
    callback = asks(cast)
    contact_id, met = calls(cast, at=later(600))
    assert [change.contact_id for change in met] == [callback]
    contact = cast.contact(contact_id)
    assert (contact.state, contact.waiting_since, contact.origin_id) == ("waiting", NOW, callback)
    cancelled = cast.contact(callback)
    assert (cancelled.state, cancelled.closed_as) == ("closed", "abandoned")
    assert contact.events.filter(name="place_kept").get().data["callback"] == str(callback)
    told = cancelled.events.get(name="callback_cancelled")
    assert "beholdt sin plads" in words.event(told.name, data=told.data)


def test_callback_asked_for_on_the_telephone_is_met_as_well(cast: Cast) -> None:
    callback = cast.wait()
    cast.event(callback, Event.CALLBACK_ASKED)
    contact_id, _ = calls(cast, at=later(60))
    assert (cast.contact(contact_id).waiting_since, cast.contact(callback).state) == (NOW, "closed")


def test_others_callers_and_withheld_numbers_meet_nothing(cast: Cast) -> None:
    callback = asks(cast)
    for caller in ("46120001", ""):
        contact_id, met = calls(cast, caller=caller, at=later(60))
        assert (met, cast.contact(contact_id).waiting_since) == ([], later(60))
    assert cast.contact(callback).state == "callback"


def test_callback_of_another_centre_stands(cast: Cast) -> None:
    callback = asks(cast)
    contact_id = cast.arrive(caller=CITIZEN, at=later(60))
    assert do(do_meet_callback(contact_id, caller=CITIZEN, centre_id=cast.centre.pk + 1, now=later(60))) == []
    assert cast.contact(callback).state == "callback"


def test_call_to_another_line_of_the_centre_meets_the_callback(cast: Cast) -> None:
    other = Line.objects.create(slug="anden", name="Anden", owner=cast.own, centre=cast.centre)
    LineNumber.objects.create(line=other, digits="46313021")
    callback = asks(cast)
    contact_id, _ = calls(cast, digits="46313021", at=later(60))
    assert (cast.contact(contact_id).waiting_since, cast.contact(callback).state) == (NOW, "closed")


def test_employee_who_was_offered_the_callback_keeps_their_place(cast: Cast) -> None:
    callback = asks(cast)
    cast.ready(cast.employee)

    do(do_offer([Match(callback, cast.employee.pk, {"rule": "test"})], now=later(5)))
    calls(cast, at=later(10))
    assert Offer.objects.get().ended_as == "withdrawn"
    presence = Presence.objects.get(employee=cast.employee)
    assert (presence.state, presence.idle_since) == ("ready", NOW)


def test_employee_who_rings_them_at_that_very_moment_is_freed_and_the_citizen_is_first(cast: Cast) -> None:
    callback = asks(cast)
    take(cast, callback, at=later(30))
    assert cast.contact(callback).state == "calling_back"
    contact_id, met = calls(cast, at=later(35))
    assert [(change.state, change.employee_id) for change in met] == [(State.CLOSED, cast.employee.pk)]
    assert Presence.objects.get(employee=cast.employee).state == "ready"
    assert cast.contact(contact_id).waiting_since == NOW


def test_conversation_the_callback_led_to_goes_on(cast: Cast) -> None:
    callback = asks(cast)
    take(cast, callback, at=later(30))
    cast.event(callback, Event.CITIZEN_REACHED, at=later(35))
    contact_id, met = calls(cast, at=later(40))
    assert (met, cast.contact(callback).state) == ([], "connected")
    assert cast.contact(contact_id).waiting_since == later(40)


def test_citizen_unreached_who_calls_again_is_no_longer_called(cast: Cast) -> None:
    callback = asks(cast)
    take(cast, callback, at=later(30))
    cast.event(callback, Event.CITIZEN_UNREACHED, at=later(60))
    assert cast.contact(callback).state == "callback"
    calls(cast, at=later(90))
    assert cast.contact(callback).state == "closed"


def test_report_counts_them_once_and_by_the_wait_on_the_line(cast: Cast) -> None:
    asks(cast)
    contact_id, _ = calls(cast, at=later(3600))
    take_call(cast, contact_id, at=later(3620))
    found = report(cast.centre, Period(date(2026, 11, 24), date(2026, 11, 25)), now=later(4000), visible={cast.own.pk})
    (row,) = [row for row in found.members if row.offered]
    assert (row.offered, row.answered, row.abandoned, row.in_target) == (1, 1, 0, 1)


def take_call(cast: Cast, contact_id: UUID, *, at: datetime) -> None:

    cast.ready(cast.employee, at=at)
    do(do_offer([Match(contact_id, cast.employee.pk, {"rule": "test"})], now=at))
    cast.event(contact_id, Event.ANSWERED, at=at)


def test_two_calls_at_once_share_one_place(database: TestDatabase, django_db_blocker: Any) -> None:
    cast = store(database, django_db_blocker)
    with database.as_owner() as owner:
        owner.execute("UPDATE contacts_contact SET caller_number = '46120009'")

        run(do_ask_callback(CITIZEN, dialled="46313020", now=NOW), owner.cursor())
    first, second = cast.contact_ids  # type: ignore[attr-defined]
    met = at_once(
        database,
        [
            lambda mine=each: do_meet_callback(mine, caller=CITIZEN, centre_id=cast.centre.pk, now=later(60))  # type: ignore[misc]
            for each in (first, second)
        ],
    )
    assert sorted(len(changes) for changes in met) == [0, 1]


# --- when it is due


def test_citizen_not_reached_late_is_called_again_in_the_morning(cast: Cast) -> None:
    open_hours(cast.line)
    late = local(24, 21)
    callback = asks(cast, at=local(24, 14))
    take(cast, callback, at=late)
    cast.event(callback, Event.CITIZEN_UNREACHED, at=late)
    assert cast.contact(callback).due_at == local(25, 9)


def test_citizen_not_reached_by_day_is_called_again_after_the_lines_pause(cast: Cast) -> None:
    open_hours(cast.line)
    callback = asks(cast)
    take(cast, callback, at=later(30))
    cast.event(callback, Event.CITIZEN_UNREACHED, at=later(60))
    assert cast.contact(callback).due_at == later(60 + 900)


def test_callback_asked_for_when_it_is_closed_is_due_when_it_opens(cast: Cast) -> None:
    open_hours(cast.line)
    callback = asks(cast, at=local(24, 23))
    contact = cast.contact(callback)
    assert (contact.due_at, contact.waiting_since) == (local(25, 9), local(24, 23))
    SpecialDay.objects.create(line=cast.line, on=date(2026, 11, 25))
    assert cast.contact(asks(cast, "46120001", at=local(24, 23))).due_at == local(26, 9)


def test_callback_asked_for_when_it_is_open_is_due_at_once_even_in_the_evening(cast: Cast) -> None:
    open_hours(cast.line)
    assert cast.contact(asks(cast, at=local(24, 21))).due_at is None


def test_callback_at_a_chosen_hour_is_due_then(cast: Cast) -> None:
    open_hours(cast.line)
    assert cast.contact(asks(cast, due_at=local(25, 14))).due_at == local(25, 14)


@pytest.mark.parametrize("always_open", [True, False])
def test_write_paths_read_the_same_hours_as_the_pages(cast: Cast, always_open: bool) -> None:  # noqa: FBT001
    open_hours(cast.line)
    SpecialDay.objects.create(line=cast.line, on=date(2026, 12, 24))
    SpecialDay.objects.create(line=cast.line, on=date(2026, 12, 23), opens=time(9), closes=time(12))
    OpeningVersion.objects.filter(line=cast.line).update(to_on=date(2027, 1, 1))
    OpeningVersion.objects.create(line=cast.line, from_on=date(2027, 1, 1))
    cast.line.always_open, cast.line.always_open_reason = always_open, "prøve"
    cast.line.optional_holidays = ["Grundlovsdag"]
    cast.line.save()
    crisis = Crisis.objects.create(centre=cast.centre, name="Uvejr", started_at=NOW, ended_at=later(60))
    CrisisLine.objects.create(crisis=crisis, line=cast.line)
    for at, is_held in ((later(-1), False), (NOW, True), (later(60), False)):
        read = do(schedule_of(cast.line.pk, at=at))
        assert read == schedule(Line.objects.get(pk=cast.line.pk), at=at)
        assert read.held_open is is_held
    assert do(schedule_of(0, at=NOW)).versions == ()


def test_event_of_a_callback_is_unexpected_once_it_is_met(cast: Cast) -> None:
    callback = asks(cast)
    calls(cast, at=later(60))
    change = do(do_event(callback, Event.OFFERED, now=later(61)))
    assert change is not None
    assert not change.expected
    assert Contact.objects.filter(state="callback").count() == 0


@pytest.mark.parametrize("reason", [*Reason, "barred"])
def test_number_that_is_kept_out_is_named_as_why_a_callback_was_given_up(reason: str) -> None:
    is_for_now = reason in {"many_this_hour", "lines_busy", "no_trunk", "unknown_contact"}
    said = words.event("callback_cancelled", data={"because": str(reason)})
    assert ("nummeret kan ikke ringes op" in said) is not is_for_now
