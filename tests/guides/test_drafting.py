"""A guide's common text from a draft to what is read: two in one draft lose nothing, and nobody approves their own."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from borgerlinje.guides import drafting
from borgerlinje.guides.actions import do_add_guide
from borgerlinje.guides.content import Content, Step, Text
from borgerlinje.guides.markdown import Read
from borgerlinje.guides.models import Guide, GuideSave, GuideVersion, State
from borgerlinje.kit.personal_data import CprInTextError
from borgerlinje.staff.models import User
from tests.guides.making import DANISH, content, published
from tests.support.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    return User.objects.create_user("anna@example.org", name="Anna Holm")


@pytest.fixture
def bo() -> User:
    return User.objects.create_user("bo@example.org", name="Bo Lund")


def save(version: GuideVersion, said: Content, by: User, *, base: int) -> drafting.Saved:
    return drafting.do_save(version, said, base=base, now=NOW, by=by)


def danish(said: Content, **changes: Any) -> Content:
    return replace(said, texts={**said.texts, "da": replace(said.texts["da"], **changes)})


def test_starting_twice_is_the_same_draft(anna: User, bo: User) -> None:
    guide = Guide.objects.get(pk=published().pk)
    first = drafting.do_start_draft(guide, now=NOW, by=anna)
    assert drafting.do_start_draft(guide, now=NOW, by=bo) == first
    assert (first.number, first.based_on, first.content) == (2, guide.published, content())


def test_a_draft_begun_while_one_is_in_review_goes_on_from_that(anna: User, bo: User) -> None:
    draft = drafting.do_start_draft(published(), now=NOW, by=anna)
    save(draft, danish(draft.content, intro="Ny indledning."), anna, base=0)
    drafting.do_send(draft, note="Indledningen", now=NOW, by=anna)
    assert drafting.do_start_draft(draft.guide, now=NOW, by=bo).content.text("da").intro == "Ny indledning."


def test_a_save_is_a_revision_and_the_same_again_is_none(anna: User) -> None:
    draft = drafting.do_start_draft(published(), now=NOW, by=anna)
    said = danish(draft.content, intro="Ny.")
    assert save(draft, said, anna, base=0).revision == 1
    again = save(draft, said, anna, base=1)
    assert (again.revision, again.is_new) == (1, False)
    assert list(draft.saves.values_list("revision", flat=True)) == [1, 0]


def test_what_is_stored_is_free_of_markup(anna: User) -> None:
    draft = drafting.do_start_draft(published(), now=NOW, by=anna)
    saved = save(draft, danish(draft.content, intro="Se <script>alert(1)</script><b>her</b>"), anna, base=0)
    assert saved.content.text("da").intro == "Se her"


def test_a_cpr_number_is_not_stored(anna: User) -> None:
    draft = drafting.do_start_draft(published(), now=NOW, by=anna)
    with pytest.raises(CprInTextError):
        save(draft, danish(draft.content, steps=(Step("s1", "Skriv 010190-1234."),)), anna, base=0)


def test_two_in_different_parts_both_stay(anna: User, bo: User) -> None:
    draft = drafting.do_start_draft(published(), now=NOW, by=anna)
    save(draft, danish(draft.content, intro="Annas."), anna, base=0)
    saved = save(draft, danish(content(), title="Bos"), bo, base=0)
    assert (saved.content.text("da").title, saved.content.text("da").intro) == ("Bos", "Annas.")
    assert (saved.conflicts, saved.taken, saved.others) == ((), ("da:intro",), ("Anna Holm",))


def test_two_in_the_same_part_the_stored_one_stays_and_both_are_kept(anna: User, bo: User) -> None:
    draft = drafting.do_start_draft(published(), now=NOW, by=anna)
    save(draft, danish(draft.content, intro="Annas."), anna, base=0)
    saved = save(draft, danish(content(), intro="Bos."), bo, base=0)
    assert saved.content.text("da").intro == "Annas."
    assert [(each.name, each.mine, each.theirs) for each in saved.conflicts] == [("da:intro", "Bos.", "Annas.")]
    kept = [Content.of(each.stored).text("da").intro for each in GuideSave.objects.order_by("revision")]
    assert kept == [DANISH.intro, "Annas.", "Bos.", "Annas."]
    assert saved.revision == 3


def test_a_save_into_what_is_published_meanwhile_makes_a_new_draft(anna: User, bo: User) -> None:
    draft = drafting.do_start_draft(published(), now=NOW, by=anna)
    drafting.do_send(draft, note="", now=NOW, by=anna)
    drafting.do_approve(draft, now=NOW, by=bo, may_approve_own=False)
    saved = save(draft, danish(draft.content, intro="For sent."), anna, base=0)
    assert (saved.is_moved, saved.version.number, saved.version.state) == (True, 3, State.DRAFT)
    assert saved.content.text("da").intro == "For sent."
    assert Guide.objects.get().published == draft


def test_what_a_draft_lacks_is_told_all_at_once(anna: User) -> None:
    guide = published()
    draft = drafting.do_start_draft(guide, now=NOW, by=anna)
    save(draft, Content({"da": Text("", "", steps=(Step("s1", "", "Sig noget."),))}), anna, base=0)
    with pytest.raises(drafting.IncompleteError) as raised:
        drafting.do_send(draft, note="", now=NOW, by=anna)
    assert raised.value.details["faults"] == [
        drafting.Fault.TITLE,
        drafting.Fault.INTRO,
        drafting.Fault.STEP_TEXT,
        drafting.Fault.CHANNELS,
    ]


@pytest.mark.parametrize("wrote", ["made", "saved", "sent"])
def test_nobody_approves_what_they_had_a_hand_in(wrote: str, anna: User, bo: User) -> None:
    draft = drafting.do_start_draft(published(), now=NOW, by=anna if wrote == "made" else bo)
    if wrote == "saved":
        save(draft, danish(draft.content, intro="Ny."), anna, base=0)
    drafting.do_send(draft, note="", now=NOW, by=anna if wrote == "sent" else bo)
    with pytest.raises(drafting.OwnChangeError):
        drafting.do_approve(draft, now=NOW, by=anna, may_approve_own=False)
    drafting.do_approve(draft, now=NOW, by=anna, may_approve_own=True)
    assert Guide.objects.get().published == draft


def test_what_is_sent_back_is_a_draft_with_a_remark(anna: User, bo: User) -> None:
    draft = drafting.do_start_draft(published(), now=NOW, by=anna)
    drafting.do_send(draft, note="", now=NOW, by=anna)
    assert drafting.do_return(draft, remark="Skriv kortere.", now=NOW, by=bo) == draft
    assert (draft.state, draft.remark) == (State.DRAFT, "Skriv kortere.")


def test_what_is_sent_back_goes_on_in_the_draft_begun_meanwhile(anna: User, bo: User) -> None:
    draft = drafting.do_start_draft(published(), now=NOW, by=anna)
    drafting.do_send(draft, note="", now=NOW, by=anna)
    newer = drafting.do_start_draft(draft.guide, now=NOW, by=bo)
    assert drafting.do_return(draft, remark="Nej.", now=NOW, by=bo) == newer
    assert GuideVersion.objects.filter(state=State.DRAFT).get().remark == "Nej."


def test_an_older_version_is_not_approved_over_a_newer_one(anna: User, bo: User) -> None:
    older = drafting.do_start_draft(published(), now=NOW, by=anna)
    drafting.do_send(older, note="", now=NOW, by=anna)
    newer = drafting.do_start_draft(older.guide, now=NOW, by=anna)
    drafting.do_send(newer, note="", now=NOW, by=anna)
    drafting.do_approve(newer, now=NOW, by=bo, may_approve_own=False)
    with pytest.raises(drafting.OlderThanPublishedError):
        drafting.do_approve(older, now=NOW, by=bo, may_approve_own=False)


def test_a_guide_is_withdrawn_and_an_old_text_brought_back(anna: User) -> None:
    guide = published()
    version = drafting.do_withdraw(guide, now=NOW, by=anna)
    assert Guide.objects.get().published is None
    assert version.state == State.WITHDRAWN
    draft = drafting.do_restore(version, now=NOW, by=anna)
    assert (draft.content, draft.based_on) == (version.content, version)
    with pytest.raises(drafting.DraftOpenError):
        drafting.do_restore(version, now=NOW, by=anna)
    with pytest.raises(drafting.WrongStateError):
        drafting.do_withdraw(guide, now=NOW, by=anna)


def test_a_draft_is_thrown_away_and_nothing_else(anna: User) -> None:
    guide = Guide.objects.get(pk=published().pk)
    draft = drafting.do_start_draft(guide, now=NOW, by=anna)
    drafting.do_drop(draft)
    assert list(guide.versions.all()) == [guide.published]
    assert guide.published is not None
    for step in (
        lambda: drafting.do_drop(guide.published),
        lambda: drafting.do_send(guide.published, note="", now=NOW, by=anna),
        lambda: drafting.do_return(guide.published, remark="", now=NOW, by=anna),
        lambda: drafting.do_approve(guide.published, now=NOW, by=anna, may_approve_own=True),
    ):
        with pytest.raises(drafting.WrongStateError):
            step()


def test_a_guide_that_was_never_read_is_called_as_its_draft(anna: User) -> None:
    draft = do_add_guide(Read("ny", "", Content({"da": Text("Foreløbig", "")})), now=NOW, by=anna)
    save(draft, Content({"da": Text("Endelig titel", "")}), anna, base=0)
    assert Guide.objects.get().title == "Endelig titel"


def test_an_old_tab_takes_nothing_back_that_was_published_meanwhile(anna: User, bo: User) -> None:
    first = Guide.objects.get(pk=published().pk).published
    assert first is not None
    second = drafting.do_start_draft(first.guide, now=NOW, by=bo)
    save(second, danish(second.content, not_digital="Kortet koster nu 250 kr."), bo, base=0)
    drafting.do_send(second, note="Prisen", now=NOW, by=bo)
    drafting.do_approve(second, now=NOW, by=anna, may_approve_own=False)

    saved = save(first, danish(first.content, intro="Ét ord til."), anna, base=0)

    told = saved.version.content.text("da")
    assert (told.intro, told.not_digital) == ("Ét ord til.", "Kortet koster nu 250 kr.")


def test_what_is_approved_is_what_was_read(anna: User, bo: User) -> None:
    draft = drafting.do_start_draft(published(), now=NOW, by=anna)
    save(draft, danish(draft.content, intro="Først."), anna, base=0)
    drafting.do_send(draft, note="Indledningen", now=NOW, by=anna)
    read = drafting.sending(draft)
    drafting.do_return(draft, remark="Nej", now=NOW, by=bo)
    save(draft, danish(draft.content, intro="Noget andet."), anna, base=draft.revision)
    drafting.do_send(draft, note="Indledningen", now=NOW + timedelta(minutes=5), by=anna)

    with pytest.raises(drafting.WrongStateError):
        drafting.do_approve(draft, now=NOW, by=bo, may_approve_own=False, read=read)
    drafting.do_approve(draft, now=NOW, by=bo, may_approve_own=False, read=drafting.sending(draft))


def test_nobody_approves_their_own_text_in_a_version_that_another_went_on_with(anna: User, bo: User) -> None:
    mine = drafting.do_start_draft(published(), now=NOW, by=anna)
    save(mine, danish(mine.content, intro="Annas ord."), anna, base=0)
    drafting.do_send(mine, note="Indledningen", now=NOW, by=anna)
    theirs = drafting.do_start_draft(mine.guide, now=NOW, by=bo)
    save(theirs, replace(theirs.content, unit="Borgerservice"), bo, base=0)
    drafting.do_send(theirs, note="Enheden", now=NOW, by=bo)

    with pytest.raises(drafting.OwnChangeError):
        drafting.do_approve(theirs, now=NOW, by=anna, may_approve_own=False)


def test_another_word_changes_neither_how_long_a_guide_holds_nor_when_it_is_gone_through(anna: User, bo: User) -> None:
    first = Guide.objects.get(pk=published().pk).published
    assert first is not None
    ends, soon = NOW.date() + timedelta(days=90), NOW.date() + timedelta(days=14)
    GuideVersion.objects.filter(pk=first.pk).update(valid_to=ends, review_on=soon)
    mine = drafting.do_start_draft(first.guide, now=NOW, by=anna)
    save(mine, danish(mine.content, intro="Nyt."), anna, base=0)
    drafting.do_send(mine, note="Indledningen", now=NOW, by=anna)

    theirs = drafting.do_start_draft(first.guide, now=NOW, by=bo)

    assert theirs.based_on == mine
    assert (theirs.valid_to, theirs.review_on) == (ends, soon)
