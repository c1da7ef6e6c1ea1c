"""Bliv ringet op: from the card to the receipt, without a script and as nobody in particular."""

from datetime import UTC, date, datetime
from http import HTTPStatus

import pytest

from borgerlinje.channels.phone.models import DoNotCall
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.contacts.models import Contact
from borgerlinje.dispatch import words
from borgerlinje.lines.models import Line, LineNumber
from tests.portal.asking import PAGE, Citizen, hidden, ready, text
from tests.support.cast import NOW, Cast, later

SUNDAY = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
EVENING = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)


@pytest.fixture
def hotline(cast: Cast) -> Cast:
    return ready(cast)


@pytest.fixture
def citizen() -> Citizen:
    return Citizen()


def test_number_is_said_back_and_nothing_promised_before_it_is_right(hotline: Cast, citizen: Citizen) -> None:
    page = citizen.types()
    assert page.status_code == HTTPStatus.OK
    assert "Er 46 12 00 00 rigtigt?" in text(page)
    assert not Contact.objects.exists()


def test_promise_keeps_the_moment_it_was_asked_for_and_leads_to_a_receipt(hotline: Cast, citizen: Citizen) -> None:
    answer = citizen.asks()
    assert answer.status_code == HTTPStatus.FOUND
    contact = Contact.objects.get()
    assert (contact.state, contact.channel, contact.callback_number, contact.caller_number) == (
        *("callback", "phone", "46120000", ""),
    )
    assert (contact.is_callback, contact.waiting_since, contact.due_at) == (True, later(15), None)
    assert (contact.home_authority, contact.authority, contact.dialled) == (hotline.own, hotline.own, "46313020")
    receipt = citizen.get(answer["Location"], after=20)
    assert "Vi ringer til dig på 46 12 00 00" in text(receipt)
    assert "Du er nummer 1 i køen" in text(receipt)
    assert receipt["Cache-Control"].startswith("max-age=0")
    story = [words.event(each.name, data=each.data) for each in contact.events.all()]
    assert story == ["Skrev sit nummer på hjemmesiden for at blive ringet op.", "Borgeren bad om at blive ringet op."]


def test_wrong_number_can_be_mended(hotline: Cast, citizen: Citizen) -> None:
    page = citizen.types("46 12 00 01")
    again = citizen.post(PAGE, after=12, number=hidden(page, "number"), when="", again="1")
    assert again.status_code == HTTPStatus.OK
    assert 'value="46 12 00 01"' in again.content.decode()


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("", "Skriv et telefonnummer på otte cifre"),
        ("4612", "Nummeret er for kort. Skriv alle otte cifre."),
        ("112", "Nummeret er for kort. Skriv alle otte cifre."),
        ("90 12 34 56", "almindeligt mobil- eller fastnetnummer"),
        ("80 12 34 56", "almindeligt mobil- eller fastnetnummer"),
        ("+88212345678", "almindeligt mobil- eller fastnetnummer"),
        ("+46 70 123 45 67", "Vi kan ikke ringe til et nummer i det land"),
        ("46 31 30 20", "Det er vores nummer"),
        ("0000 9001", "Skriv et telefonnummer på otte cifre"),
        ("<script>", "Skriv et telefonnummer på otte cifre"),
    ],
)
def test_number_we_do_not_call_is_refused_with_what_to_do(
    hotline: Cast, citizen: Citizen, number: str, says: str
) -> None:
    page = citizen.types(number)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert says in text(page)
    assert "<script>" not in page.content.decode().replace('<script src="', "")
    assert 'aria-invalid="true"' in page.content.decode()


def test_strangers_do_not_learn_what_is_on_the_do_not_call_list(hotline: Cast, citizen: Citizen) -> None:
    DoNotCall.objects.create(authority=hotline.own, digits="+4546120000", reason="Truet", made_at=NOW)
    page = text(citizen.types())
    assert "Vi kan ikke ringe til det nummer. Ring til os på 46 31 30 20." in page
    assert "Truet" not in page


def test_second_wish_for_the_same_number_is_no_second_call(hotline: Cast, citizen: Citizen) -> None:
    citizen.asks()
    again = Citizen("192.0.2.8").asks("+45 46120000")
    assert again.status_code == HTTPStatus.OK
    assert "Vi ringer allerede til nummeret" in text(again)
    assert Contact.objects.count() == 1
    assert "fortryd" not in again.content.decode(), "who did not ask first can take nothing back"


def test_callback_asked_for_on_the_telephone_counts_as_well(hotline: Cast, citizen: Citizen) -> None:
    contact_id = hotline.wait()
    hotline.event(contact_id, Event.CALLBACK_ASKED)
    assert "Vi ringer allerede" in text(citizen.asks())


def test_hour_can_be_chosen_and_is_kept(hotline: Cast, citizen: Citizen) -> None:
    page = citizen.get().content.decode()
    assert "I dag, tirsdag den 24. november" in page
    assert 'value="20261125T1300Z"' in page
    receipt = citizen.get(citizen.asks(when="20261125T1300Z")["Location"], after=20)
    assert "Vi ringer i morgen, onsdag den 25. november, tidligst kl. 14." in text(receipt)
    assert "Du er nummer" not in text(receipt)
    assert Contact.objects.get().due_at == datetime(2026, 11, 25, 13, tzinfo=UTC)


@pytest.mark.parametrize("when", ["20261125T0300Z", "20261128T1000Z", "20261124T1200Z", "soon", "'; DROP"])
def test_hour_that_is_no_choice_is_refused(hotline: Cast, citizen: Citizen, when: str) -> None:
    page = citizen.types(when=when)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Tidspunktet kan ikke vælges længere" in text(page)


def test_closed_line_calls_when_it_opens(hotline: Cast) -> None:
    citizen = Citizen(at=SUNDAY)
    assert "Bliv ringet op i morgen" in text(citizen.get("/?kommune=370"))
    assert "Når vi åbner i morgen kl. 9" in text(citizen.get())
    receipt = citizen.get(citizen.asks()["Location"], after=20)
    assert "Vi ringer i morgen, mandag den 23. november, tidligst kl. 9." in text(receipt)
    assert Contact.objects.get().due_at == datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_closed_card_names_the_day_and_is_silent_where_nobody_calls_back(hotline: Cast) -> None:
    thursday_evening = datetime(2026, 11, 26, 21, 0, tzinfo=UTC)
    assert "Bliv ringet op mandag" in text(Citizen(at=thursday_evening).get("/?kommune=370"))
    hotline.line.when_closed = Line.Otherwise.ANNOUNCE
    hotline.line.save()
    assert "Bliv ringet op" not in text(Citizen(at=thursday_evening).get("/?kommune=370"))
    refused = Citizen(at=thursday_evening).get()
    assert refused.status_code == HTTPStatus.CONFLICT
    assert "ringer ikke tilbage lige nu" in text(refused)


def test_open_card_offers_it_when_the_wait_is_long(hotline: Cast, citizen: Citizen) -> None:
    assert "Bliv ringet op" not in text(citizen.get("/?kommune=370"))
    for number in range(12):
        hotline.wait(at=later(-3000 + number))
    for number in range(6):
        answered = hotline.wait(at=later(-1700 + number * 250))
        Contact.objects.filter(pk=answered).update(
            state="closed", closed_as="answered", answered_at=later(-1500 + number * 250),
            ended_at=later(-1300 + number * 250), closed_at=later(-1300 + number * 250), employee=hotline.employee,
        )  # fmt: skip
    hotline.ready(hotline.employee, at=later(-3000))
    assert "Bliv ringet op i stedet" in text(citizen.get("/?kommune=370"))


def test_citizen_takes_it_back_from_the_receipt(hotline: Cast, citizen: Citizen) -> None:
    receipt = citizen.asks()["Location"]
    done = citizen.post(receipt.replace("kvittering", "fortryd"), after=30)
    assert "Tilbagekaldet er aflyst" in text(citizen.get(done["Location"], after=31))
    contact = Contact.objects.get()
    assert (contact.state, contact.closed_as) == ("closed", "abandoned")
    assert contact.events.get(name="callback_cancelled").data == {"because": "citizen"}
    twice = citizen.post(receipt.replace("kvittering", "fortryd"), after=40)
    assert "Tilbagekaldet er aflyst" in text(citizen.get(twice["Location"], after=41))
    assert citizen.asks().status_code == HTTPStatus.FOUND, "and may ask anew"


def test_receipt_follows_what_happens(hotline: Cast, citizen: Citizen) -> None:
    from borgerlinje.dispatch.callbacks import do_take
    from tests.channels.phone.ledger import do

    receipt = citizen.asks()["Location"]
    contact_id = Contact.objects.get().pk
    hotline.ready(hotline.employee, at=later(20))
    do(do_take(contact_id, employee_id=hotline.employee.pk, now=later(30)))
    assert "Vi ringer til dig nu" in text(citizen.get(receipt, after=31))
    hotline.event(contact_id, Event.CITIZEN_UNREACHED, at=later(60))
    again = text(citizen.get(receipt, after=61))
    assert "Vi har ringet én gang uden at få fat i dig." in again
    assert "tidligst kl. 14.16" in again
    do(do_take(contact_id, employee_id=hotline.employee.pk, now=later(70)))
    hotline.event(contact_id, Event.CITIZEN_REACHED, at=later(80))
    assert "Vi har fat i hinanden" in text(citizen.get(receipt, after=81))
    taken_back = citizen.post(receipt.replace("kvittering", "fortryd"), after=82)
    assert taken_back.status_code == HTTPStatus.FOUND
    assert Contact.objects.get().state == "connected", "a conversation is not taken back"


@pytest.mark.parametrize("token", ["x", "eyJjIjoiMSJ9:1abc:xyz", "0" * 400])
def test_address_we_did_not_make_opens_nothing(hotline: Cast, citizen: Citizen, token: str) -> None:
    assert citizen.get(f"/ring-mig-op/kvittering/{token}/").status_code == HTTPStatus.NOT_FOUND
    assert citizen.post(f"/ring-mig-op/fortryd/{token}/").status_code == HTTPStatus.NOT_FOUND


def test_confirmation_that_was_changed_or_is_for_another_line_promises_nothing(hotline: Cast, citizen: Citizen) -> None:
    payload = hidden(citizen.types(), "payload")
    LineNumber.objects.create(line=hotline.line, digits="46313021", home_authority=hotline.colleague_authority)
    for path, sent in ((f"{PAGE}bekraeft/", payload[:-1] + "_"), ("/ring-mig-op/46313021/bekraeft/", payload)):
        assert citizen.post(path, after=15, payload=sent).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not Contact.objects.exists()


def test_unknown_and_hidden_lines_have_no_page(hotline: Cast, citizen: Citizen) -> None:
    assert citizen.get("/ring-mig-op/46313099/").status_code == HTTPStatus.NOT_FOUND
    hotline.line.is_hidden = True
    hotline.line.save()
    assert citizen.get().status_code == HTTPStatus.NOT_FOUND


def test_english_page_asks_for_english(hotline: Cast) -> None:
    citizen = Citizen(language="en")
    assert 'lang="en"' in citizen.get().content.decode()
    citizen.asks()
    assert Contact.objects.get().language == "en"


def test_page_names_no_third_party_and_carries_no_script_of_its_own(hotline: Cast, citizen: Citizen) -> None:
    for page in (citizen.get(), citizen.types()):
        assert "http" not in page.content.decode().replace("http://www.w3.org", "")
        assert "unsafe" not in page["Content-Security-Policy"]


def test_contacts_of_others_stay_out_of_sight_after_the_page(hotline: Cast, citizen: Citizen) -> None:
    from django.db import connection

    from borgerlinje.kit import clock
    from tests.support.database import as_web

    citizen.asks()
    with as_web(), clock.turned(NOW):
        citizen.client.get(PAGE)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.authorities', true)")
            assert cursor.fetchone() == ("",)
        assert Contact.objects.count() == 0
    assert Contact.objects.count() == 1
    assert Contact.objects.get().arrived_at.date() == date(2026, 11, 24)
