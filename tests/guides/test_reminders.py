"""Guides whose time is coming: who is told, once, and what a citizen meets when the time is past."""

from collections.abc import Iterator
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test import Client

from borgerlinje.cooperation.models import Authority
from borgerlinje.guides import jobs
from borgerlinje.guides.models import Guide
from borgerlinje.guides.reminders import DAYS_BEFORE, Reminded, do_remind
from borgerlinje.guides.search.finder import finder
from borgerlinje.kit import clock
from borgerlinje.kit.request_database import run_here
from borgerlinje.kit.sealed import unseal_text
from borgerlinje.letters.models import Letter
from borgerlinje.staff.models import RoleAssignment, User
from borgerlinje.staff.roles import Role
from tests.guides.making import published
from tests.support.cast import NOW, Cast, make_employee, user_of
from tests.support.database import TestDatabase

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _at_a_fixed_time() -> Iterator[None]:
    with clock.turned(NOW):
        yield


def editor(name: str, authority: Authority) -> User:
    return user_of(make_employee(name, authority, None, role=Role.GUIDE_EDITOR))


def guide(
    slug: str = "sundhedskort", *, keeper: User | None = None, owner: Authority | None = None, **days: Any
) -> Guide:
    made = published(slug)
    made.versions.update(**({"review_on": None} | days))
    Guide.objects.filter(pk=made.pk).update(keeper=keeper, owner=owner)
    return made


def remind(on: date = TODAY) -> Reminded:
    return run_here(do_remind(today=on, now=NOW))


def letters() -> list[tuple[str, str]]:
    """Return whom the letters go to, and the guides that each names."""
    rows = Letter.objects.filter(code="guide_review").order_by("asked_at", "address")
    return [(row.address, orjson.loads(unseal_text(row.sealed, purpose="letters"))["guides"]) for row in rows]


def test_keeper_is_told_thirty_days_before_and_again_when_the_day_is_past(cast: Cast) -> None:
    review_on = TODAY + timedelta(days=DAYS_BEFORE)
    guide(keeper=editor("Gerda", cast.own), review_on=review_on)
    told = [on for days in range(-5, 60) if remind(on := TODAY + timedelta(days=days)).letters]
    assert told == [TODAY, review_on + DAY]
    first, second = letters()
    assert first == ("gerda@example.org", "Nyt sundhedskort: gennemgås senest 24. december 2026")
    assert second == ("gerda@example.org", "Nyt sundhedskort: skulle være gennemgået senest 24. december 2026")


def test_one_letter_names_all_guides_of_a_person(cast: Cast) -> None:
    keeper = editor("Gerda", cast.own)
    guide("a", keeper=keeper, review_on=TODAY + 3 * DAY)
    guide("b", keeper=keeper, valid_to=TODAY + 2 * DAY)
    assert remind() == Reminded(letters=1, guides=2)
    ((address, named),) = letters()
    assert address == "gerda@example.org"
    assert named.splitlines() == [
        "Nyt sundhedskort: kan sidst læses 25. november 2026",
        "Nyt sundhedskort: gennemgås senest 27. november 2026",
    ]
    assert remind() == Reminded(), "told twice of the same"


def test_new_date_is_reminded_of_again(cast: Cast) -> None:
    kept = guide(keeper=editor("Gerda", cast.own), review_on=TODAY - DAY)
    assert remind().letters == 1
    kept.versions.update(review_on=TODAY + timedelta(days=365))
    assert not remind(TODAY + timedelta(days=300)).letters
    assert remind(TODAY + timedelta(days=335)).letters == 1


@pytest.mark.parametrize("gone", ["no role", "left", "closed"])
def test_where_the_keeper_is_gone_the_owners_editors_are_told(cast: Cast, gone: str) -> None:
    keeper, other, host = (
        editor(name, where)
        for name, where in (("Gerda", cast.own), ("Viggo", cast.colleague_authority), ("Hans", cast.own))
    )
    if gone == "no role":
        RoleAssignment.objects.filter(user=keeper).update(to_on=TODAY)
    elif gone == "left":
        keeper.employee.__class__.objects.filter(user=keeper).update(to_on=TODAY)
    else:
        User.objects.filter(pk=keeper.pk).update(is_active=False)
    guide("a", keeper=keeper, owner=cast.colleague_authority, review_on=TODAY - DAY)
    assert (remind().letters, [address for address, _ in letters()]) == (1, [other.email])
    # What nobody owns is answered for where a centre is housed.
    guide("b", keeper=keeper, review_on=TODAY - DAY)
    remind()
    assert {address for address, _ in letters()} == {other.email, host.email}


def test_guide_that_nobody_answers_for_is_said_and_tried_again(cast: Cast) -> None:
    guide(owner=cast.colleague_authority, review_on=TODAY - DAY)
    assert remind() == Reminded(unaddressed=["sundhedskort"])
    late = editor("Viggo", cast.colleague_authority)
    assert remind().letters == 1
    assert letters()[0][0] == late.email


def test_job_of_the_morning_writes_with_the_engines_own_rights(database: TestDatabase) -> None:
    with database.as_owner() as owner:
        owner.execute(
            """
            INSERT INTO staff_user (password, is_superuser, email, name, is_active, is_staff, is_demo, date_joined)
            VALUES ('', false, 'gerda@example.org', 'Gerda', true, false, false, now());
            INSERT INTO cooperation_authority (code, name, kind, cvr, is_demo) VALUES ('370', 'Næstved', 'municipality', '', false);
            INSERT INTO staff_roleassignment (user_id, authority_id, role, from_on)
            SELECT u.id, a.id, 'guide_editor', '2020-01-01' FROM staff_user u, cooperation_authority a;
            INSERT INTO guides_guide (slug, title, title_en, kle, is_demo, owner_id)
            SELECT 'kort', 'Kort', '', '', false, id FROM cooperation_authority;
            INSERT INTO guides_guideversion (guide_id, number, state, content, note, made_at, revision, remark, review_on)
            SELECT id, 1, 'published', '{}', '', now(), 0, '', '2026-11-20' FROM guides_guide;
            UPDATE guides_guide SET published_id = (SELECT id FROM guides_guideversion);
            """
        )
    with database.as_engine() as engine:
        done = run_on(engine, do_remind(today=TODAY, now=NOW))
        assert (done.letters, done.guides, done.unaddressed) == (1, 1, [])
        rows = engine.execute("SELECT address, code FROM letters_letter").fetchall()
        assert [tuple(row.values()) for row in rows] == [("gerda@example.org", "guide_review")]


def run_on(engine: Any, steps: Any) -> Any:
    from borgerlinje.kit.database import run

    with engine.cursor() as cursor:
        return run(steps, cursor)


def test_job_is_on_the_workers_schedule() -> None:
    from procrastinate.contrib.django import app

    assert jobs.remind.name == "guides.remind"
    assert any(task.task.name == "guides.remind" for task in app.periodic_registry.periodic_tasks.values())


def test_citizen_is_warned_of_a_guide_past_its_day_and_does_not_find_one_that_ended(cast: Cast, client: Client) -> None:
    due = guide("sundhedskort", review_on=TODAY - DAY, valid_to=TODAY + DAY)
    page = client.get("/guide/sundhedskort/").content.decode()
    assert "ikke gennemgået for nylig" in page
    assert [hit.key for hit in finder.search("sundhedskort")] == ["sundhedskort"]
    with clock.turned(NOW + DAY):
        assert finder.search("sundhedskort") == []
        assert client.get("/guide/sundhedskort/").status_code == HTTPStatus.NOT_FOUND
        # A later end, and it is there again.
        due.versions.update(valid_to=TODAY + 2 * DAY)
        assert [hit.key for hit in finder.search("sundhedskort")] == ["sundhedskort"]
    del cast
    assert connection.in_atomic_block
