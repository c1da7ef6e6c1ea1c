"""Each member's own page, colours and box; and that nothing but the box can be framed, by nobody but whom the member names."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from borgerlinje.cooperation.models import Face
from borgerlinje.lines.models import Line, Notice
from borgerlinje.staff.roles import Role
from tests.portal.asking import ready, text
from tests.portal.test_portal_pages import CLOSED_AT, get
from tests.support.cast import LONG_AGO, NOW, Cast, make_employee, user_of
from tests.support.database import as_web
from tests.test_routes import address, routes

HOME, BOX, COLOURS = "/kommune/370/", "/kommune/370/boks/", "/kommune/370/farver.css"
FRAMES = "frame-ancestors"


@pytest.fixture
def member(cast: Cast) -> Cast:
    ready(cast)
    return cast


def face(cast: Cast, **values: object) -> Face:
    return Face.objects.create(authority=cast.own, **values)


def framed_by(answer: Any) -> str:
    rules = answer["Content-Security-Policy"].split("; ")
    return next(str(rule).removeprefix(FRAMES).strip() for rule in rules if rule.startswith(FRAMES))


# The page.


def test_member_without_a_face_has_its_page_in_the_products_own(member: Cast) -> None:
    answer = get(HOME)
    page = answer.content.decode()
    assert "Ring til Næstved Kommune" in text(answer)
    assert "46 31 30 20" in page
    assert "farver.css" not in page


def test_member_has_its_name_welcome_colour_and_website(member: Cast) -> None:
    face(
        member,
        title="Næstved hjælper",
        welcome="Ring, så hjælper vi.",
        welcome_en="Call us.",
        colour="#7a1f5c",
        website="https://www.example.org",
    )
    page = get(HOME).content.decode()
    assert "Næstved hjælper</a>" in page
    assert "Ring, så hjælper vi." in page
    assert f'href="{COLOURS}?7a1f5c"' in page
    assert 'href="https://www.example.org"' in page
    from django.conf import settings

    assert "Call us." in get(HOME, cookies={settings.LANGUAGE_COOKIE_NAME: "en"}).content.decode()


def test_member_stays_itself_on_the_pages_one_goes_on_to(member: Cast) -> None:
    face(member, title="Næstved hjælper")
    for path in (
        "/ring/46313020/",
        "/ring-mig-op/46313020/",
        f"{HOME}privatliv/",
        f"{HOME}tilgaengelighed/",
        f"{HOME}find/",
    ):
        assert "Næstved hjælper</a>" in get(path).content.decode(), path
    assert "Næstved hjælper" not in get("/").content.decode()


def test_authority_that_takes_no_part_has_no_page(member: Cast) -> None:
    assert get("/kommune/330/").status_code == HTTPStatus.OK, "a member without a number of its own has one"
    member.centre.memberships.filter(authority=member.colleague_authority).update(from_on=LONG_AGO, to_on=NOW.date())
    for path in ("", "find/", "privatliv/", "tilgaengelighed/", "boks/", "farver.css"):
        assert get(f"/kommune/330/{path}").status_code == HTTPStatus.NOT_FOUND, path
        assert get(f"/kommune/nix/{path}").status_code == HTTPStatus.NOT_FOUND, path


def test_member_sees_its_own_notices(member: Cast) -> None:
    Notice.objects.create(centre=member.centre, kind="outage", text="MitID er nede.", from_at=NOW)
    assert "MitID er nede." in text(get(HOME))


# The colours.


def test_colours_are_a_stylesheet_of_our_own(member: Cast) -> None:
    face(member, colour="#7a1f5c")
    answer = get(COLOURS)
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    sheet = answer.content.decode()
    assert "--bl-act: #7a1f5c;" in sheet
    assert "prefers-color-scheme: dark" in sheet
    assert "max-age" in answer["Cache-Control"]


def test_member_without_colours_has_an_empty_stylesheet(member: Cast) -> None:
    assert get(COLOURS).content == b""


# The box.


def test_box_says_number_open_and_wait_and_leads_to_the_site(member: Cast) -> None:
    answer = get(BOX)
    page = answer.content.decode()
    assert "Åbent nu, til kl. 21" in page
    assert 'href="tel:+4546313020"' in page
    assert "entetid" in page
    assert f'href="{HOME}" target="_top"' in page
    assert "<script" not in page
    assert "<form" not in page
    assert not answer.cookies
    assert "Lukket nu. Vi åbner i morgen, onsdag, kl. 9" in text(get(BOX, at=CLOSED_AT))


def test_box_has_its_language_in_its_address(member: Cast) -> None:
    danish, english = get(BOX), get(f"{BOX}?sprog=en")
    assert '<html lang="da">' in danish.content.decode()
    assert '<html lang="en">' in english.content.decode()
    assert english["Content-Language"] == "en"


def test_box_of_a_member_without_lines_says_whom_to_call(member: Cast) -> None:
    Line.objects.update(is_hidden=True)
    assert "hovednummer" in text(get(BOX))


def test_box_is_framed_by_nobody_until_the_member_says_who(member: Cast) -> None:
    answer = get(BOX)
    assert framed_by(answer) == "'none'"
    assert answer["X-Frame-Options"] == "DENY"


def test_box_is_framed_by_the_websites_the_member_names_and_its_other_pages_by_none(member: Cast) -> None:
    face(member, box_origins=["https://www.example.org", "https://intra.example.org:8443"])
    answer = get(BOX)
    assert framed_by(answer) == "https://www.example.org https://intra.example.org:8443"
    assert "X-Frame-Options" not in answer
    for path in (HOME, f"{HOME}find/", f"{HOME}privatliv/", f"{HOME}tilgaengelighed/", COLOURS, "/kommune/330/boks/"):
        assert framed_by(get(path)) == "'none'", path
        assert get(path)["X-Frame-Options"] == "DENY", path


def test_no_other_address_of_the_product_can_be_framed(member: Cast) -> None:
    face(member, box_origins=["https://www.example.org"])
    client = Client()
    client.force_login(user_of(make_employee("Sofie", member.own, member.centre, role=Role.SECRETARIAT)))
    walked = [(name, route) for name, route in routes() if name.startswith(("portal:", "console:", "desk:"))]
    assert len(walked) > 60
    with as_web():
        for name, route in walked:
            answer = client.get(address(name, route))
            assert framed_by(answer) == "'none'", name
            assert answer["X-Frame-Options"] == "DENY", name
