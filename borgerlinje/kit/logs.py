"""Structured logs: one JSON object per line on stderr, with contact ids and never personal data.

The supervisor sends each process's stderr to its file under `log/`. A key that could name a person is
blanked whatever its value, and texts of others (exceptions, libraries) lose what looks like a telephone
or CPR number or an address; a database error keeps its first line only, since the next ones quote rows.
"""

import logging
import re
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

BLANK = "[personal]"
PERSONAL_KEYS = frozenset(
    [
        "address",
        "birthday",
        "caller",
        "caller_id",
        "caller_name",
        "caller_number",
        "callerid",
        "citizen_name",
        "cpr",
        "email",
        "first_name",
        "given_name",
        "last_name",
        "message_text",
        "mobile",
        "name",
        "note",
        "number",
        "password",
        "phone",
        "phone_number",
        "secret",
        "subject_text",
        "surname",
        "text",
        "token",
        "transcript",
        "username",
    ]
)
# Eight digits and more, however they are grouped; letters and dashes around them make it an id instead.
_NUMBERS = re.compile(r"(?<![\w-])\+?\d(?:[ .-]?\d){7,}(?![\w-])")
_ADDRESSES = re.compile(r"[^\s<>\"']+@[^\s<>\"']+\.\w+")


def configure(process: str, *, level: int = logging.INFO) -> None:
    """Send this process's log lines, ours and the libraries', to stderr as JSON."""
    structlog.contextvars.bind_contextvars(process=process)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        blank_personal,
        describe_exception,
    ]
    structlog.configure(
        processors=[*_without_extra(shared), structlog.processors.JSONRenderer(default=str, ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    render = structlog.processors.JSONRenderer(default=str, ensure_ascii=False)
    meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_name_logger, *shared], processors=[meta, clean_event, render]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.INFO))
    for chatty in ("procrastinate", "aiohttp.access", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _without_extra(processors: list[Any]) -> list[Any]:
    """Leave out what reads a logging record: our own lines have none."""
    return [one for one in processors if not isinstance(one, structlog.stdlib.ExtraAdder)]


def _name_logger(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    event["logger"] = record.name
    return event


def blank_personal(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Blank every value under a key that could name a person, at any depth."""
    for key, value in event.items():
        if key in PERSONAL_KEYS and value is not None:
            event[key] = BLANK
        elif isinstance(value, dict):
            event[key] = blank_personal(None, "", dict(value))
    return event


def describe_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace exception information by its type, scrubbed first line and frames, without local variables."""
    given = event.pop("exc_info", None)
    if not given:
        return event
    error = given if isinstance(given, BaseException) else (given[1] if isinstance(given, tuple) else sys.exc_info()[1])
    if error is None:
        return event
    frames = traceback.extract_tb(error.__traceback__)
    event["error"] = type(error).__name__
    event["error_says"] = scrub(str(error).split("\n", 1)[0])
    event["error_at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
    return event


def clean_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Scrub the text of a library's log line: we did not choose its words."""
    event["event"] = scrub(str(event.get("event", "")))
    return event


def scrub(text: str) -> str:
    """Return the text without what looks like a telephone number, a CPR number or a mail address."""
    return _ADDRESSES.sub(BLANK, _NUMBERS.sub(BLANK, text))
