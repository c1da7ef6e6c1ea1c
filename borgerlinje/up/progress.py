"""What the person at the terminal sees: one line per thing that happened, with the time since the start."""

import sys
import time

PREFIX = "borgerlinje: "


class Progress:
    """Prints lines to stdout; a closed terminal does not stop the product."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    def say(self, text: str) -> None:
        """Print one line with the time in front."""
        self.show(f"{self.seconds:6.1f} s  {text}")

    def show(self, text: str) -> None:
        """Print text as it is."""
        try:
            print(text, flush=True)
        except OSError:
            sys.stdout = sys.stderr = open("/dev/null", "w")  # noqa: PTH123, SIM115 - kept open for good


def complain(text: str) -> None:
    """Print one line to stderr: what is wrong and what to do."""
    print(f"{PREFIX}{text}", file=sys.stderr, flush=True)
