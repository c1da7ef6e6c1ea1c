"""What every test may use. Nothing here starts before a test asks for it."""

import pytest

pytest_plugins = ["tests.support.database", "tests.support.cast"]

# Folders whose tests start the whole product, in a browser or without: two products at once are too much for two cores.
_WHOLE = {"browser", "faults", "whole"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests in one of the workers, for they share what it started, and the whole products too.

    First of all such hooks: the workers read these marks in one of their own.
    """
    for item in items:
        group = "product" if item.path.parent.name in _WHOLE else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))
