"""What every test may use. Nothing here starts before a test asks for it."""

import pytest

pytest_plugins = ["tests.support.database", "tests.support.cast"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what starts the whole product in one of the workers: two products at once are too much for two cores."""
    for item in items:
        # The browser's tests are marked by a conftest of their own, which may come after this one.
        if item.get_closest_marker("whole") or "browser" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group("product"))
        else:
            # Tests of one file share what it started.
            item.add_marker(pytest.mark.xdist_group(item.location[0]))
