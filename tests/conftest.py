"""What every test may use. Nothing here starts before a test asks for it."""

from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling, Scheduling

pytest_plugins = ["tests.support.database", "tests.support.cast"]

# Folders whose tests start the whole product, in a browser or without: two products at once are too much for two cores.
_WHOLE = {"browser", "faults", "whole"}
# What these folders test runs in other processes, some of them not ours, on machines that may be busy with something else.
_REAL = {*_WHOLE, "telephone"}


class OneProduct(LoadScopeScheduling):  # type: ignore[misc] # the library has no types
    """Keeps the whole products in one of the workers, and a file's tests together, for they share what the first of them started."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return "product" if PurePosixPath(file).parent.name in _WHOLE else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Share the tests out (`pytest -n 2`)."""
    return OneProduct(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a failed test of the real parts run once more. The summary counts it ("rerun"): one that needs it often is to be mended."""
    for item in items:
        if item.path.parent.name in _REAL:
            item.add_marker(pytest.mark.flaky(reruns=1))
