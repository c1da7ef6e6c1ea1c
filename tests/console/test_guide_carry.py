"""Guides in files on the console: looked at first, stored as drafts, all or nothing; and the subject plan."""

import io
import re
import zipfile
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from borgerlinje.guides.carrying.files import take_files, write_file
from borgerlinje.guides.drafting import do_save, do_start_draft
from borgerlinje.guides.markdown import Read
from borgerlinje.guides.models import Guide, GuidePicture, GuideUpload, GuideVersion, KleEntry, State
from borgerlinje.kit import clock
from borgerlinje.lines.models import Subject
from borgerlinje.staff.models import User
from borgerlinje.staff.roles import Role
from tests.console.staffing import get, post, said, signed_in
from tests.guides.making import DANISH, content, published
from tests.guides.test_kle import PLAN
from tests.support.cast import NOW, Cast, later, make_employee
from tests.support.database import as_web

CARRY = "/konsol/guider/filer/"
KLE = "/konsol/guider/kle/"


@pytest.fixture
def editor(cast: Cast) -> Client:
    return signed_in(make_employee("Erik", cast.own, None, role=Role.GUIDE_EDITOR))


def upload(client: Client, data: bytes, name: str = "guider.csv", path: str = CARRY) -> Any:
    with as_web(), clock.turned(later(60)):
        return client.post(path, {"file": SimpleUploadedFile(name, data)})


def table(*guides: Read) -> bytes:
    return b"".join(write_file(guides, "csv"))


def store(client: Client, preview: Any, path: str = f"{CARRY}gem/", **also: str) -> Any:
    page = said(preview)
    fields = {
        name: found[1] for name in ("upload", "seen") if (found := re.search(rf'name="{name}" value="(\w+)"', page))
    }
    assert len(fields) == 2, page
    return post(client, path, **(fields | also))


NEW = Read("nyt-pas", "", content(words={"da": ("pas",), "en": ()}))
CHANGED = Read("sundhedskort", "", content(unit="Læge & tandlæge", texts={"da": DANISH}))


def test_files_are_shown_first_and_then_stored_as_drafts(editor: Client) -> None:
    guide = published()
    preview = upload(editor, table(NEW, CHANGED))
    page = said(preview)
    assert preview.status_code == HTTPStatus.OK
    for text in ("1 nye, 1 ændres, 0 er som før.", "Hvem tager over: ændres", "Titel på engelsk: slettes", "nyt-pas"):
        assert text in page
    assert not Guide.objects.filter(slug="nyt-pas").exists()
    assert store(editor, preview).status_code == HTTPStatus.FOUND
    new = Guide.objects.get(slug="nyt-pas")
    assert [(each.state, each.number) for each in new.versions.all()] == [(State.DRAFT, 1)]
    assert new.published is None
    draft = GuideVersion.objects.get(guide=guide, state=State.DRAFT)
    assert draft.content.unit == "Læge & tandlæge"
    guide.refresh_from_db()
    assert guide.published is not None
    assert guide.published.content.unit == "Borgerservice", "citizens read the old one still"
    assert not GuideUpload.objects.exists()
    assert "1 ny guide og 1 ændret er gemt som kladder" in get(editor, CARRY)


def test_files_can_be_sent_for_approval_at_once_and_what_lacks_something_stays_a_draft(editor: Client) -> None:
    lacking = Read("tom", "", content(channels=()))
    answer = store(editor, upload(editor, table(NEW, lacking)), send="1", note="Fra regnearket")
    assert answer.status_code == HTTPStatus.FOUND
    assert [*GuideVersion.objects.order_by("guide__slug").values_list("guide__slug", "state", "note")] == [
        ("nyt-pas", State.IN_REVIEW, "Fra regnearket"),
        ("tom", State.DRAFT, ""),
    ]
    page = get(editor, CARRY)
    assert "1 er sendt til godkendelse" in page
    assert "Ikke sendt, for noget mangler i dem: Nyt sundhedskort" in page


def test_same_file_again_changes_nothing(editor: Client) -> None:
    published()
    preview = upload(editor, table(Read("sundhedskort", "", content())))
    assert "0 nye, 0 ændres, 1 er som før." in said(preview)
    assert "Der er intet at gemme." in said(preview)


def test_every_fault_is_told_and_nothing_is_kept(editor: Client) -> None:
    answer = upload(editor, table(NEW).replace(b"nyt-pas", b"Nyt Pas"))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "række 2, slug" in said(answer)
    assert "Intet er gemt: 1 fejl" in said(answer)
    assert not GuideUpload.objects.exists()


def test_two_new_guides_of_one_file_cannot_name_two_solutions_alike(editor: Client) -> None:
    solution = {"slug": "pas", "name": "Bestil pas", "owner": "Kommunen", "owner_kind": "municipality"}
    first = replace(NEW, solution=solution)
    for slug, is_refused in (("pas-2", True), ("pas", False)):
        second = replace(NEW, slug="nyt-pas-2", solution=solution | {"slug": slug})
        answer = upload(editor, table(first, second))
        assert ("findes allerede med slug pas. Brug den." in said(answer)) == is_refused
    store(editor, answer)
    assert Guide.objects.filter(solution__slug="pas").count() == 2


def test_what_others_wrote_in_the_draft_stays_and_what_is_read_now_is_what_a_file_is_beside(editor: Client) -> None:
    guide = published()
    other = User.objects.create_user("anden@example.org", name="Anden")
    draft = do_start_draft(guide, now=NOW, by=other)
    do_save(draft, content(legal_basis="Sundhedsloven"), base=0, now=NOW, by=other)
    preview = upload(editor, table(CHANGED))
    assert "Der er en kladde i gang." in said(preview)
    store(editor, preview)
    draft.refresh_from_db()
    assert (draft.content.unit, draft.content.legal_basis) == ("Læge & tandlæge", "Sundhedsloven")


def test_pictures_stay_at_their_steps_and_ones_that_are_not_there_are_told(editor: Client) -> None:
    steps = (DANISH.steps[0], DANISH.steps[1])
    pictured = (
        tuple(type(step)(step.key, step.text, picture="b1", picture_alt="Forsiden") for step in steps[:1]) + steps[1:]
    )
    guide = published(texts={"da": type(DANISH)(DANISH.title, DANISH.intro, steps=pictured)})
    GuidePicture.objects.create(guide=guide, key="b1", png=b"", made_at=NOW)
    store(editor, upload(editor, table(CHANGED)))
    assert GuideVersion.objects.get(state=State.DRAFT).content.text("da").steps[0].picture == "b1"
    answer = upload(editor, table(Read("nyt-pas", "", content(texts={"da": type(DANISH)("A", "B", steps=pictured)}))))
    assert "Billedet »b1« findes ikke" in said(answer)


def test_preview_that_no_longer_holds_is_shown_anew(editor: Client) -> None:
    preview = upload(editor, table(NEW))
    published("nyt-pas")
    answer = store(editor, preview)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Noget er ændret, siden du så det." in said(answer)
    assert store(editor, answer).status_code == HTTPStatus.FOUND


def test_upload_is_its_makers_own_and_forgotten_after_a_day(cast: Cast, editor: Client) -> None:
    preview = upload(editor, table(NEW))
    other = signed_in(make_employee("Eva", cast.own, None, role=Role.GUIDE_EDITOR))
    assert store(other, preview).status_code == HTTPStatus.CONFLICT
    for wrong in ("", "x", "9" * 30):
        assert post(editor, f"{CARRY}gem/", upload=wrong, seen="").status_code == HTTPStatus.CONFLICT
    with as_web(), clock.turned(later(25 * 3600)):
        other.post(CARRY, {"file": SimpleUploadedFile("a.csv", table(NEW))})
    assert GuideUpload.objects.count() == 1


def test_cpr_number_in_the_note_is_refused(editor: Client) -> None:
    answer = store(editor, upload(editor, table(NEW)), note="For 010190-1234", send="1")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "CPR-nummer" in said(answer)
    assert not Guide.objects.exists()


def test_only_who_writes_the_common_text_carries_it_in(cast: Cast, editor: Client) -> None:
    assert "Hent ind" in get(editor, CARRY)
    for person in (
        make_employee("Lone", cast.colleague_authority, None, role=Role.GUIDE_EDITOR),
        make_employee("Mads", cast.own, cast.centre),
    ):
        client = signed_in(person)
        page = get(client, CARRY)
        assert "Hent ind" not in page
        assert upload(client, table(NEW)).status_code == HTTPStatus.FORBIDDEN
        assert upload(client, PLAN.encode(), "plan.xml", KLE).status_code == HTTPStatus.FORBIDDEN


def test_owner_of_a_guide_carries_that_one_in_and_no_other(cast: Cast) -> None:
    guide = published()
    Guide.objects.filter(pk=guide.pk).update(owner=cast.colleague_authority)
    lone = signed_in(make_employee("Lone", cast.colleague_authority, None, role=Role.GUIDE_EDITOR))
    assert store(lone, upload(lone, table(CHANGED))).status_code == HTTPStatus.FOUND
    assert "Du kan ikke ændre fællesteksten i »nyt-pas«" in said(upload(lone, table(NEW)))


@pytest.mark.parametrize("form", ["md", "json", "csv", "xlsx"])
def test_published_guides_are_carried_out_and_come_back_the_same(cast: Cast, editor: Client, form: str) -> None:
    Subject.objects.create(code="kort", name="Kort")
    published(subject="kort")
    published("andet", solution=None)
    with as_web(), clock.turned(later(60)):
        answer = editor.get(f"{CARRY}hent/{form}/?emne=kort")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="guider-')
    taken = take_files([("a.zip" if form == "md" else f"a.{form}", answer.content)])
    assert [guide.slug for _, guide in taken.guides] == ["sundhedskort"]
    assert "1 er som før" in said(upload(editor, answer.content, "a.zip" if form == "md" else f"a.{form}"))
    if form == "md":
        assert zipfile.ZipFile(io.BytesIO(answer.content)).namelist() == ["sundhedskort.md"]


def test_template_and_forms_there_are_not(editor: Client) -> None:
    with as_web(), clock.turned(later(60)):
        assert editor.get(f"{CARRY}hent/csv/?tom=1").content.startswith("\ufeffslug;emne;kle;titel".encode())
        assert editor.get(f"{CARRY}hent/pdf/").status_code == HTTPStatus.NOT_FOUND


def test_upload_without_a_file_and_one_that_is_too_large_are_refused_with_words(editor: Client) -> None:
    with as_web(), clock.turned(later(60)):
        assert "Vælg en fil" in said(editor.post(CARRY))
        assert "Vælg filen" in said(editor.post(KLE))
    assert "større end 5 MB" in said(upload(editor, b" " * (5 * 1024 * 1024 + 1)))
    assert "ingen guider i filen" in said(upload(editor, table()))


def test_plan_is_shown_and_taken_into_use(editor: Client) -> None:
    page = get(editor, KLE)
    assert "ingen emneplan endnu" in page
    preview = upload(editor, PLAN.encode(), "plan.xml", KLE)
    assert "3 nye numre, 0 med ny titel, 0 udgår." in said(preview)
    assert not KleEntry.objects.exists()
    assert store(editor, preview, f"{KLE}gem/").status_code == HTTPStatus.FOUND
    assert KleEntry.objects.count() == 3
    page = get(editor, f"{KLE}?nr=90.14.05-G01-6-26")
    assert "Gule prøvekort" in page
    assert "findes ikke i emneplanen" in get(editor, f"{KLE}?nr=90.14.06-G01-6-26")
    assert "fire dele med bindestreg" in get(editor, f"{KLE}?nr=90.14.06")
    published()
    Guide.objects.update(kle="90.14.05")
    gone = PLAN.replace("90.14.05", "90.14.07").replace("Prøver", "Forsøg")
    preview = upload(editor, gone.encode(), "plan.xml", KLE)
    for text in ("1 nye numre, 1 med ny titel, 1 udgår.", "Nyt sundhedskort", "Guider, hvis nummer udgår"):
        assert text in said(preview)
    store(editor, preview, f"{KLE}gem/")
    assert "Guider, hvis nummer ikke er i planen" in get(editor, KLE)
    assert "er udgået" in get(editor, f"{KLE}?nr=90.14.05-G01-6-26")
    assert "Der er intet at gemme." in said(upload(editor, gone.encode(), "plan.xml", KLE))


def test_what_is_no_plan_is_refused(editor: Client) -> None:
    answer = upload(editor, b"<html>", "plan.xml", KLE)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "ikke rigtig XML" in said(answer)
