"""The desk's acts, over HTTP, as the web's own database role."""

from http import HTTPStatus

import pytest
from django.test import Client

from borgerlinje.dispatch.models import Offer
from tests.desk.acts import HTMX, get, offered, post, state, talking
from tests.support.cast import NOW, Cast, user_of


def test_opening_the_desk_brings_one_to_work_in_a_pause(cast: Cast, web: Client) -> None:
    page = get(web, "/bord/").content.decode()
    assert state(cast.employee) == "paused"
    assert "Du holder pause" in page


def test_ready_and_pause_by_the_switch(cast: Cast, web: Client) -> None:
    get(web, "/bord/")
    assert "Klar til næste borger" in post(web, "/bord/status/", status="ready").content.decode()
    assert state(cast.employee) == "ready"
    post(web, "/bord/status/", status="paused")
    assert state(cast.employee) == "paused"


def test_offer_says_whose_citizen_it_is_and_why_me(cast: Cast, web: Client) -> None:
    offered(cast, cast.employee)
    page = get(web, "/bord/nu/").content.decode()
    assert "Næstved Kommune" in page
    assert "Borger 46 12 ** **" in page
    assert "46120000" not in page
    assert "Kun du er klar" in page


def test_declining_keeps_the_citizens_place(cast: Cast, web: Client) -> None:
    contact_id = offered(cast, cast.employee)
    offer = Offer.objects.get(contact_id=contact_id)
    post(web, f"/bord/tilbud/{offer.pk}/afvis/")
    assert cast.contact(contact_id).state == "waiting"
    assert cast.contact(contact_id).waiting_since == NOW
    assert state(cast.employee) == "paused"


def test_colleagues_offer_cannot_be_declined_by_me(cast: Cast, web: Client) -> None:
    contact_id = offered(cast, cast.colleague)
    offer = Offer.objects.get(contact_id=contact_id)
    post(web, f"/bord/tilbud/{offer.pk}/afvis/")
    assert cast.contact(contact_id).state == "offered"


def test_note_is_saved_while_one_talks(cast: Cast, web: Client) -> None:
    contact_id = talking(cast, cast.employee)
    answer = post(web, f"/bord/henvendelse/{contact_id}/notat/", note="Har MitID.", subject="Pas")
    assert "Gemt" in answer.content.decode()
    assert (cast.contact(contact_id).note, cast.contact(contact_id).subject) == ("Har MitID.", "Pas")


def test_note_with_a_cpr_number_is_refused_and_the_older_one_kept(cast: Cast, web: Client) -> None:
    contact_id = talking(cast, cast.employee)
    post(web, f"/bord/henvendelse/{contact_id}/notat/", note="Har MitID.", subject="")
    answer = post(web, f"/bord/henvendelse/{contact_id}/notat/", note="Er 010190-1234", subject="")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "CPR-nummer" in answer.content.decode()
    assert cast.contact(contact_id).note == "Har MitID."


def test_colleagues_note_cannot_be_written_by_me(cast: Cast, web: Client) -> None:
    contact_id = talking(cast, cast.colleague)
    answer = post(web, f"/bord/henvendelse/{contact_id}/notat/", note="x", subject="")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert cast.contact(contact_id).note == ""


def test_desk_of_somebody_without_the_role_is_refused(cast: Cast, web: Client) -> None:
    user_of(cast.employee).role_assignments.all().delete()
    assert get(web, "/bord/").status_code == HTTPStatus.FORBIDDEN


def test_signed_out_browser_is_told_to_sign_in(cast: Cast) -> None:
    answer = get(Client(headers=HTMX), "/bord/nu/")
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert "/konto/login/" in answer["HX-Redirect"]


def test_queue_shows_only_what_my_centres_answer(cast: Cast, web: Client) -> None:
    cast.wait()
    assert "Venter på en, der kan linjen" in get(web, "/bord/nu/").content.decode()
    stranger = Client(headers=HTMX)
    stranger.force_login(user_of(cast.outsider), backend="django.contrib.auth.backends.ModelBackend")
    assert "Venter på en, der kan linjen" not in get(stranger, "/bord/nu/").content.decode()


def test_telephone_account_is_for_one_browser_at_a_time(cast: Cast, web: Client) -> None:
    first, second = (post(web, "/bord/telefon/").json() for _ in range(2))
    assert first["name"] != second["name"]
    assert get(web, f"/bord/telefon/{second['name']}/").json() == {"ready": False}
    live = cast.employee.phone_endpoints.filter(revoked_at__isnull=True).values_list("name", flat=True)
    assert list(live) == [second["name"]]


def test_hang_up_from_a_page_loaded_anew_ends_the_conversation(web: Client, cast: Cast) -> None:
    contact_id = talking(cast, cast.employee)
    post(web, "/bord/laeg-paa/")
    assert cast.contact(contact_id).state == "wrap_up"


def test_hang_up_without_a_conversation_changes_nothing(web: Client, cast: Cast) -> None:
    contact_id = talking(cast, cast.colleague)
    assert post(web, "/bord/laeg-paa/").status_code == HTTPStatus.OK
    assert cast.contact(contact_id).state == "connected"


@pytest.mark.parametrize("path", ["/konsol/log-af/", "/konto/logout/"])
def test_whoever_signs_out_by_either_way_is_off_the_desk_and_the_telephone(cast: Cast, web: Client, path: str) -> None:
    contact_id = offered(cast, cast.employee)
    post(web, "/bord/telefon/")
    post(web, path)
    assert state(cast.employee) == "signed_out"
    assert cast.contact(contact_id).state == "waiting"
    assert not cast.employee.phone_endpoints.filter(revoked_at__isnull=True).exists()
