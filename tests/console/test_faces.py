"""An authority's face in the console: who keeps it, what is refused and why, and that every change can be taken back."""

from http import HTTPStatus

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from borgerlinje.console.faces.forms import origin
from borgerlinje.cooperation.models import Face
from borgerlinje.kit import clock
from borgerlinje.staff.models import ChangeNote
from borgerlinje.staff.roles import Role
from tests.console.test_crisis_pages import get, person, post, text_of
from tests.support.cast import Cast, later
from tests.support.database import as_web

LIST, PAGE = "/konsol/borgersider/", "/konsol/borgersider/370/"


@pytest.fixture
def manager(cast: Cast) -> Client:
    return person(cast, "Mona", Role.AUTHORITY_MANAGER)


def test_manager_sets_the_face_and_citizens_see_it(cast: Cast, manager: Client) -> None:
    answer = post(manager, PAGE, title="Næstved hjælper", colour="7A1F5C", box_origins="https://www.example.org/\n")
    assert answer["Location"] == PAGE
    face = Face.objects.get()
    assert (face.authority, face.title, face.colour, face.box_origins) == (
        cast.own,
        "Næstved hjælper",
        "#7a1f5c",
        ["https://www.example.org"],
    )
    with as_web():
        assert "Næstved hjælper" in text_of(Client().get("/kommune/370/"))
    assert "#7a1f5c" in text_of(get(manager, LIST))


def test_colour_that_cannot_be_read_is_refused_with_the_nearest_that_can(cast: Cast, manager: Client) -> None:
    answer = post(manager, PAGE, colour="#ffcc00")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = text_of(answer)
    assert "#ffcc00 kan ikke læses på lys skærm: kontrasten er 1," in page
    nearest = page.partition("Den nærmeste farve, der kan, er ")[2][:7]
    assert not Face.objects.exists()
    assert post(manager, PAGE, colour=nearest).status_code == HTTPStatus.FOUND
    assert Face.objects.get().colour == nearest


def test_every_fault_is_told_at_once(cast: Cast, manager: Client) -> None:
    answer = post(
        manager,
        PAGE,
        colour="rød",
        colour_dark="#000000",
        website="javascript:alert(1)",
        contact_email="ikke en adresse",
        statement_url="http://was.digst.dk/x",
        statement_on="i går",
        box_origins="https://*.dk\nhttps://example.org/side",
        known_faults="Ring 010170-1234",
    )
    page = text_of(answer)
    for fault in (
        "Skriv farven som #0b5160",
        "#000000 kan ikke læses på mørk skærm",
        "Skriv en adresse, der begynder med https://.",
        "Skriv en e-mailadresse",
        "Vælg en dato.",
        "Det kan ikke bruges: https://*.dk, https://example.org/side.",
        "CPR-nummer",
    ):
        assert fault in page, fault
    assert not Face.objects.exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://www.example.org", "https://www.example.org"),
        ("https://WWW.example.org/", "https://www.example.org"),
        ("https://example.org:8443", "https://example.org:8443"),
        ("https://næstved.dk", "https://xn--nstved-pua.dk"),
        ("http://example.org", ""),
        ("https://example.org/a", ""),
        ("https://*.example.org", ""),
        ("https://a@example.org", ""),
        ("https://example.org; script-src *", ""),
        ("https://example.org 'self'", ""),
        ("https://[::1", ""),
        ("*", ""),
        ("https://", ""),
        ("'none'", ""),
    ],
)
def test_origin_is_a_website_and_nothing_else(text: str, expected: str) -> None:
    assert origin(text) == expected


def test_colours_are_tried_without_being_stored(cast: Cast, manager: Client) -> None:
    answer = post(manager, PAGE, colour="#7a1f5c", **{"try": "1"})
    assert answer.status_code == HTTPStatus.OK
    page = answer.content.decode()
    assert 'fill="#7a1f5c"' in page
    assert 'value="#7a1f5c"' in page
    assert "Intet er gemt endnu" in page
    assert not Face.objects.exists()


def test_change_is_noted_and_can_be_taken_back(cast: Cast, manager: Client) -> None:
    post(manager, PAGE, title="Første", statement_on="2026-03-03")
    with clock.turned(later(60)):
        post(manager, PAGE, title="Anden")
    assert ChangeNote.objects.filter(kind="face").count() == 2
    assert "Anden" in text_of(get(manager, PAGE))
    with clock.turned(later(120)):
        post(manager, f"{PAGE}fortryd/")
    face = Face.objects.get()
    assert (face.title, str(face.statement_on)) == ("Første", "2026-03-03")
    with clock.turned(later(180)):
        post(manager, f"{PAGE}fortryd/")
    assert Face.objects.get().title == "Anden"


def test_there_is_nothing_to_take_back_before_the_first_change(cast: Cast, manager: Client) -> None:
    assert post(manager, f"{PAGE}fortryd/").status_code == HTTPStatus.NOT_FOUND


def test_snippet_is_there_once_a_website_may_show_the_box(cast: Cast, manager: Client) -> None:
    assert "iframe" not in text_of(get(manager, PAGE))
    post(manager, PAGE, box_origins="https://www.example.org")
    page = text_of(get(manager, PAGE))
    assert "/kommune/370/boks/" in page
    assert 'title="Ring til Næstved Kommune"' in page


def test_nobody_sets_another_authoritys_face(cast: Cast, manager: Client) -> None:
    assert "Slagelse" not in text_of(get(manager, LIST))
    for path in ("/konsol/borgersider/330/", "/konsol/borgersider/101/", "/konsol/borgersider/330/fortryd/"):
        assert post(manager, path, title="Fremmed").status_code == HTTPStatus.NOT_FOUND
    assert not Face.objects.exists()


def test_database_itself_lets_nobody_change_another_authoritys_face(cast: Cast) -> None:
    Face.objects.create(authority=cast.own, title="Vores")
    with as_web(cast.outside.pk):
        assert Face.objects.get().title == "Vores", "everybody reads it"
        assert Face.objects.update(title="Fremmed") == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Face.objects.create(authority=cast.colleague_authority, title="Fremmed")
    with as_web(cast.own.pk):
        assert Face.objects.update(title="Ny") == 1
