"""Whom the desk offers to ask, over HTTP, and whom it refuses."""

from datetime import time
from http import HTTPStatus
from uuid import UUID

import pytest
from django.test import Client

from borgerlinje.channels.phone.models import Trunk
from tests.desk.acts import post, talking
from tests.desk.transfers import panel, specialist
from tests.support.cast import Cast


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


def test_asked_employee_is_no_other_than_the_one_meant(cast: Cast, web: Client, contact_id: UUID) -> None:
    answer = post(web, f"/bord/henvendelse/{contact_id}/viderestil/", target=f"e{cast.outsider.pk}", mode="ask")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
