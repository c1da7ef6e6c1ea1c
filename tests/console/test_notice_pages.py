"""News and outages over HTTP: what is told first, to whom, and when it ends."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from borgerlinje.kit import clock
from borgerlinje.lines import news
from borgerlinje.lines.models import Line, Notice
from borgerlinje.staff.roles import Role
from tests.console.test_crisis_pages import begun, get, person, post, text_of
from tests.support.cast import NOW, Cast, later, user_of
from tests.support.database import as_web

LIST, NEW = "/konsol/beskeder/", "/konsol/beskeder/ny/"


@pytest.fixture(autouse=True)
def _at_a_fixed_time() -> Iterator[None]:
    with clock.turned(later(0)):
        yield


@pytest.fixture
def secretariat(cast: Cast) -> Client:
    return person(cast, "Sofie", Role.SECRETARIAT)


def written(cast: Cast, **changes: Any) -> dict[str, Any]:
    usual = {
        "where": f"line-{cast.line.pk}",
        "kind": "outage",
        "text": "Digital post er nede.",
        "is_said": "on",
        "is_shown": "on",
    }
    return {**usual, **changes}


def told(cast: Cast, *, at: Any = NOW) -> list[tuple[str, str]]:
    return [(each.kind, each.text) for each in news.said(at).get(cast.line.pk, ()) if each.holds(at)]


def portal(language: str = "da") -> str:
    client = Client()
    client.cookies.load({"language": language})
    with as_web():
        return text_of(client.get("/"))


def test_notice_is_told_at_once_and_ends_when_somebody_says_so(cast: Cast, secretariat: Client) -> None:
    assert post(secretariat, NEW, **written(cast))["Location"] == LIST
    assert told(cast) == [("outage", "Digital post er nede.")]
    assert "Digital post er nede." in portal()
    assert "Digital post er nede." in text_of(get(secretariat, LIST))
    with clock.turned(later(60)):
        post(secretariat, f"{LIST}{Notice.objects.get().pk}/slut/")
        assert told(cast, at=later(60)) == []
        assert "Digital post er nede." not in portal()
        assert "Digital post er nede." in text_of(get(secretariat, LIST)), "what was told can be read afterwards"


def test_crisis_comes_first_then_the_outage_then_news(cast: Cast, secretariat: Client) -> None:
    post(secretariat, NEW, **written(cast, where=f"centre-{cast.centre.pk}", kind="news", text="Nyt hus."))
    post(secretariat, NEW, **written(cast))
    begun(cast, secretariat)
    assert told(cast) == [("crisis", "Der er travlt."), ("outage", "Digital post er nede."), ("news", "Nyt hus.")]
    page = portal()
    assert page.index("Tjek dit pas.") < page.index("Digital post er nede.") < page.index("Nyt hus.")


def test_notice_of_a_whole_centre_is_told_on_its_lines_alone(cast: Cast, secretariat: Client) -> None:
    elsewhere = Line.objects.create(
        slug="andet",
        name="Andet",
        owner=cast.outside,
        centre=cast.outside.hosted_centres.get(),
        greeting_text="A",
        closed_text="B",
    )
    post(secretariat, NEW, **written(cast, where=f"centre-{cast.centre.pk}"))
    assert set(news.said(NOW)) == {cast.line.pk}
    assert elsewhere.pk not in news.shown(NOW)


def test_english_page_has_the_english_text_or_says_that_it_is_danish(cast: Cast, secretariat: Client) -> None:
    post(secretariat, NEW, **written(cast, text_en="Digital Post is down."))
    post(secretariat, NEW, **written(cast, kind="news", text="Kun på dansk."))
    with as_web():
        client = Client()
        client.post("/sprog/", {"language": "en"})
    told_first = news.said(NOW)[cast.line.pk]
    assert [each.in_language("en") for each in told_first] == ["Digital Post is down.", "Kun på dansk."]
    assert [each.language_of("en") for each in told_first] == ["en", "da"]


def test_notice_that_begins_later_is_kept_until_then(cast: Cast, secretariat: Client) -> None:
    post(secretariat, NEW, **written(cast, from_at="2026-11-24T15:00", to_at="2026-11-24T16:00"))
    notice = Notice.objects.get()
    assert (notice.from_at, notice.to_at) == (later(3600), later(7200))
    assert told(cast) == []
    assert told(cast, at=later(3600)) == [("outage", "Digital post er nede.")]
    assert told(cast, at=later(7200)) == []
    # What nobody has heard yet is taken away.
    post(secretariat, f"{LIST}{notice.pk}/slut/")
    assert not Notice.objects.exists()


def test_said_and_shown_are_two_choices(cast: Cast, secretariat: Client) -> None:
    post(secretariat, NEW, **written(cast, is_shown=""))
    assert told(cast)
    assert "Digital post er nede." not in portal()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"text": ""}, "Skriv, hvad borgerne skal vide."),
        ({"is_said": "", "is_shown": ""}, "Vælg, om den siges i telefonen"),
        ({"from_at": "2026-11-24T16:00", "to_at": "2026-11-24T15:00"}, "Beskeden slutter, før den begynder."),
        ({"from_at": "2026-11-24T10:00", "to_at": "2026-11-24T11:00"}, "Det tidspunkt er allerede gået."),
        ({"to_at": "snart"}, "Vælg en dato og et klokkeslæt."),
        ({"where": "centre-0"}, "Vælg et center eller en linje."),
        ({"text": "Ring 010190-1234"}, "Teksten ligner et CPR-nummer"),
    ],
)
def test_faulty_notice_is_not_stored(cast: Cast, secretariat: Client, changes: dict[str, str], fault: str) -> None:
    answer = post(secretariat, NEW, **written(cast, **changes))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert fault in text_of(answer)
    assert not Notice.objects.exists()


def test_notice_of_others_is_read_or_not_even_that(cast: Cast, secretariat: Client) -> None:
    post(secretariat, NEW, **written(cast))
    end = f"{LIST}{Notice.objects.get().pk}/slut/"
    planner = person(cast, "Pia", Role.PLANNER)
    assert "Digital post er nede." in text_of(get(planner, LIST))
    assert "Afslut nu" in text_of(get(secretariat, LIST))
    assert "Afslut nu" not in text_of(get(planner, LIST))
    assert post(planner, end).status_code == HTTPStatus.FORBIDDEN
    stranger = person(cast, "Otte", Role.SECRETARIAT, cast.outside)
    assert "Digital post er nede." not in text_of(get(stranger, LIST))
    assert post(stranger, end).status_code == HTTPStatus.NOT_FOUND
    assert post(stranger, NEW, **written(cast)).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_desk_shows_the_crisis_its_guides_and_the_outage(cast: Cast, secretariat: Client) -> None:
    post(secretariat, NEW, **written(cast))
    begun(cast, secretariat)
    client = Client()
    client.force_login(user_of(cast.employee), backend="django.contrib.auth.backends.ModelBackend")
    page = text_of(get(client, "/bord/"))
    for text in ("Krise: Fejl i pas", "»Der er travlt.«", "Henvis til borgerservice.", "Digital post er nede."):
        assert text in page, text
    client.force_login(user_of(cast.outsider), backend="django.contrib.auth.backends.ModelBackend")
    assert "Fejl i pas" not in text_of(get(client, "/bord/"))
