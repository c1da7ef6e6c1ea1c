"""A browser at the employee's desk."""

from collections.abc import Iterator

import pytest
from django.test import Client

from borgerlinje.kit import clock
from tests.desk.acts import HTMX
from tests.support.cast import Cast, later, user_of


@pytest.fixture
def web(cast: Cast) -> Iterator[Client]:
    client = Client(headers=HTMX)
    client.force_login(user_of(cast.employee), backend="django.contrib.auth.backends.ModelBackend")
    with clock.turned(later(10)):
        yield client
