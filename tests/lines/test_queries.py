from datetime import UTC, date, datetime, time

import pytest
from django.db import IntegrityError, transaction

from borgerlinje.contacts.lifecycle import Event
from borgerlinje.lines import queries
from borgerlinje.lines.holiday_calendar import closed_days, optional_days
from borgerlinje.lines.models import OpeningPeriod, OpeningVersion, SpecialDay
from borgerlinje.staff.models import EmployeeSkill
from tests.support.cast import NOW, Cast, later
from tests.support.database import as_web


def test_hours_come_from_the_rows(cast: Cast) -> None:
    version = OpeningVersion.objects.create(line=cast.line, from_on=date(2015, 1, 1))
    OpeningPeriod.objects.create(version=version, weekday=1, opens=time(9), closes=time(21))
    assert queries.line_status(cast.line, at=NOW).closes_at == datetime(2026, 11, 24, 20, tzinfo=UTC)
    SpecialDay.objects.create(line=cast.line, on=date(2026, 11, 24))
    assert not queries.line_status(cast.line, at=NOW).is_open


def test_two_timetables_on_one_day_are_refused_by_the_database(cast: Cast) -> None:
    OpeningVersion.objects.create(line=cast.line, from_on=date(2015, 1, 1), to_on=date(2016, 1, 1))
    OpeningVersion.objects.create(line=cast.line, from_on=date(2016, 1, 1))
    with pytest.raises(IntegrityError, match="opening_version_no_overlap"), transaction.atomic():
        OpeningVersion.objects.create(line=cast.line, from_on=date(2015, 12, 31), to_on=date(2016, 1, 1))


def test_store_bededag_ended_and_optional_days_are_each_lines_choice() -> None:
    assert date(2023, 5, 5) in closed_days([2023], [])
    assert date(2024, 4, 26) not in closed_days([2024], [])
    assert date(2026, 12, 24) not in closed_days([2026], [])
    assert date(2026, 12, 24) in closed_days([2026], [optional_days(2026)[date(2026, 12, 24)]])


def test_everybody_may_know_how_long_the_queue_is_and_nothing_else(cast: Cast) -> None:
    cast.wait(at=later(-90))
    answered = cast.wait(at=later(-60))
    cast.ready(cast.employee)
    with as_web():
        found = queries.load(cast.line.pk, at=NOW)
    assert (found.waiting, found.longest_wait_seconds, found.ready) == (2, 90.0, 1)
    assert found.expected_wait_seconds is None
    cast.event(answered, Event.CITIZEN_LEFT)


def test_expected_wait_is_none_with_somebody_ready_and_nobody_waiting(cast: Cast) -> None:
    cast.ready(cast.employee)
    assert queries.load(cast.line.pk, at=NOW).expected_wait_seconds == 0.0


def test_expected_wait_is_never_less_than_the_longest_is_waiting_already() -> None:
    assert queries.Load(2, 90.0, 0, 4, 20.0).expected_wait_seconds == 90.0
    assert queries.Load(1, 5.0, 0, 4, 20.0).expected_wait_seconds == 20.0


def test_somebody_ready_who_cannot_take_the_line_shortens_no_wait(cast: Cast) -> None:
    cast.ready(cast.employee)
    assert queries.load(cast.line.pk, at=NOW).ready == 1
    EmployeeSkill.objects.filter(employee=cast.employee).update(level=1)
    assert queries.load(cast.line.pk, at=NOW).ready == 0
