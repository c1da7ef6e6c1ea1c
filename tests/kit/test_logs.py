import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from borgerlinje.kit import logs


@pytest.fixture(autouse=True)
def configured() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.configure("test")
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    root.handlers[:], root.level = handlers, level


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_own_line_keeps_contact_and_blanks_person(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("test")
    structlog.get_logger("phone").info(
        "call_arrived", contact="0190-77", caller_number="+4512345678", more={"name": "Ida"}
    )
    (line,) = lines(capsys)
    assert line["event"] == "call_arrived"
    assert line["contact"] == "0190-77"
    assert line["process"] == "test"
    assert line["caller_number"] == logs.BLANK
    assert line["more"] == {"name": logs.BLANK}


def test_exception_keeps_type_and_place_and_loses_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("test")
    try:
        int("12 34 56 78 of ida@example.dk")
    except ValueError:
        structlog.get_logger("phone").exception("failed")
    (line,) = lines(capsys)
    assert line["error"] == "ValueError"
    assert line["error_says"] == f"invalid literal for int() with base 10: '{logs.BLANK} of {logs.BLANK}'"
    assert "test_logs.py" in str(line["error_at"])


def test_line_of_a_library_is_json_and_scrubbed(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("test")
    logging.getLogger("somebody").warning("called %s", "0101901234", extra={"email": "ida@example.dk"})
    (line,) = lines(capsys)
    assert line["event"] == f"called {logs.BLANK}"
    assert line["logger"] == "somebody"
    assert line["email"] == logs.BLANK


@pytest.mark.parametrize(
    "kept", ["2026-11-21T10:00:00", "0190f3c2-1111-7abc-8def-001122334455", "port 8000", "1.234 ms"]
)
def test_identifiers_times_and_figures_stay(kept: str) -> None:
    assert logs.scrub(kept) == kept
