"""Loaded by pytest before Django reads its settings: names the throw-away server of this run."""

import pytest

pytest.register_assert_rewrite("tests.support.database", "tests.support.cast")

from tests.support import database  # noqa: E402 - after the registration above

database.address_for_settings()
