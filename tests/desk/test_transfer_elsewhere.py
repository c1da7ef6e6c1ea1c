"""Transfer over HTTP to specialists, other numbers and other lines, straight to somebody, and what happens meanwhile."""

from datetime import time
from uuid import UUID

from django.test import Client

from borgerlinje.channels.phone.models import Trunk
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.cooperation.models import Centre
from borgerlinje.dispatch.models import Transfer
from tests.desk.acts import get, post, state
from tests.desk.transfers import act, answered, ask, ask_colleague, other_line, panel, specialist, unanswered
from tests.support.cast import NOW, Cast, later


def test_specialist_is_rung_at_their_number_and_named_with_their_authority(
    cast: Cast, web: Client, contact_id: UUID, network: Trunk
) -> None:
    del network
    unit = specialist(cast)
    assert "Ringer til Sygesikring, Næstved" in ask(web, contact_id, f"s{unit.pk}")
    (transfer,) = Transfer.objects.all()
    assert (transfer.digits, transfer.mode, transfer.target) == ("00012345", "ask", None)


def test_closed_specialist_is_asked_about_once_more(cast: Cast, web: Client, contact_id: UUID, network: Trunk) -> None:
    del network
    unit = specialist(cast, closes=time(12))
    page = ask(web, contact_id, f"s{unit.pk}")
    assert cast.contact(contact_id).state == "connected"
    assert "Der er lukket." in page
    assert "Ring alligevel" in page
    ask(web, contact_id, f"s{unit.pk}", sure=f"s{unit.pk}")
    assert cast.contact(contact_id).state == "consulting"


def test_answering_machine_is_an_outcome_of_its_own(cast: Cast, web: Client, contact_id: UUID, network: Trunk) -> None:
    del network
    unit = specialist(cast)
    ask(web, contact_id, f"s{unit.pk}")
    transfer = answered(Transfer.objects.get())
    assert "Det var en telefonsvarer" in get(web, "/bord/nu/").content.decode()
    page = act(web, contact_id, "telefonsvarer")
    transfer.refresh_from_db()
    assert (transfer.ended_as, cast.contact(contact_id).state) == ("voicemail", "held")
    assert "Det var en telefonsvarer hos Sygesikring, Næstved" in page


def test_citizen_left_with_a_specialist_is_documented_by_the_employee(
    cast: Cast, web: Client, contact_id: UUID, network: Trunk
) -> None:
    del network
    ask(web, contact_id, f"s{specialist(cast).pk}")
    answered(Transfer.objects.get())
    page = act(web, contact_id, "overlad")
    assert (cast.contact(contact_id).state, state(cast.employee)) == ("transferred", "wrap_up")
    assert "Borgeren taler med Sygesikring, Næstved" in page
    assert 'value="transferred" checked' in page


def test_another_number_is_called_as_it_is_meant(cast: Cast, web: Client, contact_id: UUID, network: Trunk) -> None:
    del network
    assert "Ringer til 46 12 99 99" in ask(web, contact_id, "n", digits="46 12 99 99")
    assert Transfer.objects.get().digits == "+4546129999"
    assert cast.contact(contact_id).state == "consulting"


def test_sent_straight_to_a_colleague_who_does_not_answer_the_citizen_comes_back(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    del colleague_web
    transfer = ask_colleague(cast, web, contact_id, "blind")
    assert "Det ringer hos Birgit B., og borgeren hører musik" in get(web, "/bord/nu/").content.decode()
    unanswered(transfer)
    contact = cast.contact(contact_id)
    assert (contact.state, contact.waiting_since) == ("waiting", NOW)
    page = get(web, f"/bord/nu/?was={contact_id}").content.decode()
    assert "Birgit B. svarede ikke" in page
    assert "tilbage i køen på sin gamle plads" in page


def test_citizen_sent_to_another_line_keeps_the_place(cast: Cast, web: Client, contact_id: UUID) -> None:
    line = other_line(cast, cast.centre, cast.own)
    answer = post(web, f"/bord/henvendelse/{contact_id}/viderestil/", target=f"l{line.pk}", mode="ask", note="Om pas")
    contact = cast.contact(contact_id)
    assert (contact.state, contact.line, contact.waiting_since) == ("waiting", line, NOW)
    assert contact.note == "Om pas"
    assert "Erhverv" in answer["HX-Trigger"]
    assert state(cast.employee) == "ready"


def test_citizen_sent_to_another_centres_line_is_theirs(cast: Cast, web: Client, contact_id: UUID) -> None:
    line = other_line(cast, Centre.objects.get(slug="andet"), cast.outside)
    ask(web, contact_id, f"l{line.pk}")
    contact = cast.contact(contact_id)
    assert (contact.state, contact.line, contact.authority) == ("waiting", line, cast.outside)
    assert contact.home_authority == cast.own
    assert f'id="ko-{contact_id}"' not in get(web, "/bord/nu/").content.decode()


def test_closed_line_is_asked_about_once_more(cast: Cast, web: Client, contact_id: UUID) -> None:
    line = other_line(cast, cast.centre, cast.own, always_open=False, always_open_reason="")
    assert "Send alligevel" in ask(web, contact_id, f"l{line.pk}")
    assert cast.contact(contact_id).state == "connected"
    ask(web, contact_id, f"l{line.pk}", sure=f"l{line.pk}")
    assert cast.contact(contact_id).line == line


def test_citizen_who_hangs_up_while_a_colleague_is_asked_frees_the_colleague(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    ask_colleague(cast, web, contact_id)
    cast.event(contact_id, Event.CITIZEN_LEFT, at=later(11))
    assert state(cast.colleague) == "ready"
    assert 'data-state="wrap_up"' in get(web, "/bord/nu/").content.decode()
    assert 'data-state="ready"' in get(colleague_web, "/bord/nu/").content.decode()


def test_conversation_by_hand_has_neither_hold_nor_transfer(cast: Cast, web: Client) -> None:
    get(web, "/bord/")
    contact_id = cast.wait()
    cast.event(contact_id, Event.CALLBACK_ASKED, at=later(3))
    act(web, contact_id, "ring-op")
    page = act(web, contact_id, "naaet")
    assert "Afslut samtale" in page
    assert 'id="hold"' not in page
    assert 'id="transfer"' not in panel(web, contact_id)
