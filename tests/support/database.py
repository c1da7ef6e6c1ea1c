"""A real PostgreSQL for tests: one throw-away server per test process, started when the first test asks.

`address_for_settings()` is called before Django reads its settings: it only names the socket folder.
The server itself starts with the fixture `postgres`, so a run of pure tests starts none.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import DictRow, dict_row

from borgerlinje.kit import embedded, unprivileged
from borgerlinje.kit.home import Home

# Nothing here outlives the run, so nothing is written through to the disk.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60"}
TEMPLATE = "bl_template"
TEST_DATABASE = "bl_test"


@dataclass(frozen=True)
class Cluster:
    """The server of this test process."""

    home: Home

    def url(self, database: str = embedded.DATABASE, role: str = "bl_owner") -> str:
        """Return the address of a database for a role (`postgres` is the superuser)."""
        return f"postgresql://{role}@/{database}?host={self.home.sockets}&port={embedded.PORT}"

    def connect(self, database: str, role: str) -> psycopg.Connection[DictRow]:
        """Open an autocommit connection with dictionary rows."""
        return psycopg.connect(self.url(database, role), autocommit=True, row_factory=dict_row)

    def copy(self, name: str, *, template: str) -> "TestDatabase":
        """Make a database as a copy of another that nobody uses; an older one of that name goes."""
        with self.connect("postgres", embedded.SUPERUSER) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER bl_owner STRATEGY FILE_COPY").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        return TestDatabase(self, name)

    def drop(self, name: str) -> None:
        """Remove a database and whoever is connected to it."""
        with self.connect("postgres", embedded.SUPERUSER) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@dataclass(frozen=True)
class TestDatabase:
    """A migrated database of one test, with real commits."""

    __test__ = False

    cluster: Cluster
    name: str

    def url(self, role: str = "bl_owner") -> str:
        """Return its address for a role, as `DATABASE_URL` takes it."""
        return self.cluster.url(self.name, role)

    def as_owner(self) -> psycopg.Connection[DictRow]:
        """Connect as who owns the tables: policies do not apply; for making what a test needs."""
        return self.cluster.connect(self.name, "bl_owner")

    def as_engine(self) -> psycopg.Connection[DictRow]:
        """Connect as dispatch, phone and worker do: a policy lets them see all."""
        return self.cluster.connect(self.name, "bl_engine")

    def as_web(self, *authority_ids: int) -> psycopg.Connection[DictRow]:
        """Connect as the web does, for somebody who serves these authorities (for the whole connection)."""
        connection = self.cluster.connect(self.name, "bl_web")
        connection.execute("SELECT set_config('app.authorities', %s, false)", [",".join(map(str, authority_ids))])
        return connection


@cache
def _home() -> Home:
    """Return this process's home for tests: short, since a socket lies in it."""
    folder = Path(tempfile.mkdtemp(prefix="bl-test-"))
    unprivileged.give(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Home(folder)


def address_for_settings() -> str:
    """Name the server that will run, in `os.environ`, before Django reads its settings. Starts nothing."""
    home = _home()
    url = Cluster(home).url(TEST_DATABASE)
    os.environ |= {
        "BORGERLINJE_HOME": str(home.path),
        "BORGERLINJE_INSTANCE": home.instance,
        "BORGERLINJE_SECRET_FILE": str(home.secret_file),
        "BORGERLINJE_SEAL_KEY_FILE": str(home.seal_key_file),
        "BORGERLINJE_DATABASE_ROLE": "bl_owner",
        "DATABASE_URL": url,
    }
    embedded.prepare(home)
    return url


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """Run an empty server for this test process; it dies with the process, however that ends."""
    home = _home()
    embedded.prepare(home)
    server = embedded.Server(home, settings=FAST, die_with_parent=True)
    server.start()
    try:
        yield Cluster(home)
    finally:
        server.stop()


@pytest.fixture(scope="session")
def migrated(postgres: Cluster, django_db_blocker: Any) -> Cluster:
    """Hold a migrated template database in the server, and `bl_test`, its copy, for Django's own connection."""
    from django.core.management import call_command
    from django.db import connections

    postgres.copy(TEST_DATABASE, template=embedded.DATABASE)
    with django_db_blocker.unblock():
        call_command("migrate", verbosity=0, interactive=False)
        connections.close_all()
    postgres.copy(TEMPLATE, template=TEST_DATABASE)
    return postgres


@pytest.fixture(scope="session")
def django_db_setup(migrated: Cluster) -> None:
    """Give pytest-django's `db` fixtures the migrated database instead of one it would make."""


@pytest.fixture
def database(migrated: Cluster, request: pytest.FixtureRequest) -> Iterator[TestDatabase]:
    """Give one test a migrated database of its own: real commits, several connections."""
    name = f"t_{abs(hash(request.node.nodeid)) % 10**9}"
    yield migrated.copy(name, template=TEMPLATE)
    migrated.drop(name)


@contextmanager
def as_web(*authority_ids: int, user_id: int | None = None) -> Iterator[None]:
    """Run the block on Django's connection as the web role, seeing what these authorities own.

    Within the test's transaction; the owner is back afterwards.
    """
    from django.db import connection

    def say(statement: str, *values: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    say("SET ROLE bl_web")
    say("SELECT set_config('app.authorities', %s, true)", ",".join(map(str, authority_ids)))
    say("SELECT set_config('app.user', %s, true)", str(user_id or ""))
    try:
        yield
    finally:
        if not connection.needs_rollback:
            say("RESET ROLE")
            say("SELECT set_config('app.authorities', '', true), set_config('app.user', '', true)")
