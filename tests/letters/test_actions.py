"""Letters asked for: a row and a job in one transaction, worded by whom it concerns, seen by nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import send_mail
from django.db import DatabaseError, connection, transaction
from django.test import Client

from borgerlinje import settings as product
from borgerlinje.cooperation.models import Membership
from borgerlinje.kit import clock
from borgerlinje.kit.database import Steps
from borgerlinje.kit.request_database import run_here
from borgerlinje.letters.actions import (
    BACK_OFF,
    TASK,
    do_delete_old,
    do_note_refused,
    do_note_sent,
    do_send,
    do_take,
    do_try_again,
)
from borgerlinje.letters.addresses import AddressError, check_address, masked, without_addresses
from borgerlinje.letters.faults import Fault, Refusal
from borgerlinje.letters.kinds import Wording
from borgerlinje.letters.models import Letter, LetterTemplate
from borgerlinje.letters.wording import Source, do_word, wording
from tests.support.cast import NOW, Cast, later, user_of
from tests.support.database import as_web

TO = "karen@example.org"
VALUES = {"name": "Karen", "link": "https://center.example/i/1", "centre": "Prøvecenter", "expires": "i morgen"}
TODAY = NOW.date()


def invite(authority_id: int | None, **more: Any) -> Steps[Any]:
    asked: dict[str, Any] = {"to": TO, "language": "da", "values": VALUES, "now": NOW, "authority_id": authority_id}
    return do_send("invitation", **(asked | more))


def jobs() -> list[tuple[str, Any, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args, scheduled_at FROM procrastinate_jobs ORDER BY id")
        return list(cursor.fetchall())


def word(cast: Cast, authority_id: int, body: str, *, seen: int = 0, subject: str = "Emne") -> bool:
    by = user_of(cast.employee).pk
    words = Wording(subject, body) if body else None
    return run_here(do_word("invitation", "da", words, authority_id=authority_id, seen=seen, by=by, now=NOW))


def test_letter_is_a_row_and_a_job_and_its_link_is_sealed(cast: Cast) -> None:
    letter_id = run_here(invite(cast.own.pk))
    row = Letter.objects.get(pk=letter_id)
    assert (row.address, row.code, row.authority, row.state) == (TO, "invitation", cast.own, Letter.State.WAITING)
    assert "center.example" not in row.sealed
    ((task, arguments, at),) = jobs()
    assert (task, at) == (TASK, None)
    assert str(letter_id) in str(arguments)
    letter = run_here(do_take(letter_id, today=TODAY))
    assert letter is not None
    assert "https://center.example/i/1" in letter.written.body
    assert letter.written.subject == "Din konto hos Prøvecenter"


def test_letter_that_cannot_be_worded_or_sent_is_not_asked_for(cast: Cast) -> None:
    with pytest.raises(ValueError, match="expires"):
        run_here(invite(None, values={key: value for key, value in VALUES.items() if key != "expires"}))
    with pytest.raises(KeyError):
        run_here(do_send("findes_ikke", to=TO, language="da", values={}, now=NOW, authority_id=None))
    with pytest.raises(ValueError, match="text"):
        run_here(do_send("guide_link", to=TO, language="da", values={}, now=NOW, authority_id=None))
    with pytest.raises(AddressError):
        run_here(invite(None, to="karen@example.org\r\nBcc: alle@example.org"))
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    "address", ["", "karen", "karen@", "a b@example.org", "a@example.org\n", "<a@example.org>", f"{'a' * 250}@x.dk"]
)
def test_text_that_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(AddressError):
        check_address(address)


def test_addresses_are_masked_also_in_what_the_server_says() -> None:
    assert masked("karen@naestved.dk") == "k***@naestved.dk"
    said = without_addresses("550 5.1.1 <Karen@naestved.dk>: no such user; ask post@naestved.dk", "karen@naestved.dk")
    assert said == "550 5.1.1 <K***@naestved.dk>: no such user; ask p***@naestved.dk"


def test_own_words_go_before_the_hosts_and_those_before_the_default(cast: Cast) -> None:
    member = cast.colleague_authority.pk

    def held(authority_id: int | None) -> tuple[str, Source, int]:
        found = run_here(wording("invitation", "da", authority_id=authority_id, today=TODAY))
        return found.words.body, found.source, found.version

    default = held(None)[0]
    assert held(member) == (default, Source.DEFAULT, 0)
    assert word(cast, cast.own.pk, "Værtens {link}")
    assert held(member) == ("Værtens {link}", Source.HOST, 0)
    assert held(cast.own.pk) == ("Værtens {link}", Source.OWN, 1)
    assert held(cast.outside.pk) == (default, Source.DEFAULT, 0)
    assert word(cast, member, "Vores {link}")
    assert held(member) == ("Vores {link}", Source.OWN, 1)
    assert word(cast, member, "", seen=1)
    assert held(member) == ("Værtens {link}", Source.HOST, 2)
    Membership.objects.filter(authority=member).update(to_on=TODAY)
    assert held(member) == (default, Source.DEFAULT, 2)


def test_words_that_somebody_else_has_changed_are_not_overwritten(cast: Cast) -> None:
    assert word(cast, cast.own.pk, "Den første {link}")
    assert not word(cast, cast.own.pk, "Den anden {link}")
    assert [each.body for each in LetterTemplate.objects.all()] == ["Den første {link}"]


def test_letter_that_waits_is_sent_with_the_words_that_hold_then(cast: Cast) -> None:
    letter_id = run_here(invite(cast.own.pk))
    word(cast, cast.own.pk, "Ny {link}", subject="Ny")
    letter = run_here(do_take(letter_id, today=TODAY))
    assert letter is not None
    assert (letter.written.subject, letter.written.body) == ("Ny", "Ny https://center.example/i/1")


def test_letter_that_was_sent_keeps_nothing_of_what_it_said(cast: Cast) -> None:
    letter_id = run_here(invite(cast.own.pk))
    run_here(do_note_sent(letter_id, now=later(1)))
    row = Letter.objects.get()
    assert (row.state, row.sealed, row.attempts) == (Letter.State.SENT, "", 1)
    assert run_here(do_take(letter_id, today=TODAY)) is None
    assert not run_here(do_try_again(letter_id))


def test_letter_is_tried_with_growing_waits_then_given_up_and_again_by_hand(cast: Cast) -> None:
    letter_id = run_here(invite(cast.own.pk))
    busy = Refusal(Fault.BUSY, f"451 {TO} later", 451)
    tried = [
        run_here(do_note_refused(letter_id, busy, attempts=number, address=TO, now=NOW))
        for number in range(len(BACK_OFF) + 1)
    ]
    assert tried == [True] * len(BACK_OFF) + [False]
    assert [at - NOW for _, _, at in jobs()[1:]] == [timedelta(seconds=seconds) for seconds in BACK_OFF]
    row = Letter.objects.get()
    assert (row.state, row.words, row.attempts) == (Letter.State.FAILED, "451 k***@example.org later", 8)
    assert run_here(do_take(letter_id, today=TODAY)) is None
    assert run_here(do_try_again(letter_id))
    assert not run_here(do_try_again(letter_id)), "a second click asks for no second letter"
    assert run_here(do_take(letter_id, today=TODAY)) is not None
    assert len(jobs()) == 2 + len(BACK_OFF)


def test_letter_the_server_does_not_want_is_given_up_at_once(cast: Cast) -> None:
    letter_id = run_here(invite(cast.own.pk))
    refused = Refusal(Fault.REFUSED, "550 no", 550)
    assert not run_here(do_note_refused(letter_id, refused, attempts=0, address=TO, now=NOW))
    assert len(jobs()) == 1


def test_recipients_authority_sees_a_letter_that_nobody_in_particular_asked_for(cast: Cast) -> None:
    letter_id = run_here(
        do_send("message", to=TO, language="da", values={"subject": "S", "body": "B"}, now=NOW, authority_id=None)
    )
    assert Letter.objects.get().authority is None
    run_here(do_take(letter_id, today=TODAY))
    assert Letter.objects.get().authority == cast.own


def test_old_letters_are_deleted_with_whom_they_were_for(cast: Cast) -> None:
    run_here(invite(cast.own.pk, now=NOW - timedelta(days=91)))
    kept = run_here(invite(cast.own.pk))
    assert run_here(do_delete_old(now=NOW)) == 1
    assert Letter.objects.get().pk == kept


def test_letters_and_words_are_seen_and_changed_by_their_own_only(cast: Cast) -> None:
    word(cast, cast.own.pk, "Vores {link}")
    run_here(invite(cast.own.pk))
    with as_web(cast.outside.pk):
        assert not Letter.objects.exists()
        assert not LetterTemplate.objects.exists()
    with as_web(cast.colleague_authority.pk):
        assert not Letter.objects.exists()
        assert LetterTemplate.objects.count() == 1, "the host's words hold for the members"
    with as_web(cast.own.pk):
        assert Letter.objects.count() == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE letters_lettertemplate SET body = 'x'", "DELETE FROM letters_lettertemplate"]
)
def test_what_was_written_before_cannot_be_changed(cast: Cast, statement: str) -> None:
    word(cast, cast.own.pk, "Vores {link}")
    with pytest.raises(DatabaseError), transaction.atomic(), as_web(cast.own.pk), connection.cursor() as cursor:
        cursor.execute(statement)


def test_member_cannot_write_the_hosts_words(cast: Cast) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), as_web(cast.colleague_authority.pk):
        word(cast, cast.own.pk, "Medlemmets {link}")


def test_nobody_can_ask_for_a_letter_in_anothers_name(cast: Cast) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), as_web(cast.colleague_authority.pk):
        run_here(invite(cast.own.pk))


def test_djangos_own_mail_is_a_letter(cast: Cast, settings: Any) -> None:
    # Tests of Django's own way have it changed for one that keeps what is sent.
    settings.EMAIL_BACKEND = product.EMAIL_BACKEND
    with as_web(), clock.turned(NOW):
        assert send_mail("Emne\tmed", "Linje 1\nLinje 2", None, [TO]) == 1
    letter = run_here(do_take(Letter.objects.get().pk, today=TODAY))
    assert letter is not None
    assert (letter.written.subject, letter.written.body) == ("Emne med", "Linje 1\nLinje 2")


def test_forgotten_password_is_a_letter_in_the_authoritys_words(cast: Cast, client: Client) -> None:
    by = user_of(cast.employee).pk
    words = Wording("Nøgle", "Brug {link}")
    run_here(do_word("password_reset", "da", words, authority_id=cast.own.pk, seen=0, by=by, now=NOW))
    with as_web(), clock.turned(NOW):
        answer = client.post("/konto/password/reset/", {"email": TO})
    assert answer.status_code == 302
    letter = run_here(do_take(Letter.objects.get().pk, today=TODAY))
    assert letter is not None
    assert letter.written.subject == "Nøgle"
    assert letter.written.body.startswith("Brug http://testserver/konto/password/reset/key/")


def test_stranger_who_forgot_a_password_gets_nothing(cast: Cast, client: Client) -> None:
    with as_web(), clock.turned(NOW):
        answer = client.post("/konto/password/reset/", {"email": "ukendt@example.org"})
    assert answer.status_code == 302
    assert not Letter.objects.exists()


def test_back_off_ends_within_a_working_day() -> None:
    assert list(BACK_OFF) == sorted(BACK_OFF)
    assert sum(BACK_OFF) < 10 * 3600
