"""Two who administer an authority take each other's role at the very same time: one of them keeps it, whoever came first."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client

from borgerlinje.kit import clock
from borgerlinje.staff.models import Employee, RoleAssignment
from borgerlinje.staff.roles import ADMINISTERS, Role
from tests.console.staffing import page_of, post, signed_in
from tests.support.cast import Cast, later, make_employee
from tests.support.database import TEST_DATABASE, Cluster

DEADLINE_SECONDS = 60
_WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()
"""
_ADMINISTER = "SELECT id FROM staff_roleassignment WHERE role = ANY(%s) ORDER BY id FOR UPDATE"


def wait_until_both_wait(owner: psycopg.Connection[Any]) -> None:
    """Wait until two requests stand before the rows that the owner of the tables holds."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    pause = threading.Event()
    while time.monotonic() < deadline:
        # Within a transaction the list of who waits stays as it was first read.
        owner.execute("SELECT pg_stat_clear_snapshot()")
        found = owner.execute(_WAITING).fetchone()
        if found is not None and next(iter(found.values())) >= 2:
            return
        pause.wait(0.02)
    pytest.fail("the two requests never met")


def asks(client: Client, address: str, **values: str) -> int:
    """Send a form on a connection of its own, and return the answer's status."""
    try:
        return int(post(client, address, **values).status_code)
    finally:
        connection.close()


def meet(postgres: Cluster, asked: list[tuple[Client, str, dict[str, str]]]) -> list[int]:
    """Let two requests come to the guard together, and return their answers."""
    with (
        postgres.connect(TEST_DATABASE, "bl_owner") as owner,
        ThreadPoolExecutor(len(asked)) as threads,
    ):
        with owner.transaction():
            owner.execute(_ADMINISTER, [[role.value for role in ADMINISTERS]])
            answers = [threads.submit(asks, client, address, **values) for client, address, values in asked]
            wait_until_both_wait(owner)
        return [answer.result(DEADLINE_SECONDS) for answer in answers]


def administer(cast: Cast) -> list[Employee]:
    """Return who may administer the cast's own authority today and from now on."""
    held = RoleAssignment.objects.filter(authority=cast.own, role__in=[role.value for role in ADMINISTERS], to_on=None)
    return list(Employee.objects.filter(user__in=held.values("user"), to_on=None, user__is_active=True))


def taken(other: Employee) -> tuple[str, dict[str, str]]:
    role = RoleAssignment.objects.get(user=other.user)
    return page_of(other, f"rolle/{role.pk}/slut/"), {}


def stopped(other: Employee) -> tuple[str, dict[str, str]]:
    return page_of(other, "konto/stop/"), {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SECRETARIAT])
@pytest.mark.parametrize(
    "ways", [(taken, taken), (taken, stopped), (stopped, stopped)], ids=["role", "both", "account"]
)
def test_two_who_take_each_others_place_at_the_same_time_leave_one(
    cast: Cast, postgres: Cluster, role: Role, ways: tuple[Any, Any]
) -> None:
    with clock.turned(later(60)):
        ada, axel = (make_employee(name, cast.own, cast.centre, role=role) for name in ("Ada", "Axel"))
        clients = signed_in(ada), signed_in(axel)
        asked = [(client, *way(other)) for client, way, other in zip(clients, ways, (axel, ada), strict=True)]
        answers = meet(postgres, asked)
    assert sorted(answers) == [HTTPStatus.FOUND, HTTPStatus.CONFLICT]
    assert len(administer(cast)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_three_two_can_go_at_the_same_time(cast: Cast, postgres: Cluster) -> None:
    with clock.turned(later(60)):
        ada, axel, asta = (
            make_employee(name, cast.own, cast.centre, role=Role.SECRETARIAT) for name in ("Ada", "Axel", "Asta")
        )
        signed_in(asta)
        asked = [(signed_in(ada), *taken(axel)), (signed_in(axel), *taken(ada))]
        answers = meet(postgres, asked)
    assert answers == [HTTPStatus.FOUND, HTTPStatus.FOUND]
    assert administer(cast) == [asta]
