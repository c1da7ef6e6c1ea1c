"""Hold and transfer at the desk, over HTTP: what the employee sees and does, and what becomes of the citizen."""

from datetime import time
from http import HTTPStatus
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from borgerlinje.channels.phone.models import OutgoingPolicy, Trunk
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.cooperation.models import Centre
from borgerlinje.dispatch.models import Transfer
from borgerlinje.dispatch.transfers import do_answer, do_fail
from borgerlinje.kit import clock
from borgerlinje.kit.database import run
from borgerlinje.lines.models import Line, Specialist
from tests.desk.acts import HTMX, get, post, state, talking
from tests.support.cast import NOW, Cast, later, user_of


@pytest.fixture
def contact_id(cast: Cast, web: Client) -> UUID:
    """Let the employee talk with a citizen."""
    get(web, "/bord/")
    return talking(cast, cast.employee)


@pytest.fixture
def colleague_web(cast: Cast) -> Client:
    """Let the colleague sit at a desk of their own, ready."""
    client = Client(headers=HTMX)
    client.force_login(user_of(cast.colleague), backend="django.contrib.auth.backends.ModelBackend")
    cast.ready(cast.colleague)
    return client


@pytest.fixture
def network(cast: Cast) -> Trunk:
    """Let calls go out by a provider, also to the demo's numbers."""
    OutgoingPolicy.objects.create(centre=cast.centre, countries=["DK"], allowed_prefixes=["000"])
    return Trunk.objects.create(name="prøve", host="127.0.0.1")


def specialist(cast: Cast, name: str = "Sygesikring", **values: object) -> Specialist:
    return Specialist.objects.create(
        **{"authority": cast.own, "name": name, "digits": "00012345", "opens": time(8), "closes": time(15), **values}
    )


def act(web: Client, contact_id: UUID, name: str, **values: str) -> str:
    return str(post(web, f"/bord/henvendelse/{contact_id}/{name}/", **values).content.decode())


def panel(web: Client, contact_id: UUID, **values: str) -> str:
    query = "&".join(f"{key}={value}" for key, value in values.items())
    return str(get(web, f"/bord/nu/?open={contact_id}&{query}").content.decode())


def ask(web: Client, contact_id: UUID, target: str, mode: str = "ask", **values: str) -> str:
    said = {"open": str(contact_id), "was": str(contact_id)}
    return act(web, contact_id, "viderestil", target=target, mode=mode, **said, **values)


def ask_colleague(cast: Cast, web: Client, contact_id: UUID, mode: str = "ask") -> Transfer:
    ask(web, contact_id, f"e{cast.colleague.pk}", mode, note="Har MitID.", subject="Pas")
    return Transfer.objects.get(contact=contact_id, ended_at__isnull=True)


def answered(transfer: Transfer) -> Transfer:
    with connection.cursor() as cursor:
        run(do_answer(transfer.pk, now=clock.now()), cursor)
    return transfer


def unanswered(transfer: Transfer, ended_as: str = "no_answer") -> None:
    with connection.cursor() as cursor:
        run(do_fail(transfer.pk, ended_as, now=clock.now()), cursor)


# Hold.


def test_hold_says_what_the_citizen_hears_and_when_one_is_reminded(cast: Cast, web: Client, contact_id: UUID) -> None:
    page = act(web, contact_id, "hold")
    assert cast.contact(contact_id).state == "held"
    assert "Hører musik. Påmindelse ved 1.00" in page
    assert "Tag fra hold" in page
    assert f'data-reminds-at="{later(70).isoformat()}"' in page


def test_taken_from_hold_the_citizen_is_talked_with_again(cast: Cast, web: Client, contact_id: UUID) -> None:
    act(web, contact_id, "hold")
    page = act(web, contact_id, "tag-fra-hold")
    assert cast.contact(contact_id).state == "connected"
    assert "bl-call--hold" not in page


def test_hold_is_counted_without_a_break_over_a_failed_attempt(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    del colleague_web
    act(web, contact_id, "hold")
    with clock.turned(later(40)):
        transfer = ask_colleague(cast, web, contact_id)
    with clock.turned(later(60)):
        unanswered(transfer)
        assert f'data-since="{later(10).isoformat()}"' in get(web, "/bord/nu/").content.decode()


def test_colleagues_conversation_is_not_held_by_me(cast: Cast, web: Client) -> None:
    theirs = talking(cast, cast.colleague)
    for name in ("hold", "viderestil", "alle-tre", "overlad", "slip", "telefonsvarer", "tag-fra-hold"):
        answer = post(web, f"/bord/henvendelse/{theirs}/{name}/", target=f"e{cast.employee.pk}", mode="ask")
        assert answer.status_code == HTTPStatus.CONFLICT
    assert cast.contact(theirs).state == "connected"
    assert not Transfer.objects.exists()


# The directory.


def test_directory_shows_the_citizens_own_authority_first_then_the_national(
    cast: Cast, web: Client, contact_id: UUID, network: Trunk
) -> None:
    del network
    specialist(cast, "Pension", authority=None)
    specialist(cast, "Ældrepleje")
    specialist(cast, "Byggesag", authority=cast.colleague_authority)
    page = panel(web, contact_id)
    assert page.index("Ældrepleje") < page.index("Pension")
    assert "Landsdækkende" in page
    assert "Byggesag" not in page
    assert "Byggesag" in panel(web, contact_id, q="bygge")


def test_directory_says_who_is_ready_and_who_is_open(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client, network: Trunk
) -> None:
    del colleague_web, network
    specialist(cast)
    specialist(cast, "Borgerservice", digits="00012346", opens=time(8), closes=time(14))
    page = panel(web, contact_id)
    assert "Til kl. 15.00" in page
    assert "Åbner i morgen 8.00" in page
    assert "Birgit B." in page
    assert f'value="e{cast.colleague.pk}" id="target-e{cast.colleague.pk}">' in page


def test_busy_colleague_cannot_be_chosen(cast: Cast, web: Client, contact_id: UUID) -> None:
    talking(cast, cast.colleague)
    assert f'id="target-e{cast.colleague.pk}" disabled' in panel(web, contact_id)
    answer = post(web, f"/bord/henvendelse/{contact_id}/viderestil/", target=f"e{cast.colleague.pk}", mode="ask")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert cast.contact(contact_id).state == "connected"


def test_without_a_way_out_only_colleagues_and_lines_are_offered(cast: Cast, web: Client, contact_id: UUID) -> None:
    unit = specialist(cast)
    page = panel(web, contact_id)
    assert "Der er ingen forbindelse til telefonnettet" in page
    assert f'id="target-s{unit.pk}" disabled' in page
    assert 'id="nummer"' not in page


def test_what_is_chosen_and_searched_for_stands_when_the_desk_is_read_again(
    cast: Cast, web: Client, contact_id: UUID, network: Trunk
) -> None:
    del network
    other = specialist(cast, "Syge andet", digits="00012399")
    specialist(cast)
    page = panel(web, contact_id, q="syge", target=f"s{other.pk}", mode="blind")
    assert 'value="syge"' in page
    assert f'value="s{other.pk}" id="target-s{other.pk}" checked' in page
    assert 'value="blind" checked' in page


@pytest.mark.parametrize("target", ["", "x1", "e", "e9999999", "s9999999", "l9999999", "e" + "9" * 40, "e1'", "n"])
def test_target_that_is_none_is_refused_in_words(cast: Cast, web: Client, contact_id: UUID, target: str) -> None:
    answer = post(web, f"/bord/henvendelse/{contact_id}/viderestil/", target=target, mode="ask")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "data-fault" in answer.content.decode()
    assert cast.contact(contact_id).state == "connected"


@pytest.mark.parametrize(
    ("digits", "why"),
    [
        ("+4690012345", "overtakseret"),
        ("90123456", "overtakseret"),
        ("+12125550123", "ringer ikke til numre i det land"),
        ("46313020", "vores egne numre"),
        ("abc", "ikke et telefonnummer"),
        ("114", "Korte numre"),
    ],
)
def test_number_that_may_not_be_called_is_refused_in_words(
    cast: Cast, web: Client, contact_id: UUID, network: Trunk, digits: str, why: str
) -> None:
    del network
    answer = post(web, f"/bord/henvendelse/{contact_id}/viderestil/", target="n", mode="ask", digits=digits)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert why in answer.content.decode()
    assert cast.contact(contact_id).state == "connected"


# Asking first.


def test_asked_colleague_sees_whose_citizen_it_is_the_subject_and_the_note(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    ask_colleague(cast, web, contact_id)
    assert (cast.contact(contact_id).state, state(cast.colleague)) == ("consulting", "offered")
    page = get(colleague_web, "/bord/nu/").content.decode()
    assert 'data-state="asked"' in page
    assert "Karen K. spørger om en borger fra Næstved:" in page
    assert "Har MitID." in page
    assert "46120000" not in page
    mine = get(web, "/bord/nu/").content.decode()
    assert "Ringer til Birgit B." in mine
    assert "Hører musik, mens det ringer" in mine


def test_answered_colleague_is_talked_with_while_the_citizen_hears_music(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    answered(ask_colleague(cast, web, contact_id))
    mine, theirs = (get(each, "/bord/nu/").content.decode() for each in (web, colleague_web))
    assert "Du taler med Birgit B." in mine
    assert "kan ikke høre jer" in mine
    assert 'data-state="helping"' in theirs
    assert state(cast.colleague) == "talking"


def test_colleague_takes_over_and_the_first_is_free_and_told(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    answered(ask_colleague(cast, web, contact_id))
    page = act(web, contact_id, "overlad", was=str(contact_id))
    contact = cast.contact(contact_id)
    assert (contact.state, contact.employee, contact.note) == ("connected", cast.colleague, "Har MitID.")
    assert (state(cast.employee), state(cast.colleague)) == ("ready", "talking")
    assert "Birgit B. har overtaget borgeren" in page
    theirs = get(colleague_web, "/bord/nu/").content.decode()
    assert 'data-state="connected"' in theirs
    assert "Har MitID." in theirs


def test_all_three_talk_and_whoever_leaves_leaves_the_citizen_with_the_colleague(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    answered(ask_colleague(cast, web, contact_id))
    assert "Alle tre hører hinanden" in act(web, contact_id, "alle-tre")
    assert "Alle tre hører hinanden" in get(colleague_web, "/bord/nu/").content.decode()
    act(web, contact_id, "overlad")
    assert cast.contact(contact_id).employee == cast.colleague


def test_page_loaded_anew_in_a_conversation_of_three_leaves_the_citizen_with_the_colleague(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    del colleague_web
    answered(ask_colleague(cast, web, contact_id))
    act(web, contact_id, "alle-tre")
    post(web, "/bord/laeg-paa/")
    assert (cast.contact(contact_id).state, cast.contact(contact_id).employee) == ("connected", cast.colleague)


def test_ending_with_the_colleague_leaves_the_citizen_on_hold_here(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    del colleague_web
    answered(ask_colleague(cast, web, contact_id))
    page = act(web, contact_id, "slip")
    assert (cast.contact(contact_id).state, state(cast.colleague)) == ("held", "ready")
    assert "Tag fra hold" in page
    assert 'id="failed"' not in page


def test_colleague_who_ends_leaves_the_citizen_where_they_are(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    answered(ask_colleague(cast, web, contact_id))
    post(colleague_web, "/bord/laeg-paa/")
    assert (cast.contact(contact_id).state, state(cast.colleague)) == ("held", "ready")
    assert 'data-state="held"' in get(web, "/bord/nu/").content.decode()


def test_back_to_the_citizen_lets_the_colleague_go(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    del colleague_web
    transfer = ask_colleague(cast, web, contact_id)
    act(web, contact_id, "tag-fra-hold")
    transfer.refresh_from_db()
    assert (cast.contact(contact_id).state, transfer.ended_as) == ("connected", "cancelled")
    assert state(cast.colleague) == "ready"


def test_nobody_is_left_with_a_citizen_before_they_have_answered(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    del colleague_web
    ask_colleague(cast, web, contact_id)
    for name in ("overlad", "alle-tre"):
        answer = post(web, f"/bord/henvendelse/{contact_id}/{name}/")
        assert answer.status_code == HTTPStatus.CONFLICT
        assert "De har ikke svaret endnu" in answer.content.decode()
    assert cast.contact(contact_id).state == "consulting"


@pytest.mark.parametrize(
    ("ended_as", "said"),
    [("no_answer", "svarede ikke"), ("busy", "er optaget"), ("declined", "kunne ikke tage den")],
)
def test_attempt_that_fails_is_told_in_three_parts_and_the_citizen_is_still_here(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client, ended_as: str, said: str
) -> None:
    del colleague_web
    unanswered(ask_colleague(cast, web, contact_id), ended_as)
    page = panel(web, contact_id)
    assert cast.contact(contact_id).state == "held"
    assert f"Birgit B. {said}" in page
    assert "Borgeren er på hold hos dig og hører musik. Prøv en anden, eller tag borgeren fra hold." in page
    assert "Du prøvede kl. 14.00" in page


def test_failure_is_told_until_something_else_happens(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    del colleague_web
    unanswered(ask_colleague(cast, web, contact_id))
    assert 'id="failed"' in get(web, "/bord/nu/").content.decode()
    with clock.turned(later(12)):
        assert 'id="failed"' not in act(web, contact_id, "tag-fra-hold")


def test_colleague_who_cannot_now_is_paused_and_the_citizen_stays(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    transfer = ask_colleague(cast, web, contact_id)
    post(colleague_web, f"/bord/spoergsmaal/{transfer.pk}/afvis/")
    transfer.refresh_from_db()
    assert (transfer.ended_as, cast.contact(contact_id).state, state(cast.colleague)) == ("declined", "held", "paused")
    assert post(colleague_web, f"/bord/spoergsmaal/{transfer.pk}/afvis/").status_code == HTTPStatus.CONFLICT


def test_question_to_a_colleague_is_not_refused_by_me(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    del colleague_web
    transfer = ask_colleague(cast, web, contact_id)
    assert post(web, f"/bord/spoergsmaal/{transfer.pk}/afvis/").status_code == HTTPStatus.CONFLICT
    assert cast.contact(contact_id).state == "consulting"


def test_second_question_at_once_is_refused_and_nothing_of_it_is_left(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    del colleague_web
    ask_colleague(cast, web, contact_id)
    answer = post(
        web, f"/bord/henvendelse/{contact_id}/viderestil/", target=f"e{cast.colleague.pk}", mode="ask", note="Andet"
    )
    assert answer.status_code == HTTPStatus.CONFLICT
    assert Transfer.objects.count() == 1


def test_note_with_a_cpr_number_does_not_travel(
    cast: Cast, web: Client, contact_id: UUID, colleague_web: Client
) -> None:
    del colleague_web
    answer = post(
        web,
        f"/bord/henvendelse/{contact_id}/viderestil/",
        target=f"e{cast.colleague.pk}",
        mode="ask",
        note="Er 010190-1234",
    )
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "CPR-nummer" in answer.content.decode()
    assert not Transfer.objects.exists()


# Specialists and other numbers.


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


# Sending on without a word.


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


# Whatever happens meanwhile.


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


def other_line(cast: Cast, centre: Centre, owner: object, **values: object) -> Line:
    del cast
    return Line.objects.create(
        **{
            "slug": "erhverv",
            "name": "Erhverv",
            "owner": owner,
            "centre": centre,
            "greeting_text": "x",
            "closed_text": "x",
            "always_open": True,
            "always_open_reason": "prøve",
            **values,
        }
    )


def test_asked_employee_is_no_other_than_the_one_meant(cast: Cast, web: Client, contact_id: UUID) -> None:
    answer = post(web, f"/bord/henvendelse/{contact_id}/viderestil/", target=f"e{cast.outsider.pk}", mode="ask")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
