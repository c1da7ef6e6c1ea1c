"""What every test may use. Nothing here starts before a test asks for it."""

from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling, Scheduling

pytest_plugins = ["tests.support.database", "tests.support.cast"]

# Folders whose tests start the whole product, in a browser or without: two products at once are too much for two cores.
_WHOLE = {"browser", "faults", "whole"}


class OneProduct(LoadScopeScheduling):  # type: ignore[misc] # the library has no types
    """Keeps the whole products in one of the workers, and a file's tests together, for they share what the first of them started."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return "product" if PurePosixPath(file).parent.name in _WHOLE else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Share the tests out (`pytest -n 2`)."""
    return OneProduct(config, log)
