"""What a citizen is told, over HTTP, as the web's own database role and signed in as nobody."""

from datetime import UTC, date, datetime, time
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import translation

from borgerlinje.channels.phone.models import PhoneEndpoint
from borgerlinje.kit import clock
from borgerlinje.lines.expected_wait import NO_WAIT, Estimate
from borgerlinje.lines.hours import Status
from borgerlinje.lines.models import Line, LineNumber, OpeningPeriod, OpeningVersion
from borgerlinje.portal import views
from borgerlinje.portal.cards import state_text, wait_text
from tests.support.cast import NOW, Cast
from tests.support.database import as_web

OPEN_AT, CLOSED_AT = NOW, datetime(2026, 11, 24, 21, 30, tzinfo=UTC)


@pytest.fixture
def hours(cast: Cast) -> Cast:
    version = OpeningVersion.objects.create(line=cast.line, from_on=date(2015, 1, 1))
    for weekday in range(4):
        OpeningPeriod.objects.create(version=version, weekday=weekday, opens=time(9), closes=time(21))
    return cast


def get(path: str, *, at: datetime = OPEN_AT, cookies: dict[str, str] | None = None):
    client = Client()
    client.cookies.load(cookies or {})
    with as_web(), clock.turned(at):
        return client.get(path)


def test_open_line_says_until_when_and_how_to_call(hours: Cast) -> None:
    page = get("/?kommune=370").content.decode()
    assert "Åbent nu, til kl. 21" in page
    assert 'href="tel:+4546313020"' in page
    assert "/ring/46313020/" in page
    assert "Tirsdag" in page


def test_closed_line_says_when_it_opens_and_offers_no_call(hours: Cast) -> None:
    page = get("/?kommune=370", at=CLOSED_AT).content.decode()
    assert "Lukket nu. Vi åbner i morgen, onsdag, kl. 9" in page
    assert "/ring/46313020/" not in page


def test_hidden_line_is_shown_nowhere(hours: Cast) -> None:
    assert "46 31 30 20" in get("/?kommune=370").content.decode()
    hours.line.is_hidden = True
    hours.line.save()
    assert "46 31 30 20" not in get("/?kommune=370").content.decode()
    assert get("/ring/46313020/").status_code == HTTPStatus.NOT_FOUND


def test_english_is_a_choice_and_danish_the_rule(hours: Cast) -> None:
    from django.conf import settings

    assert '<html lang="da">' in Client(headers={"Accept-Language": "en"}).get("/privatliv/").content.decode()
    assert '<html lang="en">' in get("/privatliv/", cookies={settings.LANGUAGE_COOKIE_NAME: "en"}).content.decode()


def test_browser_call_gets_an_account_that_calls_this_number_only(hours: Cast) -> None:
    with as_web(), clock.turned(OPEN_AT):
        given = Client().post("/ring/46313020/adgang/").json()
    endpoint = PhoneEndpoint.objects.get(name=given["name"])
    assert endpoint.line_number is not None
    assert (endpoint.kind, endpoint.line_number.digits, given["number"]) == ("citizen", "46313020", "46313020")


def test_browser_call_to_a_closed_line_is_refused(hours: Cast) -> None:
    with as_web(), clock.turned(CLOSED_AT):
        answer = Client().post("/ring/46313020/adgang/")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert not PhoneEndpoint.objects.exists()


def test_browser_calls_from_one_address_are_throttled(hours: Cast) -> None:
    with as_web(), clock.turned(OPEN_AT):
        codes = [Client().post("/ring/46313020/adgang/").status_code for _ in range(views.CALLS_PER_ADDRESS + 1)]
    assert codes == [HTTPStatus.OK] * views.CALLS_PER_ADDRESS + [HTTPStatus.TOO_MANY_REQUESTS]


def test_page_carries_a_strict_policy(hours: Cast) -> None:
    policy = get("/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (Status(is_open=True), "Åbent nu, hele døgnet"),
        (
            Status(is_open=False, opens_at=datetime(2026, 11, 24, 16, 30, tzinfo=UTC)),
            "Lukket nu. Vi åbner i dag kl. 17.30",
        ),
        (Status(is_open=False, opens_at=datetime(2026, 11, 27, 8, tzinfo=UTC)), "Lukket nu. Vi åbner fredag kl. 9"),
        (
            Status(is_open=False, opens_at=datetime(2027, 1, 4, 8, tzinfo=UTC)),
            "Lukket nu. Vi åbner mandag den 4. januar kl. 9",
        ),
        (Status(is_open=False), "Lukket"),
    ],
)
def test_state_is_said_in_words(status: Status, text: str) -> None:
    with translation.override("da"):
        assert state_text(status, NOW) == text


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (None, "Ventetiden kendes ikke lige nu"),
        (Estimate(30, 3000), "Ventetiden kendes ikke lige nu"),
        (NO_WAIT, "Ingen ventetid lige nu"),
        (Estimate(5, 45), "Ventetid lige nu: mindre end et minut"),
        (Estimate(180, 290), "Ventetid lige nu: mellem tre og fem minutter"),
    ],
)
def test_wait_is_said_no_more_exactly_than_is_known(estimate: Estimate | None, text: str) -> None:
    with translation.override("da"):
        assert wait_text(estimate) == text


def test_lines_for_businesses_and_interpreters_stand_under_headings_of_their_own(hours: Cast) -> None:
    hours.line.audience = "businesses"
    hours.line.save()
    text = get("/?kommune=370").content.decode()
    assert text.index("Virksomheder") < text.index("46 31 30 20")
    assert "Med tekst- eller tegntolk" not in text
    hours.line.audience = "text_relay"
    hours.line.save()
    text = get("/?kommune=370").content.decode()
    assert text.index("Med tekst- eller tegntolk") < text.index("46 31 30 20")


def test_country_of_lines_shows_the_common_ones_and_leads_to_the_municipalities(
    hours: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    LineNumber.objects.filter(line=hours.line, home_authority=None).delete()
    common = Line.objects.create(slug="faelles", name="Fælles linje", centre=hours.centre, owner=hours.own)
    LineNumber.objects.create(line=common, digits="70101881")
    assert "Hotline" in get("/").content.decode()
    monkeypatch.setattr("borgerlinje.portal.places.MOST_SHOWN", 1)
    page = get("/").content.decode()
    assert "Fælles linje" in page
    assert hours.line.name not in page
    assert "Vælg din kommune, så ser du også dens egne" in page
    own = get("/kommune/370/").content.decode()
    assert hours.line.name in own
    assert "så ser du også dens egne" not in own
