"""What the tests of the console share: when it is, and who sets things up."""

from collections.abc import Iterator

import pytest
from django.test import Client

from borgerlinje.kit import clock
from borgerlinje.staff.roles import Role
from tests.console.staffing import signed_in
from tests.support.cast import NOW, Cast, make_employee


@pytest.fixture(autouse=True)
def _at_a_fixed_time() -> Iterator[None]:
    with clock.turned(NOW):
        yield


@pytest.fixture
def secretariat(cast: Cast) -> Client:
    """Sign in who sets up what the own authority houses; she answers for no centre herself."""
    return signed_in(make_employee("Sofie", cast.own, None, role=Role.SECRETARIAT))
