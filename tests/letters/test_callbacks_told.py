"""A citizen who is to be called back is told by text how it stands, in the words of whose line it is; a text that fails stops nothing."""

from datetime import UTC, datetime
from http import HTTPStatus

import pytest

from borgerlinje.channels.phone.callbacks.told import do_and_tell, do_tell_callback, when
from borgerlinje.channels.phone.models import Text
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.contacts.models import Contact
from borgerlinje.dispatch.actions import do_event
from borgerlinje.kit.ids import uuid7
from borgerlinje.kit.request_database import run_here
from borgerlinje.letters.kinds import KINDS, LANGUAGES, Wording
from borgerlinje.letters.rendering import placeholders, render
from borgerlinje.letters.wording import do_word
from tests.portal.asking import Citizen, hidden, ready
from tests.support.cast import NOW, Cast, later, user_of

TOLD = ("callback_promised", "callback_cancelled", "callback_missed", "callback_unreached")


@pytest.fixture
def hotline(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setenv("BORGERLINJE_SMS_URL", "https://sms.example/send")
    return ready(cast)


def bodies() -> list[str]:
    return [each.body for each in Text.objects.order_by("pk")]


def test_who_asks_on_the_page_is_told_that_we_call_and_from_where(hotline: Cast) -> None:
    assert Citizen().asks().status_code == HTTPStatus.FOUND
    (text,) = Text.objects.all()
    assert (text.digits, text.authority) == ("+4546120000", hotline.own)
    assert text.body.startswith("Hotline: Vi ringer til dig så snart det er din tur. Vi ringer fra 46 31 30 20")


def test_who_asks_in_english_is_told_in_english(hotline: Cast) -> None:
    Citizen(language="en").asks()
    assert bodies()[0].startswith("Hotline: We will call you as soon as it is your turn.")


def test_nothing_is_written_where_there_is_no_gateway(hotline: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BORGERLINJE_SMS_URL")
    assert Citizen().asks().status_code == HTTPStatus.FOUND
    assert not Text.objects.exists()


def test_lines_owner_words_it(hotline: Cast) -> None:
    words = Wording("", "Vi ringer {when}. {line}, {number}")
    by = user_of(hotline.employee).pk
    run_here(do_word("callback_promised", "da", words, authority_id=hotline.own.pk, seen=0, by=by, now=NOW))
    Citizen().asks()
    assert bodies() == ["Vi ringer så snart det er din tur. Hotline, 46 31 30 20"]


def test_who_takes_it_back_is_told_that_nobody_calls(hotline: Cast) -> None:
    citizen = Citizen()
    receipt = citizen.asks()["Location"]
    citizen.post(receipt.replace("kvittering", "fortryd"), after=30)
    assert Contact.objects.get().closed_as == "abandoned"
    assert bodies()[-1] == (
        "Hotline: Vi ringer ikke til dig. Tilbagekaldet er aflyst. Du kan altid ringe på 46 31 30 20."
    )
    citizen.post(receipt.replace("kvittering", "fortryd"), after=40)
    assert len(bodies()) == 2, "what is taken back already is told of once"


def test_who_is_not_reached_is_told_that_we_try_again_and_then_that_we_do_not(hotline: Cast) -> None:
    hotline.line.callback_attempts = 2
    hotline.line.save()
    Citizen().asks()
    contact = Contact.objects.get()
    # The promise is told of already: what follows has the day's other two texts.
    for attempt in range(2):
        Contact.objects.filter(pk=contact.pk).update(state="calling_back", employee=hotline.employee)
        now = later(100 + attempt)
        run_here(do_and_tell(do_event(contact.pk, Event.CITIZEN_UNREACHED, now=now), contact.pk, now=now))
    contact.refresh_from_db()
    assert contact.closed_as == "unreached"
    assert "Vi prøver igen tirsdag den 24. november, tidligst kl." in bodies()[1]
    assert "ringer ikke mere. Ring til os på 46 31 30 20." in bodies()[2]


def test_contact_that_nobody_calls_back_is_told_nothing(hotline: Cast) -> None:
    run_here(do_tell_callback(hotline.wait(), now=NOW))
    run_here(do_tell_callback(uuid7(NOW), now=NOW))
    assert not Text.objects.exists()


def test_confirmation_alone_sends_nothing(hotline: Cast) -> None:
    assert hidden(Citizen().types(), "payload")
    assert not Text.objects.exists()


@pytest.mark.parametrize("code", TOLD)
def test_letters_of_callbacks_are_whole_with_all_that_they_may_name(code: str) -> None:
    kind = KINDS[code]
    for language in LANGUAGES:
        words = kind.default(language)
        assert set(placeholders(words.body)) == set(kind.names)
        assert len(render("", words.body, kind.samples(language)).body) <= 306, "two parts at most"


def test_moment_is_said_within_a_sentence_in_either_language() -> None:
    at = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert when(at, NOW, "da") == "så snart det er din tur"
    at = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
    assert when(at, NOW, "da") == "mandag den 30. november, tidligst kl. 09.00"
    assert when(at, NOW, "en") == "Monday 30 November, at 09:00 or later"
    assert when(None, NOW, "en") == "as soon as it is your turn"


def test_secretariat_words_them_and_sees_them_filled_in(hotline: Cast) -> None:
    from borgerlinje.staff.roles import Role
    from tests.console.test_crisis_pages import get, person, post, text_of

    keeper = person(hotline, "Sofie", Role.SECRETARIAT)
    page = text_of(get(keeper, "/konsol/breve/"))
    for code in TOLD:
        assert str(KINDS[code].label) in page
    letter = "/konsol/breve/callback_promised/da/"
    assert "mandag den 23. november, tidligst kl. 09.00" in text_of(get(keeper, letter))
    answer = post(keeper, letter, body="Ring {nummer}", seen="0")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "{nummer}" in text_of(answer)
