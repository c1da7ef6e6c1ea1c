"""Writing guides: one form that works without scripts, saves of the page's script, pictures, and who may."""

import io
import json
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from borgerlinje.guides.actions import do_publish
from borgerlinje.guides.content import Content, Step, Text
from borgerlinje.guides.models import Guide, GuidePicture, GuideVersion, State
from borgerlinje.guides.pictures import Drawn, content_type, draw
from borgerlinje.kit import clock
from borgerlinje.staff.roles import Role
from tests.console.staffing import get, said, signed_in
from tests.guides.making import DANISH, published
from tests.support.cast import Cast, later, make_employee
from tests.support.counting import Counter
from tests.support.database import as_web

NEW, EDIT, VIEW = "/konsol/guider/ny/", "/konsol/guider/sundhedskort/ret/", "/konsol/guider/sundhedskort/vis/"
# What a page may ask, and what `as_web` itself says around it.
_MOST_QUERIES, _OF_AS_WEB = 20, 5
HOSTILE = (
    "<script>document.title='x'</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    '<a href="javascript:alert(1)">klik</a>',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\"><iframe srcdoc='<script>alert(1)</script>'>",
)


@pytest.fixture
def editor(cast: Cast) -> Client:
    """Sign in an editor at the centre's host."""
    return signed_in(make_employee("Ella", cast.own, None, role=Role.GUIDE_EDITOR))


@pytest.fixture
def other(cast: Cast) -> Client:
    """Sign in another one."""
    return signed_in(make_employee("Finn", cast.own, None, role=Role.GUIDE_EDITOR))


def values(content: Content, version: GuideVersion | None, **changes: Any) -> dict[str, Any]:
    """Return what the form of a content sends."""
    sent: dict[str, Any] = {
        "version": version.pk if version else "",
        "base": version.revision if version else 0,
        "is_draft": "1" if version and version.state == State.DRAFT else "",
        "channels": list(content.channels),
        "life_events": list(content.life_events),
        "complexity": content.complexity,
        **{name: getattr(content, name) for name in ("unit", "legal_basis", "facts_from")},
        "step": [step.key for step in content.text("da").steps],
    }
    for language, text in content.texts.items():
        sent |= {f"{name}-{language}": getattr(text, name) for name in ("title", "intro", "not_digital")}
        sent |= {f"{name}-{language}": "\n".join(getattr(text, name)) for name in ("have", "mistakes")}
        sent[f"words-{language}"] = "\n".join(content.words.get(language, ()))
        for step in text.steps:
            parts = ("text", "say", "sees", "picture_alt")
            sent |= {f"step-{step.key}-{part}-{language}": getattr(step, part) for part in parts}
            sent[f"step-{step.key}-picture"] = step.picture
    return sent | changes


def post(client: Client, sent: dict[str, Any], *, at: float = 60, path: str = EDIT, **options: Any):
    with as_web(), clock.turned(later(at)):
        return client.post(path, sent, **options)


def save_by_script(client: Client, sent: dict[str, Any]) -> dict[str, Any]:
    answer = post(client, sent, headers={"Accept": "application/json"})
    assert answer.status_code == HTTPStatus.OK, said(answer)
    return dict(json.loads(answer.content))


def draft() -> GuideVersion:
    return GuideVersion.objects.get(state=State.DRAFT)


def danish() -> Text:
    return draft().content.text("da")


def started(client: Client) -> GuideVersion:
    """Begin a draft by a first change."""
    version = Guide.objects.get(pk=published().pk).published
    assert version is not None
    post(client, values(version.content, version, **{"intro-da": "Begyndt."}))
    return draft()


def test_new_guide_is_a_draft_named_after_its_title(editor: Client) -> None:
    assert "Begynd at skrive" in get(editor, NEW)
    answer = post(editor, {"title": "Søg <b>økonomisk</b> friplads på SFO"}, path=NEW)
    assert answer["Location"] == "/konsol/guider/soeg-oekonomisk-friplads-paa-sfo/ret/"
    guide = Guide.objects.get()
    assert (guide.title, guide.published, draft().made_by is not None) == ("Søg økonomisk friplads på SFO", None, True)
    assert "Søg økonomisk friplads" in get(editor, answer["Location"])


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"title": ""}, "Skriv en titel"),
        ({"title": "<b></b>"}, "Skriv en titel"),
        ({"title": "x" * 121}, "højst 120"),
        ({"title": "Ny"}, "bruges af siderne selv"),
        ({"title": "KLE"}, "bruges af siderne selv"),
        ({"title": "Kort", "slug": "Æbler og pærer"}, "små bogstaver"),
        ({"title": "!!!"}, "små bogstaver"),
        ({"title": "Sundhedskort"}, "allerede en guide"),
        ({"title": "Borger 010190-1234"}, "CPR"),
    ],
)
def test_what_cannot_be_a_guide_is_refused_with_the_reason(editor: Client, sent: dict[str, str], told: str) -> None:
    published()
    answer = post(editor, sent, path=NEW)
    assert (answer.status_code, Guide.objects.count()) == (HTTPStatus.UNPROCESSABLE_ENTITY, 1)
    assert told in said(answer)


def test_name_that_another_took_in_the_meantime_is_told(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    published()
    when_looked_at = SimpleNamespace(objects=Guide.objects.none())
    monkeypatch.setattr("borgerlinje.console.guides.editing.making.Guide", when_looked_at)
    answer = post(editor, {"title": "Sundhedskort"}, path=NEW)
    assert (answer.status_code, Guide.objects.count()) == (HTTPStatus.UNPROCESSABLE_ENTITY, 1)
    assert "allerede en guide" in said(answer)


def test_looking_changes_nothing_and_the_first_change_makes_a_draft(editor: Client) -> None:
    version = Guide.objects.get(pk=published().pk).published
    assert version is not None
    page = get(editor, EDIT)
    assert DANISH.intro in page
    assert 'value="s1"' in page
    post(editor, values(version.content, version))
    assert GuideVersion.objects.count() == 1
    answer = post(editor, values(version.content, version, **{"intro-da": "Helt ny."}))
    assert answer.status_code == HTTPStatus.FOUND
    assert (danish().intro, draft().based_on) == ("Helt ny.", version)
    assert draft().content.text("en") == version.content.text("en")


@pytest.mark.parametrize("path", [NEW, EDIT, VIEW])
def test_page_asks_few_questions(editor: Client, path: str) -> None:
    started(editor)
    counter = Counter()
    with connection.execute_wrapper(counter):
        get(editor, path)
    assert counter.count <= _MOST_QUERIES + _OF_AS_WEB, "\n".join(counter.asked)


def test_each_button_of_a_step_stores_and_leads_back_to_it(editor: Client) -> None:
    version = started(editor)
    answer = post(editor, values(version.content, version, do="down:s1"))
    assert answer["Location"].endswith("#trin-s1")
    assert [step.key for step in danish().steps] == ["s2", "s1"]
    post(editor, values(draft().content, draft(), do="up:s1", **{"title-da": "Også titlen"}))
    assert ([step.key for step in danish().steps], danish().title) == (["s1", "s2"], "Også titlen")
    answer = post(editor, values(draft().content, draft(), do="add:s1"))
    page = get(editor, answer["Location"].partition("#")[0])
    assert page.index('id="trin-s1"') < page.index('id="nyt-trin"') < page.index('id="trin-s2"')


def test_a_removed_step_is_brought_back_with_both_languages_in_its_place(editor: Client) -> None:
    version = started(editor)
    before = version.content
    answer = post(editor, values(before, version, do="remove:s1"))
    assert [step.key for step in danish().steps] == ["s2"]
    page = get(editor, answer["Location"].partition("#")[0])
    bring = page.partition('value="bring:')[2].partition('"')[0]
    post(editor, values(draft().content, draft(), do=f"bring:{bring}"))
    assert draft().content == before


def test_two_editors_lose_nothing_and_are_told(editor: Client, other: Client) -> None:
    version = started(editor)
    theirs = values(version.content, version, **{"intro-da": "Ellas indledning."})
    mine = values(version.content, version, **{"intro-da": "Finns indledning.", "title-da": "Finns titel"})
    post(editor, theirs)
    page = said(post(other, mine))
    for told in ("I har begge skrevet her", "Ellas indledning.", "Finns indledning.", "Ella"):
        assert told in page
    assert (danish().intro, danish().title) == ("Ellas indledning.", "Finns titel")
    chosen = {"do": "use:da:intro", "mine:da:intro": "Finns indledning."}
    post(other, values(draft().content, draft(), **chosen))
    assert danish().intro == "Finns indledning."


@pytest.mark.parametrize(
    ("name", "mine"),
    [
        ("da:title", "Min titel"),
        ("en:not_digital", "Mine"),
        ("da:have", "Min\nAnden"),
        ("en:mistakes", ""),
        ("da:step:s1:say", "Sig mit"),
        ("en:step:s1:picture_alt", "My picture"),
        ("da:step:s1:picture", "mit-kort-0123456789abcdef-1600x500"),
        (":channels", "counter\nphone"),
        (":complexity", "discretion"),
        (":legal_basis", "Min lov"),
    ],
)
def test_what_one_wrote_oneself_is_put_in_the_place_of_the_others(editor: Client, name: str, mine: str) -> None:
    version = started(editor)
    post(editor, values(version.content, version, do=f"use:{name}", **{f"mine:{name}": mine}))
    language, _colon, part = name.partition(":")
    whole: Any = draft().content.texts[language] if language else draft().content
    if part.startswith("step:"):
        part, whole = part.rpartition(":")[2], whole.steps[0]
    stored = getattr(whole, part)
    assert (stored if isinstance(stored, str) else "\n".join(stored)) == mine


@pytest.mark.parametrize(
    ("name", "mine", "status"),
    [
        ("da:title", "x" * 121, HTTPStatus.UNPROCESSABLE_ENTITY),
        ("da:intro", "Ring om 010190-1234", HTTPStatus.UNPROCESSABLE_ENTITY),
        (":complexity", "ond", HTTPStatus.FOUND),
        ("da:step:s9:say", "Nej", HTTPStatus.FOUND),
        ("da:step:s1:key", "s9", HTTPStatus.FOUND),
        ("xx:intro", "Nej", HTTPStatus.FOUND),
        (":texts", "Nej", HTTPStatus.FOUND),
        ("::", "Nej", HTTPStatus.FOUND),
    ],
)
def test_what_one_wrote_oneself_is_judged_as_anything_written(
    editor: Client, name: str, mine: str, status: HTTPStatus
) -> None:
    version = started(editor)
    answer = post(editor, values(version.content, version, do=f"use:{name}", **{f"mine:{name}": mine}))
    assert answer.status_code == status
    assert draft().content == version.content
    post(editor, values(version.content, draft(), do="use::channels", **{"mine::channels": "ond\ncounter"}))
    assert draft().content.channels == ("counter",)


def test_the_script_is_told_the_revision_and_given_what_others_wrote(editor: Client, other: Client) -> None:
    version = started(editor)
    told = save_by_script(editor, values(version.content, version, **{"title-da": "Ellas titel"}))
    assert (told["revision"], told["version"], "html" in told) == (2, version.pk, False)
    assert told["text"].startswith("Gemt kl. ")
    told = save_by_script(other, values(version.content, version, **{"intro-da": "Finns."}))
    assert "Ellas titel" in told["html"]
    assert "har skrevet imens" in told["html"]


def test_a_save_into_what_was_published_meanwhile_is_a_new_draft_and_says_so(editor: Client) -> None:
    version = started(editor)
    sent = values(version.content, version, **{"intro-da": "For sent?"})
    do_publish(version, now=clock.now())
    page = said(post(editor, sent))
    assert "mens du skrev" in page
    assert (danish().intro, draft().number) == ("For sent?", 3)


def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(editor: Client) -> None:
    version = started(editor)
    changes = {"intro-da": "Ring om 010190-1234", "title-da": "Beholdt titel", "step-s1-say-da": "x" * 2001}
    answer = post(editor, values(version.content, version, **changes))
    page = said(answer)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert all(each in page for each in ("Beholdt titel", "010190-1234", "ligner et CPR-nummer", "højst 2000 tegn"))
    assert danish().intro == "Begyndt."
    answer = post(editor, values(version.content, version, **changes), headers={"Accept": "application/json"})
    assert set(json.loads(answer.content)["faults"]) == {"intro-da", "step-s1-say-da"}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_markup_is_text_or_gone_and_never_markup(editor: Client, hostile: str) -> None:
    version = started(editor)
    names = ("title-da", "intro-da", "have-da", "step-s1-text-da", "step-s1-sees-da", "unit", "legal_basis")
    post(editor, values(version.content, version, **dict.fromkeys(names, f"Ord {hostile}")))
    for page in (get(editor, EDIT), get(editor, VIEW)):
        for live in ("<script>", "<img src=x", "<svg onload", "<iframe", 'href="javascript:'):
            assert live not in page
        assert "Ord" in page


def test_a_hostile_key_is_no_step(editor: Client) -> None:
    version = started(editor)
    key = '"><script>'
    post(editor, values(version.content, version, step=["s1", key, "s1"], **{f"step-{key}-text-da": "Væk"}))
    assert [step.key for step in danish().steps] == ["s1"]


def picture(kind: str = "PNG", size: tuple[int, int] = (640, 400)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "#7a1f5c").save(file, kind)
    return file.getvalue()


def with_file(version: GuideVersion, content: bytes, name: str) -> dict[str, Any]:
    file = SimpleUploadedFile(name, content)
    return values(
        version.content, version, do="picture:s1", **{"step-s1-file": file, "step-s1-picture_alt-da": "Et kort"}
    )


def test_picture_is_drawn_anew_and_served_only_with_its_guide(editor: Client) -> None:
    version = started(editor)
    exif = Image.Exif()
    exif[0x010E] = "Karens telefon"
    file = io.BytesIO()
    Image.new("RGB", (3200, 1000), "#7a1f5c").save(file, "JPEG", exif=exif)
    post(editor, with_file(version, file.getvalue() + b"<script>", "Skærm 1.jpg"))
    kept = GuidePicture.objects.get()
    assert danish().steps[0].picture == kept.key
    assert kept.key.endswith("-1600x500")
    assert b"Karen" not in bytes(kept.png)
    assert b"script" not in bytes(kept.png)
    address = f"/guidebillede/{kept.key}/"
    with as_web():
        assert Client().get(address).status_code == HTTPStatus.NOT_FOUND
        answer = editor.get(address)
    assert (answer.status_code, answer["Cache-Control"].split(",")[0]) == (HTTPStatus.OK, "private")
    do_publish(draft(), now=clock.now())
    with as_web():
        answer = Client().get(address)
        page = said(Client().get("/guide/sundhedskort/"))
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "public" in answer["Cache-Control"]
    assert "immutable" in answer["Cache-Control"]
    assert f'src="{address}" alt="Et kort" width="1600" height="500"' in page


def torn() -> bytes:
    """Return a photograph whose words beside it say that a text is of another kind than it is."""
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "x", 6
    file = io.BytesIO()
    Image.new("RGB", (640, 400)).save(file, "JPEG", exif=exif)
    content = bytearray(file.getvalue())
    content[content.index(b"Exif\0\0") + 6 + 11] = 0
    return bytes(content)


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (SVG, "a.png", "SVG-tegning"),
        (GIF, "a.gif", "kan ikke læses som et billede"),
        (b"MZ\x90\x00", "a.png", "kan ikke læses som et billede"),
        (picture()[:80], "a.png", "kan ikke læses som et billede"),
        (torn(), "a.jpg", "kan ikke læses som et billede"),
        (picture(size=(10, 10)), "a.png", "for lille"),
        (picture(size=(5001, 40)), "a.png", "for stort"),
        (b"\x89PNG" + b"x" * (8 * 1024 * 1024), "a.png", "for stor"),
    ],
)
def test_what_is_no_picture_is_refused_at_its_field_and_the_text_stays(
    editor: Client, content: bytes, name: str, told: str
) -> None:
    version = started(editor)
    sent = with_file(version, content, name) | {"intro-da": "Det her er skrevet."}
    answer = post(editor, sent)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert told in said(answer)
    assert "Det her er skrevet." in said(answer)
    assert not GuidePicture.objects.exists()


def test_a_large_photograph_is_kept_small() -> None:
    drawn = draw(_noise(), name="a.jpg", slug="x")
    assert isinstance(drawn, Drawn)
    assert content_type(drawn.content) == "image/webp"


def _noise() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((1200, 900), 80).convert("RGB").save(file, "JPEG")
    return file.getvalue()


def test_preview_shows_the_draft_marked_as_one(editor: Client) -> None:
    started(editor)
    page = get(editor, VIEW)
    assert "Begyndt." in page
    assert "Kladde: udgave 2" in page
    assert "Hjalp siden dig?" not in page


def test_preview_of_a_guide_that_was_never_read_shows_its_draft(editor: Client) -> None:
    post(editor, {"title": "Aldrig læst"}, path=NEW)
    page = get(editor, "/konsol/guider/aldrig-laest/vis/")
    assert "Kladde: udgave 1" in page
    assert "application/ld+json" not in page


@pytest.mark.parametrize("path", [NEW, EDIT, VIEW])
def test_nobody_but_editors_of_the_guide_open_the_pages(cast: Cast, path: str) -> None:
    published()
    for role, authority in ((Role.PLANNER, cast.own), (Role.EMPLOYEE, cast.own)):
        client = signed_in(make_employee(f"P{role}", authority, None, role=role))
        with as_web():
            assert client.get(path).status_code == HTTPStatus.FORBIDDEN
    with as_web():
        assert Client().get(path).status_code == HTTPStatus.FOUND


def test_editor_of_a_member_does_not_write_the_common_text_unless_it_owns_it(cast: Cast) -> None:
    guide = published()
    client = signed_in(make_employee("Lis", cast.colleague_authority, None, role=Role.GUIDE_EDITOR))
    with as_web():
        assert client.get(EDIT).status_code == HTTPStatus.FORBIDDEN
        assert client.post(EDIT, {}).status_code == HTTPStatus.FORBIDDEN
        assert client.get(NEW).status_code == HTTPStatus.FORBIDDEN
    Guide.objects.filter(pk=guide.pk).update(owner=cast.colleague_authority)
    get(client, EDIT)


@pytest.mark.parametrize(
    "sent", [{}, {"version": "999999999999", "base": "-1"}, {"version": "x", "base": "²", "do": "bring:::"}]
)
def test_what_no_form_sends_is_no_crash(editor: Client, sent: dict[str, str]) -> None:
    published()
    assert post(editor, sent | {"title-da": "Titel"}).status_code in {
        HTTPStatus.FOUND,
        HTTPStatus.OK,
        HTTPStatus.NOT_FOUND,
    }


def test_english_alone_and_a_step_in_english_alone_are_kept(editor: Client) -> None:
    version = started(editor)
    changes = {"step": ["s1", "s2", "n1"], "step-n1-text-en": "Only in English"}
    post(editor, values(version.content, version, **changes))
    assert draft().content.texts["en"].steps[-1] == Step("n1", "Only in English")
    assert [step.key for step in danish().steps] == ["s1", "s2"]
