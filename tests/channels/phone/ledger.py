"""Calls that go out, asked for in a test: through Django's connection, or by many at once with commits of their own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, connections

from borgerlinje.channels.phone.models import OutgoingPolicy, Trunk
from borgerlinje.channels.phone.outgoing.ledger import do_begin_call
from borgerlinje.channels.phone.outgoing.policy import Allowed, Refusal
from borgerlinje.kit.database import Steps, T, run
from borgerlinje.kit.ids import uuid7
from tests.support.cast import NOW, Cast, store_cast
from tests.support.database import TestDatabase

CITIZEN = "46120000"


def do(steps: Steps[T]) -> T:
    """Carry out a write path on Django's connection."""
    with connection.cursor() as cursor:
        return run(steps, cursor)


def with_trunk(*, max_calls: int = 30, is_demo: bool = False) -> Trunk:
    """Give the world a way out to the telephone network."""
    return Trunk.objects.create(
        name="demo" if is_demo else "udbyder", host="sip.example", max_calls=max_calls, is_demo=is_demo
    )


def begin(contact_id: UUID, digits: str = CITIZEN, *, at: datetime = NOW, **more: Any) -> Allowed | Refusal:
    """Ask for a call, as the telephone does."""
    return do(begin_steps(contact_id, digits, at=at, **more))


def begin_steps(contact_id: UUID, digits: str, *, at: datetime = NOW, **more: Any) -> Steps[Allowed | Refusal]:
    """Return the write path that asks for a call."""
    asked: dict[str, Any] = {"purpose": "callback", "employee_id": None, "call_id": uuid7(at), "server": "a"}
    return do_begin_call(contact_id, digits=digits, now=at, **(asked | more))


def answers(given: Sequence[Allowed | Refusal]) -> list[str]:
    """Return what was answered, in an order: the numbers that are called, the reasons of the others."""
    return sorted(each.digits if isinstance(each, Allowed) else each.reason.value for each in given)


def at_once(database: TestDatabase, make: Sequence[Callable[[], Steps[T]]], *, role: str = "bl_engine") -> list[T]:
    """Carry out write paths at once, each in a transaction and a connection of its own, as several processes do."""

    def carry_out(steps: Callable[[], Steps[T]]) -> T:
        with database.cluster.connect(database.name, role) as mine, mine.transaction():
            return run(steps(), mine.cursor())

    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(carry_out, make))


def store(database: TestDatabase, blocker: Any, *, policy: dict[str, Any] | None = None) -> Cast:
    """Store the cast, a trunk and a policy in a database of the test's own, with commits."""
    default = connections["default"]
    before = default.settings_dict["NAME"]
    with blocker.unblock():
        default.close()
        default.settings_dict["NAME"] = database.name
        try:
            cast = store_cast()
            with_trunk(max_calls=2000)
            OutgoingPolicy.objects.create(centre=cast.centre, **(policy or {}))
            cast.contact_ids = [cast.wait() for _ in range(2)]  # type: ignore[attr-defined]
        finally:
            default.close()
            default.settings_dict["NAME"] = before
    return cast
