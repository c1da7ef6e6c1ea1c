"""Metrics of all processes at one address.

Each process counts in memory-mapped files of its own (prometheus-client's multi-process mode, under
`run/metrics`), and `/metrics` adds them up. `use_folder` must come before the first metric is made,
hence before prometheus_client is imported anywhere: `cli.py` calls it first thing.
"""

import os
from pathlib import Path

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
KEPT = ("counter_", "histogram_", "summary_")


def use_folder(folder: Path) -> None:
    """Count into files in this folder, to be added up with those of the other processes."""
    os.environ[FOLDER_VARIABLE] = str(folder)


def clear(folder: Path) -> None:
    """Forget all figures: the supervisor does so at its start, when nothing counts yet."""
    for file in folder.glob("*.db"):
        file.unlink(missing_ok=True)


def forget_process(folder: Path, pid: int) -> None:
    """Forget the live gauges of a process that ended; what it counted stays."""
    for file in folder.glob(f"gauge_live*_{pid}.db"):
        file.unlink(missing_ok=True)


def page() -> tuple[bytes, str]:
    """Return the figures of all processes and their content type, as Prometheus reads them."""
    from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    if FOLDER_VARIABLE not in os.environ:
        return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST
