"""The rows of recordings: who allowed what, what is stored, and when it is gone."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from procrastinate.contrib.django import app

from borgerlinje.channels.phone.calls.waits import standing
from borgerlinje.channels.phone.jobs import delete_recordings
from borgerlinje.channels.phone.models import Recording, RecordingAccess
from borgerlinje.channels.phone.recording import recordings
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.contacts.models import Contact, ContactEvent
from borgerlinje.kit import clock
from borgerlinje.kit.database import Steps, run
from tests.channels.phone.ledger import store
from tests.desk.acts import talking
from tests.support.cast import NOW, Cast, later, user_of
from tests.support.database import TestDatabase, as_web

PURPOSE = "kvalitet"


def do(steps: Steps[Any]) -> Any:
    with connection.cursor() as cursor:
        return run(steps, cursor)


@pytest.fixture
def line(cast: Cast):
    cast.line.recording_purpose = PURPOSE
    cast.line.save()
    return cast.line


def allow(contact_id: UUID, *, allows: bool = True, purpose: str = PURPOSE) -> object:
    return do(recordings.do_allow(contact_id, allows=allows, purpose=purpose, now=later(1)))


def connected(cast: Cast, *, purpose: str = PURPOSE) -> UUID:
    """Store a conversation whose citizen has said yes to a recording for a purpose."""
    contact_id = cast.wait()
    allow(contact_id, purpose=purpose)
    Contact.objects.filter(pk=contact_id).update(state="connected", employee=cast.employee, answered_at=later(5))
    return contact_id


def test_only_a_key_press_in_the_queue_allows_a_recording_and_another_takes_it_back(cast: Cast, line) -> None:
    contact_id = cast.wait()
    assert not do(standing(contact_id, now=NOW)).allows_recording
    assert allow(contact_id)
    assert cast.contact(contact_id).recording_consent_at == later(1)
    assert do(standing(contact_id, now=NOW)).allows_recording
    assert allow(contact_id, allows=False)
    assert cast.contact(contact_id).recording_consent_at is None
    assert not allow(contact_id, allows=False)
    told = ContactEvent.objects.filter(contact_id=contact_id, name__startswith="recording_").order_by("id")
    assert [(event.name, event.data) for event in told] == [
        ("recording_allowed", {"purpose": PURPOSE}),
        ("recording_refused", {"purpose": PURPOSE}),
    ]
    talks = talking(cast, cast.employee)
    assert not allow(talks)


def test_a_conversation_is_recorded_once_and_only_with_consent(cast: Cast, line) -> None:
    assert do(recordings.do_begin(talking(cast, cast.colleague), now=later(6))) is None
    contact_id = connected(cast)
    begun = do(recordings.do_begin(contact_id, now=later(6)))
    again = do(recordings.do_begin(contact_id, now=later(60)))
    assert begun["id"] == again["id"]
    row = Recording.objects.get()
    assert (row.kind, row.purpose, row.delete_after) == ("conversation", PURPOSE, later(6) + timedelta(days=30))


def test_consent_for_one_purpose_is_none_for_another(cast: Cast, line) -> None:
    contact_id = connected(cast, purpose="noget andet")
    assert do(recordings.do_begin(contact_id, now=later(6))) is None
    assert not Recording.objects.exists()


def test_recording_follows_its_contact_to_another_authority(cast: Cast, line) -> None:
    contact_id = connected(cast)
    do(recordings.do_begin(contact_id, now=later(6)))
    Contact.objects.filter(pk=contact_id).update(authority=cast.colleague_authority)
    assert Recording.objects.get().authority == cast.colleague_authority


def message(cast: Cast, *, days: int = 30) -> UUID:
    cast.line.voicemail_days = days
    cast.line.save()
    contact_id = cast.arrive()
    cast.event(contact_id, Event.VOICEMAIL_STARTED)
    cast.event(contact_id, Event.MESSAGE_LEFT)
    do(recordings.do_leave_message(contact_id, b"sealed", seconds=3, begun_at=NOW, now=NOW))
    return contact_id


def test_deletion_takes_what_is_due_and_leaves_the_row(cast: Cast) -> None:
    message(cast, days=10)
    assert do(recordings.do_delete_due(now=NOW + timedelta(days=10) - timedelta(seconds=1))) == []
    deleted = do(recordings.do_delete_due(now=NOW + timedelta(days=10)))
    row = Recording.objects.get()
    assert [each["id"] for each in deleted] == [row.pk]
    assert (row.sealed, row.deleted_because) == (None, recordings.BY_RULE)
    assert do(recordings.do_delete_due(now=NOW + timedelta(days=11))) == []


def test_a_message_is_deleted_some_days_after_its_contact_was_closed(cast: Cast) -> None:
    contact_id = message(cast)
    cast.event(contact_id, Event.CALLBACK_CANCELLED, at=NOW)
    assert do(recordings.do_delete_due(now=NOW + timedelta(days=6))) == []
    assert len(do(recordings.do_delete_due(now=NOW + timedelta(days=7)))) == 1
    assert Recording.objects.get().deleted_because == recordings.BY_CLOSING


def test_who_listened_can_only_be_added_to(cast: Cast) -> None:
    message(cast)
    row = Recording.objects.get()
    with as_web(cast.own.pk):
        do(recordings.do_note_access(row.pk, user_id=user_of(cast.employee).pk, purpose="prøve", now=NOW))
        for statement in ("DELETE FROM phone_recordingaccess", "UPDATE phone_recordingaccess SET purpose = ''"):
            with pytest.raises((psycopg.Error, ProgrammingError)), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    assert RecordingAccess.objects.get().purpose == "prøve"


def test_the_message_of_one_authority_is_not_seen_by_another(cast: Cast) -> None:
    message(cast)
    with as_web(cast.own.pk):
        assert Recording.objects.count() == 1
    with as_web(cast.outside.pk):
        assert Recording.objects.count() == 0


def test_the_job_deletes_what_is_due(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch, django_db_blocker: Any
) -> None:
    monkeypatch.setenv("DATABASE_URL", database.url())
    cast = store(database, django_db_blocker)
    (contact_id, _) = cast.contact_ids  # type: ignore[attr-defined]
    with database.as_owner() as connection:
        run(
            recordings.do_leave_message(contact_id, b"sealed", seconds=3, begun_at=NOW, now=NOW),
            connection.cursor(),
        )
    with clock.turned(NOW + timedelta(days=29)):
        assert asyncio.run(delete_recordings()) == 0
    with clock.turned(NOW + timedelta(days=30)):
        assert asyncio.run(delete_recordings()) == 1
        assert asyncio.run(delete_recordings()) == 0


def test_the_job_is_one_the_worker_knows_and_does_by_itself() -> None:
    assert "phone.delete_recordings" in app.tasks
    assert any(task.task.name == "phone.delete_recordings" for task in app.periodic_registry.periodic_tasks.values())
