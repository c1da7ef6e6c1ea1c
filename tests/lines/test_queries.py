from datetime import UTC, date, datetime, time

import pytest
from django.db import IntegrityError, transaction

from borgerlinje.contacts.lifecycle import Event
from borgerlinje.contacts.models import Contact
from borgerlinje.dispatch.models import Presence
from borgerlinje.lines import expected_wait, queries
from borgerlinje.lines.holiday_calendar import closed_days, optional_days
from borgerlinje.lines.models import Line, OpeningPeriod, OpeningVersion, SpecialDay
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
    cast.wait(at=later(-60))
    cast.ready(cast.employee)
    with as_web():
        found = queries.load(cast.line.pk, at=NOW)
    assert (found.waiting, found.longest_wait_seconds, found.ready, found.pool_waiting) == (2, 90.0, 1, 2)
    assert expected_wait.newcomer(found) is None


def test_nobody_waits_for_an_employee_who_is_ready(cast: Cast) -> None:
    cast.ready(cast.employee)
    assert expected_wait.newcomer(queries.load(cast.line.pk, at=NOW)) == expected_wait.NO_WAIT


def test_the_flow_counts_the_last_half_hour_of_the_whole_centre(cast: Cast) -> None:
    other = Line.objects.create(slug="anden", name="Anden", owner=cast.own, centre=cast.centre)
    cast.ready(cast.employee, at=later(-7000))
    for waited_from in (-6000, -1500, -1000):
        contact_id = cast.wait(at=later(waited_from))
        Contact.objects.filter(pk=contact_id).update(
            line=other if waited_from == -1000 else cast.line,
            state="closed",
            closed_as="answered",
            answered_at=later(waited_from + 100),
            closed_at=later(waited_from + 300),
        )
    gone = cast.wait(at=later(-300))
    cast.event(gone, Event.CITIZEN_LEFT, at=later(-200))
    Contact.objects.filter(pk=cast.wait(at=later(-50))).update(line=other)
    found = queries.load(cast.line.pk, at=NOW)
    assert (found.waiting, found.pool_waiting) == (0, 1)
    assert (found.answered, found.abandoned, found.handling_seconds) == (2, 1, 200.0)


def test_who_talks_is_busy_and_who_cannot_take_the_line_is_not_there(cast: Cast) -> None:
    cast.ready(cast.employee)
    cast.ready(cast.colleague)
    Presence.objects.filter(employee=cast.colleague).update(state="talking")
    assert (queries.load(cast.line.pk, at=NOW).ready, queries.load(cast.line.pk, at=NOW).busy) == (1, 1)
    EmployeeSkill.objects.filter(employee=cast.colleague).delete()
    assert queries.load(cast.line.pk, at=NOW).busy == 0


def test_somebody_ready_who_cannot_take_the_line_shortens_no_wait(cast: Cast) -> None:
    cast.ready(cast.employee)
    assert queries.load(cast.line.pk, at=NOW).ready == 1
    EmployeeSkill.objects.filter(employee=cast.employee).update(level=1)
    assert queries.load(cast.line.pk, at=NOW).ready == 0


def test_many_lines_asked_at_once_are_as_busy_as_each_asked_alone(cast: Cast) -> None:
    anybodys = Line.objects.create(slug="alle", name="Alle", owner=cast.own, centre=cast.centre)
    hard = Line.objects.create(
        slug="svaer", name="Svær", owner=cast.own, centre=cast.centre, skill=cast.skill, skill_level=3
    )
    theirs = cast.outsider.works.get().centre
    elsewhere = Line.objects.create(slug="andet", name="Andet", owner=cast.outside, centre=theirs)
    cast.wait(at=later(-90))
    Contact.objects.filter(pk=cast.wait(at=later(-60))).update(line=anybodys)
    for person in (cast.employee, cast.colleague, cast.outsider):
        cast.ready(person)
    Presence.objects.filter(employee=cast.colleague).update(state="talking")
    answered = cast.wait(at=later(-1000))
    ended = {"answered_at": later(-900), "ended_at": later(-800), "closed_at": later(-700)}
    Contact.objects.filter(pk=answered).update(**ended, state="closed", closed_as="answered")
    # One that is no line any more has nothing to tell, and is no fault.
    ids = [cast.line.pk, anybodys.pk, hard.pk, elsewhere.pk, 10**9]
    with as_web():
        found = queries.loads(ids, at=NOW)
        assert found == {pk: queries.load(pk, at=NOW) for pk in ids}
    assert (found[cast.line.pk].waiting, found[anybodys.pk].ready, found[anybodys.pk].busy) == (1, 1, 1)
    assert (found[hard.pk].ready, found[elsewhere.pk].ready, found[hard.pk].pool_waiting) == (0, 1, 2)
