"""A whole product to measure: durable PostgreSQL, Asterisk, our telephone and dispatch processes, and employees with phones."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import DictRow

from bench.parts import usage
from borgerlinje.channels.phone.accounts.actions import do_keep_robot_endpoint
from borgerlinje.channels.phone.selftest import do_set_scene
from borgerlinje.dispatch.attendance import do_ready
from borgerlinje.kit import clock, embedded, unprivileged
from borgerlinje.kit.database import run
from borgerlinje.kit.home import Home
from tests.support.database import Cluster, TestDatabase
from tests.support.telephone import Telephone, joined, running_asterisk, wait_for_speech, wait_until

NUMBER = "00654321"

_MORE_EMPLOYEES = """
WITH employee AS (
    INSERT INTO staff_employee (employer_id, given_name, initial, from_on, is_robot, is_demo)
    SELECT employer_id, given_name, initial, from_on, true, false
      FROM staff_employee, generate_series(2, %(count)s) WHERE id = %(first)s
    RETURNING id
), works AS (
    INSERT INTO staff_employeecentre (employee_id, centre_id, from_on)
    SELECT employee.id, w.centre_id, w.from_on FROM employee, staff_employeecentre w WHERE w.employee_id = %(first)s
), skilled AS (
    INSERT INTO staff_employeeskill (employee_id, skill_id, level)
    SELECT employee.id, s.skill_id, s.level FROM employee, staff_employeeskill s WHERE s.employee_id = %(first)s
)
SELECT id FROM employee
"""


@dataclass
class Rig:
    """What runs. `spent` tells the processor time of each part since it started."""

    telephone: Telephone
    postgres_pid: int
    folder: Path

    def spent(self) -> dict[str, float]:
        """Return the seconds of processor time of each part so far."""
        ours = {name: usage.cpu_seconds([process.pid]) for name, process in self.telephone.processes.items()}
        return {
            **ours,
            "PostgreSQL": usage.cpu_seconds(usage.family(self.postgres_pid)),
            "Asterisk": usage.cpu_seconds([self.telephone.server.pid]),
        }

    def value(self, sql: str, **values: Any) -> int:
        """Return the one number a question has as its answer."""
        return int(next(iter(self.telephone.rows(sql, **values)[0].values())))


@contextmanager
def running(employees: int, contact_uri: str, **asterisk_options: Any) -> Iterator[Rig]:
    """Run everything for the block, with so many employees who are ready and whose phones are all at one address.

    `{id}` in the address stands for the employee. The line of `NUMBER` greets nobody and has no after-call work.
    """
    folder = Path(tempfile.mkdtemp(prefix="bl-bench-"))
    home = Home(folder)
    try:
        unprivileged.give(folder)
        embedded.prepare(home)
        keep_keys(home)
        server = embedded.Server(home, die_with_parent=True)
        server.start()
        process = server.process()
        assert process is not None
        try:
            database = TestDatabase(Cluster(home), embedded.DATABASE)
            migrate(database, home)
            ids = _set_scene(database, employees, contact_uri)
            with (
                running_asterisk(folder, **asterisk_options) as asterisk,
                joined(asterisk, database) as telephone,
            ):
                _begin_work(telephone, ids)
                wait_for_speech(telephone)
                yield Rig(telephone, process.pid, folder)
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keep_keys(home: Home) -> None:
    """Let this process and its children find a home's keys."""
    os.environ["BORGERLINJE_SECRET_FILE"] = str(home.secret_file)
    os.environ["BORGERLINJE_SEAL_KEY_FILE"] = str(home.seal_key_file)


def migrate(database: TestDatabase, home: Home) -> None:
    """Make the tables."""
    environment = {**os.environ, "DATABASE_URL": database.url(), "BORGERLINJE_HOME": str(home.path)}
    subprocess.run(
        unprivileged.command([sys.executable, "-m", "borgerlinje", "migrate"]),
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _set_scene(database: TestDatabase, employees: int, contact_uri: str) -> list[int]:
    with database.as_owner() as connection:
        cursor = connection.cursor()
        first = run(do_set_scene(NUMBER, today=clock.today()), cursor).employee_id
        connection.execute("UPDATE lines_line SET greeting_text = ''")
        more = connection.execute(_MORE_EMPLOYEES, {"first": first, "count": employees}).fetchall()
        ids = [first, *(int(row["id"]) for row in more)]
        _keep_phones(connection, ids, contact_uri)
    return ids


def _keep_phones(connection: psycopg.Connection[DictRow], ids: list[int], contact_uri: str) -> None:
    with connection.transaction():
        for employee_id in ids:
            uri = contact_uri.format(id=employee_id)
            run(do_keep_robot_endpoint(employee_id, uri, now=clock.now()), connection.cursor())


def _begin_work(telephone: Telephone, ids: list[int]) -> None:
    with telephone.connection() as connection:
        unknown = "SELECT 1 AS one FROM phone_phoneendpoint WHERE pushed_at IS NULL LIMIT 1"
        wait_until(lambda: not telephone.rows(unknown), within=120)
        with connection.transaction():
            for employee_id in ids:
                run(do_ready(employee_id, now=clock.now()), connection.cursor())
        connection.execute("SELECT pg_notify('bl_hint', 'dispatch')")
