"""One line per step of set-up, with what it found and how long it took."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

WORTH_TELLING_SECONDS = 0.1
SECONDS_PER_DOT = 3


class SetupError(Exception):
    """A part cannot be had; the text is one line that says how to mend it."""


@dataclass
class Step:
    """What a step tells when it ends."""

    said: str = "done"
    warned: bool = False

    def say(self, text: str) -> None:
        """Set the text that ends the step's line."""
        self.said = text

    def warn(self, text: str) -> None:
        """End the step without its part; the product starts without it."""
        self.said = text
        self.warned = True


@dataclass
class Progress:
    """The progress of one run of set-up.

    With `require_all` a step that ends with a warning fails the run, so that no test is
    skipped for want of a part.
    """

    require_all: bool = False
    started: float = field(default_factory=time.monotonic)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Print `name`, run the body, and end the line with what the body said."""
        step = Step()
        begun = time.monotonic()
        self._write(f"  {name:<22} ", end="")
        try:
            with self._dots():
                yield step
        except SetupError:
            self._write("failed")
            raise
        if step.warned and self.require_all:
            self._write("failed")
            raise SetupError(f"{name}: {step.said}")
        took = time.monotonic() - begun
        tail = f" ({took:.1f} s)" if took >= WORTH_TELLING_SECONDS else ""
        self._write(f"{'missing: ' if step.warned else ''}{step.said}{tail}")

    @contextmanager
    def _dots(self) -> Iterator[None]:
        """Print a dot now and then, so that a long download is not taken for a standstill."""
        over = threading.Event()

        def tick() -> None:
            while not over.wait(SECONDS_PER_DOT):
                self._write(". ", end="")

        ticking = threading.Thread(target=tick, daemon=True)
        ticking.start()
        try:
            yield
        finally:
            over.set()
            ticking.join()

    def total(self) -> float:
        """Tell how many seconds this run has taken."""
        return time.monotonic() - self.started

    def _write(self, text: str, *, end: str = "\n") -> None:
        sys.stdout.write(text + end)
        sys.stdout.flush()
