"""What a crisis opens, calls in and marks, and how everything goes back."""

from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

import pytest
from django.db import DatabaseError, connection, transaction

from borgerlinje.contacts.crisis_figures import before, figures
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.contacts.models import Contact, ContactEvent
from borgerlinje.cooperation.models import Authority
from borgerlinje.dispatch.actions import do_offer
from borgerlinje.dispatch.matching import Match
from borgerlinje.dispatch.models import Offer
from borgerlinje.kit import clock
from borgerlinje.kit.database import Steps, run
from borgerlinje.lines import crisis, queries
from borgerlinje.lines.crisis import Guide, Plan, Texts
from borgerlinje.lines.lending import do_answer, do_call_home, do_lend
from borgerlinje.lines.models import (
    Crisis,
    CrisisDuty,
    CrisisEntry,
    CrisisLine,
    CrisisLoan,
    CrisisMember,
    Line,
    LineNumber,
    OpeningPeriod,
    OpeningVersion,
)
from borgerlinje.staff.fence import who
from borgerlinje.staff.models import Clearance, EmployeeCentre
from tests.support.cast import NOW, Cast, later, user_of
from tests.support.database import as_web

T = TypeVar("T")
NIGHT = datetime(2026, 11, 24, 22, tzinfo=UTC)
TEXTS = Texts("Der er travlt.", "We are busy.", "Fejl i pas", "PAS-2026")


def do(steps: Steps[T]) -> T:
    with connection.cursor() as cursor:
        return run(steps, cursor)


def plan(cast: Cast, **values: Any) -> Plan:
    usual: dict[str, Any] = {
        "centre_id": cast.centre.pk,
        "name": "Pas",
        "reason": "Passene er ugyldige.",
        "texts": TEXTS,
        "lines": [cast.line.pk],
        "opened": [cast.line.pk],
        "members": {cast.outside.pk: 2},
        "guides": [Guide("Pas", "Henvis til borgerservice.", "https://example.org/pas")],
    }
    return Plan(**{**usual, **values})


def begin(cast: Cast, *, at: datetime = NOW, **values: Any) -> Crisis:
    crisis_id = do(crisis.do_begin_crisis(plan(cast, **values), user_id=user_of(cast.employee).pk, now=at))
    return Crisis.objects.get(pk=crisis_id)


def end(found: Crisis, *, at: datetime, reason: str = "Det er ovre.") -> crisis.Ended | None:
    return do(crisis.do_end_crisis(found.pk, reason, user_id=None, now=at))


def log(found: Crisis) -> list[str]:
    return [entry.text for entry in found.entries.all()]


@pytest.fixture
def hours(cast: Cast) -> Cast:
    version = OpeningVersion.objects.create(line=cast.line, from_on=date(2015, 1, 1))
    OpeningPeriod.objects.create(version=version, weekday=1, opens=time(9), closes=time(21))
    return cast


def test_line_of_a_crisis_is_open_at_night_and_keeps_its_own_hours_afterwards(hours: Cast) -> None:
    assert not queries.line_status(hours.line, at=NIGHT).is_open
    found = begin(hours)
    status = queries.line_status(hours.line, at=NIGHT)
    assert (status.is_open, status.is_held_open, status.closes_at) == (True, True, None)
    assert not queries.line_status(hours.line, at=later(-60)).is_held_open
    assert end(found, at=later(600))
    line = queries.with_schedule(Line.objects.all()).get(pk=hours.line.pk)
    assert not queries.line_status(line, at=NIGHT).is_open


def test_line_that_is_part_but_not_opened_keeps_its_hours(hours: Cast) -> None:
    found = begin(hours, opened=[])
    assert not queries.line_status(hours.line, at=NIGHT).is_open
    assert crisis.running([hours.line.pk], NIGHT)[hours.line.pk].crisis_id == found.pk


def test_one_act_stores_everything_and_writes_it_down(cast: Cast) -> None:
    found = begin(cast)
    member = found.members.get()
    assert (member.authority, member.employees_asked, member.answer) == (cast.outside, 2, "asked")
    assert [guide.title for guide in found.guides.all()] == ["Pas"]
    assert found.duties.get().user == cast.employee.user
    begun, what = log(found)
    assert begun == "Krisen begyndte: Pas. Anledning: Passene er ugyldige."
    assert "»Der er travlt.«" in what
    assert "om 2 medarbejdere" in what


def test_line_of_another_centre_does_not_join(cast: Cast) -> None:
    other = Line.objects.create(
        slug="andet",
        name="Andet",
        owner=cast.outside,
        centre=cast.outside.hosted_centres.get(),
        greeting_text="A",
        closed_text="B",
    )
    found = begin(cast, lines=[cast.line.pk, other.pk])
    assert [part.line for part in found.lines.all()] == [cast.line]


def test_second_crisis_of_a_centre_is_refused(cast: Cast) -> None:
    begin(cast)
    with pytest.raises(crisis.CrisisRunsError):
        begin(cast)
    assert CrisisLine.objects.count() == 1


def test_contact_of_a_crisis_is_marked_and_others_are_not(cast: Cast) -> None:
    earlier = cast.arrive(at=later(-5))
    found = begin(cast)
    during = cast.arrive(at=later(5))
    end(found, at=later(10))
    after = cast.arrive(at=later(15))
    marks: dict[Any, Any] = dict(Contact.objects.values_list("pk", "crisis"))
    assert (marks[earlier], marks[during], marks[after]) == (None, found.pk, None)


def test_callback_for_who_was_cut_off_belongs_to_the_same_crisis(cast: Cast) -> None:
    found = begin(cast, at=later(-5))
    contact_id = cast.arrive()
    end(found, at=later(5))
    cast.event(contact_id, Event.TECHNICAL_FAULT, at=later(10))
    assert Contact.objects.get(state="callback").crisis == found


def test_texts_changed_are_written_down_with_what_they_were(cast: Cast) -> None:
    found = begin(cast)
    changed = Texts("Nyt.", TEXTS.announcement_en, "", TEXTS.cost_key)
    assert do(crisis.do_change_texts(found.pk, changed, user_id=user_of(cast.employee).pk, now=later(30)))
    found.refresh_from_db()
    assert (found.announcement, found.banner) == ("Nyt.", "")
    assert log(found)[2:] == [
        "Det, der siges i telefonen ændret fra »Der er travlt.« til »Nyt.«.",
        "Banneret ændret fra »Fejl i pas« til »«.",
    ]
    end(found, at=later(60))
    assert not do(crisis.do_change_texts(found.pk, TEXTS, user_id=user_of(cast.employee).pk, now=later(90)))
    assert not do(crisis.do_add_guide(found.pk, Guide("Ny", "Ny"), user_id=user_of(cast.employee).pk, now=later(90)))


def test_role_passes_from_one_person_to_another(cast: Cast) -> None:
    found = begin(cast)
    colleague = user_of(cast.colleague)
    for _ in range(2):
        do(crisis.do_appoint(found.pk, "leader", person_id=colleague.pk, user_id=colleague.pk, now=later(30)))
    assert [(duty.user, duty.to_at) for duty in found.duties.all()] == [
        (cast.employee.user, later(30)),
        (colleague, None),
    ]
    assert log(found)[2:] == ["Kriseleder: Birgit har rollen fra nu."]
    end(found, at=later(60))
    assert not CrisisDuty.objects.filter(to_at=None).exists()


def test_log_can_only_be_added_to(cast: Cast) -> None:
    found = begin(cast)
    entry = found.entries.all()[0]
    with as_web():
        do(crisis.do_write(found.pk, "Set.", user_id=None, now=later(1), role="log_keeper", kind="observation"))
        for change in (entry.delete, entry.save):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
    assert CrisisEntry.objects.count() == 3


def test_end_is_once_and_guides_go_with_it(cast: Cast) -> None:
    found = begin(cast)
    assert [each.guides.get().title for each in crisis.for_desk(cast.employee.pk, at=NOW)] == ["Pas"]
    assert crisis.for_desk(cast.outsider.pk, at=NOW) == []
    ended = end(found, at=later(60))
    assert ended is not None
    assert f"line:{cast.line.pk}" in ended.topics
    assert end(found, at=later(61)) is None
    assert crisis.for_desk(cast.employee.pk, at=later(61)) == []
    assert log(found)[-1].startswith("Krisen sluttede: Det er ovre.")


def test_clock_turned_back_ends_a_crisis_at_its_beginning(cast: Cast) -> None:
    found = begin(cast)
    assert end(found, at=later(-600))
    found.refresh_from_db()
    assert found.ended_at == NOW


# Employees of other authorities.


@pytest.fixture
def member(cast: Cast) -> CrisisMember:
    return begin(cast).members.get()


def lend(cast: Cast, member: CrisisMember, *, seconds: float = 10) -> tuple[int, ...]:
    with as_web(cast.outside.pk):
        lent = do(
            do_lend(
                member.pk,
                [cast.outsider.pk, cast.employee.pk],
                clearance=Clearance.GUIDANCE_ONLY,
                user_id=user_of(cast.outsider).pk,
                now=later(seconds),
            )
        )
    assert lent is not None
    return lent.employee_ids


def works_here(cast: Cast) -> EmployeeCentre | None:
    return EmployeeCentre.objects.filter(employee=cast.outsider, centre=cast.centre).first()


def test_authority_promises_and_may_change_its_mind(cast: Cast, member: CrisisMember) -> None:
    for promised, answer in ((3, "accepted"), (0, "declined")):
        assert do(do_answer(member.pk, promised, user_id=user_of(cast.outsider).pk, now=later(5)))
        member.refresh_from_db()
        assert (member.answer, member.employees_promised) == (answer, promised)
    assert log(member.crisis)[2:] == ["København sender 3 medarbejdere.", "København kan ikke sende nogen."]
    end(member.crisis, at=later(60))
    assert not do(do_answer(member.pk, 1, user_id=user_of(cast.outsider).pk, now=later(90)))


def test_lent_employee_answers_for_the_centre_until_the_end(cast: Cast, member: CrisisMember) -> None:
    # The other name is not this authority's to lend.
    assert lend(cast, member) == (cast.outsider.pk,)
    works = works_here(cast)
    assert works is not None
    assert (works.clearance, works.from_on, works.to_on) == ("guidance_only", date(2026, 11, 24), None)
    assert lend(cast, member) == ()
    # Whoever ends it serves the centre's own authorities, and does not see the lent employee.
    with as_web(cast.own.pk):
        assert not EmployeeCentre.objects.filter(employee=cast.outsider).exists()
        ended = end(member.crisis, at=later(600))
    assert ended is not None
    assert (ended.employee_ids, ended.busy) == ((cast.outsider.pk,), 0)
    assert works_here(cast) is None
    loan = CrisisLoan.objects.get()
    assert (loan.from_at, loan.to_at, loan.works) == (later(10), later(600), None)
    # The centre they came from has them still.
    assert cast.outsider.works.count() == 1


def test_lent_employee_sees_the_centres_citizens_for_as_long(cast: Cast, member: CrisisMember) -> None:
    def served() -> frozenset[int]:
        with clock.turned(later(20)):
            return who(user_of(cast.outsider).pk).served

    assert cast.own.pk not in served()
    lend(cast, member)
    assert served() >= {cast.own.pk, cast.colleague_authority.pk}
    end(member.crisis, at=later(600))
    assert cast.own.pk not in served()


def test_loan_that_ends_on_a_later_day_keeps_the_days_it_lasted(cast: Cast, member: CrisisMember) -> None:
    lend(cast, member)
    end(member.crisis, at=later(24 * 3600))
    works = works_here(cast)
    assert works is not None
    assert (works.from_on, works.to_on) == (date(2026, 11, 24), date(2026, 11, 25))


def test_lent_employee_with_a_citizen_may_finish_before_midnight(cast: Cast, member: CrisisMember) -> None:
    lend(cast, member)
    contact_id = cast.wait(at=later(20))
    cast.ready(cast.outsider, at=later(20))
    do(do_offer([Match(contact_id, cast.outsider.pk, {"rule": "only"})], now=later(21)))
    cast.event(contact_id, Event.ANSWERED, at=later(25), offer_id=Offer.objects.get().pk)
    ended = end(member.crisis, at=later(30))
    assert ended is not None
    assert ended.busy == 1
    works = works_here(cast)
    assert works is not None
    assert works.to_on == date(2026, 11, 25)
    assert "1 af dem er midt i en henvendelse" in log(member.crisis)[-1]


def test_authority_takes_its_own_home_before_the_end(cast: Cast, member: CrisisMember) -> None:
    lend(cast, member)
    with as_web(cast.outside.pk):
        home = do(do_call_home(member.pk, [cast.outsider.pk], user_id=user_of(cast.outsider).pk, now=later(60)))
    assert home.employee_ids == (cast.outsider.pk,)
    assert works_here(cast) is None
    assert lend(cast, member, seconds=70) == (cast.outsider.pk,)


def test_nobody_is_lent_once_it_is_over(cast: Cast, member: CrisisMember) -> None:
    end(member.crisis, at=later(5))
    steps = do_lend(member.pk, [cast.outsider.pk], clearance=Clearance.GUIDANCE_ONLY, user_id=1, now=later(10))
    assert do(steps) is None
    assert works_here(cast) is None


# Figures.


def answered(cast: Cast, contact_id: Any, *, at: datetime, employee: Any = None) -> None:
    employee = employee or cast.employee
    cast.ready(employee, at=at)
    do(do_offer([Match(contact_id, employee.pk, {"rule": "only"})], now=at))
    offer = Offer.objects.get(contact=contact_id, ended_at=None)
    cast.event(contact_id, Event.ANSWERED, at=at, offer_id=offer.pk)


def wait(cast: Cast, digits: str, *, at: datetime, caller: str = "46120000") -> Any:
    contact_id = cast.arrive(digits, at=at, caller=caller)
    cast.event(contact_id, Event.GREETED, at=at)
    return contact_id


def test_figures_of_a_crisis_are_its_own(cast: Cast) -> None:
    LineNumber.objects.create(line=cast.line, digits="46313021", home_authority=cast.outside)
    wait(cast, "46313020", at=later(-30))
    found = begin(cast)
    answered(cast, wait(cast, "46313020", at=later(10)), at=later(20))
    cast.event(wait(cast, "46313021", at=later(10), caller="46120001"), Event.CITIZEN_LEFT, at=later(50))
    wait(cast, "1881", at=later(30))
    got = figures(found, now=later(60))
    total = got.total
    assert (total.arrived, total.offered, total.answered, total.abandoned, total.in_target) == (3, 3, 1, 1, 1)
    assert (total.waiting, total.longest_waiting_seconds, total.median_seconds) == (1, 30.0, 10.0)
    assert (got.callers, got.repeated) == (2, 1)
    assert (got.outside, got.known) == (1, 2)
    assert {(row.name, row.is_member): row.counts.arrived for row in got.homes} == {
        ("Næstved", True): 1,
        ("København", False): 1,
        (None, False): 1,
    }
    assert [(row.name, row.counts.answered) for row in got.lines] == [("Hotline", 1)]
    assert [(row.name, row.counts.answered) for row in got.employers] == [("Næstved", 1)]


def test_figures_are_held_against_the_same_hours_of_the_week_before(cast: Cast) -> None:
    week = 7 * 24 * 3600
    for second in (-week - 60, -week + 60, -week + 7200):
        wait(cast, "46313020", at=later(second))
    found = begin(cast)
    end(found, at=later(3600))
    found.refresh_from_db()
    got, began_at = before(found, [cast.line.pk], now=later(3600))
    assert began_at == later(-week)
    assert got.total.offered == 1


def test_figures_of_a_crisis_in_which_nobody_called_are_noughts(cast: Cast) -> None:
    got = figures(begin(cast), now=later(60))
    assert (got.total.arrived, got.total.median_seconds, got.homes, got.callers) == (0, None, [], 0)


def test_work_of_a_lent_employee_counts_for_their_authority_though_they_are_not_seen(
    cast: Cast, member: CrisisMember
) -> None:
    lend(cast, member)
    answered(cast, wait(cast, "46313020", at=later(20)), at=later(25), employee=cast.outsider)
    with as_web(cast.own.pk):
        got = figures(member.crisis, now=later(85))
    assert [(row.name, row.counts.answered, row.counts.talk_seconds) for row in got.employers] == [
        ("København", 1, 60.0)
    ]


def test_fence_holds_for_figures(cast: Cast) -> None:
    found = begin(cast)
    wait(cast, "46313020", at=later(10))
    with as_web(cast.outside.pk):
        assert figures(found, now=later(20)).total.arrived == 0
    assert Authority.objects.count() == 3
    assert ContactEvent.objects.exists()
