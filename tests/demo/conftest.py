"""An Asterisk with our processes on a database that holds the demo."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from borgerlinje.demo import data
from tests.support.database import TestDatabase
from tests.support.telephone import Telephone, is_available, joined, running_asterisk


@pytest.fixture(scope="session")
def server() -> Iterator[Telephone]:
    if not is_available():
        pytest.skip("no Asterisk on this machine")
    folder = Path(tempfile.mkdtemp(prefix="bl-demo-"))
    try:
        with running_asterisk(folder) as telephone:
            yield telephone
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def demo(
    server: Telephone, database: TestDatabase, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Telephone]:
    """Run the telephone and the dispatcher on the demo's data; this process's environment joins them."""
    monkeypatch.setenv("BORGERLINJE_HOME", str(server.home.path))
    connection = connections["default"]
    before = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = database.name
        try:
            data.create()
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before
    with joined(server, database) as telephone:
        for name, value in telephone.environment.items():
            monkeypatch.setenv(name, value)
        yield telephone
