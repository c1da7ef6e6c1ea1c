"""`borgerlinje explain` and `borgerlinje fairness`, as one types them, against a database with real commits."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from uuid import UUID

import pytest

from borgerlinje.contacts.actions import do_arrive
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch.actions import do_event
from borgerlinje.kit import clock, unprivileged
from borgerlinje.kit.database import run
from borgerlinje.kit.ids import uuid7
from tests.support.database import TestDatabase

ROWS = """
INSERT INTO cooperation_authority (id, code, name, kind, cvr, is_demo) VALUES (1, '370', 'Næstved', 'municipality', '', false);
INSERT INTO cooperation_centre (id, slug, name, host_id, is_demo) VALUES (1, 'c', 'Prøvecenter', 1, false);
INSERT INTO lines_line (id, slug, name, owner_id, centre_id, scope, skill_level, language, greeting_text, closed_text,
  target_seconds, ring_seconds, wrap_up_seconds, optional_holidays, always_open, always_open_reason, is_hidden, is_demo)
  VALUES (1, 'l', 'Hotline', 1, 1, 'guidance_only', 1, 'da', '', '', 30, 20, 60, '{}', false, '', false, false);
INSERT INTO lines_linenumber (line_id, digits, is_main, home_authority_id) VALUES (1, '46313020', true, 1)
"""


@pytest.fixture
def contact_ids(database: TestDatabase) -> list[UUID]:
    """Store two citizens who wait since a minute."""
    at, found = clock.now() - timedelta(minutes=1), []
    with database.as_owner() as owner:
        for statement in ROWS.split(";\n"):
            owner.execute(statement)
        for _ in range(2):
            contact_id = uuid7(at)
            run(do_arrive(contact_id, dialled="46313020", caller="46120000", channel_ref="", now=at), owner.cursor())
            run(do_event(contact_id, Event.GREETED, now=at), owner.cursor())
            found.append(contact_id)
    return found


def ask(database: TestDatabase, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command on the test's own database."""
    return subprocess.run(
        unprivileged.command([sys.executable, "-m", "borgerlinje", *arguments], die_with_parent=True),
        env={**os.environ, "DATABASE_URL": database.url(), "BORGERLINJE_DATABASE_ROLE": "bl_engine"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_contact_is_explained_to_people_and_to_programs(database: TestDatabase, contact_ids: list[UUID]) -> None:
    told = ask(database, "explain", str(contact_ids[0]))
    assert (told.returncode, told.stderr) == (0, "")
    assert "Ringede op til 46 31 30 20." in told.stdout
    assert "Hvorfor den ikke er tilbudt endnu: Ingen er klar." in told.stdout
    assert "46120000" not in told.stdout
    found = json.loads(ask(database, "explain", contact_ids[0].hex, "--json").stdout)
    assert found["contact"]["id"] == str(contact_ids[0])
    assert [moment["event"] for moment in found["moments"]] == ["arrived", "greeted"]
    assert found["not_offered"]["people"] == []


@pytest.mark.parametrize(
    ("asked", "says"), [("zz", "no contact has the id zz"), ("0", "more than one contact begins with 0")]
)
def test_id_that_names_no_contact_or_several_is_one_line(
    database: TestDatabase, contact_ids: list[UUID], asked: str, says: str
) -> None:
    told = ask(database, "explain", asked)
    assert (told.returncode, told.stdout, told.stderr) == (2, "", f"borgerlinje: {says}\n")


def test_fairness_is_told_for_each_centre(database: TestDatabase, contact_ids: list[UUID]) -> None:
    told = ask(database, "fairness", "--days", "2")
    assert told.returncode == 0, told.stderr
    assert "Prøvecenter" in told.stdout
    (report,) = json.loads(ask(database, "fairness", "--days", "2", "--json").stdout)
    assert (report["total"]["offered"], report["host"]["median_seconds"]) == (len(contact_ids), None)
    assert ask(database, "fairness", "--days", "0").returncode == 2
