"""Listening to a message at the desk, and stopping the recording of a conversation."""

from http import HTTPStatus
from uuid import UUID

import numpy as np
import pytest
from django.db import connection
from django.test import Client

from borgerlinje.channels.phone.models import Recording, RecordingAccess
from borgerlinje.channels.phone.recording import recorded, recordings
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.kit import sealed
from borgerlinje.kit.database import Steps, run
from tests.desk.acts import get, post, talking
from tests.support.cast import Cast, later, user_of
from tests.support.database import as_web

PURPOSE = "at blive klogere på hjælpen"


def do(steps: Steps[object]) -> object:
    with connection.cursor() as cursor:
        return run(steps, cursor)


def spoken(seconds: float = 3) -> recorded.Sound:
    times = np.arange(int(seconds * recorded.RATE)) / recorded.RATE
    return recorded.seal(recorded.as_wave((np.sin(2 * np.pi * 440 * times) * 9000).astype(np.int16)))


@pytest.fixture
def contact_id(cast: Cast, web: Client) -> UUID:
    """Let a citizen leave a message, and the employee take it."""
    get(web, "/bord/")
    contact_id = cast.arrive()
    cast.event(contact_id, Event.VOICEMAIL_STARTED, at=later(1))
    sound = spoken()
    cast.event(contact_id, Event.MESSAGE_LEFT, at=later(5))
    do(recordings.do_leave_message(contact_id, sound.sealed, seconds=sound.seconds, begun_at=later(2), now=later(5)))
    post(web, f"/bord/henvendelse/{contact_id}/ring-op/")
    assert cast.contact(contact_id).state == "calling_back"
    return contact_id


@pytest.fixture
def recorded_id(cast: Cast, web: Client) -> UUID:
    """Let an employee talk with a citizen who has allowed a recording, which goes on."""
    del web
    cast.line.recording_purpose = PURPOSE
    cast.line.save()
    contact_id = cast.wait()
    assert do(recordings.do_allow(contact_id, allows=True, purpose=PURPOSE, now=later(1)))
    cast.event(contact_id, Event.CITIZEN_LEFT, at=later(2))
    talks = talking(cast, cast.employee)
    contact = cast.contact(talks)
    contact.recording_consent_at = later(1)
    contact.save()
    contact.events.create(
        authority_id=contact.authority_id,
        at=later(1),
        name="recording_allowed",
        to_state="waiting",
        data={"purpose": PURPOSE},
    )
    assert do(recordings.do_begin(talks, now=later(6)))
    return talks


def test_the_message_is_offered_before_it_is_heard_and_nothing_is_noted_yet(web: Client, contact_id: UUID) -> None:
    assert f"message-{contact_id}" in get(web, "/bord/nu/").content.decode()
    page = get(web, f"/bord/henvendelse/{contact_id}/besked/").content.decode()
    assert "Hør beskeden (0.03)" in page
    assert "<audio" not in page
    assert not RecordingAccess.objects.exists()


def test_listening_is_noted_with_its_purpose_and_gives_the_sound(cast: Cast, web: Client, contact_id: UUID) -> None:
    page = post(web, f"/bord/henvendelse/{contact_id}/besked/hoer/").content.decode()
    noted = RecordingAccess.objects.get()
    assert (noted.user, noted.purpose) == (user_of(cast.employee), recordings.ANSWERING)
    address = f"/bord/optagelse/{noted.recording_id}/lyd/{noted.pk}/"
    assert address in page
    answer = get(web, address)
    assert (answer.status_code, answer["Content-Type"]) == (HTTPStatus.OK, "audio/wav")
    assert answer.content[:4] == b"RIFF"
    with as_web():
        part = web.get(address, headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (HTTPStatus.PARTIAL_CONTENT, answer.content[100:200])
    assert part["Content-Range"] == f"bytes 100-199/{len(answer.content)}"
    with as_web():
        assert web.get(address, headers={"range": "bytes=999999-"}).status_code == 416


def test_the_sound_is_had_by_nobody_else_and_not_without_a_note(cast: Cast, web: Client, contact_id: UUID) -> None:
    post(web, f"/bord/henvendelse/{contact_id}/besked/hoer/")
    noted = RecordingAccess.objects.get()
    address = f"/bord/optagelse/{noted.recording_id}/lyd/{noted.pk}/"
    assert get(web, address).status_code == HTTPStatus.OK
    assert get(web, f"/bord/optagelse/{noted.recording_id}/lyd/{noted.pk + 1}/").status_code == HTTPStatus.CONFLICT
    for someone in (cast.colleague, cast.outsider):
        other = Client()
        other.force_login(user_of(someone), backend="django.contrib.auth.backends.ModelBackend")
        assert get(other, address).status_code == HTTPStatus.CONFLICT


def test_the_sound_is_not_had_after_the_contact_is_out_of_hand(cast: Cast, web: Client, contact_id: UUID) -> None:
    post(web, f"/bord/henvendelse/{contact_id}/besked/hoer/")
    noted = RecordingAccess.objects.get()
    cast.event(contact_id, Event.CITIZEN_UNREACHED, at=later(20))
    assert get(web, f"/bord/optagelse/{noted.recording_id}/lyd/{noted.pk}/").status_code == HTTPStatus.CONFLICT
    assert get(web, f"/bord/henvendelse/{contact_id}/besked/").status_code == HTTPStatus.CONFLICT


def test_a_machine_without_the_key_says_so(
    web: Client, contact_id: UUID, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    post(web, f"/bord/henvendelse/{contact_id}/besked/hoer/")
    noted = RecordingAccess.objects.get()
    monkeypatch.setenv(sealed.VARIABLE, str(tmp_path / "none"))
    answer = get(web, f"/bord/optagelse/{noted.recording_id}/lyd/{noted.pk}/")
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "nøglen mangler" in answer.content.decode()


def test_a_deleted_message_says_when_and_why(web: Client, contact_id: UUID) -> None:
    do(recordings.do_delete(Recording.objects.get().pk, because="frist", now=later(30)))
    assert "slettet den 24. november: frist" in get(web, f"/bord/henvendelse/{contact_id}/besked/").content.decode()
    assert post(web, f"/bord/henvendelse/{contact_id}/besked/hoer/").status_code == HTTPStatus.CONFLICT


def test_the_recording_is_shown_and_stopped_and_what_there_is_kept(cast: Cast, web: Client, recorded_id: UUID) -> None:
    assert f"recording-{recorded_id}" in get(web, "/bord/nu/").content.decode()
    address = f"/bord/henvendelse/{recorded_id}/optagelse/"
    page = get(web, address).content.decode()
    assert "Optages" in page
    assert PURPOSE in page
    assert "stoppet" in post(web, f"{address}stop/", then="keep").content.decode()
    row = Recording.objects.get()
    assert (row.stopped_by, row.deleted_at) == (cast.employee, None)
    assert row.ended_at is not None
    sound = spoken()
    assert do(recordings.do_keep(row.pk, sound.sealed, seconds=3, now=later(20)))
    assert post(web, f"{address}stop/").status_code == HTTPStatus.CONFLICT


def test_the_recording_is_stopped_and_deleted_and_never_stored(web: Client, recorded_id: UUID) -> None:
    address = f"/bord/henvendelse/{recorded_id}/optagelse/"
    assert "stoppet og slettet" in post(web, f"{address}stop/", then="delete").content.decode()
    row = Recording.objects.get()
    assert row.deleted_because == recordings.BY_EMPLOYEE
    assert not do(recordings.do_keep(row.pk, spoken().sealed, seconds=3, now=later(20)))
    assert Recording.objects.get().sealed is None


def test_a_line_that_never_records_asks_nothing(cast: Cast, web: Client) -> None:
    contact_id = talking(cast, cast.employee)
    assert f"recording-{contact_id}" not in get(web, "/bord/nu/").content.decode()
