"""The editor of telephone menus over HTTP, as the web's own database role."""

import io
import re
from datetime import timedelta
from html import unescape
from http import HTTPStatus
from typing import Any

import numpy as np
import pytest
import soundfile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from borgerlinje.channels.phone.sound import sound_files
from borgerlinje.console.menus import queries
from borgerlinje.lines import menus
from borgerlinje.lines.menus import editing as edit
from borgerlinje.lines.menus.tree import to_text
from borgerlinje.lines.models import MenuVersion, Notice, Sound, Subject
from borgerlinje.staff.models import Employee, RoleAssignment
from borgerlinje.staff.roles import Role
from tests.support.cast import LONG_AGO, NOW, Cast, make_employee, user_of
from tests.support.database import as_web

TREE: dict[str, Any] = {
    "start": {
        "say": {"text": "Du kan vælge."},
        "keys": [
            {"key": "1", "label": "pas", "do": "subject", "to": "pas"},
            {"key": "2", "label": "mere", "do": "menu", "node": {"say": {"text": "Mere."}, "keys": [{"key": "1", "do": "voicemail"}]}},
            {"key": "0", "do": "person"},
        ],
    }
}  # fmt: skip
PAGE = "/konsol/telefonmenu/hotline/"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _subjects(cast: Cast) -> None:
    Subject.objects.create(code="pas", name="Pas")


def signed_in(employee: Employee) -> Client:
    client = Client()
    client.force_login(user_of(employee), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def secretary(cast: Cast) -> Client:
    return signed_in(make_employee("Signe", cast.own, cast.centre, role=Role.SECRETARIAT))


@pytest.fixture
def manager(cast: Cast) -> Client:
    return signed_in(make_employee("Mads", cast.colleague_authority, cast.centre, role=Role.AUTHORITY_MANAGER))


def publish(cast: Cast, tree: dict[str, Any] | None = None, *, days: int = 1) -> MenuVersion:
    at = NOW - timedelta(days=days)
    return MenuVersion.objects.create(line=cast.line, tree=tree or TREE, from_at=at, published_at=at, changed_at=at)


def page_of(client: Client, path: str = PAGE, **query: str) -> str:
    with as_web():
        answer = client.get(path, query)
    assert answer.status_code == HTTPStatus.OK, answer.content[:500]
    return unescape(answer.content.decode())


def menu_now(cast: Cast, language: str = "da") -> menus.Menu:
    return queries.read(queries.shown_version(cast.line, language))


def post(client: Client, path: str, **fields: Any):
    with as_web():
        return client.post(f"{PAGE}{path}", fields, headers=HTMX)


def do(client: Client, cast: Cast, act: str, *place: str, **fields: Any) -> str:
    """Press a button of the editor as it is shown now, and return the editor."""
    menu = menu_now(cast)
    watched = place[:-1] if act in {"remove", "up", "down", "into"} else place
    seen = fields.pop("seen", edit.digest(menu, tuple(watched)))
    answer = post(client, "da/aendr/", act=act, place=to_text(tuple(place)), seen=seen, **fields)
    assert answer.status_code == HTTPStatus.OK, answer.content
    return unescape(answer.content.decode())


def test_list_of_lines_leads_to_each_menu(cast: Cast, secretary: Client) -> None:
    publish(cast)
    assert f'href="{PAGE}?sprog=da">Dansk' in page_of(secretary, "/konsol/telefonmenu/")


def test_line_without_a_menu_says_so_and_offers_a_beginning(secretary: Client) -> None:
    page = page_of(secretary)
    assert "Der er ingen menu endnu" in page
    assert "Intet er udgivet" in page


def test_first_change_begins_a_draft_of_what_is_heard_and_leaves_that_alone(cast: Cast, secretary: Client) -> None:
    version = publish(cast)
    page = do(secretary, cast, "text", text="Vælg nu.")
    assert "Kladde" in page
    assert menu_now(cast).start.saying.text == "Vælg nu."
    version.refresh_from_db()
    assert version.tree == TREE
    draft = MenuVersion.objects.get(published_at=None)
    assert draft.changed_by is not None
    assert draft.changed_by.name == "Signe"


def test_key_is_added_changed_moved_and_deleted_and_that_is_undone(cast: Cast, secretary: Client) -> None:
    publish(cast)
    assert "data-fresh" in do(secretary, cast, "add_key")
    do(secretary, cast, "choice", "k2", key="7", label="at blive ringet op", what="callback")
    assert [choice.key for choice in menu_now(cast).start.choices] == ["1", "2", "7", "0"]
    do(secretary, cast, "up", "k2")
    assert [choice.key for choice in menu_now(cast).start.choices] == ["1", "7", "2", "0"]
    do(secretary, cast, "into", "k1", target="start.k2")
    assert [choice.key for choice in menu_now(cast).start.choices] == ["1", "2", "0"]
    before = menus.write(menu_now(cast))
    page = do(secretary, cast, "remove", "k1")
    assert "»Tast 2« er slettet" in page
    assert [choice.key for choice in menu_now(cast).start.choices] == ["1", "0"]
    page = undo(secretary, cast, page)
    assert "Det er fortrudt" in page
    assert menus.write(menu_now(cast)) == before


def undo(client: Client, cast: Cast, page: str) -> str:
    kept = re.search(r'name="before" value="(.*?)"><button', page, re.DOTALL)
    assert kept is not None
    return do(client, cast, "undo", before=kept[1])


def test_branch_patience_and_kind_of_each_place_are_changed(cast: Cast, secretary: Client) -> None:
    publish(cast)
    do(secretary, cast, "add_branch")
    fields = {
        "weekday": ["0", "1"],
        "opens": "15:00",
        "closes": "21:00",
        "from_on": "",
        "last_on": "",
        "open": "no",
        "closed_day": "",
    }
    page = do(secretary, cast, "branch", "w0", what="voicemail", **fields)
    assert "når linjen er lukket, mandag og tirsdag, kl. 15.00–21.00" in page.lower()
    do(secretary, cast, "manners", seconds="9", silent="0", wrong="3", says_keys="yes", silence_what="callback")
    start = menu_now(cast).start
    assert (start.silence_seconds, start.silence.repeats, start.wrong.repeats) == (9, 0, 3)
    assert start.silence.action.kind == "callback"
    do(secretary, cast, "choice", "k0", key="1", label="x", what="say")
    page = do(secretary, cast, "text", "k0", text="Vi har åbent.")
    assert "Vi har åbent." in page


def test_all_faults_stand_at_their_node_and_in_the_list(cast: Cast, secretary: Client) -> None:
    publish(cast)
    page = do(secretary, cast, "choice", "k0", key="2", label="", what="subject:pas")
    assert page.count("Tast 2 er brugt to gange") == 4
    assert 'href="#p-start-k0"' in page
    assert re.search(r'id="p-start-k0-row"[^>]*>\s*<p class="bl-error" data-fault>', page)
    assert "Ret fejlene, før menuen kan udgives" in page
    refused = post(secretary, "da/udgiv/", seen=edit.digest(menu_now(cast), ()), when="now")
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert MenuVersion.objects.filter(published_at__isnull=False).count() == 1


def test_draft_is_published_now_or_later_and_earlier_versions_stay(cast: Cast, secretary: Client) -> None:
    first = publish(cast)
    do(secretary, cast, "text", text="Vælg nu.")
    page = page_of(secretary)
    assert "1 ændring i forhold til nu" in page
    assert "»Du kan vælge.«" in page
    seen = edit.digest(menu_now(cast), ())
    assert post(secretary, "da/udgiv/", seen=seen, when="now", note="Kortere").status_code == HTTPStatus.FOUND
    now = queries.in_force(cast.line, "da", at=NOW)
    assert now is not None
    assert (now.tree["start"]["say"]["text"], now.note) == ("Vælg nu.", "Kortere")
    do(secretary, cast, "text", text="Til jul.")
    seen = edit.digest(menu_now(cast), ())
    assert post(secretary, "da/udgiv/", seen=seen, when="later", fra="2026-12-24T08:00").status_code == HTTPStatus.FOUND
    later = queries.versions(cast.line, "da").first()
    assert later is not None
    assert later.from_at is not None
    assert later.from_at.isoformat() == "2026-12-24T07:00:00+00:00"
    page = page_of(secretary)
    assert [word in page for word in ("Gælder nu", "Kommer", "Tidligere")] == [True] * 3
    # Nobody has heard it: it may be taken back.
    post(secretary, f"version/{later.pk}/tilbage/")
    assert queries.draft(cast.line, "da") is not None
    assert not MenuVersion.objects.filter(pk=later.pk).exists()
    post(secretary, f"version/{first.pk}/tilbage/")
    assert MenuVersion.objects.filter(pk=first.pk).exists()


@pytest.mark.parametrize("when", ["2026-11-24T13:59", "", "i morgen"])
def test_past_or_unreadable_time_is_refused(cast: Cast, secretary: Client, when: str) -> None:
    publish(cast)
    do(secretary, cast, "text", text="Vælg nu.")
    answer = post(secretary, "da/udgiv/", seen=edit.digest(menu_now(cast), ()), when="later", fra=when)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert queries.draft(cast.line, "da") is not None


def test_draft_that_somebody_changed_since_is_not_published_unseen(
    cast: Cast, secretary: Client, manager: Client
) -> None:
    publish(cast)
    do(secretary, cast, "text", text="Vælg nu.")
    seen = edit.digest(menu_now(cast), ())
    do(manager, cast, "text", "k1", text="Noget andet.")
    answer = post(secretary, "da/udgiv/", seen=seen, when="now")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Kladden er ændret" in unescape(answer.content.decode())


def test_version_is_shown_with_its_difference_and_becomes_the_draft(cast: Cast, secretary: Client) -> None:
    old = publish(cast, days=2)
    new = publish(cast, {"start": {"say": {"text": "Kort."}, "keys": [{"key": "0", "do": "person"}]}})
    page = page_of(secretary, f"{PAGE}version/{new.pk}/")
    assert "»Kort.«" in page
    assert "<del>»Du kan vælge.«</del>" in page
    answer = post(secretary, f"version/{old.pk}/kladde/")
    assert "Kladden er nu som den version" in unescape(answer.content.decode())
    assert menu_now(cast) == menus.read(old.tree)[0]
    assert "»Kort.«" not in page_of(secretary, f"{PAGE}version/{old.pk}/")


def test_two_people_at_different_places_both_are_stored(cast: Cast, secretary: Client, manager: Client) -> None:
    publish(cast)
    at_first = edit.digest(menu_now(cast), ("k0",))
    do(manager, cast, "text", "k1", text="Mads var her.")
    do(secretary, cast, "choice", "k0", key="1", label="pas og kørekort", what="subject:pas", seen=at_first)
    menu = menu_now(cast)
    assert edit.saying_at(menu, ("k1",)).text == "Mads var her."
    assert menu.start.choices[0].label == "pas og kørekort"


def test_two_people_at_one_place_are_told_and_nothing_is_lost(cast: Cast, secretary: Client, manager: Client) -> None:
    publish(cast)
    at_first = edit.digest(menu_now(cast), ("k1",))
    do(manager, cast, "text", "k1", text="Mads var her.")
    page = do(secretary, cast, "text", "k1", text="Signe var her.", seen=at_first)
    assert "Mads har ændret det samme sted kl. 14.00" in page
    assert '<q class="bl-menu-kept">Signe var her.</q>' in page
    assert edit.saying_at(menu_now(cast), ("k1",)).text == "Mads var her."
    form = re.search(r'role="alert" id="menu-told">.*?</form>', page, re.DOTALL)
    assert form is not None
    fields = dict(re.findall(r'name="(\w+)" value="(.*?)"', form[0]))
    fields.pop("csrfmiddlewaretoken", None)
    post(secretary, "da/aendr/", **fields)
    assert edit.saying_at(menu_now(cast), ("k1",)).text == "Signe var her."


def test_place_that_is_gone_is_told_with_what_was_written(cast: Cast, secretary: Client, manager: Client) -> None:
    publish(cast)
    at_first = edit.digest(menu_now(cast), ("k1",))
    do(manager, cast, "remove", "k1")
    do(manager, cast, "remove", "k1")
    page = do(secretary, cast, "text", "k1", text="Signe var her.", seen=at_first)
    assert "Signe var her." in page
    assert "Gem min alligevel" not in page


def test_undo_after_somebody_elses_change_is_refused(cast: Cast, secretary: Client, manager: Client) -> None:
    publish(cast)
    page = do(secretary, cast, "remove", "k0")
    kept = re.search(
        r'name="seen" value="(\w+)"><input type="hidden" name="before" value="(.*?)"><button', page, re.DOTALL
    )
    assert kept is not None
    do(manager, cast, "text", text="Mads var her.")
    assert "kan ikke fortrydes" in do(secretary, cast, "undo", seen=kept[1], before=kept[2])
    assert menu_now(cast).start.saying.text == "Mads var her."


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("nothing", {}),
        ("choice", {"key": "1", "what": "explode"}),
        ("branch", {"weekday": "x", "what": "person"}),
        ("manners", {"seconds": "²", "silent": "1", "wrong": "1"}),
        ("text", {"text": "Mit nummer er 010203-4567."}),
        ("undo", {"before": "{"}),
    ],
)
def test_unreadable_form_changes_nothing_and_is_told(
    cast: Cast, secretary: Client, act: str, fields: dict[str, str]
) -> None:
    publish(cast, {"start": {**TREE["start"], "when": [{"if": {}, "do": "person"}]}})
    before = menu_now(cast)
    place = {"choice": ("k0",), "branch": ("w0",)}.get(act, ())
    assert "bl-notice--bad" in do(secretary, cast, act, *place, **fields)
    assert menu_now(cast) == before


def test_what_happens_at_an_instant_is_told(cast: Cast, secretary: Client) -> None:
    cast.line.always_open = True
    cast.line.always_open_reason = "prøve"
    cast.line.save()
    Notice.objects.create(centre=cast.centre, text="Systemet er nede.", from_at=NOW - timedelta(hours=1), kind="outage")
    publish(cast, {"start": {**TREE["start"], "when": [{"if": {"from_on": "2026-12-24", "last_on": "2026-12-24", "yearly": True}, "do": "voicemail"}]}})  # fmt: skip
    now = page_of(secretary, f"{PAGE}hvad-sker-der/", valg="nu")
    assert [
        word in now for word in ("Systemet er nede.", "Du kan vælge.", "Tast 2", "indtaler en besked", "Linjen er åben")
    ] == [True] * 5
    christmas = page_of(secretary, f"{PAGE}hvad-sker-der/", valg="juleaften")
    assert "24. december 2026" in christmas
    assert "Tast 1" not in christmas
    assert "20.59" in page_of(secretary, f"{PAGE}hvad-sker-der/", valg="tirsdag-2059")
    assert "ikke en dato" in page_of(secretary, f"{PAGE}hvad-sker-der/", tid="i morgen")
    assert "kl. 03.30" in page_of(secretary, f"{PAGE}hvad-sker-der/", tid="2026-03-29T02:30")


def test_closed_line_says_what_it_does(cast: Cast, secretary: Client) -> None:
    publish(cast)
    page = page_of(secretary, f"{PAGE}hvad-sker-der/", valg="tirsdag-2100")
    assert "Linjen er lukket" in page
    assert "Vi har lukket." in page


def recording(level: float = 0.1, seconds: float = 1.0, kind: str = "FLAC") -> bytes:
    file = io.BytesIO()
    samples = level * np.sin(2 * np.pi * 440 * np.arange(int(48_000 * seconds)) / 48_000)
    soundfile.write(file, samples, 48_000, format=kind)
    return file.getvalue()


def upload(client: Client, data: bytes, *place: str, name: str = "velkomst.flac") -> str:
    file = SimpleUploadedFile(name, data)
    answer = post(client, "da/indtaling/", place=to_text(tuple(place)), file=file)
    assert answer.status_code == HTTPStatus.OK
    return unescape(answer.content.decode())


def test_recording_is_uploaded_heard_and_taken_away_again(cast: Cast, secretary: Client) -> None:
    publish(cast)
    page = upload(secretary, recording())
    assert "er taget i brug: 1,0 sekunder" in page
    sound = Sound.objects.get()
    assert menu_now(cast).start.saying.sound_id == sound.pk
    assert (sound.original_format, sound.name, sound.said) == ("FLAC PCM_16, 48000 Hz", "Start", "Du kan vælge.")
    with as_web():
        heard = secretary.get(f"{PAGE}lyd/", {"sted": "start"})
    samples, rate = sound_files.from_wave(heard.content)
    assert rate == sound_files.RATE
    assert len(samples) / rate == pytest.approx(1.2, abs=0.1)
    # The same recording again is the same row.
    upload(secretary, recording(), "k1")
    assert Sound.objects.count() == 1
    page = do(secretary, cast, "unsound", "k1")
    assert "er fjernet" in page
    undo(secretary, cast, page)
    assert edit.saying_at(menu_now(cast), ("k1",)).sound_id == sound.pk


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"not a sound", "ikke en lydfil"),
        (recording(level=0.0005), "ingen lyd"),
        (recording(level=0.004), "for svag"),
        (recording(seconds=0.05), "kortere end et ord"),
    ],
)
def test_recording_that_will_not_do_is_refused_with_its_reason(
    cast: Cast, secretary: Client, data: bytes, reason: str
) -> None:
    publish(cast)
    page = upload(secretary, data, name="<b>.flac")
    assert reason in page
    assert "bl-notice--bad" in page
    assert not Sound.objects.exists()


def test_text_is_heard_as_speech(cast: Cast, secretary: Client) -> None:
    publish(cast)
    with as_web():
        heard = secretary.get(f"{PAGE}lyd/", {"sted": "start.k1"})
        empty = secretary.get(f"{PAGE}lyd/", {"sted": "start.k0"})
        gone = secretary.get(f"{PAGE}lyd/", {"sted": "start.k9"})
    assert heard["Content-Type"] == "audio/wav"
    assert len(sound_files.from_wave(heard.content)[0]) > sound_files.RATE
    assert (empty.status_code, gone.status_code) == (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_FOUND)


def test_reader_sees_it_all_and_changes_nothing(cast: Cast) -> None:
    publish(cast)
    reader = signed_in(make_employee("Paula", cast.own, cast.centre, role=Role.PLANNER))
    page = page_of(reader)
    assert "Du kan vælge." in page
    assert "Tilføj en tast" not in page
    assert "textarea" not in page
    assert post(reader, "da/aendr/", act="text").status_code == HTTPStatus.FORBIDDEN


def test_stranger_to_the_centre_finds_no_menu(cast: Cast) -> None:
    publish(cast)
    stranger = signed_in(make_employee("Oda", cast.outside, None, role=Role.SECRETARIAT))
    with as_web():
        assert stranger.get("/konsol/telefonmenu/").status_code == HTTPStatus.OK
        assert stranger.get(PAGE).status_code == HTTPStatus.NOT_FOUND
    assert post(stranger, "da/aendr/", act="add_key").status_code == HTTPStatus.NOT_FOUND


def test_editor_at_one_authority_reads_only_where_they_are_planner(cast: Cast) -> None:
    both = make_employee("Bo", cast.outside, None, role=Role.SECRETARIAT)
    RoleAssignment.objects.create(user=user_of(both), authority=cast.own, role=Role.PLANNER.value, from_on=LONG_AGO)
    publish(cast)
    client = signed_in(both)
    assert "Tilføj en tast" not in page_of(client)
    assert post(client, "da/aendr/", act="add_key").status_code == HTTPStatus.FORBIDDEN


def test_without_script_the_forms_work_too(cast: Cast, secretary: Client) -> None:
    publish(cast)
    menu = menu_now(cast)
    with as_web():
        answer = secretary.post(
            f"{PAGE}da/aendr/", {"act": "text", "place": "start", "seen": edit.digest(menu, ()), "text": "Vælg."}
        )
    assert answer.status_code == HTTPStatus.FOUND
    assert menu_now(cast).start.saying.text == "Vælg."


def test_retired_subject_is_offered_no_more_and_marked_where_a_menu_names_it(cast: Cast, secretary: Client) -> None:
    publish(cast)
    Subject.objects.create(code="affald", name="Affald", retired_on=LONG_AGO)
    page = page_of(secretary)
    assert "Affald" not in page
    assert "Emnet er ude af brug." not in page
    Subject.objects.filter(code="pas").update(retired_on=LONG_AGO)
    page = page_of(secretary)
    assert '<option value="subject:pas" selected>Pas (ude af brug)</option>' in page
    assert page.count("Pas (ude af brug)") == 1, "where it is named, and nowhere else"
    assert "vælg et andet emne, eller tag det i brug igen under Emner." in page
    # The citizens still come into the queue by it, so it keeps nobody from publishing the rest.
    faults = menus.check(menu_now(cast), queries.known(cast.line, "da"))
    assert [fault.wrong for fault in faults if not fault.is_warning] == []
    assert menus.Wrong.RETIRED_SUBJECT in [fault.wrong for fault in faults]


def test_change_that_is_refused_is_not_said_to_be_saved(cast: Cast, secretary: Client) -> None:
    publish(cast)
    do(secretary, cast, "text", text="En ny tekst.")
    page = do(secretary, cast, "text", text="Ring 010190-1234")
    assert "er ikke gemt" in page
    # The draft's own line is about what was stored before.
    assert "sidst gemt" in page
    assert ">gemt" not in page
