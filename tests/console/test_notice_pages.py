"""News and outages over HTTP: what is told first, to whom, and when it ends."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from borgerlinje.kit import clock
from borgerlinje.lines import news
from borgerlinje.lines.models import Line, Notice
from borgerlinje.staff.models import ChangeNote
from borgerlinje.staff.roles import Role
from tests.console.test_crisis_pages import begun, get, person, post, text_of
from tests.support.cast import NOW, Cast, later, user_of
from tests.support.database import as_web

LIST, NEW, UNDO = "/konsol/beskeder/", "/konsol/beskeder/ny/", "/konsol/beskeder/fortryd/"


def written(cast: Cast, **changes: Any) -> dict[str, Any]:
    usual = {
        "where": f"line-{cast.line.pk}",
        "kind": "outage",
        "text": "Digital post er nede.",
        "is_said": "on",
        "is_shown": "on",
    }
    return {**usual, **changes}


def digest(answer: Any) -> str:
    """Return what the preview says it has shown."""
    return str(answer.content.decode()).split('name="set" value="', 1)[1].split('"', 1)[0]


def standing(answer: Any) -> str:
    """Return what the page says the notice was when it was opened."""
    return str(answer.content.decode()).split('name="stand" value="', 1)[1].split('"', 1)[0]


def send(client: Client, path: str = NEW, **values: Any) -> Any:
    """Look at a notice first, and send out what was looked at."""
    seen = post(client, path, **values, vis="1")
    assert seen.status_code == HTTPStatus.OK, text_of(seen)
    return post(client, path, **values, set=digest(seen), gem="1")


def change(client: Client, notice: Notice, **values: Any) -> Any:
    """Open a notice, change it, look at it and save it."""
    path = f"{LIST}{notice.pk}/"
    return send(client, path, **values, stand=standing(get(client, path)))


def told(cast: Cast, *, at: Any = NOW) -> list[tuple[str, str]]:
    return [(each.kind, each.text) for each in news.said(at).get(cast.line.pk, ()) if each.holds(at)]


def portal(language: str = "da") -> str:
    client = Client()
    client.cookies.load({"language": language})
    with as_web():
        return text_of(client.get("/"))


def test_notice_is_told_at_once_and_ends_when_somebody_says_so(cast: Cast, secretariat: Client) -> None:
    assert send(secretariat, **written(cast))["Location"] == LIST
    assert told(cast) == [("outage", "Digital post er nede.")]
    assert "Digital post er nede." in portal()
    assert "Digital post er nede." in text_of(get(secretariat, LIST))
    with clock.turned(later(60)):
        post(secretariat, f"{LIST}{Notice.objects.get().pk}/slut/")
        assert told(cast, at=later(60)) == []
        assert "Digital post er nede." not in portal()
        assert "Digital post er nede." in text_of(get(secretariat, LIST)), "what was told can be read afterwards"


def test_crisis_comes_first_then_the_outage_then_news(cast: Cast, secretariat: Client) -> None:
    send(secretariat, **written(cast, where=f"centre-{cast.centre.pk}", kind="news", text="Nyt hus."))
    send(secretariat, **written(cast))
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
    send(secretariat, **written(cast, where=f"centre-{cast.centre.pk}"))
    assert set(news.said(NOW)) == {cast.line.pk}
    assert elsewhere.pk not in news.shown(NOW)


def test_english_page_has_the_english_text_or_says_that_it_is_danish(cast: Cast, secretariat: Client) -> None:
    send(secretariat, **written(cast, text_en="Digital Post is down."))
    send(secretariat, **written(cast, kind="news", text="Kun på dansk."))
    with as_web():
        client = Client()
        client.post("/sprog/", {"language": "en"})
    told_first = news.said(NOW)[cast.line.pk]
    assert [each.in_language("en") for each in told_first] == ["Digital Post is down.", "Kun på dansk."]
    assert [each.language_of("en") for each in told_first] == ["en", "da"]


def test_notice_that_begins_later_is_kept_until_then(cast: Cast, secretariat: Client) -> None:
    send(secretariat, **written(cast, from_at="2026-11-24T15:00", to_at="2026-11-24T16:00"))
    notice = Notice.objects.get()
    assert (notice.from_at, notice.to_at) == (later(3600), later(7200))
    assert told(cast) == []
    assert told(cast, at=later(3600)) == [("outage", "Digital post er nede.")]
    assert told(cast, at=later(7200)) == []
    # What nobody has heard yet is taken away.
    post(secretariat, f"{LIST}{notice.pk}/slut/")
    assert not Notice.objects.exists()


def test_said_and_shown_are_two_choices(cast: Cast, secretariat: Client) -> None:
    send(secretariat, **written(cast, is_shown=""))
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
    answer = post(secretariat, NEW, **written(cast, **changes), vis="1")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert fault in text_of(answer)
    assert not Notice.objects.exists()


def test_notice_of_others_is_read_or_not_even_that(cast: Cast, secretariat: Client) -> None:
    send(secretariat, **written(cast))
    end = f"{LIST}{Notice.objects.get().pk}/slut/"
    planner = person(cast, "Pia", Role.PLANNER)
    assert "Digital post er nede." in text_of(get(planner, LIST))
    assert "Afslut nu" in text_of(get(secretariat, LIST))
    assert "Afslut nu" not in text_of(get(planner, LIST))
    assert post(planner, end).status_code == HTTPStatus.FORBIDDEN
    stranger = person(cast, "Otte", Role.SECRETARIAT, cast.outside)
    assert "Digital post er nede." not in text_of(get(stranger, LIST))
    assert post(stranger, end).status_code == HTTPStatus.NOT_FOUND
    assert get(stranger, end.removesuffix("slut/")).status_code == HTTPStatus.NOT_FOUND
    assert get(planner, end.removesuffix("slut/")).status_code == HTTPStatus.FORBIDDEN
    assert post(stranger, NEW, **written(cast)).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_desk_shows_the_crisis_its_guides_and_the_outage(cast: Cast, secretariat: Client) -> None:
    send(secretariat, **written(cast))
    begun(cast, secretariat)
    client = Client()
    client.force_login(user_of(cast.employee), backend="django.contrib.auth.backends.ModelBackend")
    page = text_of(get(client, "/bord/"))
    for text in ("Krise: Fejl i pas", "»Der er travlt.«", "Henvis til borgerservice.", "Digital post er nede."):
        assert text in page, text
    client.force_login(user_of(cast.outsider), backend="django.contrib.auth.backends.ModelBackend")
    assert "Fejl i pas" not in text_of(get(client, "/bord/"))


# Looked at before it goes out.


def test_notice_is_looked_at_before_anybody_is_told(cast: Cast, secretariat: Client) -> None:
    begun(cast, secretariat)
    seen = post(secretariat, NEW, **written(cast, text_en="Digital Post is down."), vis="1")
    page = text_of(seen)
    for said in (
        "Intet er sendt ud endnu.",
        "Gælder fra nu, til nogen afslutter den. Den gælder 1 linje: Hotline.",
        '<b>Driftsforstyrrelse</b></p><p lang="da">Digital post er nede.</p>',
        '<p lang="en">Digital Post is down.</p>',
        "<b>Driftsforstyrrelse · Hotline</b> Digital post er nede.",
        '<b><q lang="da">Digital post er nede.</q></b>',
        '<b><q lang="en">Digital Post is down.</q></b>',
    ):
        assert said in page, said
    # The telephone says the crisis first, and so does the preview.
    assert page.index('<q lang="da">Der er travlt.</q>') < page.index('<q lang="da">Digital post er nede.</q>')
    assert told(cast) == [("crisis", "Der er travlt.")]
    # What was looked at is what goes out.
    other = written(cast, text="Noget andet.")
    assert "Du har rettet noget siden." in text_of(post(secretariat, NEW, **other, set=digest(seen), gem="1"))
    assert "Sådan bliver det" in text_of(post(secretariat, NEW, **other, gem="1"))
    assert not Notice.objects.exists()


def test_preview_says_where_it_is_not_told(cast: Cast, secretariat: Client) -> None:
    quiet = text_of(post(secretariat, NEW, **written(cast, is_said=""), vis="1"))
    assert "Den siges ikke i telefonen." in quiet
    assert "Borgere, der har valgt engelsk, får den danske tekst." in quiet
    hidden = text_of(post(secretariat, NEW, **written(cast, is_shown="", from_at="2026-11-25T08:00"), vis="1"))
    assert "Den vises ikke på borgersiden." in hidden
    assert "Gælder fra 25-11-2026 kl. 08.00" in hidden


# Changed, ended and taken back.


def test_notice_is_changed_and_the_page_tells_who_did_it(cast: Cast, secretariat: Client) -> None:
    send(secretariat, **written(cast))
    notice = Notice.objects.get()
    with clock.turned(later(600)):
        page = text_of(get(secretariat, f"{LIST}{notice.pk}/"))
        assert "Begyndte 24-11-2026 kl. 14.00." in page
        assert "id_from_at" not in page, "what has begun began when it did"
        changed = written(cast, text="Digital post er langsom.", to_at="2026-11-24T18:00")
        assert change(secretariat, notice, **changed)["Location"] == LIST
        assert told(cast, at=later(600)) == [("outage", "Digital post er langsom.")]
        page = text_of(get(secretariat, f"{LIST}{notice.pk}/"))
        for said in ("Digital post er nede.", "Digital post er langsom.", "24-11-2026 18.00", "Sofie"):
            assert said in page, said
    notice.refresh_from_db()
    assert (notice.from_at, str(notice.made_by)) == (NOW, "Sofie")
    last = ChangeNote.objects.exclude(before={}).get()
    assert (last.before["text"], last.after["text"]) == ("Digital post er nede.", "Digital post er langsom.")


def test_notice_moved_to_the_whole_centre_is_told_there(cast: Cast, secretariat: Client) -> None:
    send(secretariat, **written(cast))
    change(secretariat, Notice.objects.get(), **written(cast, where=f"centre-{cast.centre.pk}"))
    assert Notice.objects.get().line is None
    assert told(cast)


def test_notice_changed_by_two_at_once_loses_nothing(cast: Cast, secretariat: Client) -> None:
    send(secretariat, **written(cast))
    notice = Notice.objects.get()
    path = f"{LIST}{notice.pk}/"
    opened = standing(get(secretariat, path))
    other = person(cast, "Sanne", Role.SECRETARIAT)
    change(other, notice, **written(cast, text="Sannes tekst."))
    answer = post(secretariat, path, **written(cast, text="Min tekst."), stand=opened, vis="1")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = text_of(answer)
    assert "En anden har ændret beskeden, mens du skrev." in page
    assert "Min tekst." in page, "what was written is still there"
    assert told(cast) == [("outage", "Sannes tekst.")]


def test_notice_that_is_over_is_read_and_not_changed(cast: Cast, secretariat: Client) -> None:
    send(secretariat, **written(cast))
    notice = Notice.objects.get()
    path = f"{LIST}{notice.pk}/"
    opened = standing(get(secretariat, path))
    with clock.turned(later(60)):
        post(secretariat, f"{path}slut/")
        answer = post(secretariat, path, **written(cast, text="For sent."), stand=opened, vis="1")
        assert answer.status_code == HTTPStatus.CONFLICT
        assert "Beskeden er slut og kan ikke rettes mere. Intet er gemt." in text_of(answer)
        page = text_of(get(secretariat, path))
        assert "Ny besked magen til" in page
        assert "Digital post er nede.</textarea>" in text_of(get(secretariat, NEW, som=str(notice.pk)))
        assert "Digital post er nede." not in text_of(get(secretariat, NEW, som="²"))


def test_ended_notice_is_taken_up_again(cast: Cast, secretariat: Client) -> None:
    send(secretariat, **written(cast))
    with clock.turned(later(60)):
        post(secretariat, f"{LIST}{Notice.objects.get().pk}/slut/")
        assert "Beskeden er slut." in text_of(get(secretariat, LIST))
        post(secretariat, UNDO)
        assert told(cast, at=later(60)) == [("outage", "Digital post er nede.")]
        assert post(secretariat, UNDO).status_code == HTTPStatus.NOT_FOUND, "once only"


def test_each_act_on_a_notice_is_taken_back(cast: Cast, secretariat: Client) -> None:
    send(secretariat, **written(cast, from_at="2026-11-24T15:00"))
    notice = Notice.objects.get()
    change(secretariat, notice, **written(cast, text="Noget andet.", from_at="2026-11-24T16:00"))
    post(secretariat, UNDO)
    notice.refresh_from_db()
    assert (notice.text, notice.from_at) == ("Digital post er nede.", later(3600))
    post(secretariat, f"{LIST}{notice.pk}/slut/")
    assert not Notice.objects.exists()
    post(secretariat, UNDO)
    assert Notice.objects.get() == notice
    # One that was just made is ended, or was never told.
    send(secretariat, **written(cast, text="En fejl."))
    post(secretariat, UNDO)
    assert told(cast) == []
    with clock.turned(later(601)):
        assert post(secretariat, UNDO).status_code == HTTPStatus.NOT_FOUND


def test_notice_touched_by_another_since_is_not_taken_back(cast: Cast, secretariat: Client) -> None:
    send(secretariat, **written(cast))
    notice = Notice.objects.get()
    change(secretariat, notice, **written(cast, text="Min tekst."))
    other = person(cast, "Sanne", Role.SECRETARIAT)
    change(other, notice, **written(cast, text="Sannes tekst."))
    post(secretariat, UNDO)
    assert "Beskeden er ændret af en anden imens. Den er ikke rørt." in text_of(get(secretariat, LIST))
    assert told(cast) == [("outage", "Sannes tekst.")]
