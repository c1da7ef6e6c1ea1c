"""When a line calls back, as a citizen chooses it and as it is said."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from borgerlinje.lines import queries
from borgerlinje.lines.call_times import Slot, next_open_at, slots
from borgerlinje.lines.expected_wait import Estimate
from borgerlinje.lines.hours import Status
from borgerlinje.lines.models import Line
from borgerlinje.portal.clock_words import closing_hour, day_and_date, day_name, hour

DAYS = 3
SOON = ""


@dataclass(frozen=True, slots=True)
class Day:
    """The hours of one day that can be chosen: value and words of each."""

    name: str
    hours: tuple[tuple[str, str], ...]


def is_offered(line: Line, *, is_open: bool) -> bool:
    """Tell whether a line promises to call back now: while it is open, or while it is closed, as its own rules say."""
    return line.callback_after_seconds is not None if is_open else line.when_closed == Line.Otherwise.CALLBACK


def button(line: Line, status: Status, estimate: Estimate | None, at: datetime) -> str:
    """Return what the line's card offers: to be called when it opens, or when the wait is long; empty when there is no need."""
    if not is_offered(line, is_open=status.is_open):
        return ""
    if status.is_open:
        is_long = estimate is not None and estimate.high_seconds > (line.callback_after_seconds or 0)
        return _("Bliv ringet op i stedet") if is_long else ""
    return _("Bliv ringet op %(day)s") % {"day": day_name(status.opens_at, at)} if status.opens_at else ""


def days(line: Line, at: datetime) -> list[Day]:
    """Return the hours a citizen can choose from."""
    found: dict[str, list[tuple[str, str]]] = {}
    for slot in slots(queries.schedule(line, at=at), at, days=DAYS):
        found.setdefault(_day(slot.from_at, at), []).append((value_of(slot), span(slot.from_at, slot.to_at)))
    return [Day(name, tuple(hours)) for name, hours in found.items()]


def value_of(slot: Slot) -> str:
    """Return how a form names a slot."""
    return slot.from_at.astimezone(UTC).strftime("%Y%m%dT%H%MZ")


def chosen(line: Line, value: str, at: datetime) -> Slot | None:
    """Return the slot a form names; None when it cannot be chosen (any more)."""
    return next((slot for slot in slots(queries.schedule(line, at=at), at, days=DAYS) if value_of(slot) == value), None)


def soon(line: Line, at: datetime) -> str:
    """Say when "as soon as possible" is."""
    opens_at = next_open_at(queries.schedule(line, at=at), at)
    if opens_at is None or opens_at <= at:
        return _("Så snart det bliver din tur")
    when = {"day": day_name(opens_at, at), "time": hour(opens_at)}
    return _("Når vi åbner %(day)s kl. %(time)s, og det bliver din tur") % when


def when(due_at: datetime | None, at: datetime) -> str:
    """Say when somebody is called."""
    if due_at is None or due_at <= at:
        return _("Vi ringer, så snart det bliver din tur.")
    words = {"day": _day(due_at, at), "time": hour(due_at)}
    return _("Vi ringer %(day)s, tidligst kl. %(time)s.") % words


def span(from_at: datetime, to_at: datetime) -> str:
    """Write two times of day: `14–15`."""
    return _("kl. %(first)s–%(last)s") % {"first": hour(from_at), "last": closing_hour(to_at)}


def _day(moment: datetime, at: datetime) -> str:
    """Name a day that somebody makes an appointment for: today and tomorrow by their date too."""
    name, full = day_name(moment, at), day_and_date(moment)
    return full if full.startswith(name) else f"{name}, {full}"


def slot_words(slot: Slot, at: datetime) -> str:
    """Say what hour was chosen."""
    return f"{_day(slot.from_at, at)}, {span(slot.from_at, slot.to_at)}"
