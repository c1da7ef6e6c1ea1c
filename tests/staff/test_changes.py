"""Who changed what when: written once, never altered, read by those it concerns."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from borgerlinje.staff.changes import changes_of, note
from borgerlinje.staff.models import ChangeNote
from tests.support.cast import NOW, Cast, later, user_of
from tests.support.database import as_web


def write(cast: Cast, *, before=None, after=None, at: float = 0, authority_id: int | None = None) -> None:
    note(
        user_of(cast.employee),
        kind="line",
        object_id=7,
        label="Hotline",
        before={"name": "Gammel"} if before is None else before,
        after={"name": "Ny"} if after is None else after,
        authority_id=authority_id,
        now=later(at),
    )


def test_changes_are_told_in_words_the_newest_first(cast: Cast) -> None:
    write(cast, before={}, after={"name": "A", "from_on": date(2026, 1, 2), "open": True, "tags": []})
    write(cast, before={"name": "A", "open": True}, after={"name": "A", "open": False}, at=1)
    second, first = changes_of("line", 7, words={"from_on": "fra", "open": "åben"})
    assert [(each.name, each.before, each.after) for each in second.fields] == [("åben", "ja", "nej")]
    assert [(each.name, each.after) for each in first.fields] == [
        ("fra", "02-01-2026"),
        ("åben", "ja"),
        ("name", "A"),
        ("tags", "–"),
    ]
    assert (first.is_new, second.is_new, first.at, first.by) == (True, False, NOW, cast.employee.user)


def test_what_does_not_differ_is_not_written(cast: Cast) -> None:
    write(cast, before={"name": "A"}, after={"name": "A"})
    assert not ChangeNote.objects.exists()


def test_change_is_read_by_who_sees_the_authority_and_by_who_made_it(cast: Cast) -> None:
    write(cast, authority_id=cast.own.pk)
    with as_web(cast.own.pk):
        assert len(changes_of("line", 7)) == 1
    with as_web(cast.outside.pk):
        assert changes_of("line", 7) == []
    with as_web(user_id=cast.employee.user_id):
        assert len(changes_of("line", 7)) == 1


def test_web_may_write_of_an_authority_it_does_not_see(cast: Cast) -> None:
    with as_web(cast.outside.pk, user_id=cast.outsider.user_id):
        write(cast, authority_id=cast.own.pk)
    assert ChangeNote.objects.count() == 1


@pytest.mark.parametrize("verb", ["UPDATE staff_changenote SET label = 'x'", "DELETE FROM staff_changenote"])
@pytest.mark.parametrize("role", ["bl_web", "bl_engine"])
def test_changes_can_only_grow(cast: Cast, verb: str, role: str) -> None:
    write(cast)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute(verb)
        cursor.execute("RESET ROLE")
