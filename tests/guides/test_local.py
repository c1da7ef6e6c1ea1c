"""A member's local text: from a draft to what its own citizens read, and never anybody else's."""

import json
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from borgerlinje.cooperation.models import Authority
from borgerlinje.guides import drafting, local
from borgerlinje.guides.actions import do_draft, do_publish
from borgerlinje.guides.content import Step, Text
from borgerlinje.guides.models import Guide, GuideVersion, LocalGuide, LocalVersion, State
from borgerlinje.guides.overlay import Fact, LocalText, Overlay
from borgerlinje.guides.reading import Reading, read_guide
from borgerlinje.guides.search.finder import finder
from borgerlinje.kit import clock
from borgerlinje.kit.personal_data import CprInTextError
from borgerlinje.kit.sealed import unseal_text
from borgerlinje.letters.models import Letter
from borgerlinje.staff.models import RoleAssignment, User
from borgerlinje.staff.roles import Role
from tests.guides.making import DANISH, ENGLISH, STEPS, content, published, tell
from tests.support.cast import NOW, Cast, make_employee, user_of
from tests.support.database import as_web

pytestmark = pytest.mark.django_db


def overlay(word: str = "Slagelse", **changes: Any) -> Overlay:
    said = LocalText(
        {"intro": f"Kom forbi i {word}."},
        {"have": (f"Kvittering fra {word}",)},
        {"s1": {"say": f"Jeg hjælper {word}."}},
    )
    usual: dict[str, Any] = {
        "texts": {"da": said},
        "facts": (Fact("Gebyr", f"Demo: {word} 190 kr.", "Fee"),),
        "words": {"da": (f"{word.lower()}kortet",)},
        "unit": f"Vagten i {word}",
    }
    return Overlay(**(usual | changes))


@pytest.fixture
def anna(cast: Cast) -> User:
    return user_of(make_employee("Anna", cast.colleague_authority, None, role=Role.GUIDE_EDITOR))


@pytest.fixture
def bo(cast: Cast) -> User:
    return user_of(make_employee("Bo", cast.colleague_authority, None, role=Role.GUIDE_EDITOR))


@pytest.fixture
def guide(cast: Cast) -> Guide:
    del cast
    return Guide.objects.select_related("published").get(pk=published().pk)


def saved(guide: Guide, authority: Authority, said: Overlay, by: User, base: str = "") -> LocalVersion:
    done = local.do_save(guide, authority, said, base=base, now=NOW, by=by)
    assert done.version is not None
    assert not done.is_refused
    return done.version


def put(guide: Guide, authority: Authority, said: Overlay) -> LocalGuide:
    own = LocalGuide.objects.create(guide=guide, authority=authority)
    local.do_publish(local.do_draft(own, said, now=NOW, by=None, over=guide.published), now=NOW)
    return LocalGuide.objects.select_related("published", "held_against").get(pk=own.pk)


def reading(authority: Authority | None, language: str = "da") -> Reading:
    found = read_guide("sundhedskort", language=language, authority=authority, now=NOW, today=clock.today())
    assert found is not None
    return found


def moved_on(guide: Guide, **changes: Any) -> GuideVersion:
    version = do_draft(guide, content(**changes), now=NOW)
    do_publish(version, now=NOW)
    guide.refresh_from_db()
    return version


def test_draft_is_read_by_nobody_until_it_is_approved(cast: Cast, guide: Guide, anna: User, bo: User) -> None:
    draft = saved(guide, cast.colleague_authority, overlay(), anna)
    assert reading(cast.colleague_authority).local is None
    local.do_send(draft, note="Gebyret", now=NOW, by=anna)
    with pytest.raises(drafting.OwnChangeError):
        local.do_approve(draft, now=NOW, by=anna, may_approve_own=False)
    local.do_approve(draft, now=NOW, by=bo, may_approve_own=False)
    own = reading(cast.colleague_authority)
    assert own.text.intro == "Kom forbi i Slagelse."
    assert own.unit == "Vagten i Slagelse"
    assert own.local is not None
    assert own.local.localised.facts == (("Gebyr", "Demo: Slagelse 190 kr."),)
    assert own.local.localised.instead_of["intro"] == DANISH.intro
    assert not own.local.is_behind
    assert draft.local.held_against_id in {None, guide.published_id}
    assert LocalGuide.objects.get().held_against == guide.published


def test_every_member_reads_its_own_and_never_anothers(guide: Guide) -> None:
    members = [Authority.objects.create(code=f"9{n:02}", name=f"By{n}") for n in range(12)]
    for each in members[::2]:
        put(guide, each, overlay(each.name))
    for reader in (*members, None):
        found = reading(reader)
        shown = f"{found.text} {found.unit} {found.local.localised if found.local else ''}"
        for other in members:
            is_own = reader is not None and other == reader and members.index(other) % 2 == 0
            assert (f"i {other.name}." in shown) is is_own, (reader, other)
        if reader is None or members.index(reader) % 2:
            assert (found.text, found.local) == (DANISH, None)
        for other in members[::2]:
            hits = finder.search(f"{other.name.lower()}kortet", authority=reader.code if reader else "")
            assert any(hit.phrase == f"{other.name.lower()}kortet" for hit in hits) is (other == reader)


def test_an_authoritys_own_words_find_a_guide_once(cast: Cast, guide: Guide) -> None:
    put(guide, cast.colleague_authority, overlay(words={"da": ("plejeblanketten",)}))
    code = cast.colleague_authority.code
    assert [hit.key for hit in finder.search("plejeblanketten", authority=code)] == ["sundhedskort"]
    assert [hit.key for hit in finder.search("gult kort plejeblanketten", authority=code)] == ["sundhedskort"]
    assert finder.search("plejeblanketten", authority=cast.own.code) == []


def test_local_text_costs_one_query(cast: Cast, guide: Guide) -> None:
    put(guide, cast.colleague_authority, overlay())
    with CaptureQueriesContext(connection) as queries:
        reading(cast.colleague_authority)
    assert len(queries) <= 4


def test_save_over_anothers_work_is_refused_and_both_are_there(cast: Cast, guide: Guide, anna: User, bo: User) -> None:
    first = saved(guide, cast.colleague_authority, overlay(), anna)
    base = local.token(first)
    again = saved(guide, cast.colleague_authority, overlay("Korsør"), bo, base)
    late = local.do_save(guide, cast.colleague_authority, overlay("Skælskør"), base=base, now=NOW, by=anna)
    assert late.is_refused
    assert late.version == again
    assert late.version.overlay.unit == "Vagten i Korsør"
    done = local.do_save(
        guide, cast.colleague_authority, overlay("Skælskør"), base=local.token(again), now=NOW, by=anna
    )
    assert done.is_new


def test_two_who_begin_at_once_lose_nothing(cast: Cast, guide: Guide, anna: User, bo: User) -> None:
    saved(guide, cast.colleague_authority, overlay(), anna)
    assert local.do_save(guide, cast.colleague_authority, overlay("Korsør"), base="", now=NOW, by=bo).is_refused


def test_who_stored_any_of_it_does_not_approve_it(cast: Cast, guide: Guide, anna: User, bo: User) -> None:
    draft = saved(guide, cast.colleague_authority, overlay(), anna)
    draft = saved(guide, cast.colleague_authority, overlay("Korsør"), bo, local.token(draft))
    local.do_send(draft, note="x", now=NOW, by=anna)
    with pytest.raises(drafting.OwnChangeError):
        local.do_approve(draft, now=NOW, by=bo, may_approve_own=False)
    local.do_approve(draft, now=NOW, by=bo, may_approve_own=True)


def test_the_same_again_stores_nothing_and_cpr_is_refused(cast: Cast, guide: Guide, anna: User) -> None:
    draft = saved(guide, cast.colleague_authority, overlay(), anna)
    assert not local.do_save(guide, cast.colleague_authority, overlay(), base="x", now=NOW, by=anna).is_new
    with pytest.raises(CprInTextError):
        local.do_save(
            guide,
            cast.colleague_authority,
            overlay(unit="Ring om 010190-1234"),
            base=local.token(draft),
            now=NOW,
            by=anna,
        )


def test_markup_is_taken_out(cast: Cast, guide: Guide, anna: User) -> None:
    draft = saved(guide, cast.colleague_authority, overlay(unit="<b>Vagten</b><script>x</script>"), anna)
    assert draft.overlay.unit == "Vagten"


def test_returned_withdrawn_restored_and_dropped(cast: Cast, guide: Guide, anna: User, bo: User) -> None:
    draft = saved(guide, cast.colleague_authority, overlay(), anna)
    local.do_send(draft, note="x", now=NOW, by=anna)
    assert local.do_return(draft, remark="Skriv beløbet", now=NOW).remark == "Skriv beløbet"
    with pytest.raises(drafting.WrongStateError):
        local.do_approve(draft, now=NOW, by=bo, may_approve_own=False)
    local.do_send(draft, note="x", now=NOW, by=anna)
    local.do_approve(draft, now=NOW, by=bo, may_approve_own=False)
    local.do_withdraw(draft.local, now=NOW)
    assert reading(cast.colleague_authority).local is None
    with pytest.raises(drafting.WrongStateError):
        local.do_withdraw(draft.local, now=NOW)
    restored = local.do_restore(draft, now=NOW, by=bo)
    assert (restored.number, restored.overlay) == (2, overlay())
    with pytest.raises(drafting.DraftOpenError):
        local.do_restore(draft, now=NOW, by=bo)
    local.do_drop(restored)
    assert list(LocalVersion.objects.values_list("state", flat=True)) == [State.WITHDRAWN]


def test_common_text_that_moves_under_a_local_one_is_told_once_and_held(cast: Cast, guide: Guide, anna: User) -> None:
    own = put(guide, cast.colleague_authority, overlay())
    new = moved_on(guide, texts={"da": Text(DANISH.title, "Kortet kommer af sig selv.", steps=STEPS), "en": ENGLISH})
    letters = Letter.objects.filter(code="guide_local_moved")
    assert tell() == 1
    assert [each.address for each in letters] == [anna.email]
    found = reading(cast.colleague_authority).local
    assert found is not None
    assert found.is_behind
    do_publish(new, now=NOW)
    assert tell() == 0, "once for a common version"
    assert reading(cast.own).local is None
    local.do_hold(own, new)
    held = reading(cast.colleague_authority).local
    assert held is not None
    assert not held.is_behind


def test_database_lets_nobody_write_another_members_text(cast: Cast, guide: Guide) -> None:
    own = put(guide, cast.colleague_authority, overlay())
    foreign = overlay("København").stored()
    with as_web(cast.own.pk):
        assert LocalVersion.objects.get().overlay == overlay()
        assert LocalVersion.objects.update(stored=foreign) == 0
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM guides_localversion")
            assert cursor.rowcount == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            LocalVersion.objects.create(local=own, number=2, stored=foreign, made_at=NOW)
    with as_web(cast.colleague_authority.pk):
        assert LocalVersion.objects.update(note="Vores egen") == 1
    assert LocalVersion.objects.get().overlay == overlay()


def test_keeper_is_told_and_where_they_edit_no_more_all_who_do(cast: Cast, guide: Guide, anna: User, bo: User) -> None:
    own = put(guide, cast.colleague_authority, overlay())
    LocalGuide.objects.filter(pk=own.pk).update(keeper=bo)
    moved_on(guide, texts={"da": Text(DANISH.title, "Nyt.", steps=STEPS), "en": ENGLISH})
    assert tell() == 1
    assert Letter.objects.get().address == bo.email
    RoleAssignment.objects.filter(user=bo).update(authority=cast.own)
    moved_on(guide, texts={"da": Text(DANISH.title, "Nyere.", steps=STEPS), "en": ENGLISH})
    assert tell() == 1
    letter = Letter.objects.exclude(address=bo.email).get()
    assert (letter.address, letter.authority) == (anna.email, cast.colleague_authority)
    words = json.loads(unseal_text(letter.sealed, purpose="letters"))
    assert words["parts"] == "Indledning: nu »Nyere.«"
    assert words["link"].endswith("/konsol/guider/sundhedskort/lokalt/330/")


def test_common_text_that_moves_elsewhere_bothers_nobody(cast: Cast, guide: Guide, anna: User) -> None:
    put(guide, cast.colleague_authority, overlay())
    new = moved_on(guide, legal_basis="En anden lov")
    assert tell() == 0
    assert LocalGuide.objects.get().held_against == new


def test_text_whose_step_is_gone_is_shown_to_nobody_and_its_owner_is_told(cast: Cast, guide: Guide, anna: User) -> None:
    put(guide, cast.colleague_authority, overlay())
    moved_on(guide, texts={"da": Text(DANISH.title, DANISH.intro, steps=(Step("s9", "Noget nyt."),)), "en": ENGLISH})
    found = reading(cast.colleague_authority)
    assert "Jeg hjælper" not in str(found.text)
    assert found.local is not None
    assert found.local.is_behind
    assert tell() == 1
    assert Letter.objects.get(code="guide_local_moved").address == anna.email


def test_text_edited_elsewhere_stays_behind_until_it_is_looked_at(
    cast: Cast, guide: Guide, anna: User, bo: User
) -> None:
    own = put(guide, cast.colleague_authority, overlay())
    old = own.held_against
    moved_on(guide, texts={"da": Text(DANISH.title, "Nyt.", steps=STEPS), "en": ENGLISH})
    draft = saved(guide, cast.colleague_authority, overlay(facts=()), anna, local.token(own.published))
    assert draft.over == old
    local.do_send(draft, note="x", now=NOW, by=anna)
    local.do_approve(draft, now=NOW, by=bo, may_approve_own=False)
    found = reading(cast.colleague_authority).local
    assert found is not None
    assert found.is_behind
