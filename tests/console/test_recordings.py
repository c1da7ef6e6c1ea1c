"""Recordings in the console: through the fence, heard for a purpose, deleted for a reason, given to the citizen without names."""

import io
import json
import zipfile
from http import HTTPStatus
from uuid import UUID

import numpy as np
import pytest
from django.db import connection
from django.test import Client

from borgerlinje.channels.phone.models import Recording, RecordingAccess
from borgerlinje.channels.phone.recording import recorded, recordings
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.kit import clock
from borgerlinje.kit.database import run
from borgerlinje.staff.models import Employee
from borgerlinje.staff.roles import Role
from tests.support.cast import Cast, later, make_employee, user_of
from tests.support.database import as_web


def signed_in(employee: Employee) -> Client:
    client = Client()
    client.force_login(user_of(employee), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def recording(cast: Cast) -> Recording:
    """Let a citizen leave a message of three seconds."""
    contact_id = cast.arrive()
    cast.event(contact_id, Event.VOICEMAIL_STARTED, at=later(1))
    cast.event(contact_id, Event.MESSAGE_LEFT, at=later(5))
    times = np.arange(3 * recorded.RATE) / recorded.RATE
    sound = recorded.seal(recorded.as_wave((np.sin(2 * np.pi * 440 * times) * 9000).astype(np.int16)))
    with connection.cursor() as cursor:
        run(
            recordings.do_leave_message(contact_id, sound.sealed, seconds=3, begun_at=later(2), now=later(5)),
            cursor,
        )
        row = Recording.objects.get()
        steps = recordings.do_note_access(row.pk, user_id=user_of(cast.employee).pk, purpose="svare", now=later(6))
        run(steps, cursor)
    return row


@pytest.fixture
def secretary(cast: Cast) -> Client:
    return signed_in(make_employee("Sanne", cast.own, cast.centre, role=Role.SECRETARIAT))


def ask(client: Client, path: str, *, method: str = "get", **values: str):
    with clock.turned(later(60)), as_web():
        return getattr(client, method)(path, values)


def test_who_listened_and_why_is_shown(recording: Recording, secretary: Client) -> None:
    page = ask(secretary, "/konsol/optagelser/").content.decode()
    assert f"optagelse-{recording.pk}" in page
    assert "Karen" in page
    assert "svare" in page
    assert (
        f"optagelse-{recording.pk}"
        in ask(secretary, f"/konsol/optagelser/?henvendelse={recording.contact_id}").content.decode()
    )
    assert f"optagelse-{recording.pk}" not in ask(secretary, "/konsol/optagelser/?henvendelse=x").content.decode()


def test_another_authoritys_secretariat_sees_nothing_of_it(recording: Recording, cast: Cast) -> None:
    other = signed_in(make_employee("Ole", cast.outside, None, role=Role.SECRETARIAT))
    assert str(recording.pk) not in ask(other, "/konsol/optagelser/").content.decode()
    for path, values in (("lyt", {"purpose": "nysgerrig"}), ("slet", {"reason": "hærværk"})):
        assert ask(other, f"/konsol/optagelser/{recording.pk}/{path}/", method="post", **values).status_code == 409
    assert ask(other, f"/konsol/optagelser/indsigt/{recording.contact_id}/", method="post").status_code == 409
    assert Recording.objects.get().deleted_at is None
    assert RecordingAccess.objects.count() == 1


def test_an_auditor_sees_who_listened_and_cannot_listen(recording: Recording, cast: Cast) -> None:
    auditor = signed_in(make_employee("Asta", cast.own, None, role=Role.AUDITOR))
    page = ask(auditor, "/konsol/optagelser/").content.decode()
    assert f"optagelse-{recording.pk}" in page
    assert "Slet nu" not in page
    listening = ask(auditor, f"/konsol/optagelser/{recording.pk}/lyt/", method="post", purpose="revision")
    assert listening.status_code == HTTPStatus.FORBIDDEN


def test_nobody_listens_without_a_purpose(recording: Recording, secretary: Client) -> None:
    assert ask(secretary, f"/konsol/optagelser/{recording.pk}/lyt/", method="post", purpose=" ").status_code == 422
    assert RecordingAccess.objects.count() == 1
    page = ask(secretary, f"/konsol/optagelser/{recording.pk}/lyt/", method="post", purpose="klage").content.decode()
    noted = RecordingAccess.objects.last()
    assert noted is not None
    assert noted.purpose == "klage"
    address = f"/konsol/optagelser/{recording.pk}/lyd/{noted.pk}/"
    assert address in page
    assert ask(secretary, address).content[:4] == b"RIFF"


def test_deletion_before_time_wants_a_reason_which_stays(recording: Recording, secretary: Client) -> None:
    assert ask(secretary, f"/konsol/optagelser/{recording.pk}/slet/", method="post").status_code == 422
    answer = ask(secretary, f"/konsol/optagelser/{recording.pk}/slet/", method="post", reason="borgeren bad om det")
    assert answer.status_code == HTTPStatus.FOUND
    row = Recording.objects.get()
    assert (row.sealed, row.deleted_because) == (None, "borgeren bad om det")
    assert "borgeren bad om det" in ask(secretary, "/konsol/optagelser/").content.decode()


def test_the_citizen_is_given_sound_times_and_purposes_and_no_names(recording: Recording, secretary: Client) -> None:
    answer = ask(secretary, f"/konsol/optagelser/indsigt/{recording.contact_id}/", method="post")
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        told = archive.read("optagelser.json").decode()
        assert archive.read(f"{recording.pk}.wav")[:4] == b"RIFF"
    (first,) = json.loads(told)
    assert [each["formaal"] for each in first["aflytninger"]] == ["svare"]
    assert "Karen" not in told
    last = RecordingAccess.objects.last()
    assert last is not None
    assert last.purpose == "indsigt til borgeren"
    assert ask(secretary, f"/konsol/optagelser/indsigt/{UUID(int=7)}/", method="post").status_code == 409
