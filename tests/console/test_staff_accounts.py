"""Invitation by a link that works once, and accounts that are stopped and opened."""

import re
from datetime import timedelta
from http import HTTPStatus

import orjson
import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from borgerlinje.dispatch.models import Presence
from borgerlinje.kit import clock
from borgerlinje.kit.sealed import unseal_text
from borgerlinje.letters.models import Letter
from borgerlinje.staff.models import Invitation, User
from borgerlinje.staff.roles import Role
from tests.console.staffing import PASSWORD, get, in_use, keeper, page_of, post, said, signed_in
from tests.support.cast import NOW, Cast, later, make_employee, user_of
from tests.support.database import as_web

DAY = 86_400


def invited(client: Client, cast: Cast, *, at: float = 60) -> str:
    """Invite the employee, and return the link's path."""
    answer = post(client, page_of(cast.employee, "inviter/"), at=at)
    assert answer.status_code == HTTPStatus.OK
    found = re.search(r'value="http://testserver(/velkommen/[^"]+/)"', said(answer))
    assert found
    return found[1]


def choose(link: str, *, at: float = 120, password: str = PASSWORD, again: str = PASSWORD):
    """Open a link in a browser of its own and choose a password."""
    browser = Client()
    with as_web(), clock.turned(later(at)):
        assert browser.get(link)["Location"] == "/velkommen/"
        return browser.post("/velkommen/", {"password": password, "again": again})


def test_invited_person_chooses_a_password_and_signs_in(cast: Cast, secretariat: Client) -> None:
    link = invited(secretariat, cast)
    assert "Inviteret" in get(secretariat, page_of(cast.employee))
    assert link not in get(secretariat, page_of(cast.employee))
    answer = choose(link)
    assert answer["Location"] == "/konto/login/"
    assert User.objects.get(employee=cast.employee).check_password(PASSWORD)
    assert "I brug" in get(secretariat, page_of(cast.employee))
    browser = Client()
    with as_web(), clock.turned(later(180)):
        signed = browser.post("/konto/login/", {"login": "karen@example.org", "password": PASSWORD})
    assert signed["Location"] == "/konsol/"


def test_link_has_a_button_that_copies_it(cast: Cast, secretariat: Client) -> None:
    page = str(post(secretariat, page_of(cast.employee, "inviter/"), at=60).content.decode())
    assert 'data-copy="invitation-link" data-done="Kopieret"' in page
    assert "console/copy" in page
    assert "console/copy" not in get(secretariat, page_of(cast.employee)), "only where there is a link"


def test_only_a_hash_of_the_link_is_stored(cast: Cast, secretariat: Client) -> None:
    token = invited(secretariat, cast).split("/")[2]
    stored = Invitation.objects.get()
    assert token not in repr(Invitation.objects.values().get())
    assert (stored.expires_at - stored.made_at, len(token) >= 43) == (timedelta(days=7), True)


def test_link_is_sent_in_a_letter(cast: Cast, secretariat: Client) -> None:
    link = invited(secretariat, cast)
    letter = Letter.objects.get()
    assert (letter.address, letter.code, letter.authority_id) == ("karen@example.org", "invitation", cast.own.pk)
    values = orjson.loads(unseal_text(letter.sealed, purpose="letters"))
    assert values["link"].endswith(link)
    assert (values["name"], values["centre"]) == ("Karen K.", "Prøvecenter")
    assert values["expires"] == "01-12-2026 kl. 14.01"


def test_link_works_once(cast: Cast, secretariat: Client) -> None:
    link = invited(secretariat, cast)
    assert choose(link).status_code == HTTPStatus.FOUND
    again = choose(link, password="noget helt andet her", again="noget helt andet her")
    assert again.status_code == HTTPStatus.GONE
    assert "Invitationen gælder ikke længere" in said(again)


def test_link_is_worthless_after_seven_days(cast: Cast, secretariat: Client) -> None:
    link = invited(secretariat, cast)
    assert choose(link, at=60 + 7 * DAY).status_code == HTTPStatus.GONE
    assert "Invitationen er udløbet" in get(secretariat, page_of(cast.employee), at=60 + 7 * DAY)
    assert choose(invited(secretariat, cast, at=8 * DAY), at=8 * DAY + 60).status_code == HTTPStatus.FOUND


def test_new_link_makes_the_old_worthless(cast: Cast, secretariat: Client) -> None:
    first, second = invited(secretariat, cast), invited(secretariat, cast)
    assert choose(first).status_code == HTTPStatus.GONE
    assert choose(second).status_code == HTTPStatus.FOUND


def test_withdrawn_link_is_worthless(cast: Cast, secretariat: Client) -> None:
    link = invited(secretariat, cast)
    assert post(secretariat, page_of(cast.employee, "inviter/traek/")).status_code == HTTPStatus.FOUND
    assert choose(link).status_code == HTTPStatus.GONE
    answer = post(secretariat, page_of(cast.employee, "inviter/traek/"))
    assert (answer.status_code, "Der er ingen åben invitation." in said(answer)) == (HTTPStatus.CONFLICT, True)


def test_link_sent_to_an_old_address_is_worthless(cast: Cast, secretariat: Client) -> None:
    link = invited(secretariat, cast)
    data = {"given_name": "Karen", "initial": "K", "employer": cast.own.pk, "from_on": "2020-01-01"}
    post(secretariat, page_of(cast.employee, "ret/"), **data, email="ny@example.org")
    assert choose(link).status_code == HTTPStatus.GONE


@pytest.mark.parametrize(
    ("password", "again", "text"),
    [
        ("", "", "Skriv den adgangskode, du vil bruge."),
        (PASSWORD, "", "Skriv adgangskoden igen"),
        (PASSWORD, PASSWORD + "x", "De to adgangskoder er ikke ens."),
        ("kort", "kort", "12"),
        ("karen@example.org", "karen@example.org", "e-mail"),
    ],
)
def test_password_that_will_not_do_is_explained(
    cast: Cast, secretariat: Client, password: str, again: str, text: str
) -> None:
    link = invited(secretariat, cast)
    answer = choose(link, password=password, again=again)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert text in said(answer)
    assert choose(link).status_code == HTTPStatus.FOUND


def test_role_that_administers_goes_on_to_a_second_factor(cast: Cast) -> None:
    administrator = keeper(cast, Role.ADMINISTRATOR, "Ada")
    cast.employee = make_employee("Sten", cast.own, cast.centre, role=Role.SECRETARIAT)
    answer = choose(invited(administrator, cast))
    assert answer["Location"] == "/konto/login/?next=%2Fkonto%2F2fa%2Ftotp%2Factivate%2F"


def test_who_is_signed_in_does_not_use_up_anothers_link(cast: Cast, secretariat: Client) -> None:
    link = invited(secretariat, cast)
    with as_web(), clock.turned(later(90)):
        secretariat.get(link)
        answer = secretariat.post("/velkommen/", {"password": PASSWORD, "again": PASSWORD})
    assert (answer.status_code, "Du er allerede logget på" in said(answer)) == (HTTPStatus.CONFLICT, True)
    assert choose(link).status_code == HTTPStatus.FOUND


@pytest.mark.django_db
@pytest.mark.parametrize("opened", ["/velkommen/gaettet/", ""])
def test_link_that_is_guessed_or_missing_says_what_to_do(opened: str) -> None:
    browser = Client()
    if opened:
        assert browser.get(opened)["Location"] == "/velkommen/"
    answer = browser.get("/velkommen/")
    assert (answer.status_code, "Bed sekretariatet om et nyt link" in said(answer)) == (HTTPStatus.GONE, True)


def test_account_in_use_is_not_invited(cast: Cast, secretariat: Client) -> None:
    in_use(cast.employee)
    answer = post(secretariat, page_of(cast.employee, "inviter/"))
    assert (answer.status_code, "Kontoen er allerede i brug" in said(answer)) == (HTTPStatus.CONFLICT, True)
    assert not Invitation.objects.exists()


def test_person_without_an_account_is_not_invited(cast: Cast, secretariat: Client) -> None:
    type(cast.employee).objects.filter(pk=cast.employee.pk).update(user=None)
    answer = post(secretariat, page_of(cast.employee, "inviter/"))
    assert "Personen har ingen konto." in said(answer)


def test_stopped_account_signs_nobody_in_until_it_is_open_again(cast: Cast, secretariat: Client) -> None:
    in_use(cast.employee)
    working = Client()
    working.force_login(user_of(cast.employee), backend="django.contrib.auth.backends.ModelBackend")
    cast.ready(cast.employee)
    assert "Bordet" in get(working, "/konsol/")
    assert post(secretariat, page_of(cast.employee, "konto/stop/")).status_code == HTTPStatus.FOUND
    assert Presence.objects.get(employee=cast.employee).state == "signed_out"
    assert working.get("/konsol/").status_code == HTTPStatus.FOUND
    assert "Stoppet" in get(secretariat, page_of(cast.employee))
    post(secretariat, page_of(cast.employee, "konto/aabn/"))
    assert "I brug" in get(secretariat, page_of(cast.employee))


def test_account_of_one_with_a_citizen_is_not_stopped(cast: Cast, secretariat: Client) -> None:
    cast.ready(cast.employee)
    Presence.objects.filter(employee=cast.employee).update(state="talking", since=NOW)
    answer = post(secretariat, page_of(cast.employee, "konto/stop/"))
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Karen K. er i gang med en borger, så kontoen er ikke stoppet." in said(answer)
    assert User.objects.get(employee=cast.employee).is_active


def test_second_step_that_was_lost_is_taken_away_and_noted(cast: Cast, secretariat: Client) -> None:
    user = user_of(in_use(cast.employee))
    where = page_of(cast.employee, "konto/to-trin/")
    assert "Fjern det andet trin" not in get(secretariat, page_of(cast.employee))
    assert post(secretariat, where).status_code == HTTPStatus.CONFLICT
    for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
        Authenticator.objects.create(user=user, type=kind, data={})
    assert "Fjern det andet trin" in get(secretariat, page_of(cast.employee))
    assert post(secretariat, where).status_code == HTTPStatus.FOUND
    assert not Authenticator.objects.exists()
    assert "det andet trin er fjernet" in get(secretariat, page_of(cast.employee))


def test_nobody_takes_their_own_second_step_away_there(cast: Cast) -> None:
    sara = make_employee("Sara", cast.own, cast.centre, role=Role.SECRETARIAT)
    client = signed_in(sara)
    Authenticator.objects.create(user=user_of(sara), type=Authenticator.Type.TOTP, data={})
    assert post(client, page_of(sara, "konto/to-trin/")).status_code == HTTPStatus.CONFLICT
    assert Authenticator.objects.exists()
