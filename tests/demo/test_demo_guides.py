"""The demo's guides: each has its subject, and the editors find work that is half done."""

from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client

from borgerlinje.cooperation.models import Authority
from borgerlinje.demo import data, facts
from borgerlinje.demo.subjects import SUBJECTS
from borgerlinje.guides import pictures
from borgerlinje.guides.models import (
    Guide,
    GuideVersion,
    KleEntry,
    LocalGuide,
    LocalVersion,
    Solution,
    SolutionAddress,
    State,
)
from borgerlinje.guides.overlay import LocalText
from borgerlinje.guides.reminders import do_remind
from borgerlinje.kit import clock
from borgerlinje.kit.request_database import run_here
from borgerlinje.lines.models import Subject
from borgerlinje.staff.models import User
from tests.support.visitors import BACKEND, HOST


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a home of its own for the file of sign-ins."""
    monkeypatch.setenv("BORGERLINJE_HOME", str(tmp_path))
    return tmp_path


pytestmark = pytest.mark.django_db


def page(path: str, account: str = "") -> str:
    """Return a page as the demo's account sees it; as a citizen without one."""
    client = Client(SERVER_NAME=HOST)
    if account:
        client.force_login(User.objects.get(email=f"{account}@{facts.MAIL_DOMAIN}"), backend=BACKEND)
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def rows() -> dict[str, list[dict[str, object]]]:
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_app_config("guides").get_models()
    }


def test_every_guide_has_a_subject_with_its_number_and_every_subject_a_guide() -> None:
    data.create()
    titles = dict(KleEntry.objects.values_list("number", "title"))
    assert Guide.objects.count() > 100
    for guide in Guide.objects.select_related("subject"):
        assert guide.subject is not None, guide.slug
        assert titles[guide.kle] == f"Demo: {guide.subject.name}", guide.slug
    assert set(Guide.objects.values_list("subject__code", flat=True)) == {each.code for each in SUBJECTS}
    # A skill of its own would be one that nobody of the demo has.
    assert not Subject.objects.exclude(skill=None).exists()
    for subject in Subject.objects.filter(code__in=("demo-valg", "demo-virksomhed")):
        assert all(guide.title in page(f"/find/{subject.code}/") for guide in subject.guides.all())


def test_every_member_has_local_texts_in_both_languages_and_its_own_way_to_the_municipalities_solutions() -> None:
    data.create()
    own = Solution.objects.filter(per_authority=True).count()
    members = Authority.objects.filter(code__in=(*facts.ZEALAND_CODES, "101"))
    assert (members.count(), own > 40) == (9, True)
    for member in members:
        assert SolutionAddress.objects.filter(authority=member).count() == own, member.name
        assert LocalGuide.objects.filter(authority=member).exclude(published=None).count() >= 5, member.name
    for version in LocalVersion.objects.filter(state=State.PUBLISHED):
        danish, english = (version.overlay.texts.get(language, LocalText()) for language in ("da", "en"))
        assert (danish.replaced.keys(), danish.steps.keys()) == (english.replaced.keys(), english.steps.keys())
        assert len(danish.added.get("have", ())) == len(english.added.get("have", ())), version.local
        assert not [fact.value_en for fact in version.overlay.facts if " kr" in fact.value_en]


def test_editors_find_a_draft_two_approvals_a_withdrawn_guide_and_one_past_its_review() -> None:
    data.create()
    states = {state: Guide.objects.filter(versions__state=state) for state in (State.DRAFT, State.IN_REVIEW)}
    assert {state: [guide.slug for guide in guides] for state, guides in states.items()} == {
        State.DRAFT: ["nemkonto"],
        State.IN_REVIEW: ["laegevalg"],
    }
    assert [guide.slug for guide in Guide.objects.filter(published=None)] == ["nemid"]
    waiting = page("/konsol/guider/godkend/", "guideredaktoer2")
    assert Guide.objects.get(slug="laegevalg").title in waiting
    assert "Godkend og udgiv" in page("/konsol/guider/laegevalg/", "guideredaktoer2")
    assert "Godkend og udgiv" not in page("/konsol/guider/laegevalg/", "guideredaktoer")
    local = "/konsol/guider/lydboeger-og-bibliotek/lokalt/330/"
    assert LocalVersion.objects.get(state=State.IN_REVIEW).local.guide.slug == "lydboeger-og-bibliotek"
    assert "Godkend og udgiv" in page(local, "lokalredaktoer2")
    assert "Godkend og udgiv" not in page(local, "lokalredaktoer")
    assert "Skal gennemgås" in page("/konsol/guider/fisketegn/", "guideredaktoer")
    assert Client(SERVER_NAME=HOST).get("/guide/nemid/").status_code == 404
    done = run_here(do_remind(today=clock.today(), now=clock.now()))
    assert (done.letters, done.guides, done.unaddressed) == (1, 2, [])


def test_half_done_work_is_left_alone_when_the_demo_is_stored_again() -> None:
    data.create()
    before = rows()
    data.create()
    assert rows() == before
    # Everything that an editor meets in it says that it is a demo.
    assert not Guide.objects.filter(is_demo=False).exists()
    notes = [model.objects.exclude(note="").values_list("note", flat=True) for model in (GuideVersion, LocalVersion)]
    assert all(found and all(note.startswith("Demo: ") for note in found) for found in notes)
    Guide.objects.filter(slug="fisketegn").update(keeper=None)
    data.create()
    assert Guide.objects.get(slug="fisketegn").keeper is None


def test_two_steps_have_a_drawing_that_citizens_see_and_that_is_told_in_words() -> None:
    data.create()
    guide = Guide.objects.select_related("published").get(slug="digital-post-laes")
    assert guide.published is not None
    for language in ("da", "en"):
        shown = [step for step in guide.published.content.text(language).steps if step.picture]
        assert len(shown) == 2
        assert all(step.picture_alt.startswith("Demo, ") for step in shown)
    html = page("/guide/digital-post-laes/")
    for key in pictures.keys_in(guide.published.content):
        assert key in html
        assert pictures.size_of(key) == (720, 420)
