"""The console's pages on letters: how they are worded, how it looks, what it was before, and what was sent."""

from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from borgerlinje.channels.phone.models import Text
from borgerlinje.kit import clock
from borgerlinje.kit.request_database import run_here
from borgerlinje.letters.actions import BACK_OFF, do_note_refused, do_note_sent, do_send
from borgerlinje.letters.faults import Fault, Refusal
from borgerlinje.letters.models import Letter, LetterTemplate
from borgerlinje.staff.models import Employee, RoleAssignment
from borgerlinje.staff.roles import Role
from tests.support.cast import LONG_AGO, NOW, Cast, later, make_employee, user_of
from tests.support.database import as_web

PAGE = "/konsol/breve/"
INVITATION = f"{PAGE}invitation/da/"
GUIDE = f"{PAGE}guide_link/da/"
GOOD: dict[str, Any] = {"subject": "Velkommen, {name}", "body": "Hej {name}\r\n\r\n{link}", "seen": "0"}
VALUES = {"name": "Karen", "link": "https://center.example/i/1", "centre": "Prøvecenter", "expires": "i morgen"}


def signed_in(employee: Employee) -> Client:
    client = Client()
    client.force_login(user_of(employee), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def secretariat(cast: Cast) -> Client:
    return signed_in(make_employee("Sara", cast.own, cast.centre, role=Role.SECRETARIAT))


@pytest.fixture
def members(cast: Cast) -> Client:
    """The secretariat of a member that does not house the centre."""
    return signed_in(make_employee("Mette", cast.colleague_authority, cast.centre, role=Role.SECRETARIAT))


def get(client: Client, path: str = PAGE, *, at: float = 60) -> str:
    with as_web(), clock.turned(later(at)):
        answer = client.get(path)
    assert answer.status_code == HTTPStatus.OK
    return str(answer.content.decode())


def post(client: Client, path: str, *, at: float = 60, is_htmx: bool = False, **values: str) -> Any:
    headers = {"HX-Request": "true"} if is_htmx else {}
    with as_web(), clock.turned(later(at)):
        return client.post(path, values, headers=headers)


def ask(cast: Cast, *, to: str = "karen@naestved.dk", fault: Fault | None = None, tries: int = 1) -> Letter:
    asked = do_send("invitation", to=to, language="da", values=VALUES, now=NOW, authority_id=cast.own.pk)
    letter_id = run_here(asked)
    if fault:
        said = Refusal(fault, f"5.1.1 <{to}> unknown")
        run_here(do_note_refused(letter_id, said, attempts=tries - 1, address=to, now=later(1)))
    return Letter.objects.get(pk=letter_id)


def test_letters_are_listed_with_whose_words_they_have(secretariat: Client) -> None:
    page = get(secretariat)
    for text in ("Invitation", "Ny adgangskode", "Link til vejledning", "Standardtekst", "Dansk", "Engelsk"):
        assert text in page
    post(secretariat, INVITATION, **GOOD)
    assert "Egen tekst" in get(secretariat)


def test_letter_is_worded_anew_and_every_version_kept(cast: Cast, secretariat: Client) -> None:
    assert post(secretariat, INVITATION, **GOOD).status_code == HTTPStatus.FOUND
    row = LetterTemplate.objects.get()
    assert (row.authority, row.code, row.language, row.version) == (cast.own, "invitation", "da", 1)
    assert (row.subject, row.body) == ("Velkommen, {name}", "Hej {name}\n\n{link}")
    assert row.changed_by is not None
    page = get(secretariat, INVITATION)
    assert "Velkommen, Karen Eksempel" in page
    assert "24-11-2026" in page
    again = post(secretariat, INVITATION, **(GOOD | {"seen": "1"}))
    assert again.status_code == HTTPStatus.FOUND
    assert LetterTemplate.objects.count() == 1, "the same words are no new version"


def test_earlier_words_and_the_default_are_put_back_as_new_versions(secretariat: Client) -> None:
    post(secretariat, INVITATION, **GOOD)
    post(secretariat, INVITATION, **(GOOD | {"subject": "Nummer to", "seen": "1"}))
    restore = f"{INVITATION}version/"
    assert post(secretariat, restore, version="1", seen="2").status_code == HTTPStatus.FOUND
    assert "Velkommen, Karen Eksempel" in get(secretariat, INVITATION)
    assert post(secretariat, restore, version="0", seen="3").status_code == HTTPStatus.FOUND
    page = get(secretariat, INVITATION)
    assert "Din konto hos Eksempelcentret" in page
    assert "tilbage til standardteksten" in page
    assert [each.version for each in LetterTemplate.objects.all()] == [4, 3, 2, 1]
    wrong: list[dict[str, Any]] = [{"version": "9", "seen": "4"}, {"version": "x", "seen": "4"}, {"seen": "4"}]
    for each in wrong:
        assert post(secretariat, restore, **each).status_code == HTTPStatus.NOT_FOUND


def test_words_that_somebody_else_changed_meanwhile_are_told_and_kept(secretariat: Client) -> None:
    post(secretariat, INVITATION, **GOOD)
    answer = post(secretariat, INVITATION, **(GOOD | {"subject": "Min egen"}))
    assert answer.status_code == HTTPStatus.CONFLICT
    page = answer.content.decode()
    assert "En anden har ændret teksten imens. Intet er gemt." in page
    assert 'value="Min egen"' in page
    assert LetterTemplate.objects.count() == 1
    assert post(secretariat, f"{INVITATION}version/", version="0", seen="0").status_code == HTTPStatus.CONFLICT


def test_every_fault_is_told_at_once_and_nothing_is_saved(secretariat: Client) -> None:
    wrong: dict[str, Any] = {"subject": "Hej {navn}", "body": "Kære {name\nRing til 010190-1234", "seen": "0"}
    answer = post(secretariat, INVITATION, **wrong)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = answer.content.decode()
    for text in ("{navn}.", "ligner et CPR-nummer", "Intet er gemt."):
        assert text in page
    answer = post(secretariat, INVITATION, subject="", body="Kære {name", seen="0")
    page = answer.content.decode()
    for text in ("Skriv et emne.", "En tuborgklamme står alene."):
        assert text in page
    answer = post(secretariat, INVITATION, subject="Et\nto", body="Kære {name}", seen="0")
    page = answer.content.decode()
    for text in ("Emnet må kun fylde én linje.", "Brevet nytter ikke uden {link}."):
        assert text in page
    assert not LetterTemplate.objects.exists()


def test_preview_follows_what_is_written_and_saves_nothing(secretariat: Client) -> None:
    answer = post(secretariat, f"{INVITATION}vis/", is_htmx=True, **(GOOD | {"body": "Hej {name} {adresse} <b>"}))
    fragment = answer.content.decode()
    assert "<html" not in fragment
    assert "Hej Karen Eksempel {adresse} &lt;b&gt;" in fragment
    assert "Der er ikke noget felt, der hedder {adresse}." in fragment
    page = post(secretariat, f"{INVITATION}vis/", **GOOD).content.decode()
    assert "<html" in page
    assert "Velkommen, Karen Eksempel" in page
    assert (
        "Der står ikke noget endnu."
        in post(secretariat, f"{INVITATION}vis/", is_htmx=True, subject="", body="", seen="0").content.decode()
    )
    assert not LetterTemplate.objects.exists()


def test_text_message_has_no_subject_and_is_counted(secretariat: Client) -> None:
    assert 'name="subject"' not in get(secretariat, GUIDE)
    long = post(secretariat, f"{GUIDE}vis/", is_htmx=True, body="{guide} " + "x" * 200, seen="0").content.decode()
    assert "sendes som 2 sms&#x27;er" in long or "sendes som 2 sms'er" in long
    odd = post(secretariat, f"{GUIDE}vis/", is_htmx=True, body="»{guide}«", seen="0").content.decode()
    assert "70 tegn i stedet for 160" in odd
    assert post(secretariat, GUIDE, body="{guide}" + "x" * 400, seen="0").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert post(secretariat, GUIDE, body="Fra {line}: {guide}", seen="0").status_code == HTTPStatus.FOUND
    assert "Fra Hotline: Her er vejledningen" in get(secretariat, GUIDE)


@pytest.mark.parametrize("path", ["message/da/", "invitation/de/", "findes-ikke/da/"])
def test_letter_that_cannot_be_worded_here_has_no_page(secretariat: Client, path: str) -> None:
    with as_web():
        assert secretariat.get(f"{PAGE}{path}").status_code == HTTPStatus.NOT_FOUND


def test_member_words_its_own_and_sees_the_hosts(cast: Cast, secretariat: Client, members: Client) -> None:
    post(secretariat, INVITATION, **GOOD)
    page = get(members, INVITATION)
    assert "Værtens tekst" in page
    assert "Velkommen, Karen Eksempel" in page
    other = f"{INVITATION}?myndighed={cast.own.code}"
    assert post(members, other, **GOOD).status_code == HTTPStatus.NOT_FOUND
    assert post(members, INVITATION, **(GOOD | {"subject": "Vores"})).status_code == HTTPStatus.FOUND
    assert "Egen tekst" in get(members, INVITATION)
    assert "Vores" not in get(secretariat, INVITATION)


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.PLANNER, Role.AUDITOR, Role.AUTHORITY_MANAGER])
def test_pages_are_for_those_who_keep_the_letters(cast: Cast, role: Role) -> None:
    other = signed_in(make_employee("Anna", cast.own, cast.centre, role=role))
    assert post(other, INVITATION, **GOOD).status_code == HTTPStatus.FORBIDDEN
    letter = ask(cast, fault=Fault.REFUSED)
    assert post(other, f"{PAGE}sendt/{letter.pk}/igen/").status_code == HTTPStatus.FORBIDDEN
    assert "ikke sendt" not in get(other, "/konsol/")


def test_sent_page_shows_how_each_went_and_no_address(cast: Cast, secretariat: Client) -> None:
    assert "Der er ikke sendt noget de seneste 30 dage." in get(secretariat, f"{PAGE}sendt/")
    ask(cast, to="vera@naestved.dk")
    run_here(do_note_sent(ask(cast, to="sofie@naestved.dk").pk, now=later(1)))
    ask(cast, to="frida@naestved.dk", fault=Fault.REFUSED)
    ask(cast, to="pia@naestved.dk", fault=Fault.BUSY, tries=2)
    page = get(secretariat, f"{PAGE}sendt/")
    for text in ("v***@naestved.dk", "s***@naestved.dk", "f***@naestved.dk", "Venter", "Sendt", "Ikke sendt"):
        assert text in page
    assert "Mailserveren afviste brevet. Se, om adressen er rigtig." in page
    assert "5.1.1 &lt;f***@naestved.dk&gt; unknown" in page
    assert "vi prøver selv igen" in page
    assert "frida" not in page
    assert page.count("Prøv igen<span") == 1
    failed = get(secretariat, f"{PAGE}sendt/nu/?vis=fejl")
    assert "<html" not in failed
    assert "f***@" in failed
    assert "s***@" not in failed


def test_failed_letter_is_told_on_the_start_page_and_tried_again(cast: Cast, secretariat: Client) -> None:
    assert "brev er ikke sendt" not in get(secretariat, "/konsol/")
    letter = ask(cast, fault=Fault.BUSY, tries=len(BACK_OFF) + 1)
    assert letter.state is Letter.State.FAILED
    assert "1 brev er ikke sendt" in get(secretariat, "/konsol/")
    answer = post(secretariat, f"{PAGE}sendt/{letter.pk}/igen/")
    assert answer.status_code == HTTPStatus.FOUND
    assert Letter.objects.get().state is Letter.State.WAITING
    assert "Vi prøver igen nu." in get(secretariat, f"{PAGE}sendt/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        assert cursor.fetchone() == (2,)
    post(secretariat, f"{PAGE}sendt/{letter.pk}/igen/")
    assert "Det er sendt eller på vej." in get(secretariat, f"{PAGE}sendt/")
    assert "brev er ikke sendt" not in get(secretariat, "/konsol/")


def test_sent_page_is_for_all_of_a_persons_authorities_or_one(cast: Cast) -> None:
    sara = make_employee("Sara", cast.own, cast.centre, role=Role.SECRETARIAT)
    RoleAssignment.objects.create(
        user=user_of(sara), authority=cast.colleague_authority, role=Role.SECRETARIAT.value, from_on=LONG_AGO
    )
    both = signed_in(sara)
    ask(cast, fault=Fault.REFUSED)
    assert "k***@naestved.dk" in get(both, f"{PAGE}sendt/?vis=fejl")
    assert "k***@naestved.dk" in get(both, f"{PAGE}sendt/?myndighed={cast.own.code}")
    assert "k***@naestved.dk" not in get(both, f"{PAGE}sendt/?myndighed={cast.colleague_authority.code}")
    with as_web():
        assert both.get(f"{PAGE}sendt/?myndighed={cast.outside.code}").status_code == HTTPStatus.NOT_FOUND
    assert "Næstved Kommune." in get(both), "the one that houses the centre comes first"


def test_others_letters_are_neither_seen_nor_tried_again(cast: Cast, members: Client) -> None:
    letter = ask(cast, fault=Fault.REFUSED)
    assert "k***@naestved.dk" not in get(members, f"{PAGE}sendt/")
    assert post(members, f"{PAGE}sendt/{letter.pk}/igen/").status_code == HTTPStatus.NOT_FOUND
    assert "brev er ikke sendt" not in get(members, "/konsol/")


def test_text_to_a_citizen_is_there_masked_and_tried_again_for_a_day(cast: Cast, secretariat: Client) -> None:
    text = Text.objects.create(
        authority=cast.own, digits="+4546120000", body="Hemmelig", asked_at=NOW, failed="busy", attempts=6
    )
    page = get(secretariat, f"{PAGE}sendt/")
    assert "46 12 ** **" in page
    assert "Sms-tjenesten ville ikke tage imod." in page
    assert "Hemmelig" not in page
    again = f"{PAGE}sendt/sms/{text.pk}/igen/"
    post(secretariat, again, at=25 * 3600)
    assert Text.objects.get().failed == "busy"
    post(secretariat, again)
    assert (Text.objects.get().failed, Text.objects.get().attempts) == ("", 0)


def test_page_says_when_nothing_can_be_sent(secretariat: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BORGERLINJE_SMTP_URL", raising=False)
    monkeypatch.delenv("BORGERLINJE_SMS_URL", raising=False)
    for path in (PAGE, INVITATION, f"{PAGE}sendt/"):
        assert "Der kan ikke sendes e-mail" in get(secretariat, path)
    assert "Der kan ikke sendes sms" in get(secretariat, GUIDE)
    monkeypatch.setenv("BORGERLINJE_SMTP_URL", "smtps://mail.example")
    monkeypatch.setenv("BORGERLINJE_SMTP_FROM", "svar-ikke@center.example")
    assert "Der kan ikke sendes e-mail" not in get(secretariat, INVITATION)
