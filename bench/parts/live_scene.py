"""Who looks on in the measurement of the live stream: employees of one centre, each signed in, and its service lines."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

LINES, PROBES = 20, range(8)


@dataclass(frozen=True)
class Scene:
    """Sessions as cookies, topics that all of them hear (the first, `PROBES`, change seldom), and a process's surroundings."""

    cookies: Sequence[str]
    topics: Sequence[str]
    environment: dict[str, str]
    database_url: str


def make_scene(database_url: str, streams: int) -> Scene:
    """Make the tables and the people in the database that the environment names; `database_url` is for who hints."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "borgerlinje.settings", "BORGERLINJE_DATABASE_ROLE": "bl_owner"}
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections, transaction

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        keys, lines = _store(streams)
    connections.close_all()
    cookies = [f"{settings.SESSION_COOKIE_NAME}={key}" for key in keys]
    environment = {**os.environ, "BORGERLINJE_DATABASE_ROLE": "bl_web"}
    return Scene(cookies, [*(f"line:{line}" for line in lines), "queue"], environment, database_url)


def _store(streams: int) -> tuple[list[str], list[int]]:
    from borgerlinje.lines.models import Line
    from borgerlinje.staff.models import Employee, EmployeeCentre, RoleAssignment, User
    from borgerlinje.staff.roles import Role
    from tests.support.cast import LONG_AGO, store_cast

    cast = store_cast()
    shared = {"owner": cast.own, "centre": cast.centre, "skill": cast.skill}
    lines = Line.objects.bulk_create(
        Line(slug=f"line-{number}", name=f"Line {number}", greeting_text="-", closed_text="-", **shared)
        for number in range(LINES + len(PROBES))
    )
    users = User.objects.bulk_create(
        User(email=f"{number}@example.org", password=f"!{number}") for number in range(streams)
    )
    at_home = {"employer": cast.own, "from_on": LONG_AGO, "initial": "E"}
    employees = Employee.objects.bulk_create(Employee(user=user, given_name="Employee", **at_home) for user in users)
    EmployeeCentre.objects.bulk_create(
        EmployeeCentre(employee=employee, centre=cast.centre, from_on=LONG_AGO) for employee in employees
    )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user=user, authority=cast.own, role=Role.EMPLOYEE.value, from_on=LONG_AGO) for user in users
    )
    return _sign_in(users), [line.pk for line in lines]


def _sign_in(users: Sequence["User"]) -> list[str]:  # type: ignore[name-defined] # noqa: F821 - Django is set up by now only
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    from borgerlinje.kit import clock

    store, until = SessionStore(), clock.now() + timedelta(hours=1)
    sessions = [
        Session(
            session_key=f"{number:032d}",
            session_data=store.encode(
                {
                    SESSION_KEY: str(user.pk),
                    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                    HASH_SESSION_KEY: user.get_session_auth_hash(),
                }
            ),
            expire_date=until,
        )
        for number, user in enumerate(users)
    ]
    Session.objects.bulk_create(sessions)
    return [session.session_key for session in sessions]
