"""Every match can be explained: the story of a contact, why an offer was made to whom, and why one waits still."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from typing import Any, LiteralString
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import translation
from psycopg.rows import dict_row
from psycopg.types.json import JsonbLoader

from borgerlinje.contacts.lifecycle import Event
from borgerlinje.contacts.models import Contact
from borgerlinje.dispatch import queries, text, words
from borgerlinje.dispatch.actions import do_offer
from borgerlinje.dispatch.attendance import do_pause
from borgerlinje.dispatch.callbacks import do_take
from borgerlinje.dispatch.explain import because, short_reasons
from borgerlinje.dispatch.feed import Feed
from borgerlinje.dispatch.matching import Free, LineRule, Match, Rules, Step, Waiting
from borgerlinje.dispatch.models import Presence
from borgerlinje.dispatch.obstacles import Present, Standing, needed, not_offered
from borgerlinje.dispatch.pool import match
from borgerlinje.dispatch.queries import Account
from borgerlinje.dispatch.words import Names
from borgerlinje.kit import clock
from borgerlinje.kit.database import run
from borgerlinje.kit.ids import uuid7
from borgerlinje.lines.models import LineTask, Relaxation, Reservation, Subject
from borgerlinje.staff.models import Employee, EmployeeCentre, EmployeeSkill, Skill
from tests.support.cast import LONG_AGO, NOW, Cast, later
from tests.support.database import as_web

KAREN, BIRGIT, OTTO = 1, 2, 3
NAESTVED, SLAGELSE = 10, 20
HOTLINE, PASS = 100, 200
SKILL = 5
NAMES = Names({KAREN: "Karen N. (Næstved)", BIRGIT: "Birgit S. (Slagelse)"}, {SKILL: "Selvbetjening"}, (), "Næstved")
RULES = Rules({HOTLINE: LineRule(HOTLINE, 1, skill_id=SKILL, skill_level=2), PASS: LineRule(PASS, 1)})
FIRST = {
    "rule": "longest_idle",
    "skill": SKILL,
    "level_required": 2,
    "level_held": 3,
    "own_authority": False,
    "idle_seconds": 80.0,
    "waited_seconds": 12.5,
    "candidates": [KAREN, BIRGIT],
    "candidate_count": 4,
}
SECOND = FIRST | {
    "v": 2,
    "language": "da",
    "scope": "guidance_only",
    "channel": "phone",
    "relaxed": [],
    "reserved": False,
    "head_start_seconds": 0,
    "member_waiting": 1,
    "crowd_seconds": 0.0,
    "next": BIRGIT,
    "next_contact": None,
    "waiting_count": 1,
}


@pytest.fixture(autouse=True)
def _in_danish() -> Iterator[None]:
    with translation.override("da"):
        yield


def waiting(**fields: Any) -> Waiting:
    return replace(Waiting(uuid7(NOW), HOTLINE, NOW, home_id=NAESTVED), **fields)


def free(employee_id: int = KAREN, **fields: Any) -> Free:
    return replace(Free(employee_id, NAESTVED, NOW, {1: 1}, {SKILL: 2}), **fields)


def said(why: dict[str, Any], names: Names = NAMES) -> str:
    return "\n".join(because(why, names))


# Why an offer was made.


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, "Regel: havde været ledig længst af dem, der kunne, i 1.20 min."),
        ({"rule": "only", "candidate_count": 1}, "Regel: den eneste, der var klar og opfyldte kravene."),
        ({"rule": "continued"}, "Regel: medarbejderen havde henvendelsen, før den kom tilbage i køen."),
        (
            {"rule": "own_authority", "own_authority": True},
            "Regel: egne medarbejdere går forud. Havde været ledig i 1.20 min. Borger og medarbejder er begge fra Næstved.",
        ),
        ({}, "Krav: Selvbetjening, mindst niveau 2; dansk; kun vejledning; telefon. Medarbejderen har niveau 3."),
        ({"skill": None, "level_held": None}, "Krav: ingen bestemt kompetence; dansk; kun vejledning; telefon."),
        ({"reserved": True}, "Medarbejderen er reserveret til linjen."),
        ({}, "Kunne også have fået den, i den orden: Birgit S. (Slagelse) og 2 andre."),
        ({}, "Havde ventet i 12 sek. Ingen andre ventede."),
        ({"waiting_count": 4}, "Havde ventet i 12 sek. 3 andre ventede."),
        ({"head_start_seconds": 30}, "Forspring: talte, som var den kommet 30 sek. tidligere."),
        (
            {"member_waiting": 6, "crowd_seconds": 10.0},
            "6 fra Næstved ventede, så den talte, som var den kommet 10 sek. senere.",
        ),
        ({"next_contact": "0195"}, "Ellers havde medarbejderen fået henvendelse 0195."),
        ({"next_contact": None}, "Medarbejderen ville ellers ikke have fået nogen."),
    ],
)
def test_offer_says_by_which_rule_and_what_stood_beside_it(change: dict[str, Any], says: str) -> None:
    assert says in said(SECOND | change)


def test_relaxation_in_force_is_named_also_when_the_line_no_longer_has_it() -> None:
    names = replace(NAMES, steps=(Step(30, lower_level_by=1, use_reserved=True),))
    shown = said(SECOND | {"relaxed": [30, 90]}, names)
    assert (
        "Lempet, fordi borgeren havde ventet over 30 sek. "
        "(1 niveau lavere, også medarbejdere, der er reserveret til andre linjer)." in shown
    )
    assert "Lempet, fordi borgeren havde ventet over 1.30 min." in shown


def test_offer_of_the_first_version_is_explained_still() -> None:
    assert because(FIRST, NAMES) == [
        "Regel: havde været ledig længst af dem, der kunne, i 1.20 min.",
        "Krav: Selvbetjening, mindst niveau 2. Medarbejderen har niveau 3.",
        "Kunne også have fået den, i den orden: Birgit S. (Slagelse) og 2 andre.",
        "Havde ventet i 12 sek.",
    ]


def test_whom_the_reader_may_not_see_is_not_named() -> None:
    names = replace(NAMES, people={})
    assert "en medarbejder hos en anden myndighed og 2 andre" in said(SECOND, names)


@pytest.mark.parametrize(("why", "says"), [({"v": 2, "rule": "taken"}, "tog selv"), ({}, "ikke gemt")])
def test_offer_without_a_choice_says_so(why: dict[str, Any], says: str) -> None:
    assert says in said(why)


def test_what_the_matching_writes_can_always_be_said() -> None:
    crowd = [waiting(contact_id=uuid7(NOW + timedelta(seconds=n))) for n in range(3)]
    for found in match(crowd, [free(KAREN), free(BIRGIT)], RULES, now=later(20)):
        assert all(because(found.why, NAMES))
        assert 1 <= len(short_reasons(found.why)) <= 3


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({}, ["Du har været ledig længst", "Du kan linjen (niveau 3 af 3)"]),
        ({"rule": "only", "candidate_count": 1}, ["Kun du er klar og kan linjen", "Du kan linjen (niveau 3 af 3)"]),
        ({"rule": "continued"}, ["Du talte med borgeren før", "Du kan linjen (niveau 3 af 3)"]),
        (
            {"rule": "own_authority", "own_authority": True, "reserved": True, "relaxed": [30]},
            [
                "Borgeren er fra din egen kommune",
                "Du er reserveret til linjen",
                "Kravene er lempet, for borgeren har ventet længe",
            ],
        ),
        ({"level_held": None}, ["Du har været ledig længst"]),
    ],
)
def test_employee_is_told_at_most_three_reasons(change: dict[str, Any], reasons: list[str]) -> None:
    assert short_reasons(SECOND | change) == reasons


def test_employee_who_took_a_callback_is_told_so() -> None:
    assert short_reasons({"v": 2, "rule": "taken"}) == ["Du tog selv tilbagekaldet"]


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0.4, "under 1 sek."), (12.9, "12 sek."), (80, "1.20 min."), (7500, "2 t. 05 min.")],
)
def test_durations_are_written_as_one_reads_them(seconds: float, written: str) -> None:
    assert words.duration(seconds) == written


def test_every_event_of_the_lifecycle_has_a_sentence() -> None:
    for event in Event:
        assert words.event(event.value, who="Karen N.") != event.value, event


# Why a contact waits still.


def standing(
    *people: Free, waits: tuple[Waiting, ...] = (), busy: tuple[Free, ...] = (), rules: Rules = RULES
) -> Standing:
    present = [Present(each, "ready", NOW, is_free=True) for each in people]
    return Standing(rules, waits, [*present, *(Present(each, "talking", NOW, is_free=False) for each in busy)])


def test_nobody_ready_is_said_and_who_could_but_is_busy() -> None:
    contact = waiting()
    found = not_offered(contact, standing(waits=(contact,), busy=(free(),)), NAMES, now=later(5))
    assert found.says == "Ingen er klar."
    assert [(each.employee_id, each.code, each.state) for each in found.obstacles] == [(KAREN, "busy", "talking")]
    assert "1 kan, men er ikke klar." in found.details


@pytest.mark.parametrize(
    ("employee", "contact", "says"),
    [
        (free(skills={}), waiting(), "kan ikke Selvbetjening"),
        (free(skills={SKILL: 1}), waiting(), "kan Selvbetjening på niveau 1, men der kræves 2"),
        (free(clearances={2: 1}), waiting(), "svarer ikke for linjens center"),
        (free(channels=frozenset({"chat"})), waiting(), "har ikke plads til en til på kanalen telefon"),
        (free(kept_for=frozenset({PASS})), waiting(), "er reserveret til en anden linje"),
        (free(), waiting(language="en"), "taler ikke engelsk"),
    ],
)
def test_each_who_is_ready_has_a_reason(employee: Free, contact: Waiting, says: str) -> None:
    found = not_offered(contact, standing(employee, waits=(contact,)), NAMES, now=later(5))
    assert found.says == "Den ene, der er klar, opfylder ikke kravene."
    assert [each.says for each in found.obstacles] == [says]


def test_somebody_ready_who_may_only_guide_does_not_take_casework() -> None:
    rules = Rules({HOTLINE: LineRule(HOTLINE, 1, scope="light_casework")})
    contact = waiting()
    found = not_offered(contact, standing(free(clearances={1: 0}), waits=(contact,), rules=rules), NAMES, now=later(5))
    assert [each.says for each in found.obstacles] == ["må kun vejlede"]


def test_who_stands_in_front_is_named() -> None:
    first, second = waiting(), waiting(contact_id=uuid7(later(2)), waiting_since=later(2))
    found = not_offered(second, standing(free(), waits=(first, second)), NAMES, now=later(30))
    assert found.says == "De, der er klar og kan, får først andre, der står foran."
    assert [each.says for each in found.obstacles] == [f"får først henvendelse {first.contact_id}"]
    assert "1 på linjen har ventet længere." in found.details


def test_contact_at_its_turn_is_about_to_be_offered() -> None:
    contact = waiting()
    found = not_offered(contact, standing(free(), free(BIRGIT), waits=(contact,)), NAMES, now=later(5))
    assert found.says == "Den bliver tilbudt nu."
    assert [each.says for each in found.obstacles] == ["kan tage den", "kan tage den, men en anden går forud"]


def test_callback_says_when_the_citizen_is_called() -> None:
    contact = waiting(is_callback=True, due_at=later(900))
    found = not_offered(contact, standing(free(), waits=(contact,)), NAMES, now=later(5))
    assert found.says == "Borgeren ringes først op kl. 14.15.00."
    at_once = replace(contact, due_at=None)
    assert "tager det fra listen" in not_offered(at_once, standing(free()), NAMES, now=later(5)).says


def test_relaxations_say_what_they_give_up_and_when() -> None:
    steps = (Step(10, lower_level_by=1), Step(60, any_skill=True))
    rules = Rules({HOTLINE: LineRule(HOTLINE, 1, skill_id=SKILL, skill_level=3, steps=steps)})
    contact = waiting()
    found = not_offered(contact, standing(waits=(contact,), rules=rules), NAMES, now=later(20))
    assert "Lempet efter 10 sek. nu: 1 niveau lavere." in found.details
    assert "Lempes om 40 sek.: intet krav om kompetence." in found.details
    assert needed(contact, rules, NAMES, now=later(20))[0] == "Selvbetjening, mindst niveau 2"


# The whole story, from the rows.


def offer(cast: Cast, contact_id: UUID, employee: Employee, *, at: int, **why: Any) -> UUID:
    """Offer a contact to an employee who is ready."""
    with connection.cursor() as cursor:
        found = Match(contact_id, employee.pk, SECOND | {"skill": cast.skill.pk, "candidates": [employee.pk]} | why)
        (made,) = run(do_offer([found], now=later(at)), cursor)
    return UUID(str(made["id"]))


def told(cast: Cast, contact_id: UUID, *, at: int = 100, **options: Any) -> Account:
    return queries.account(cast.contact(contact_id), now=later(at), **options)


def test_story_tells_each_offer_its_end_and_the_place_that_was_kept(cast: Cast) -> None:
    contact_id = cast.wait(at=later(11))
    cast.ready(cast.employee)
    first = offer(cast, contact_id, cast.employee, at=12, candidate_count=1, rule="only")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dispatch_offer SET rung_at = %s WHERE id = %s", [later(12), first])
    cast.event(contact_id, Event.OFFER_EXPIRED, at=later(32))
    cast.ready(cast.colleague)
    offer(cast, contact_id, cast.colleague, at=33)
    cast.event(contact_id, Event.CITIZEN_LEFT, at=later(35))
    moments = told(cast, contact_id).moments
    assert [each.says for each in moments] == [
        "Ringede op til 46 31 30 20.",
        "Hørte velkomsten og kom i kø.",
        "Tilbudt Karen K. (Næstved).",
        "Karen K. (Næstved) svarede ikke i tide.",
        "Tilbudt Birgit B. (Slagelse).",
        "Borgeren lagde på.",
    ]
    assert "Ringede i 20 sek. og endte som: ikke besvaret i tide." in moments[2].details
    assert "Krav: Selvbetjening, mindst niveau 2" in "".join(moments[2].details)
    assert moments[3].details == ("Beholdt sin plads i køen fra kl. 14.00.11.",)
    assert "Nåede ikke at ringe: trukket tilbage, fordi borgeren gik." in moments[4].details
    assert moments[5].details == ("Lukket som: opgivet.",)


def test_callback_taken_by_hand_is_told_as_such(cast: Cast) -> None:
    contact_id = cast.wait()
    cast.event(contact_id, Event.CALLBACK_ASKED, at=later(5))
    with connection.cursor() as cursor:
        assert run(do_take(contact_id, employee_id=cast.employee.pk, now=later(60)), cursor)
    moments = told(cast, contact_id).moments
    assert moments[-2].details[0] == "Medarbejderen tog selv tilbagekaldet fra listen."
    assert moments[-1].says == "Karen K. (Næstved) tog tilbagekaldet og ringede borgeren op."


def test_one_who_waits_is_told_with_everybody_at_work(cast: Cast) -> None:
    contact_id = cast.wait()
    for someone in (cast.employee, cast.colleague, cast.outsider):
        cast.ready(someone)
    EmployeeSkill.objects.filter(employee=cast.employee).update(level=1)
    Reservation.objects.create(line=cast.line, employee=cast.colleague, from_on=LONG_AGO)
    Relaxation.objects.create(line=cast.line, after_seconds=600, lower_level_by=1)
    with connection.cursor() as cursor:
        run(do_pause(cast.colleague.pk, now=NOW), cursor)
    found = told(cast, contact_id)
    assert found.not_offered is not None
    assert found.not_offered.says == "Ingen af de 2, der er klar, opfylder kravene."
    assert {each.employee_id: each.says for each in found.not_offered.obstacles} == {
        cast.employee.pk: "kan Selvbetjening på niveau 1, men der kræves 2",
        cast.outsider.pk: "svarer ikke for linjens center",
        cast.colleague.pk: "kan tage den, når det bliver muligt",
    }
    assert "Lempes om 8.20 min.: 1 niveau lavere." in found.not_offered.details
    assert found.needs == ["Selvbetjening, mindst niveau 2", "dansk", "kun vejledning", "telefon"]


def test_story_of_a_closed_contact_keeps_what_was_required_then(cast: Cast) -> None:
    contact_id = cast.wait()
    cast.ready(cast.employee)
    offer(cast, contact_id, cast.employee, at=1)
    cast.event(contact_id, Event.CITIZEN_LEFT, at=later(5))
    cast.line.skill_level = 3
    cast.line.save()
    found = told(cast, contact_id)
    assert (found.needs[0], found.not_offered) == ("Selvbetjening, mindst niveau 2", None)


def test_reader_who_sees_one_member_alone_is_told_so(cast: Cast) -> None:
    contact_id = cast.wait()
    cast.ready(cast.employee)
    cast.ready(cast.colleague)
    with as_web(cast.own.pk):
        found = told(cast, contact_id, visible={cast.own.pk})
        assert found.is_partial
        assert found.not_offered is not None
        assert [each.employee_id for each in found.not_offered.obstacles] == [cast.employee.pk]
    assert not told(cast, contact_id, visible={cast.own.pk, cast.colleague_authority.pk}).is_partial


def test_contact_is_found_by_a_beginning_of_its_id(cast: Cast) -> None:
    first, second = cast.wait(), cast.wait()
    assert [each.pk for each in queries.find(str(first))] == [first]
    assert [each.pk for each in queries.find(first.hex[:30].upper())] == [first]
    assert len(queries.find(str(second)[:8])) == 2
    assert [queries.find(unknown) for unknown in ("", "xyz", str(uuid4()), "a" * 40)] == [[], [], [], []]


def test_story_for_people_and_for_programs(cast: Cast) -> None:
    contact_id = cast.wait()
    cast.ready(cast.employee)
    offer(cast, contact_id, cast.employee, at=1)
    found = told(cast, contact_id)
    shown = "\n".join(text.account_lines(found))
    assert f"Henvendelse {contact_id}" in shown
    assert "46 12 ** **" in shown
    assert "46120000" not in shown
    assert "Borger fra: Næstved Kommune (fra det kaldte nummer)" in shown
    data = text.account_json(found)
    assert "46120000" not in str(data)
    assert data["moments"][-1]["offer"]["why"]["rule"] == "longest_idle"
    assert data["moments"][-1]["employee"] == {"id": cast.employee.pk, "name": "Karen K. (Næstved)"}


class OurTransaction:
    """Lets the dispatcher's reader look at the rows of this test's own transaction."""

    def __init__(self) -> None:
        self.connection: Any = connection.connection

    async def execute(self, sql: LiteralString, params: Any = None) -> "OurTransaction":
        self.cursor = self.connection.cursor(row_factory=dict_row)
        self.cursor.adapters.register_loader("jsonb", JsonbLoader)
        self.cursor.execute(sql, params)
        return self

    async def fetchall(self) -> list[dict[str, Any]]:
        return list(self.cursor.fetchall())


def test_explanation_reads_what_the_dispatcher_reads(cast: Cast) -> None:
    english = Skill.objects.create(code="english", name="Engelsk", language="en")
    EmployeeSkill.objects.create(employee=cast.employee, skill=english)
    EmployeeSkill.objects.filter(employee=cast.colleague).update(expires_on=LONG_AGO)
    EmployeeCentre.objects.filter(employee=cast.colleague).update(clearance="guidance_only")
    Reservation.objects.create(line=cast.line, employee=cast.employee, from_on=LONG_AGO)
    Relaxation.objects.create(line=cast.line, after_seconds=60, lower_level_by=1)
    subject = Subject.objects.create(code="pas", name="Pas", skill=english, skill_level=1)
    LineTask.objects.create(line=cast.line, subject=subject, opens=time(9), closes=time(0), scope="light_casework")
    for someone in (cast.employee, cast.colleague):
        cast.ready(someone)
    Presence.objects.filter(employee=cast.colleague).update(chat_load=1)
    cast.wait(at=later(3))
    Contact.objects.filter(pk=cast.wait(at=later(5))).update(subject_item=subject, language="en")

    feed = Feed(OurTransaction())  # type: ignore[arg-type] # of a connection it asks no more
    asyncio.run(feed.read_all(today=clock.today()))
    found = queries.standing(cast.centre.pk, today=clock.today())
    assert found.rules == feed.pool.rules
    assert {each.contact_id: each for each in found.waiting} == feed.pool.contacts
    read = {each.employee_id: each for each in feed.pool.employees}
    assert {each.employee.employee_id: each.employee for each in found.people if each.is_free} == read
    assert len(feed.pool.contacts) == len(read) == 2
