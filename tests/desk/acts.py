"""What happens at a desk before a test looks at it, and requests as the web's own database role."""

from uuid import UUID

from django.db import connection
from django.test import Client

from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch.actions import do_offer
from borgerlinje.dispatch.matching import Match
from borgerlinje.dispatch.models import Presence
from borgerlinje.kit.database import run
from borgerlinje.staff.models import Employee
from tests.support.cast import NOW, Cast, later
from tests.support.database import as_web

HTMX = {"HX-Request": "true"}


def post(client: Client, path: str, **values: str):
    with as_web():
        return client.post(path, values)


def get(client: Client, path: str):
    with as_web():
        return client.get(path)


def offered(cast: Cast, employee: Employee, *, digits: str = "46313020") -> UUID:
    cast.ready(employee)
    contact_id = cast.arrive(digits)
    cast.event(contact_id, Event.GREETED)
    with connection.cursor() as cursor:
        run(do_offer([Match(contact_id, employee.pk, {"candidate_count": 1})], now=NOW), cursor)
    return contact_id


def talking(cast: Cast, employee: Employee, *, digits: str = "46313020") -> UUID:
    contact_id = offered(cast, employee, digits=digits)
    cast.event(contact_id, Event.ANSWERED, at=later(5))
    return contact_id


def wrapping_up(cast: Cast, employee: Employee) -> UUID:
    contact_id = talking(cast, employee)
    cast.event(contact_id, Event.CITIZEN_LEFT, at=later(9))
    return contact_id


def state(employee: Employee) -> str:
    return Presence.objects.get(employee=employee).state
