"""Call details: which legs there are, and how they are written."""

import csv
import json
from datetime import date, timedelta
from io import StringIO

import pytest

from borgerlinje.channels.phone import call_details
from borgerlinje.channels.phone.call_details import Leg, as_csv, as_json, legs, lines, read_period
from borgerlinje.channels.phone.outgoing.ledger import do_note_answered, do_note_ended
from borgerlinje.dispatch.fairness import Period
from borgerlinje.kit.ids import uuid7
from tests.channels.phone.ledger import begin, do, with_trunk
from tests.support.cast import NOW, Cast, later

DAY = Period(date(2026, 11, 24), date(2026, 11, 25))


def test_call_in_and_the_call_back_are_two_legs_with_the_citizens_number_masked(cast: Cast) -> None:
    contact = cast.wait()
    with_trunk()
    call = uuid7(later(60))
    begin(contact, at=later(60), call_id=call)
    do(do_note_answered(call, now=later(70)))
    do(do_note_ended(call, 16, now=later(190)))
    inward, outward = do(legs(DAY))
    assert (inward.direction, inward.from_number, inward.to_number, inward.outcome) == (
        "in",
        "46 12 ** **",
        "46313020",
        "",
    )
    assert (outward.direction, outward.outcome, outward.talked_seconds) == ("out", "answered", 120)
    assert outward.from_number == "+4546313020"
    assert "46120000" not in outward.to_number
    assert do(legs(DAY, whole_numbers=True))[1].to_number == "+4546120000"
    assert do(legs(Period(date(2026, 11, 25), date(2026, 11, 26)))) == []
    assert len(do(legs(DAY, most=1))) == 1


def test_call_that_was_refused_is_a_leg_with_its_reason(cast: Cast) -> None:
    contact = cast.wait()
    with_trunk()
    begin(contact, "90909090", at=later(60))
    outward = do(legs(DAY))[1]
    assert outward.outcome not in {"", "answered", "unanswered"}
    assert outward.talked_seconds is None


def leg(**more: object) -> Leg:
    values: dict[str, object] = {
        "contact": "c",
        "leg": "l",
        "direction": "out",
        "begins": NOW,
        "answered": None,
        "ends": None,
        "line": "Hotline",
        "home_authority": "",
        "from_number": "+4546313020",
        "to_number": "46 12 ** **",
        "server": "asterisk",
        "outcome": "answered",
    }
    return Leg(**(values | more))  # type: ignore[arg-type] # the fields above


def test_table_opens_in_a_spreadsheet_and_no_cell_is_a_formula() -> None:
    heading, row = csv.reader(StringIO(as_csv([leg(line='=1+1;"x"')])), delimiter=";")
    assert heading == list(call_details.FIELDS)
    assert row[3] == "2026-11-24T14:00:00+01:00"
    assert (row[7], row[9]) == ('\'=1+1;"x"', "'+4546313020")


def test_same_legs_are_written_for_programs_and_for_people() -> None:
    ended = leg(answered=NOW, ends=NOW + timedelta(seconds=61.4))
    (stored,) = json.loads(as_json([ended]))
    assert (stored["talked_seconds"], stored["line"]) == (61, "Hotline")
    assert list(lines([ended]))[-1] == "1 legs"


@pytest.mark.parametrize(("first", "last"), [("2026-11-25", "2026-11-24"), ("i går", "2026-11-24"), ("", "")])
def test_period_that_makes_no_sense_is_refused(first: str, last: str) -> None:
    with pytest.raises(ValueError, match=r"20|isoformat"):
        read_period(first, last)
