"""The ledger of calls that go out: what is written, what is counted, and that nobody gets past a limit by coming at once."""

from typing import Any
from uuid import UUID

import pytest

from borgerlinje.channels.phone.models import DoNotCall, OutgoingCall, OutgoingPolicy
from borgerlinje.channels.phone.outgoing.ledger import (
    can_dial,
    do_end_lost,
    do_note_answered,
    do_note_ended,
    policy_of,
)
from borgerlinje.channels.phone.outgoing.policy import Allowed, Policy, Reason, Refusal
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch.actions import do_event
from borgerlinje.kit.ids import uuid7
from borgerlinje.lines.models import Line, LineNumber, Specialist
from tests.channels.phone.ledger import answers, at_once, begin, begin_steps, do, store, with_trunk
from tests.support.cast import NOW, Cast, later
from tests.support.database import TestDatabase, as_web


@pytest.fixture
def contact(cast: Cast) -> UUID:
    with_trunk()
    return cast.wait()


def reason(answer: Allowed | Refusal) -> str:
    return "" if isinstance(answer, Allowed) else answer.reason.value


def test_allowed_call_is_written_with_the_number_that_is_shown(cast: Cast, contact: UUID) -> None:
    call_id = uuid7(NOW)
    assert begin(contact, "46 12 00 00", call_id=call_id) == Allowed("+4546120000", "+4546313020", 7200)
    row = OutgoingCall.objects.get()
    assert (row.pk, row.digits, row.shown_number, row.refused) == (call_id, "+4546120000", "+4546313020", "")
    assert (row.authority, row.line, row.contact_id, row.ended_at) == (cast.own, cast.line, contact, None)


def test_refused_call_is_written_too_and_is_over_at_once(contact: UUID) -> None:
    assert reason(begin(contact, "90123456")) == "costly"
    assert reason(begin(contact, "tel:46120000;ext=1")) == "not_a_number"
    rows = OutgoingCall.objects.order_by("refused")
    assert [(row.refused, row.digits, row.ended_at) for row in rows] == [
        ("costly", "+4590123456", NOW),
        ("not_a_number", "tel:46120000;ext=1", NOW),
    ]


def test_question_repeated_after_a_lost_answer_is_one_call(contact: UUID) -> None:
    call_id = uuid7(NOW)
    first = begin(contact, call_id=call_id)
    assert begin(contact, call_id=call_id, at=later(1)) == first
    refused_id = uuid7(NOW)
    refused = begin(contact, "90123456", call_id=refused_id)
    assert begin(contact, "90123456", call_id=refused_id) == refused
    assert OutgoingCall.objects.count() == 2


def test_unknown_contact_is_refused_without_a_trace(cast: Cast) -> None:
    assert reason(begin(uuid7(NOW))) == "unknown_contact"
    assert not OutgoingCall.objects.exists()


def test_without_a_way_out_nothing_is_called(cast: Cast) -> None:
    contact = cast.wait()
    assert (do(can_dial()), reason(begin(contact))) == (False, "no_trunk")
    with_trunk()
    assert (do(can_dial()), reason(begin(contact))) == (True, "")


def test_invented_number_goes_through_a_demo_trunk_only(cast: Cast, contact: UUID) -> None:
    OutgoingPolicy.objects.create(centre=cast.centre, allowed_prefixes=["0000"])
    assert reason(begin(contact, "00009001")) == "no_trunk"
    with_trunk(is_demo=True)
    assert begin(contact, "00009001").digits == "00009001"
    assert reason(begin(contact, "00009002")) == ""


def test_limit_per_number_counts_a_day_of_calls_that_went_out(contact: UUID) -> None:
    given = [begin(contact, at=later(i)) for i in range(7)] + [begin(contact, "90123456")] * 10
    assert answers(given).count("+4546120000") == 6
    assert reason(begin(contact, "4612 0000", at=later(3600))) == "often_to_number"
    assert reason(begin(contact, at=later(24 * 3600))) == ""
    assert reason(begin(contact, "46120001")) == ""


def test_limit_per_hour_is_the_centres(cast: Cast, contact: UUID) -> None:
    OutgoingPolicy.objects.create(centre=cast.centre, per_hour=3)
    given = [begin(contact, f"4612000{i}") for i in range(5)]
    assert answers(given)[3:] == ["many_this_hour", "many_this_hour"]
    assert reason(begin(contact, "46120009", at=later(3601))) == ""


def test_calls_under_way_are_no_more_than_the_trunks_carry(cast: Cast) -> None:
    with_trunk(max_calls=2)
    contact, call_id = cast.wait(), uuid7(NOW)
    begin(contact, "46120001", call_id=call_id)
    begin(contact, "46120002")
    assert reason(begin(contact, "46120003")) == "lines_busy"
    do(do_note_ended(call_id, 16, now=later(5)))
    assert reason(begin(contact, "46120003")) == ""


def test_employees_own_phone_is_neither_counted_nor_limited_but_stays_in_its_range(contact: UUID) -> None:
    given = [begin(contact, purpose="employee") for _ in range(20)]
    assert {reason(each) for each in given} == {""}
    assert reason(begin(contact)) == "", "the citizen of that number is called like any other"
    assert reason(begin(contact, "90123456", purpose="employee")) == "costly"


def test_specialist_is_transferred_to_any_number_of_times_but_not_called_back(contact: UUID) -> None:
    Specialist.objects.create(name="Socialrådgiverne", digits="46120000")
    assert {reason(begin(contact, purpose="transfer")) for _ in range(10)} == {""}
    assert reason(begin(contact)) == "often_to_number"


def test_own_line_is_not_called(cast: Cast, contact: UUID) -> None:
    assert reason(begin(contact, "+4546313020")) == "own"
    LineNumber.objects.create(line=cast.line, digits="70101881")
    assert reason(begin(contact, "70101881")) == "own"


def test_number_on_the_list_is_not_called_until_its_day_has_come(cast: Cast, contact: UUID) -> None:
    listed = DoNotCall.objects.create(
        authority=cast.own, digits="+4546120000", reason="Bad om det", made_at=NOW, to_at=later(60)
    )
    assert reason(begin(contact)) == "do_not_call"
    assert reason(begin(contact, at=later(60))) == ""
    listed.authority = cast.colleague_authority
    listed.save()
    assert reason(begin(contact)) == "", "each authority has a list of its own"


def test_shown_number_is_the_long_form_of_the_one_dialled_else_the_home_authoritys(cast: Cast) -> None:
    with_trunk()
    LineNumber.objects.create(line=cast.line, digits="70101881", is_main=True)
    LineNumber.objects.create(line=cast.line, digits="46120330", home_authority=cast.colleague_authority)
    shown = {digits: begin(cast.arrive(digits)) for digits in ("46313020", "1881", "70101881", "46120330")}
    assert {digits: answer.shown for digits, answer in shown.items() if isinstance(answer, Allowed)} == {
        "46313020": "+4546313020",
        "1881": "+4570101881",
        "70101881": "+4570101881",
        "46120330": "+4546120330",
    }


def test_citizen_who_was_sent_on_to_another_line_sees_the_number_they_know(cast: Cast) -> None:
    with_trunk()
    other = Line.objects.create(slug="anden", name="Anden", owner=cast.own, centre=cast.centre)
    LineNumber.objects.create(line=other, digits="70200000", is_main=True)
    contact_id = cast.wait()
    do(do_event(contact_id, Event.OVERFLOWED, now=later(5), to_line_id=other.pk))
    answer = begin(contact_id)
    assert isinstance(answer, Allowed)
    assert answer.shown == "+4546313020"


def test_policy_without_a_row_is_the_default(cast: Cast) -> None:
    assert do(policy_of(cast.centre.pk)) == Policy()
    OutgoingPolicy.objects.create(centre=cast.centre, countries=["SE"], per_number_per_day=1, longest_minutes=5)
    assert do(policy_of(cast.centre.pk)) == Policy(countries=("SE",), per_number_per_day=1, longest_minutes=5)


def test_answer_and_end_are_noted_once(contact: UUID) -> None:
    call_id = uuid7(NOW)
    begin(contact, call_id=call_id)
    for at, cause in ((later(3), 16), (later(9), 44)):
        do(do_note_answered(call_id, now=at))
        do(do_note_ended(call_id, cause, now=at))
    row = OutgoingCall.objects.get()
    assert (row.answered_at, row.ended_at, row.cause) == (later(3), later(3), 16)


def test_calls_that_ended_while_nobody_listened_are_ended(contact: UUID) -> None:
    kept, lost, elsewhere = (uuid7(NOW) for _ in range(3))
    for call_id, server in ((kept, "a"), (lost, "a"), (elsewhere, "b")):
        begin(contact, call_id=call_id, server=server)
    assert do(do_end_lost("a", [kept], now=later(9))) == 1
    assert set(OutgoingCall.objects.filter(ended_at=None).values_list("pk", flat=True)) == {kept, elsewhere}


def test_calls_are_seen_by_those_who_serve_the_authority_alone(cast: Cast, contact: UUID) -> None:
    begin(contact)
    with as_web(cast.own.pk):
        assert OutgoingCall.objects.count() == 1
    with as_web(cast.outside.pk):
        assert OutgoingCall.objects.count() == 0


def test_calls_asked_for_at_once_stay_within_both_limits(database: TestDatabase, django_db_blocker: Any) -> None:
    cast = store(database, django_db_blocker, policy={"per_number_per_day": 5, "per_hour": 12})
    contact_ids = cast.contact_ids  # type: ignore[attr-defined]
    numbers = ["46120001", "46120002", "+4546120003", "004546120004"] * 10
    given = at_once(
        database,
        [lambda i=i, n=n: begin_steps(contact_ids[i % 2], n) for i, n in enumerate(numbers)],  # type: ignore[misc]
    )
    called = [each for each in answers(given) if each.startswith("+")]
    assert len(called) == 12
    assert max(called.count(number) for number in called) <= 5
    with database.as_owner() as owner:
        row = owner.execute("SELECT count(*) AS n FROM phone_outgoingcall WHERE refused = ''").fetchone()
    assert row == {"n": 12}


def test_reason_fits_its_column() -> None:
    assert max(len(each.value) for each in Reason) <= 20
