"""A country of lines: each page has the right ones with the right hours, and asks no more questions than with a few."""

import re
from datetime import date, time

import pytest
from django.conf import settings
from django.db import connection

from borgerlinje.cooperation.models import Authority
from borgerlinje.lines.models import (
    Line,
    LineNumber,
    LineTask,
    Notice,
    OpeningPeriod,
    OpeningVersion,
    SpecialDay,
    Subject,
)
from borgerlinje.portal import dialling, places
from tests.portal.asking import ready, text
from tests.portal.test_portal_pages import OPEN_AT, get
from tests.support.cast import Cast, later
from tests.support.counting import Counter

MANY = 60
HOME = "/kommune/370/"
PAGES = (
    "/",
    "/?kommune=370",
    "/find/?q=mitid",
    "/find/?q=krokodille",
    "/find/mitid/",
    "/privatliv/",
    "/tilgaengelighed/",
)
MEMBERS_PAGES = tuple(
    f"{HOME}{page}"
    for page in ("", "find/?q=mitid", "find/mitid/", "privatliv/", "tilgaengelighed/", "boks/", "farver.css")
)


def make_lines(cast: Cast, count: int = MANY) -> list[Line]:
    """Store lines common to all, named in their order, the first open until 10.01, the next until 10.02 and so on."""
    values = {"owner": cast.outside, "centre": cast.centre, "greeting_text": "Hej.", "closed_text": "Lukket."}
    lines = Line.objects.bulk_create(
        Line(slug=f"mange-{n}", name=f"Linje {n:03}", **values) for n in range(1, count + 1)
    )
    LineNumber.objects.bulk_create(
        LineNumber(line=line, digits=f"7000{n:04}", is_main=True) for n, line in enumerate(lines, 1)
    )
    versions = OpeningVersion.objects.bulk_create(
        OpeningVersion(line=line, from_on=date(2015, 1, 1), to_on=None) for line in lines
    )
    OpeningPeriod.objects.bulk_create(
        OpeningPeriod(version=version, weekday=weekday, opens=time(8), closes=time(20, n % 60))
        for n, version in enumerate(versions, 1)
        for weekday in range(5)
    )
    return lines


@pytest.fixture
def many(cast: Cast) -> list[Line]:
    ready(cast)
    Subject.objects.create(code="mitid", name="MitID")
    return make_lines(cast)


def cards_of(page: str) -> list[str]:
    """Return the sections of a page that show a line."""
    return re.findall(r'<section class="bl-help".*?</section>', page, re.DOTALL)


def asked_for(path: str) -> int:
    counter = Counter()
    with connection.execute_wrapper(counter):
        assert get(path).status_code < 400
    # The test's own change of role apart.
    return sum("ROLE" not in each and "app." not in each for each in counter.asked)


def test_members_page_shows_its_own_line_and_names_every_other_once(many: list[Line]) -> None:
    page = get(HOME).content.decode()
    cards = cards_of(page)
    assert len(cards) == places.MOST_SHOWN
    assert "46 31 30 20" in cards[0]
    named = dict(re.findall(r'<li><a href="/ring/(\d+)/">(Linje \d+: [\d ]+)</a></li>', page))
    shown = "".join(cards)
    for line in many:
        digits = LineNumber.objects.get(line=line).digits
        assert (digits in named) != (f"tel:+45{digits}" in shown), line.name
    assert named["70000060"] == "Linje 060: 70 00 00 60"
    assert "Åbent nu, til kl. 20" in text(get("/ring/70000024/"))


def test_each_card_has_the_hours_of_its_own_line(many: list[Line]) -> None:
    SpecialDay.objects.create(line=many[1], on=date(2026, 11, 24), opens=time(7), closes=time(19, 30), note="Flytning")
    by_name = {each.line.name: each for each in shown_in(None).cards}
    assert by_name["Linje 001"].state_text == "Åbent nu, til kl. 20.01"
    assert by_name["Linje 002"].state_text == "Åbent nu, til kl. 19.30"
    assert [day.why for day in by_name["Linje 002"].hours][:2] == ["Flytning", ""]
    assert by_name["Linje 023"].state_text == "Åbent nu, til kl. 20.23"


def shown_in(place: Authority | None) -> places.Place:
    return places.Place(place, OPEN_AT)


def test_lines_own_number_stands_on_the_list_too(many: list[Line], cast: Cast) -> None:
    for line in many:
        LineNumber.objects.create(line=line, digits=f"8{line.pk:07}", home_authority=cast.own)
    own = shown_in(cast.own)
    assert [digits for digits, _text in own.more] == [f"8{line.pk:07}" for line in many][places.MOST_SHOWN - 1 :]
    assert {card.digits[0] for card in own.cards[1:]} == {"8"}
    assert {card.digits[0] for card in shown_in(cast.colleague_authority).cards[1:]} == {"7"}


def test_number_of_one_place_is_shown_to_others_only_where_the_line_has_no_other(many: list[Line], cast: Cast) -> None:
    LineNumber.objects.filter(line=many[0]).update(home_authority=cast.own)
    assert many[0].name not in [line.name for line in shown_in(cast.colleague_authority).lines]
    assert dialling.numbers_of([many[0].pk, many[1].pk], None) == {
        many[0].pk: [dialling.Number("70000001", cast.own.pk, is_main=True)],
        many[1].pk: [dialling.Number("70000002", None, is_main=True)],
    }


def test_subject_leads_to_a_line_beyond_those_that_are_shown_first(many: list[Line]) -> None:
    LineTask.objects.create(
        line=many[-1], subject=Subject.objects.get(), opens=time(0), closes=time(0), scope=Line.Scope.GUIDANCE_ONLY
    )
    for path in ("/find/mitid/", f"{HOME}find/?q=mitid"):
        cards = cards_of(get(path).content.decode())
        assert len(cards) == 1, path
        assert "70 00 00 60" in cards[0], path


def test_news_of_a_line_that_is_only_named_is_told(many: list[Line], cast: Cast) -> None:
    notice = {"centre": cast.centre, "text": "Linjen flytter.", "text_en": "", "from_at": later(-60), "is_shown": True}
    Notice.objects.create(line=many[-1], made_by=cast.employee.user, **notice)
    assert "Linjen flytter." in text(get(HOME))


def test_privacy_names_every_line_that_records(many: list[Line]) -> None:
    Line.objects.filter(pk=many[-1].pk).update(recording_purpose="Oplæring", recording_days=12, voicemail_days=77)
    page = text(get(f"{HOME}privatliv/"))
    assert "Linje 060: Oplæring. Slettes efter 12 dage." in page
    assert "senest efter 77 dage" in page


def test_change_is_seen_at_once(many: list[Line]) -> None:
    assert "Linje 001" in get("/").content.decode()
    Line.objects.filter(pk=many[0].pk).update(is_hidden=True)
    assert "Linje 001" not in get("/").content.decode()
    Line.objects.filter(pk=many[1].pk).update(ended_on=date(2026, 11, 24))
    assert "Linje 002" not in get("/").content.decode()
    OpeningPeriod.objects.filter(version__line=many[2]).update(closes=time(15))
    assert "Åbent nu, til kl. 15" in text(get("/"))


@pytest.fixture
def few(cast: Cast) -> Cast:
    ready(cast)
    Subject.objects.create(code="mitid", name="MitID")
    return cast


@pytest.mark.parametrize("path", [*PAGES, *MEMBERS_PAGES])
def test_page_asks_as_many_questions_of_a_country_as_of_a_few_lines(few: Cast, path: str) -> None:
    make_lines(few, 3)
    before = asked_for(path)
    Line.objects.filter(slug__startswith="mange-").delete()
    make_lines(few)
    # One more for the numbers of the lines that are only named.
    assert asked_for(path) <= before + 1 <= 20


def test_days_are_named_in_the_readers_language(many: list[Line]) -> None:
    cookies = {settings.LANGUAGE_COOKIE_NAME: "en"}
    assert "Tirsdag" in get("/").content.decode()
    assert "Tuesday" in get("/", cookies=cookies).content.decode()
    assert "Tirsdag" in get("/").content.decode()


def test_line_that_loses_its_number_while_a_page_is_made_is_left_out(many: list[Line], cast: Cast) -> None:
    own = shown_in(cast.own)
    assert len(own.lines) == MANY + 1
    LineNumber.objects.filter(line__in=(many[0], many[-1])).delete()
    assert len(own.cards) == places.MOST_SHOWN - 1
    assert "70000060" not in dict(own.more)
