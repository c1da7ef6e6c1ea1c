"""One Asterisk for all tests of this folder; a database, a telephone process and a dispatcher for each."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from borgerlinje.channels.phone.robot.phone import Robot
from tests.support.cast import Cast, store_cast
from tests.support.database import TestDatabase
from tests.support.telephone import Telephone, is_available, joined, running_asterisk


@pytest.fixture(scope="session")
def server() -> Iterator[Telephone]:
    if not is_available():
        pytest.skip("no Asterisk on this machine")
    folder = Path(tempfile.mkdtemp(prefix="bl-phone-"))
    try:
        with running_asterisk(folder) as telephone:
            yield telephone
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def people(database: TestDatabase, django_db_blocker: Any) -> Cast:
    """Store the cast with real commits; the line is open whatever the hour."""
    connection = connections["default"]
    before = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = database.name
        try:
            cast = store_cast()
            cast.line.always_open = True
            cast.line.always_open_reason = "test"
            cast.line.ring_seconds = 5
            cast.line.wrap_up_seconds = 60
            cast.line.save()
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before
    return cast


@pytest.fixture
def telephone(server: Telephone, database: TestDatabase, people: Cast) -> Iterator[Telephone]:
    with joined(server, database) as telephone:
        yield telephone
    # pytest shows what is printed beside a failure.
    print(telephone.last_words)  # noqa: T201


@pytest.fixture
async def citizen() -> AsyncIterator[Robot]:
    async with Robot("46120000", local_host="127.0.0.2") as robot:
        yield robot


@pytest.fixture
async def desk_phone() -> AsyncIterator[Robot]:
    async with Robot("desk", local_host="127.0.0.3") as robot:
        yield robot
