"""The guides as citizens read them, over HTTP and without a script."""

import json
import re
from datetime import date, time, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.content import Text
from borgerlinje.guides.models import (
    Feedback,
    Guide,
    GuideVersion,
    MissedSearch,
    Opening,
    SolutionAddress,
    SolutionStatus,
)
from borgerlinje.guides.overlay import Fact, LocalText, Overlay
from borgerlinje.guides.search.finder import finder
from borgerlinje.kit import clock
from borgerlinje.lines.models import LineNumber, OpeningPeriod, OpeningVersion, Subject
from tests.guides.making import DANISH, SOLUTION, published
from tests.guides.test_local import put
from tests.portal.asking import text
from tests.portal.test_portal_pages import CLOSED_AT, get
from tests.support.cast import NOW, Cast

ENGLISH = {settings.LANGUAGE_COOKIE_NAME: "en"}
PASSPORT = SOLUTION | {"slug": "pas-tid", "name": "Bestil tid til pas", "address": "", "per_authority": True}
# In which types schema.org has the terms that are used; what Thing has, each of them has.
THING = {"@type", "@id", "name", "description", "url", "identifier", "disambiguatingDescription"}
TERMS = {
    "GovernmentService": {"serviceOperator", "areaServed", "availableChannel", "audience"},
    "GovernmentOrganization": set(),
    "AdministrativeArea": set(),
    "ServiceChannel": {"availableLanguage", "serviceUrl", "servicePhone"},
    "ContactPoint": {"telephone"},
    "Audience": {"audienceType"},
}


@pytest.fixture
def guide(cast: Cast) -> Guide:
    Subject.objects.create(code="kort", name="Sundhedskort")
    return published(subject="kort")


def test_guide_is_found_in_the_citizens_words_and_leads_to_itself(guide: Guide) -> None:
    answer = get("/kommune/370/find/?q=mit+gule+kort")
    page = text(answer)
    assert "Nyt sundheds<mark>kort</mark>" in answer.content.decode()
    assert "Passer med »gult <mark>kort</mark>«" in answer.content.decode()
    assert "1 guide" in page
    assert 'href="/kommune/370/guide/sundhedskort/"' in answer.content.decode()
    assert "46 31 30 20" in page, "and somebody to call"


def test_guide_says_what_to_have_at_hand_each_step_and_whom_to_call(guide: Guide) -> None:
    page = text(get("/kommune/370/guide/sundhedskort/"))
    for said in ("MitID", "Gå til borger.dk.", "Du ser: Forsiden.", "Adressen er gammel.", "Kom forbi.", "46 31 30 20"):
        assert said in page
    assert "Har du en computer" not in page, "what the employee says is the employee's"


def test_english_reader_gets_english_and_is_told_where_there_is_none(guide: Guide, cast: Cast) -> None:
    page = get("/guide/sundhedskort/", cookies=ENGLISH).content.decode()
    assert "New health card" in page
    published("kun-dansk", texts={"da": Text("Rotter", "Om rotter.")}, solution=None)
    page = get("/guide/kun-dansk/", cookies=ENGLISH).content.decode()
    assert "Rotter" in page
    assert 'lang="da"' in page


def test_solution_is_opened_at_the_authoritys_own_address_and_counted(guide: Guide, cast: Cast) -> None:
    assert guide.solution is not None
    SolutionAddress.objects.create(solution=guide.solution, authority=cast.own, url="https://naestved.example/kort")
    own = get("/kommune/370/guide/sundhedskort/aabn/?kampagne=foraar")
    assert (own.status_code, own["Location"]) == (HTTPStatus.FOUND, "https://naestved.example/kort")
    assert get("/guide/sundhedskort/aabn/")["Location"] == "https://www.borger.dk/"
    get("/guide/sundhedskort/aabn/")
    counted = set(Opening.objects.values_list("authority__code", "side", "campaign", "count"))
    assert counted == {("370", "citizen", "foraar", 1), (None, "citizen", "", 2)}


def test_disturbed_solution_is_said_on_the_guide_while_it_lasts(guide: Guide) -> None:
    assert guide.solution is not None
    now = clock.now()
    status = SolutionStatus.objects.create(
        solution=guide.solution, kind="down", text="Prøv igen i morgen.", from_at=now - timedelta(hours=1)
    )
    assert "Prøv igen i morgen." in text(get("/guide/sundhedskort/"))
    status.until_at = now - timedelta(minutes=1)
    status.save()
    assert "Prøv igen i morgen." not in text(get("/guide/sundhedskort/"))


def test_guide_past_its_review_carries_a_warning(guide: Guide) -> None:
    assert "ikke gennemgået for nylig" not in text(get("/guide/sundhedskort/"))
    GuideVersion.objects.update(review_on=clock.today() - timedelta(days=1))
    assert "ikke gennemgået for nylig" in text(get("/guide/sundhedskort/"))


def test_guide_that_holds_no_longer_is_not_there(guide: Guide) -> None:
    assert get("/guide/sundhedskort/").status_code == HTTPStatus.OK
    GuideVersion.objects.update(valid_to=clock.today())
    assert get("/guide/sundhedskort/").status_code == HTTPStatus.NOT_FOUND
    assert "Nyt sundhedskort" not in text(get("/find/?q=sundhedskort"))


def test_hostile_text_is_shown_as_text(cast: Cast) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    published("ond", texts={"da": Text(f"Ond {hostile}", hostile, (hostile,), DANISH.steps, (hostile,), hostile)})
    page = get("/guide/ond/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page


def test_answer_is_stored_thanked_for_and_asked_once(guide: Guide, client: Client) -> None:
    answer = client.post("/kommune/370/guide/sundhedskort/hjalp/", {"helped": "nej", "words": "Knappen er væk"})
    assert answer.status_code == HTTPStatus.FOUND
    assert "Tak." in text(client.get(answer["Location"]))
    stored = Feedback.objects.get()
    assert (stored.helped, stored.words, stored.version, stored.side) == (False, "Knappen er væk", 1, "citizen")


def test_answer_with_a_cpr_number_is_not_stored_and_says_so(guide: Guide, client: Client) -> None:
    answer = client.post("/guide/sundhedskort/hjalp/", {"helped": "nej", "words": "mit er 0101701234"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "ligner et CPR-nummer" in text(answer)
    assert not Feedback.objects.exists()


def test_life_event_lists_its_guides(guide: Guide) -> None:
    assert "Sygdom og sundhed" in text(get("/"))
    page = text(get("/livssituation/sygdom/"))
    assert "Nyt sundhedskort" in page
    assert get("/livssituation/vejret/").status_code == HTTPStatus.NOT_FOUND
    assert "ingen guider endnu" in text(get("/livssituation/rejse/"))


def test_what_was_sought_in_vain_is_counted_without_its_order(guide: Guide) -> None:
    for asked in ("krokodille+flodhest", "flodhest+krokodille", "flodhest?+Krokodille"):
        assert "Vi fandt ikke noget" in text(get(f"/find/?q={asked}"))
    assert list(MissedSearch.objects.values_list("asked", "count")) == [("flodhest krokodille", 3)]


def test_answer_pressed_twice_or_after_a_step_back_counts_once(guide: Guide, client: Client) -> None:
    page = get("/guide/sundhedskort/").content.decode()
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert ticket
    for helped in ("nej", "nej", "ja"):
        answer = client.post("/guide/sundhedskort/hjalp/", {"helped": helped, "ticket": ticket.group(1)})
        assert "Tak." in text(client.get(answer["Location"]))
    assert Feedback.objects.get().helped is False
    other = re.search(r'name="ticket" value="([^"]+)"', get("/guide/sundhedskort/").content.decode())
    assert other
    client.post("/guide/sundhedskort/hjalp/", {"helped": "ja", "ticket": other.group(1)})
    assert Feedback.objects.count() == 2, "the next citizen's answer is their own"


def test_answers_from_one_address_have_an_end(guide: Guide, client: Client) -> None:
    statuses = [client.post("/guide/sundhedskort/hjalp/", {"helped": "ja"}).status_code for _time in range(31)]
    assert statuses == [HTTPStatus.FOUND] * 30 + [HTTPStatus.TOO_MANY_REQUESTS]
    assert Feedback.objects.count() == 30


def test_campaign_goes_along_in_addresses_and_never_in_a_cookie(guide: Guide, client: Client) -> None:
    shown = get("/guide/sundhedskort/?kampagne=Bibliotek+forår")
    page = shown.content.decode()
    assert 'href="/guide/sundhedskort/aabn/?kampagne=bibliotek-for%C3%A5r"' in page
    assert "kampagne" not in str(shown.cookies)
    answered = client.post("/guide/sundhedskort/hjalp/?kampagne=bibliotek", {"helped": "ja"})
    assert answered["Location"] == "/guide/sundhedskort/?tak=1&kampagne=bibliotek#hjalp"
    assert "aabn/?kampagne=bibliotek" in client.get(answered["Location"]).content.decode()
    get("/guide/sundhedskort/aabn/?kampagne=0101701234")
    assert Opening.objects.get().campaign == "", "what may tell who somebody is is no campaign"


def test_openings_from_one_address_are_counted_to_an_end_and_lead_on_all_the_same(guide: Guide, client: Client) -> None:
    used_up = "INSERT INTO kit_throttle (key, since, count) VALUES ('guide-opening:127.0.0.1', %s, 199)"
    with connection.cursor() as cursor:
        cursor.execute(used_up, [NOW])
    for _time in range(3):
        assert get("/guide/sundhedskort/aabn/").status_code == HTTPStatus.FOUND
    assert Opening.objects.get().count == 1


def test_search_with_a_cpr_number_is_not_stored(guide: Guide) -> None:
    assert get("/find/?q=krokodille+010170-1234")["Location"] == "/find/?cpr=1"
    assert get("/find/?q=krokodille+01+01+70+12+34").status_code == HTTPStatus.OK
    assert not MissedSearch.objects.exists()


def test_member_reads_its_own_text_in_place_with_its_facts_and_no_other_member_does(guide: Guide, cast: Cast) -> None:
    steps = {"s1": {"text": "Gå til naestved.example.", "say": "Kun for dig."}}
    put(
        guide,
        cast.own,
        Overlay({"da": LocalText({"intro": "Hent det på rådhuset."}, {}, steps)}, (Fact("Gebyr", "190 kr.", "Fee"),)),
    )
    page = text(get("/kommune/370/guide/sundhedskort/"))
    for said in ("Hent det på rådhuset.", "Gå til naestved.example.", "I Næstved", "Gebyr", "190 kr."):
        assert said in page
    assert DANISH.intro not in page, "the common text is not what holds here"
    assert "Kun for dig." not in page
    for elsewhere in ("/kommune/330/guide/sundhedskort/", "/guide/sundhedskort/"):
        common = text(get(elsewhere))
        assert DANISH.intro in common
        for said in ("rådhuset", "naestved.example", "190 kr.", "I Næstved"):
            assert said not in common
    english = get("/kommune/370/guide/sundhedskort/", cookies=ENGLISH).content.decode()
    assert "Fee" in english
    assert '<p class="bl-lead" lang="da">Hent det på rådhuset.</p>' in english
    assert '<p lang="da">Gå til naestved.example.</p>' in english
    assert "You order the card yourself." not in english, "the common text does not hold here in any language"


def test_lists_on_a_members_pages_say_what_its_own_guide_says(guide: Guide, cast: Cast) -> None:
    put(guide, cast.own, Overlay({"da": LocalText({"intro": "Hos os koster det 500 kr."})}))
    lists = ("find/?q=sundhedskort", "find/kort/", "livssituation/sygdom/")
    for each in lists:
        own = text(get(f"/kommune/370/{each}"))
        assert "Hos os koster det 500 kr." in own
        assert DANISH.intro not in own
        for elsewhere in (f"/kommune/330/{each}", f"/{each}"):
            common = text(get(elsewhere))
            assert DANISH.intro in common
            assert "500 kr." not in common
        english = get(f"/kommune/370/{each}", cookies=ENGLISH).content.decode()
        assert '<p lang="da">Hos os koster det 500 kr.</p>' in english


def test_more_guides_in_a_members_list_ask_no_more_of_the_database(guide: Guide, cast: Cast) -> None:
    path = "/kommune/370/livssituation/sygdom/"
    put(guide, cast.own, Overlay({"da": LocalText({"intro": "Hos os."})}))
    get(path)
    with CaptureQueriesContext(connection) as few:
        get(path)
    for number in range(3):
        more = published(f"kort-{number}", solution=None)
        more.refresh_from_db()
        put(more, cast.own, Overlay({"da": LocalText({"intro": "Hos os."})}))
    with CaptureQueriesContext(connection) as many:
        page = text(get(path))
    assert page.count("Hos os.") == 4
    assert len(many) == len(few)


@pytest.mark.parametrize("is_withdrawn", [True, False])
def test_guide_that_an_old_index_still_finds_is_not_listed(
    guide: Guide, monkeypatch: pytest.MonkeyPatch, *, is_withdrawn: bool
) -> None:
    published("andet-kort", solution=None)
    old = finder.index()
    assert {hit.key for hit in old.search("sundhedskort")} == {"sundhedskort", "andet-kort"}
    monkeypatch.setattr(type(finder), "index", lambda _finder: old)
    if is_withdrawn:
        Guide.objects.filter(slug="sundhedskort").update(published=None)
    else:
        GuideVersion.objects.filter(guide=guide).update(valid_to=clock.today())
    for path in ("/find/?q=sundhedskort", "/guide/andet-kort/"):
        answer = get(path)
        assert answer.status_code == HTTPStatus.OK
        assert 'href="/guide/sundhedskort/"' not in answer.content.decode()
    assert 'href="/guide/andet-kort/"' in get("/find/?q=sundhedskort").content.decode()


def test_guide_says_how_it_can_be_done_the_best_way_first(cast: Cast) -> None:
    published(channels=("phone", "counter"), solution=None)
    published("rotter", channels=("self_service",), solution=None)
    assert "den bedste måde først: 1. Telefon 2. Personligt fremmøde" in text(get("/guide/sundhedskort/"))
    alone = text(get("/guide/rotter/"))
    assert "Sådan kan du klare det: 1. Selvbetjening" in alone
    published("uden", channels=(), solution=None)
    assert "Sådan kan du klare det" not in text(get("/guide/uden/"))


def test_citizen_chooses_a_municipality_where_the_solution_is_each_ones_own(cast: Cast) -> None:
    solution = published("pas", solution=PASSPORT).solution
    assert solution is not None
    page = get("/guide/pas/?kampagne=foraar").content.decode()
    assert "Løsningen er din kommunes egen. Vælg din kommune:" in page
    assert '<a href="/kommune/370/guide/pas/?kampagne=foraar">Næstved</a>' in page
    assert "Vis kommunerne" not in page
    own = text(get("/kommune/370/guide/pas/"))
    assert "Du kan ikke komme til løsningen »Bestil tid til pas« herfra. Ring, så hjælper vi dig: 46 31 30 20" in own
    assert "Vælg din kommune" not in own
    assert get("/kommune/370/guide/pas/aabn/").status_code == HTTPStatus.NOT_FOUND
    SolutionAddress.objects.create(solution=solution, authority=cast.own, url="https://naestved.example/pas")
    own = text(get("/kommune/370/guide/pas/"))
    assert "https://naestved.example/pas" in own
    assert "herfra" not in own


def test_many_municipalities_to_choose_among_do_not_push_the_guide_away(cast: Cast) -> None:
    published("pas", solution=PASSPORT)
    for number in range(12):
        new = Authority.objects.create(code=f"8{number:02}", name=f"Kommune {number}", kind="municipality")
        LineNumber.objects.create(line=cast.line, digits=f"460000{number:02}", home_authority=new)
    other = Authority.objects.create(code="900", name="En styrelse", kind="agency")
    LineNumber.objects.create(line=cast.line, digits="46000099", home_authority=other)
    page = get("/guide/pas/").content.decode()
    assert "<details><summary>Vis kommunerne</summary>" in page
    assert "En styrelse" not in page


def test_municipalitys_own_solution_is_on_its_website_where_none_can_be_chosen(cast: Cast) -> None:
    published("pas", solution=PASSPORT)
    LineNumber.objects.filter(home_authority=cast.own).delete()
    page = text(get("/guide/pas/"))
    assert "Find den på kommunens websted." in page
    assert "Vælg din kommune" not in page


def test_solution_that_is_nowhere_says_whom_to_ring(cast: Cast) -> None:
    published("rotter", solution=SOLUTION | {"address": ""})
    assert "herfra. Ring, så hjælper vi dig: 1881" in text(get("/guide/rotter/"))


def test_page_is_shared_by_its_own_address_without_the_campaign(guide: Guide) -> None:
    page = get("/kommune/370/guide/sundhedskort/?kampagne=foraar").content.decode()
    address = "http://testserver/kommune/370/guide/sundhedskort/"
    assert f"data-address>{address}</p>" in page
    letter = re.search(r'href="(mailto:[^"]+)"', page)
    assert letter
    assert " " not in letter[1]
    assert parse_qs(urlsplit(letter[1].replace("&amp;", "&")).query, strict_parsing=True) == {
        "subject": ["Nyt sundhedskort, Næstved Kommune"],
        "body": [address],
    }
    assert "data-address>http://testserver/guide/sundhedskort/</p>" in get("/guide/sundhedskort/").content.decode()


def test_buttons_that_need_a_script_are_hidden_until_it_runs(guide: Guide) -> None:
    page = get("/guide/sundhedskort/").content.decode()
    for does in ("copy", "print"):
        assert f'type="button" data-do="{does}" hidden>' in page
    assert re.search(r'<script src="/static/portal/share[^"]*\.js" defer></script>', page)


def test_guide_says_whether_somebody_answers_now_how_long_the_wait_is_and_how_to_call(guide: Guide, cast: Cast) -> None:
    version = OpeningVersion.objects.create(line=cast.line, from_on=date(2015, 1, 1))
    for weekday in range(4):
        OpeningPeriod.objects.create(version=version, weekday=weekday, opens=time(9), closes=time(21))
    answer = get("/kommune/370/guide/sundhedskort/")
    stuck = answer.content.decode().partition('<section class="bl-stuck"')[2].partition("<form")[0]
    for said in ("Åbent nu, til kl. 21", "entetid", 'href="tel:+4546313020"', 'href="/ring/46313020/"'):
        assert said in stuck
    paper = stuck.partition('<div class="bl-paper">')[2]
    assert "46 31 30 20" in paper
    assert paper.count("<li>") == 7, "a week's hours, for who prints the guide"
    assert "9–21" in paper
    closed = get("/kommune/370/guide/sundhedskort/", at=CLOSED_AT).content.decode()
    assert "Lukket nu. Vi åbner i morgen, onsdag, kl. 9" in closed
    assert "entetid" not in closed
    assert "/ring/46313020/" not in closed


def test_english_reader_reads_the_solutions_english_name(guide: Guide) -> None:
    assert guide.solution is not None
    guide.solution.name_en = "Order a new health card"
    guide.solution.save()
    page = get("/guide/sundhedskort/", cookies=ENGLISH).content.decode()
    assert "Order a new health card</a>" in page
    assert "Bestil nyt sundhedskort" not in page


def test_data_in_the_page_uses_schema_orgs_terms_where_they_belong(guide: Guide) -> None:
    page = get("/kommune/370/guide/sundhedskort/").content.decode()
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert block
    found = json.loads(block[1])
    assert found.pop("@context") == "https://schema.org"
    assert {"name", "description", "url", "serviceOperator", "areaServed", "availableChannel"} <= found.keys()
    used = list(_things(found))
    assert {each["@type"] for each in used} == TERMS.keys()
    for each in used:
        assert each.keys() <= THING | TERMS[each["@type"]], each["@type"]


def _things(value: Any) -> Any:
    """Yield every thing with a type in a value, at any depth."""
    if isinstance(value, list):
        for each in value:
            yield from _things(each)
    elif isinstance(value, dict):
        yield value
        yield from _things(list(value.values()))
