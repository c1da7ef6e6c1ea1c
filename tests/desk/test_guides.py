"""Guides beside the conversation: suggested, found, opened, and kept with the contact."""

import re
from datetime import date, timedelta
from http import HTTPStatus
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from borgerlinje.contacts.models import Contact, ContactGuide
from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.actions import do_draft, do_publish
from borgerlinje.guides.models import Feedback, Guide, GuideVersion, MissedSearch, Opening
from borgerlinje.guides.overlay import Fact, LocalText, Overlay
from borgerlinje.guides.search.finder import finder
from borgerlinje.kit import clock
from borgerlinje.lines.models import Line, Subject
from borgerlinje.staff.models import Skill
from tests.desk.acts import get, post, talking, wrapping_up
from tests.guides.making import DANISH, content, published
from tests.guides.test_local import put
from tests.support.cast import NOW, Cast, later


@pytest.fixture
def guide(cast: Cast) -> Guide:
    Subject.objects.create(code="kort", name="Sundhedskort")
    return published(subject="kort")


@pytest.fixture
def contact_id(cast: Cast, guide: Guide) -> UUID:
    return talking(cast, cast.employee)


def address(contact_id: UUID, rest: str) -> str:
    return f"/bord/henvendelse/{contact_id}/{rest}"


def test_what_the_menu_said_and_what_the_note_says_suggest_guides(
    cast: Cast, web: Client, guide: Guide, contact_id: UUID
) -> None:
    assert "Forslag" not in get(web, address(contact_id, "guider/")).content.decode()
    Contact.objects.filter(pk=contact_id).update(note="har tabt sit gule kort på ferien")
    page = get(web, address(contact_id, "guider/forslag/")).content.decode()
    assert "Nyt sundhedskort" in page
    assert "dit notat" in page
    Contact.objects.filter(pk=contact_id).update(subject_item=guide.subject)
    assert "menuvalg" in get(web, address(contact_id, "guider/forslag/")).content.decode()


def opened(guide: Guide, authority: Authority, *, days: int = 1, times: int = 5) -> None:
    on = clock.today() - timedelta(days=days)
    Opening.objects.create(guide=guide, authority=authority, side="citizen", on=on, count=times)


def of_elsewhere(cast: Cast, contact_id: UUID) -> None:
    """Make the citizen one of København, who called a line of Næstved's."""
    Contact.objects.filter(pk=contact_id).update(home_authority=cast.outside)
    assert cast.contact(contact_id).authority == cast.own, "who answers for the contact is another one"


def test_what_citizens_there_open_most_is_suggested_before_anything_is_known(
    cast: Cast, web: Client, guide: Guide, contact_id: UUID
) -> None:
    Subject.objects.create(code="flyt", name="Flytning", skill=cast.skill)
    moving, elsewhere = published("flytning", subject="flyt"), published("pas", subject="kort")
    opened(guide, cast.own, days=2, times=7)
    opened(moving, cast.own, days=3, times=9)
    opened(guide, cast.own, days=60, times=900)
    opened(elsewhere, cast.colleague_authority)
    page = get(web, address(contact_id, "guider/")).content.decode()
    assert page.index("guide/flytning/") < page.index("guide/sundhedskort/")
    assert page.count("ofte åbnet") == 2
    assert "guide/pas/" not in page, "that is opened elsewhere"
    of_elsewhere(cast, contact_id)
    opened(elsewhere, cast.outside)
    page = get(web, address(contact_id, "guider/")).content.decode()
    assert page.count("ofte åbnet") == 1
    assert "guide/pas/" in page


def test_only_what_the_line_helps_with_is_suggested_for_it(
    cast: Cast, web: Client, guide: Guide, contact_id: UUID
) -> None:
    skill = Skill.objects.create(code="byggesag", name="Byggesag")
    Subject.objects.create(code="carport", name="Carport", skill=skill)
    for each in (guide, published("uden-emne"), published("carport", subject="carport")):
        opened(each, cast.own)
    page = get(web, address(contact_id, "guider/")).content.decode()
    assert "guide/sundhedskort/" in page, "its subject asks for what any line has"
    assert "guide/uden-emne/" not in page
    assert "guide/carport/" not in page
    Line.objects.update(skill=skill)
    page = get(web, address(contact_id, "guider/")).content.decode()
    assert "guide/carport/" in page
    assert "guide/uden-emne/" not in page


def test_what_the_citizen_talked_of_earlier_is_suggested_with_when(cast: Cast, web: Client, guide: Guide) -> None:
    earlier = wrapping_up(cast, cast.colleague)
    Contact.objects.filter(pk=earlier).update(
        state="closed", closed_as="answered", closed_at=later(20), subject="Gult kort"
    )
    contact_id = talking(cast, cast.employee)
    page = get(web, address(contact_id, "guider/")).content.decode()
    assert "guide/sundhedskort/" in page
    assert "talt om kl. 14.00" in page
    Contact.objects.filter(pk=earlier).update(caller_number="46129999")
    assert "talt om" not in get(web, address(contact_id, "guider/")).content.decode(), "that was somebody else"


def test_three_letters_find_and_the_guide_says_what_to_say(cast: Cast, web: Client, contact_id: UUID) -> None:
    page = get(web, address(contact_id, "guider/find/?q=sun")).content.decode()
    assert "Nyt <mark>sun</mark>dhedskort" in page
    opened = post(web, address(contact_id, "guide/sundhedskort/"))
    assert "»Har du en computer ved dig?«" in opened.content.decode()
    kept = ContactGuide.objects.get()
    assert (kept.contact_id, kept.guide.slug, kept.version, kept.employee) == (
        contact_id,
        "sundhedskort",
        1,
        cast.employee,
    )
    assert "Har du en computer" in get(web, address(contact_id, "guider/")).content.decode(), "it stands there again"


def test_answer_at_the_desk_is_stored_once_with_the_contact(cast: Cast, web: Client, contact_id: UUID) -> None:
    post(web, address(contact_id, "guide/sundhedskort/"))
    post(web, address(contact_id, "guide/sundhedskort/hjalp/"), helped="nej")
    post(web, address(contact_id, "guide/sundhedskort/hjalp/"), helped="ja")
    assert ContactGuide.objects.get().helped is True
    assert list(Feedback.objects.values_list("side", "authority")) == [("employee", cast.own.pk)]


def test_solution_opened_at_the_desk_is_counted_for_the_citizens_authority(
    cast: Cast, web: Client, contact_id: UUID
) -> None:
    of_elsewhere(cast, contact_id)
    answer = get(web, address(contact_id, "guide/sundhedskort/loesning/"))
    assert answer["Location"] == "https://www.borger.dk/"
    assert list(Opening.objects.values_list("authority", "side", "count")) == [(cast.outside.pk, "employee", 1)]


def test_answers_and_what_is_missed_are_counted_for_the_citizens_authority_and_the_guide_stays_with_the_contacts(
    cast: Cast, web: Client, contact_id: UUID
) -> None:
    of_elsewhere(cast, contact_id)
    post(web, address(contact_id, "guide/sundhedskort/"))
    post(web, address(contact_id, "guide/sundhedskort/hjalp/"), helped="ja")
    post(web, address(contact_id, "guider/uden-svar/"), q="krokodille")
    assert Feedback.objects.get().authority == cast.outside
    assert MissedSearch.objects.get().authority == cast.outside
    assert ContactGuide.objects.get().authority == cast.own, "who answers for the contact reads what stands with it"


def test_citizen_who_lives_nobody_knows_where_is_counted_for_who_owns_the_line(
    cast: Cast, web: Client, guide: Guide
) -> None:
    contact_id = talking(cast, cast.employee, digits="1881")
    assert cast.contact(contact_id).home_authority is None
    get(web, address(contact_id, "guide/sundhedskort/loesning/"))
    post(web, address(contact_id, "guider/uden-svar/"), q="krokodille")
    assert (Opening.objects.get().authority, MissedSearch.objects.get().authority) == (cast.own, cast.own)


def test_nothing_found_says_so_and_cpr_is_refused(cast: Cast, web: Client, contact_id: UUID) -> None:
    page = get(web, address(contact_id, "guider/find/?q=krokodille")).content.decode()
    assert "Ingen guide passer med »krokodille«" in page
    page = get(web, address(contact_id, "guider/find/?q=0101701234")).content.decode()
    assert "ligner et CPR-nummer" in page
    assert "0101701234" not in page


def test_word_typed_letter_by_letter_is_missed_once_and_whole(cast: Cast, web: Client, contact_id: UUID) -> None:
    word = "krokodille"
    for length in range(1, len(word) + 1):
        assert get(web, address(contact_id, f"guider/find/?q={word[:length]}")).status_code == HTTPStatus.OK
    assert not MissedSearch.objects.exists(), "it is typed still"
    for asked in (word, f" {word} ", word.upper()):
        answer = post(web, address(contact_id, "guider/uden-svar/"), q=asked)
        assert answer.status_code == HTTPStatus.NO_CONTENT
    assert list(MissedSearch.objects.values_list("asked", "side", "count")) == [(word, "employee", 1)]


def test_same_word_missed_in_another_contact_is_counted_again(cast: Cast, web: Client, contact_id: UUID) -> None:
    others = talking(cast, cast.colleague)
    post(web, address(contact_id, "guider/uden-svar/"), q="krokodille")
    Contact.objects.filter(pk=contact_id).update(state="closed", closed_as="answered", closed_at=later(20))
    post(web, address(contact_id, "guider/uden-svar/"), q="flodhest")
    Contact.objects.filter(pk=others).update(employee=cast.employee)
    post(web, address(others, "guider/uden-svar/"), q="krokodille")
    assert list(MissedSearch.objects.values_list("asked", "count")) == [("krokodille", 2)], "nothing of a closed one"


@pytest.mark.parametrize("asked", ["", "  ", "sundhedskort", "0101701234", "mor 46 12 00 00", "?!", "\x00"])
def test_what_is_found_or_may_tell_a_person_is_not_missed(
    cast: Cast, web: Client, contact_id: UUID, asked: str
) -> None:
    assert post(web, address(contact_id, "guider/uden-svar/"), q=asked).status_code == HTTPStatus.NO_CONTENT
    assert not MissedSearch.objects.exists()


def test_word_that_only_the_citizens_authority_knows_the_guide_by_is_not_missed(
    cast: Cast, web: Client, guide: Guide, contact_id: UUID
) -> None:
    guide.refresh_from_db()
    put(guide, cast.outside, Overlay(words={"da": ("krokodillekort",)}))
    of_elsewhere(cast, contact_id)
    post(web, address(contact_id, "guider/uden-svar/"), q="krokodillekort")
    assert not MissedSearch.objects.exists()


def test_nobody_reads_guides_for_a_contact_that_is_not_theirs(cast: Cast, web: Client, guide: Guide) -> None:
    others = talking(cast, cast.colleague)
    for contact_id in (others, UUID(int=1)):
        assert get(web, address(contact_id, "guider/")).status_code == HTTPStatus.NOT_FOUND
        assert post(web, address(contact_id, "guide/sundhedskort/")).status_code == HTTPStatus.NOT_FOUND
        missed = post(web, address(contact_id, "guider/uden-svar/"), q="krokodille")
        assert missed.status_code == HTTPStatus.NOT_FOUND
    assert not ContactGuide.objects.exists()
    assert not MissedSearch.objects.exists()


def test_desk_that_asks_after_closing_is_answered_with_nothing(cast: Cast, web: Client, guide: Guide) -> None:
    contact_id = wrapping_up(cast, cast.employee)
    assert get(web, address(contact_id, "guider/")).status_code == HTTPStatus.OK, "in after-call work they are there"
    assert f'id="guides-{contact_id}"' in get(web, "/bord/nu/").content.decode()
    Contact.objects.filter(pk=contact_id).update(state="closed", closed_as="answered", closed_at=later(20))
    for part in ("guider/", "guider/forslag/"):
        assert get(web, address(contact_id, part)).status_code == HTTPStatus.NO_CONTENT
    assert post(web, address(contact_id, "guide/sundhedskort/")).status_code == HTTPStatus.NOT_FOUND


def test_guides_are_there_while_a_citizen_is_called_back_and_a_colleague_is_asked(
    cast: Cast, web: Client, contact_id: UUID
) -> None:
    Contact.objects.filter(pk=contact_id).update(state="consulting")
    assert f'id="guides-{contact_id}"' in get(web, "/bord/nu/").content.decode()
    Contact.objects.filter(pk=contact_id).update(state="calling_back", is_callback=True)
    assert f'id="guides-{contact_id}"' in get(web, "/bord/nu/").content.decode()


def test_employee_sees_what_holds_only_in_the_citizens_authority_and_what_it_stands_for(
    cast: Cast, web: Client, guide: Guide, contact_id: UUID
) -> None:
    guide.refresh_from_db()
    said = LocalText({"intro": "Hent det på rådhuset."}, {"have": ("Kvittering",)}, {"s1": {"say": "Jeg ringer op."}})
    put(guide, cast.own, Overlay({"da": said}, (Fact("Gebyr", "190 kr."),), unit="Vagten"))
    put(guide, cast.colleague_authority, Overlay(facts=(Fact("Gebyr", "555 kr."),)))
    page = post(web, address(contact_id, "guide/sundhedskort/")).content.decode()
    for shown in (
        "Gælder kun Næstved",
        "190 kr.",
        "Hent det på rådhuset.",
        f"<del>{DANISH.intro}</del>",
        "»Jeg ringer op.«",
        "<del>Borgerservice</del>",
    ):
        assert shown in page
    assert "555 kr." not in page
    assert "Den fælles tekst er ændret siden" not in page
    do_publish(do_draft(guide, content(unit="En ny afdeling"), now=NOW), now=NOW)
    assert "Den fælles tekst er ændret siden" in post(web, address(contact_id, "guide/sundhedskort/")).content.decode()


def test_employee_who_reads_english_sees_what_is_local_in_danish_only(
    cast: Cast, web: Client, guide: Guide, contact_id: UUID
) -> None:
    guide.refresh_from_db()
    said = LocalText({"intro": "Hos os koster det 500 kr."}, {}, {"s1": {"text": "Gå på rådhuset."}})
    put(guide, cast.own, Overlay({"da": said}))
    web.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = post(web, address(contact_id, "guide/sundhedskort/")).content.decode()
    assert "New health card" in page
    assert 'class="bl-local"' in page
    assert '<span class="bl-own"><span lang="da">Hos os koster det 500 kr.</span>' in page
    assert "<del>You order the card yourself.</del>" in page
    assert '<span lang="da">Gå på rådhuset.</span>' in page


@pytest.mark.parametrize("is_withdrawn", [True, False])
def test_guide_that_an_old_index_still_finds_is_not_offered(
    web: Client, guide: Guide, contact_id: UUID, monkeypatch: pytest.MonkeyPatch, *, is_withdrawn: bool
) -> None:
    found, old = address(contact_id, "guider/find/?q=sun"), finder.index()
    assert "guide/sundhedskort/" in get(web, found).content.decode()
    monkeypatch.setattr(type(finder), "index", lambda _finder: old)
    if is_withdrawn:
        Guide.objects.update(published=None)
    else:
        GuideVersion.objects.update(valid_to=clock.today())
    assert "guide/sundhedskort/" not in get(web, found).content.decode()


def test_desk_offers_the_best_way_first(cast: Cast, web: Client, contact_id: UUID) -> None:
    page = post(web, address(contact_id, "guide/sundhedskort/")).content.decode()
    assert ways(page) == ["1. Selvbetjening", "2. Telefon"]
    published("bare-kom", channels=("counter", "phone", "self_service"))
    page = post(web, address(contact_id, "guide/bare-kom/")).content.decode()
    assert ways(page) == ["1. Personligt fremmøde", "2. Telefon", "3. Selvbetjening"]
    published("uden-vej", channels=())
    assert ways(post(web, address(contact_id, "guide/uden-vej/")).content.decode()) == []


def ways(page: str) -> list[str]:
    found = re.search(r'aria-label="Veje, den bedste først">(.*?)</ol>', page)
    return re.findall(r"</svg>([^<]+)</li>", found.group(1)) if found else []


def test_guide_that_takes_discretion_says_what_the_employee_is_to_do(
    cast: Cast, web: Client, guide: Guide, contact_id: UUID
) -> None:
    assert "Kræver skøn" not in post(web, address(contact_id, "guide/sundhedskort/")).content.decode()
    judged = published("boligstoette", complexity="discretion", unit="Ydelsesafdelingen")
    published("uden-enhed", complexity="discretion", unit="")
    page = post(web, address(contact_id, "guide/boligstoette/")).content.decode()
    for said in (
        "Kræver skøn",
        "Nogen skal vurdere sagen: Ydelsesafdelingen overtager.",
        "Luk den ikke som lettere sagsbehandling, men som »Viderestillet« eller »Henvist«.",
    ):
        assert said in page
    page = post(web, address(contact_id, "guide/uden-enhed/")).content.decode()
    assert "Nogen skal vurdere sagen: fagforvaltningen overtager." in page
    judged.refresh_from_db()
    put(judged, cast.own, Overlay(unit="Borgerhuset"))
    page = post(web, address(contact_id, "guide/boligstoette/")).content.decode()
    assert "Nogen skal vurdere sagen: Borgerhuset overtager." in page


def test_guide_says_its_law_and_when_it_is_gone_through(cast: Cast, web: Client, contact_id: UUID) -> None:
    published("lov", legal_basis="Sundhedsloven § 12")
    GuideVersion.objects.update(review_on=date(2027, 11, 3))
    page = post(web, address(contact_id, "guide/lov/")).content.decode()
    assert "Loven: Sundhedsloven § 12." in page
    assert "Gennemgås senest 3. november 2027." in page
    assert "Skal gennemgås" not in page
    GuideVersion.objects.update(review_on=None)
    page = post(web, address(contact_id, "guide/sundhedskort/")).content.decode()
    assert "Loven:" not in page
    assert "Gennemgås" not in page


@pytest.mark.parametrize(("days", "is_due"), [(0, False), (1, True)])
def test_guide_whose_review_is_overdue_is_read_with_a_warning(
    cast: Cast, web: Client, contact_id: UUID, *, days: int, is_due: bool
) -> None:
    GuideVersion.objects.update(review_on=clock.today() - timedelta(days=days))
    page = post(web, address(contact_id, "guide/sundhedskort/")).content.decode()
    assert ("Skal gennemgås" in page) is is_due
