"""A browser at the employee's desk, and who else is there."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.test import Client

from borgerlinje.channels.phone.models import OutgoingPolicy, Trunk
from borgerlinje.kit import clock
from tests.desk.acts import HTMX, get, talking
from tests.support.cast import Cast, later, user_of


@pytest.fixture
def web(cast: Cast) -> Iterator[Client]:
    client = Client(headers=HTMX)
    client.force_login(user_of(cast.employee), backend="django.contrib.auth.backends.ModelBackend")
    with clock.turned(later(10)):
        yield client


@pytest.fixture
def contact_id(cast: Cast, web: Client) -> UUID:
    """Let the employee talk with a citizen."""
    get(web, "/bord/")
    return talking(cast, cast.employee)


@pytest.fixture
def colleague_web(cast: Cast) -> Client:
    """Let the colleague sit at a desk of their own, ready."""
    client = Client(headers=HTMX)
    client.force_login(user_of(cast.colleague), backend="django.contrib.auth.backends.ModelBackend")
    cast.ready(cast.colleague)
    return client


@pytest.fixture
def network(cast: Cast) -> Trunk:
    """Let calls go out by a provider, also to the demo's numbers."""
    OutgoingPolicy.objects.create(centre=cast.centre, countries=["DK"], allowed_prefixes=["000"])
    return Trunk.objects.create(name="prøve", host="127.0.0.1")
