"""Write paths on Django's own connection: the request's transaction."""

from typing import TypeVar

from django.db import connection

from borgerlinje.kit.database import Steps, run

T = TypeVar("T")


def run_here(steps: Steps[T]) -> T:
    """Carry out a write path in the present transaction of Django's connection and return its result."""
    with connection.cursor() as cursor:
        return run(steps, cursor)
