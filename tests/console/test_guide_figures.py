"""The editor's work list, the figures of what was opened, and the guides read in large print, over HTTP."""

import re
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client

from borgerlinje.contacts.models import Contact, ContactGuide
from borgerlinje.guides.actions import do_draft, do_publish
from borgerlinje.guides.content import Text
from borgerlinje.guides.counting import do_count_missed, do_count_opening
from borgerlinje.guides.models import Feedback, Guide, GuideVersion, MissedSearch, Opening, Side
from borgerlinje.guides.overlay import LocalText, Overlay
from borgerlinje.staff.roles import Role
from tests.console.staffing import get, post, signed_in
from tests.desk.acts import wrapping_up
from tests.guides.making import content, published
from tests.guides.test_local import put
from tests.support.cast import NOW, Cast, later, make_employee
from tests.support.counting import Counter

WORK, OPENED, READ = "/konsol/guider/arbejdsliste/", "/konsol/guider/aabnet/", "/konsol/guider/laes/"
TODAY = date(2026, 11, 24)
MOST_QUERIES = 20


@pytest.fixture
def guide(cast: Cast) -> Guide:
    return published()


@pytest.fixture
def editor(cast: Cast) -> Client:
    return signed_in(make_employee("Eva", cast.own, None, role=Role.GUIDE_EDITOR))


@pytest.fixture
def local_editor(cast: Cast) -> Client:
    return signed_in(make_employee("Liv", cast.colleague_authority, None, role=Role.GUIDE_EDITOR))


@pytest.fixture
def ambassador(cast: Cast) -> Client:
    return signed_in(make_employee("Amir", cast.own, None, role=Role.DIGITAL_AMBASSADOR))


def unhelped(guide: Guide, **values: Any) -> Feedback:
    usual = {"version": 1, "side": Side.CITIZEN, "at": NOW, "helped": False}
    return Feedback.objects.create(guide=guide, **(usual | values))


def missed(words: str = "bålplads", *, authority_id: int | None = None) -> None:
    do_count_missed(words, authority_id=authority_id, side=Side.CITIZEN, on=TODAY)


def list_of(page: str) -> str:
    """Return the list itself, without the rest of the page."""
    found = re.search(r'<section class="bl-panel" aria-labelledby="liste">.*?</section>', page, re.DOTALL)
    assert found
    return found.group()


def test_list_is_empty_and_says_what_will_come(guide: Guide, editor: Client) -> None:
    assert "Listen er tom" in get(editor, WORK)
    assert "af det, du har valgt" in get(editor, f"{WORK}?slags=uden-svar")


def test_editor_reads_what_was_missing_marks_it_and_takes_it_back(guide: Guide, editor: Client) -> None:
    unhelped(guide, words="Knappen <b>er</b> væk")
    page = get(editor, WORK)
    assert "Knappen &lt;b&gt;er&lt;/b&gt; væk" in page
    assert "Hjalp 0 % af 1 svar" in page
    until = str(Feedback.objects.get().pk)
    answer = post(editor, f"{WORK}faerdig/", slags="hjalp-ikke", hvad="sundhedskort", titel="Nyt kort", til=until)
    assert answer["Location"] == WORK
    page = get(editor, WORK)
    assert "Listen er tom" in page
    assert "»Nyt kort« er færdig." in page
    post(editor, f"{WORK}fortryd/")
    assert "Knappen" in get(editor, WORK)
    assert post(editor, f"{WORK}fortryd/").status_code == HTTPStatus.NOT_FOUND, "it is taken back once"


def test_filters_are_kept_when_something_is_marked(cast: Cast, guide: Guide, editor: Client) -> None:
    missed(authority_id=cast.own.pk)
    missed("krokodille")
    page = get(editor, f"{WORK}?myndighed=370&slags=uden-svar")
    assert "baalplads" in list_of(page)
    assert "krokodille" not in list_of(page)
    values = {"slags": "uden-svar", "hvad": "baalplads", "til": "2026-11-24", "myndighed": "370", "vis": "uden-svar"}
    assert post(editor, f"{WORK}faerdig/", **values)["Location"] == f"{WORK}?myndighed=370&slags=uden-svar"
    assert list(MissedSearch.objects.filter(done_at=None).values_list("asked", flat=True)) == ["krokodille"]


def test_editor_of_a_member_sees_and_marks_only_their_own_authority(
    cast: Cast, guide: Guide, local_editor: Client
) -> None:
    missed(authority_id=cast.own.pk)
    missed("krokodille", authority_id=cast.colleague_authority.pk)
    page = list_of(get(local_editor, WORK))
    assert "krokodille" in page
    assert "baalplads" not in page
    assert "Giv en guide de ord" not in page, "the common text is the host's"
    post(local_editor, f"{WORK}faerdig/", slags="uden-svar", hvad="baalplads", til="2026-11-24")
    assert MissedSearch.objects.filter(done_at=None).count() == 2
    looked = {"slags": "viderestillet", "hvad": guide.slug}
    assert post(local_editor, f"{WORK}faerdig/", **looked).status_code == HTTPStatus.NOT_FOUND
    words = {"hvad": "baalplads", "ord": "bålplads", "guide": guide.slug}
    assert post(local_editor, f"{WORK}ord/", **words).status_code == HTTPStatus.NOT_FOUND
    assert GuideVersion.objects.count() == 1


@pytest.mark.parametrize("values", [{}, {"slags": "gennemgang", "hvad": "x"}, {"slags": "uden-svar", "til": "i går"}])
def test_what_cannot_be_marked_is_not_found(guide: Guide, editor: Client, values: dict[str, str]) -> None:
    assert post(editor, f"{WORK}faerdig/", **values).status_code == HTTPStatus.NOT_FOUND


def test_words_go_into_the_chosen_guides_draft_and_off_the_list(guide: Guide, editor: Client) -> None:
    missed("kort til bålplads")
    page = get(editor, f"{WORK}ord/?hvad=baalplads+kort+til&til=2026-11-24")
    assert "Giv den ordene" in page
    assert "Nyt sundhedskort" in page, "a word of it is like the guide"
    answer = post(
        editor, f"{WORK}ord/", hvad="baalplads kort til", til="2026-11-24", ord="kort til bålplads", guide=guide.slug
    )
    assert answer.status_code == HTTPStatus.FOUND
    draft = GuideVersion.objects.get(state="draft")
    assert draft.content.words["da"][-1] == "kort til bålplads"
    assert "står i kladden til »Nyt sundhedskort«" in get(editor, WORK)
    assert not MissedSearch.objects.filter(done_at=None).exists()
    guide.refresh_from_db()
    assert guide.published is not None
    assert "kort til bålplads" not in guide.published.content.words["da"], "citizens find it when that is published"


def test_words_with_a_cpr_number_or_none_at_all_are_refused(guide: Guide, editor: Client) -> None:
    for words, fault in (("mor 0101701234", "ligner et CPR-nummer"), (" ", "Skriv de ord")):
        answer = post(editor, f"{WORK}ord/", hvad="mor", ord=words, guide=guide.slug)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert fault in answer.content.decode()
    assert GuideVersion.objects.count() == 1


def test_who_does_not_edit_does_not_see_the_list(cast: Cast, guide: Guide, ambassador: Client) -> None:
    assert ambassador.get(WORK).status_code == HTTPStatus.FORBIDDEN
    assert ambassador.get(f"{WORK}ord/?hvad=x").status_code == HTTPStatus.FORBIDDEN


def test_openings_of_a_month_are_shown_and_taken_along(cast: Cast, guide: Guide, editor: Client) -> None:
    do_count_opening(guide.pk, authority_id=cast.own.pk, side=Side.CITIZEN, campaign="bibliotek", on=TODAY)
    do_count_opening(guide.pk, authority_id=None, side=Side.EMPLOYEE, campaign="", on=TODAY)
    page = get(editor, OPENED)
    for shown in ("Nyt sundhedskort", "bibliotek", "Næstved", "Fælles sider"):
        assert shown in page
    assert "Ingen har åbnet en løsning" in get(editor, f"{OPENED}?maaned=2026-10")
    for none in ("sommer", "9999-12", "0000-01", "2026-13", "2" * 5000):
        assert "bibliotek" in get(editor, f"{OPENED}?maaned={none}"), "a month that is none is this one"
        assert "bibliotek" in get(editor, f"{OPENED}tabel.csv?maaned={none}")
    table = get(editor, f"{OPENED}tabel.csv?maaned=2026-11")
    assert table.startswith("\ufeffMåned;Guide;")
    assert "2026-11;Nyt sundhedskort;sundhedskort;bibliotek;Næstved;Borger;1" in table


def test_title_in_the_table_is_no_formula(cast: Cast, guide: Guide, editor: Client) -> None:
    Guide.objects.update(title="=1+1")
    do_count_opening(guide.pk, authority_id=None, side=Side.CITIZEN, campaign="=2+2", on=TODAY)
    assert ";'=1+1;sundhedskort;2-2;" in get(editor, f"{OPENED}tabel.csv")


def test_campaign_link_is_made_followed_and_counted(cast: Cast, guide: Guide, ambassador: Client) -> None:
    page = get(ambassador, f"{OPENED}?kampagne=Biblioteket&guide=kort")
    assert "Hvilken guide?" in page
    page = get(ambassador, f"{OPENED}?kampagne=Biblioteket&guide=sundhedskort&sted=370")
    link = "http://testserver/kommune/370/guide/sundhedskort/?kampagne=biblioteket"
    assert f'value="{link}"' in page
    picture = get(ambassador, f"{OPENED}qr.svg?kampagne=Biblioteket&guide=sundhedskort&sted=370")
    assert picture.startswith("<svg")
    citizen = Client()
    path = urlsplit(link)
    shown = get(citizen, f"{path.path}?{path.query}")
    follow = re.search(r'href="(/kommune/370/guide/sundhedskort/aabn/[^"]*)"', shown)
    assert follow
    assert citizen.get(follow.group(1)).status_code == HTTPStatus.FOUND
    assert list(Opening.objects.values_list("campaign", "authority__code", "side")) == [
        ("biblioteket", "370", "citizen")
    ]


@pytest.mark.parametrize(("name", "guide_name"), [("", "sundhedskort"), ("12345678", "sundhedskort"), ("navn", "?")])
def test_link_that_cannot_be_made_says_why(guide: Guide, editor: Client, name: str, guide_name: str) -> None:
    page = get(editor, f"{OPENED}?kampagne={name}&guide={guide_name}")
    assert ("Skriv et navn med bogstaver" in page) or ("Ingen guide passer" in page)
    assert 'id="k-link"' not in page
    answer = editor.get(f"{OPENED}qr.svg?kampagne={name}&guide={guide_name}")
    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_ambassador_finds_reads_opens_and_answers(cast: Cast, guide: Guide, ambassador: Client) -> None:
    assert "/konsol/guider/laes/" in get(ambassador, "/konsol/")
    assert "Sygdom og sundhed" in get(ambassador, READ)
    assert "Nyt sundhedskort" in get(ambassador, f"{READ}?liv=sygdom")
    assert "Nyt sundhedskort" in get(ambassador, f"{READ}?q=gult+kort")
    page = get(ambassador, f"{READ}sundhedskort/")
    for shown in ("»Har du en computer ved dig?«", "Borgeren ser", "Forsiden.", "Næstved Kommune"):
        assert shown in page
    assert ambassador.get(f"{READ}sundhedskort/aabn/")["Location"] == "https://www.borger.dk/"
    assert list(Opening.objects.values_list("side", "authority")) == [("employee", cast.own.pk)]
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert ticket
    for helped in ("nej", "nej", "ja"):
        answer = post(ambassador, f"{READ}sundhedskort/hjalp/", helped=helped, words="Trin 2", ticket=ticket.group(1))
        assert "Tak." in get(ambassador, answer["Location"])
    stored = Feedback.objects.get()
    assert (stored.helped, stored.words, stored.side, stored.authority) == (False, "Trin 2", "employee", cast.own)


def test_ambassador_sees_the_ways_the_best_first_and_what_takes_discretion(cast: Cast, ambassador: Client) -> None:
    published(complexity="discretion", legal_basis="Sundhedsloven § 12")
    for path in (f"{READ}sundhedskort/", "/konsol/guider/sundhedskort/"):
        page = get(ambassador, path)
        assert page.index("1. Selvbetjening") < page.index("2. Telefon")
        assert "Kræver skøn" in page
        assert "Nogen skal vurdere sagen: Borgerservice overtager." in page
        assert "lettere sagsbehandling" not in page, "an ambassador closes nothing"
        assert "Loven: Sundhedsloven § 12." in page


def test_ambassador_is_warned_where_the_guide_or_the_local_text_is_outdated(
    cast: Cast, guide: Guide, ambassador: Client
) -> None:
    page = f"{READ}sundhedskort/"
    guide.refresh_from_db()
    put(guide, cast.own, Overlay({"da": LocalText({"intro": "Hent det på rådhuset."})}))
    GuideVersion.objects.update(review_on=TODAY)
    fresh = get(ambassador, page)
    assert "Guiden er ikke gennemgået for nylig" not in fresh
    assert "Den fælles tekst er ændret siden" not in fresh
    GuideVersion.objects.update(review_on=TODAY - timedelta(days=1))
    assert "Guiden er ikke gennemgået for nylig" in get(ambassador, page)
    said = Text("Nyt sundhedskort", "Du bestiller kortet et nyt sted.")
    do_publish(do_draft(guide, content(texts={"da": said}), now=NOW), now=NOW)
    assert "Den fælles tekst er ændret siden" in get(ambassador, page)


def test_reader_is_refused_cpr_numbers_in_words_and_in_searches(guide: Guide, ambassador: Client) -> None:
    answer = post(ambassador, f"{READ}sundhedskort/hjalp/", helped="nej", words="0101701234")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not Feedback.objects.exists()
    page = get(ambassador, f"{READ}?q=0101701234")
    assert "ligner et CPR-nummer" in page
    assert "0101701234" not in list_free(page)
    assert get(ambassador, f"{READ}?q=krokodille")
    assert MissedSearch.objects.get().side == "employee"


def list_free(page: str) -> str:
    """Return a page without its language form, which leads back to the very address."""
    return re.sub(r'<form class="bl-language".*?</form>', "", page, flags=re.DOTALL)


def test_guide_that_is_not_read_any_more_is_not_found(guide: Guide, ambassador: Client) -> None:
    GuideVersion.objects.update(valid_to=TODAY)
    for path in (f"{READ}sundhedskort/", f"{READ}sundhedskort/aabn/", f"{READ}findes-ikke/"):
        assert ambassador.get(path).status_code == HTTPStatus.NOT_FOUND


def test_which_guides_were_used_stands_on_the_contacts_page(cast: Cast, guide: Guide) -> None:
    contact_id = wrapping_up(cast, cast.employee)
    ContactGuide.objects.create(
        contact_id=contact_id,
        authority=cast.own,
        guide=guide,
        version=1,
        employee=cast.employee,
        opened_at=later(6),
        helped=True,
    )
    page = get(signed_in(cast.employee), f"/konsol/henvendelse/{contact_id}/")
    assert "Nyt sundhedskort" in page
    assert "åbnet 14.00" in page
    assert "hjalp" in page


def test_pages_ask_few_questions_however_much_there_is(cast: Cast, editor: Client, ambassador: Client) -> None:
    for number in range(12):
        guide = published(f"kort-{number}", solution=None)
        unhelped(guide, words="Nej", authority=cast.own)
        missed(f"krokodille{number}")
        do_count_opening(guide.pk, authority_id=cast.own.pk, side=Side.CITIZEN, campaign=f"k{number}", on=TODAY)
    for client, path in (
        (editor, WORK),
        (editor, f"{WORK}ord/?hvad=nyt+kort"),
        (editor, f"{OPENED}?kampagne=x&guide=kort"),
        (ambassador, READ),
        (ambassador, f"{READ}?q=kort"),
        (ambassador, f"{READ}kort-1/"),
    ):
        get(client, path)
        counter = Counter()
        with connection.execute_wrapper(counter):
            get(client, path)
        # The role that the web has here is three statements before and after each request.
        assert counter.count - 6 <= MOST_QUERIES, (path, counter.asked)


def test_editor_marks_what_was_passed_on_only_of_guides_they_keep(cast: Cast, guide: Guide, editor: Client) -> None:
    contact_id = wrapping_up(cast, cast.employee)
    Contact.objects.filter(pk=contact_id).update(outcome="transferred")
    ContactGuide.objects.create(
        contact_id=contact_id,
        authority=cast.own,
        guide=guide,
        version=1,
        employee=cast.employee,
        opened_at=later(6),
    )
    assert "faerdig/" in list_of(get(editor, WORK))
    Guide.objects.update(owner=cast.outside)
    page = list_of(get(editor, WORK))
    assert "Viderestillet alligevel" in page
    assert "faerdig/" not in page
    marked = post(editor, f"{WORK}faerdig/", slags="viderestillet", hvad=guide.slug)
    assert marked.status_code == HTTPStatus.NOT_FOUND
