"""A member's logo: what is taken and what is refused, how it is served, that it can be taken back, and who keeps a member's face."""

import io
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from borgerlinje.cooperation import logos
from borgerlinje.cooperation.logos import Drawn, Flaw, draw
from borgerlinje.cooperation.models import Face, Logo, Membership
from borgerlinje.kit import clock
from borgerlinje.staff.models import ChangeNote
from borgerlinje.staff.roles import Role
from tests.console.test_crisis_pages import get, person, post, text_of
from tests.portal.asking import ready
from tests.support.cast import Cast, later, make_employee, user_of
from tests.support.database import as_web

PAGE, LOGO, OTHERS = "/konsol/borgersider/370/", "/konsol/borgersider/370/logo/", "/konsol/borgersider/330/"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(kind: str = "PNG", size: tuple[int, int] = (600, 200), **saved: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "#7a1f5c").save(file, kind, **saved)
    return file.getvalue()


# What a file becomes.


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_picture_is_drawn_anew_as_png_no_larger_than_it_is_shown(kind: str) -> None:
    drawn = draw(picture(kind), name="Næstved logo.v2.xyz")
    assert isinstance(drawn, Drawn)
    with Image.open(io.BytesIO(drawn.png)) as kept:
        assert (kept.format, kept.size) == ("PNG", (432, 144))
    assert drawn.key.startswith("nstved-logov2-")
    assert logos.size_of(drawn.key) == (216, 72)
    assert len(drawn.key) <= Logo._meta.get_field("key").max_length  # type: ignore[operator]


def test_nothing_that_a_file_carried_besides_its_points_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Karens telefon"
    drawn = draw(picture("JPEG", exif=exif) + b"<script>alert(1)</script>", name="a.jpg")
    assert isinstance(drawn, Drawn)
    assert b"Karen" not in drawn.png
    assert b"script" not in drawn.png


def test_same_picture_has_the_same_name_and_another_has_another() -> None:
    one, again, other = (draw(picture(size=(300, width)), name="a") for width in (100, 100, 101))
    assert one == again != other


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (b"", Flaw.EMPTY),
        (SVG, Flaw.DRAWING),
        (b"\xef\xbb\xbf \n<svg/>", Flaw.DRAWING),
        (b"<html>", Flaw.NO_PICTURE),
        (picture()[:200], Flaw.NO_PICTURE),
        (picture("GIF"), Flaw.NO_PICTURE),
        (picture("BMP", (40, 40)), Flaw.NO_PICTURE),
        (picture(size=(31, 200)), Flaw.TOO_SMALL),
        (picture(size=(4001, 32)), Flaw.TOO_MANY_POINTS),
        (bytes(logos.LARGEST_BYTES + 1), Flaw.TOO_LARGE),
    ],
    ids=lambda value: value.value if isinstance(value, Flaw) else "",
)
def test_file_that_is_no_logo_is_refused_for_what_it_is(content: bytes, flaw: Flaw) -> None:
    assert draw(content, name="logo.png") is flaw


def test_picture_that_unpacks_to_far_more_than_it_is_long_is_not_unpacked() -> None:
    bomb = picture(size=(40_000, 40), compress_level=9)
    assert len(bomb) < 100_000
    assert draw(bomb, name="a.png") is Flaw.TOO_MANY_POINTS


# The page.


@pytest.fixture
def manager(cast: Cast) -> Client:
    ready(cast)
    return person(cast, "Mona", Role.AUTHORITY_MANAGER)


def put_up(client: Client, content: bytes, *, alt: str = "Næstved Kommune", to: str = LOGO) -> Any:
    return post(client, to, file=SimpleUploadedFile("logo.png", content, "image/png"), alt=alt)


def test_logo_is_seen_on_the_page_and_in_the_box_and_kept_by_browsers(cast: Cast, manager: Client) -> None:
    assert put_up(manager, picture(), alt="Byens våben")["Location"] == PAGE
    face = Face.objects.get(authority=cast.own)
    address = f"/kommune/370/logo/{face.logo}.png"
    with as_web():
        for path in ("/kommune/370/", "/kommune/370/find/", "/kommune/370/boks/"):
            page = Client().get(path).content.decode()
            assert f'src="{address}" alt="Byens våben" width="216" height="72"' in page, path
        answer = Client().get(address)
    assert answer["Content-Type"] == "image/png"
    assert "immutable" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.content == bytes(Logo.objects.get().png)
    assert "Mona" in text_of(get(manager, PAGE))


def test_logo_that_says_what_stands_beside_it_is_not_said_twice(manager: Client) -> None:
    put_up(manager, picture(), alt="Næstved Kommune")
    with as_web():
        assert 'alt=""' in Client().get("/kommune/370/").content.decode()
        assert 'alt="Næstved Kommune"' in Client().get("/kommune/370/boks/").content.decode()


@pytest.mark.parametrize(
    ("content", "alt", "said"),
    [
        (SVG, "Byens våben", "SVG-tegning"),
        (b"nothing", "Byens våben", "kan ikke læses som et billede"),
        (bytes(logos.LARGEST_BYTES + 1), "Byens våben", "højst fylde 2 MB"),
        (picture(), "", "Skriv, hvad logoet viser"),
        (picture(), "010170-1234", "CPR-nummer"),
    ],
    ids=["svg", "text", "large", "no words", "cpr"],
)
def test_logo_that_is_refused_says_why_and_changes_nothing(
    manager: Client, content: bytes, alt: str, said: str
) -> None:
    answer = put_up(manager, content, alt=alt)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said in text_of(answer)
    assert not Logo.objects.exists()
    assert not Face.objects.exists()


def test_logo_is_taken_down_and_taken_back(cast: Cast, manager: Client) -> None:
    put_up(manager, picture())
    address = f"/kommune/370/logo/{Face.objects.get().logo}.png"
    with clock.turned(later(60)):
        post(manager, f"{LOGO}fjern/")
    with as_web():
        assert Client().get(address).status_code == HTTPStatus.NOT_FOUND
        assert "bl-logo" not in Client().get("/kommune/370/").content.decode()
    with clock.turned(later(120)):
        post(manager, f"{PAGE}fortryd/")
    with as_web():
        assert Client().get(address).status_code == HTTPStatus.OK
    assert ChangeNote.objects.filter(kind="face", authority=cast.own).count() == 3


def test_only_the_newest_pictures_are_kept_and_an_older_one_is_not_taken_back(cast: Cast, manager: Client) -> None:
    for width in range(100, 107):
        with clock.turned(later(width)):
            put_up(manager, picture(size=(300, width)))
    assert Logo.objects.count() == 5
    Logo.objects.exclude(key=Face.objects.get().logo).delete()
    assert post(manager, f"{PAGE}fortryd/").status_code == HTTPStatus.FOUND
    assert Face.objects.get(authority=cast.own).logo == ""


# Who keeps a member's face.


def test_secretariat_of_the_host_sets_a_members_face_and_the_member_sees_who_did(cast: Cast) -> None:
    assert cast.centre.host == cast.own
    host = person(cast, "Sofie", Role.SECRETARIAT)
    assert "Slagelse Kommune" in text_of(get(host, "/konsol/borgersider/"))
    assert post(host, OTHERS, title="Slagelse hjælper").status_code == HTTPStatus.FOUND
    assert put_up(host, picture(), to=f"{OTHERS}logo/").status_code == HTTPStatus.FOUND
    face = Face.objects.get(authority=cast.colleague_authority)
    assert (face.title, bool(face.logo)) == ("Slagelse hjælper", True)
    theirs = Client()
    colleague = make_employee("Mads", cast.colleague_authority, cast.centre, role=Role.AUTHORITY_MANAGER)
    theirs.force_login(user_of(colleague))
    page = text_of(get(theirs, OTHERS))
    assert "Slagelse hjælper" in page
    assert "Sofie" in page


@pytest.mark.parametrize("role", [Role.AUTHORITY_MANAGER, Role.PLANNER])
def test_nobody_else_of_the_host_sets_a_members_face(cast: Cast, role: Role) -> None:
    answer = post(person(cast, "Mona", role), OTHERS, title="Overtaget")
    assert answer.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}
    assert not Face.objects.exists()


def test_host_no_longer_sets_the_face_of_who_has_left_the_centre(cast: Cast) -> None:
    host = person(cast, "Sofie", Role.SECRETARIAT)
    Membership.objects.filter(authority=cast.colleague_authority).update(to_on=clock.today())
    assert post(host, OTHERS, title="Overtaget").status_code == HTTPStatus.NOT_FOUND
    Membership.objects.filter(authority=cast.colleague_authority).update(to_on=clock.today() + timedelta(days=1))
    assert post(host, OTHERS, title="Endnu").status_code == HTTPStatus.FOUND


def test_member_does_not_set_the_hosts_face(cast: Cast) -> None:
    theirs = Client()
    colleague = make_employee("Sanne", cast.colleague_authority, cast.centre, role=Role.SECRETARIAT)
    theirs.force_login(user_of(colleague))
    assert post(theirs, PAGE, title="Overtaget").status_code == HTTPStatus.NOT_FOUND
