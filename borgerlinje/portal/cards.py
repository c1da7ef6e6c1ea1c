"""What a citizen is told of a line: its number, whether it is open, and how long the wait is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.template.defaultfilters import date as format_date
from django.utils.formats import get_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from borgerlinje.cooperation.models import Authority
from borgerlinje.lines import numbers, queries
from borgerlinje.lines.expected_wait import NO_WAIT, Estimate, Flow, newcomer, span, words
from borgerlinje.lines.hours import COPENHAGEN, Status
from borgerlinje.lines.models import Line
from borgerlinje.portal import callback_times
from borgerlinje.portal.clock_words import DAYS_IN_A_WEEK, closing_hour, hour
from borgerlinje.portal.dialling import Number, digits_for, numbers_here
from borgerlinje.portal.week import Day, week


@dataclass(frozen=True, slots=True)
class Card:
    """One line as it is shown; `digits` is the number to call, `place` the authority whose citizens it is for.

    `callback_text` is what its button to be called back says (empty: there is none).
    """

    line: Line
    place: Authority | None
    digits: str
    other_digits: tuple[str, ...]
    status: Status
    state_text: str
    wait_text: str
    hours: tuple[Day, ...]
    callback_text: str = ""

    @property
    def shown(self) -> str:
        """The number as one reads it."""
        return numbers.display(self.digits)

    @property
    def today(self) -> Day | None:
        """Today's hours; None for a line that never closes."""
        return self.hours[0] if self.hours else None

    @property
    def href(self) -> str:
        """The address that makes a phone call the number."""
        return f"tel:+45{self.digits}" if len(self.digits) == len("46313020") else f"tel:{self.digits}"


def card(
    line: Line,
    *,
    place: Authority | None,
    at: datetime,
    load: Flow | None = None,
    numbers_of_line: Sequence[Number] = (),
) -> Card:
    """Describe a line for citizens of `place` (None: for anybody) at an aware instant; what is not given with it is asked for."""
    status = queries.line_status(line, at=at)
    digits, *others = digits_for(numbers_of_line or numbers_here(line, place), place)
    wait = newcomer(load or queries.load(line.pk, at=at)) if status.is_open else None
    return Card(
        line,
        place,
        digits,
        tuple(numbers.display(other) for other in others),
        status,
        state_text(status, at),
        wait_text(wait) if status.is_open else "",
        week(line, at),
        callback_times.button(line, status, wait, at),
    )


def state_text(status: Status, at: datetime) -> str:
    """Say whether the line is open, and until when or from when."""
    if status.is_open:
        if status.is_held_open:
            return _("Åbent nu. Vi holder ekstra åbent")
        if status.closes_at is None:
            return _("Åbent nu, hele døgnet")
        return _("Åbent nu, til kl. %(time)s") % {"time": closing_hour(status.closes_at)}
    if status.opens_at is None:
        return _("Lukket")
    days = (status.opens_at.astimezone(COPENHAGEN).date() - at.astimezone(COPENHAGEN).date()).days
    words = {"time": hour(status.opens_at), "day": format_date(status.opens_at.astimezone(COPENHAGEN), "l")}
    words["date"] = format_date(status.opens_at.astimezone(COPENHAGEN), get_format("MONTH_DAY_FORMAT"))
    if days == 0:
        text = _("Lukket nu. Vi åbner i dag kl. %(time)s")
    elif days == 1:
        text = _("Lukket nu. Vi åbner i morgen, %(day)s, kl. %(time)s")
    elif days < DAYS_IN_A_WEEK:
        text = _("Lukket nu. Vi åbner %(day)s kl. %(time)s")
    else:
        text = _("Lukket nu. Vi åbner %(day)s den %(date)s kl. %(time)s")
    return text % words


def wait_text(estimate: Estimate | None) -> str:
    """Say how long the wait is, no more exactly than is known."""
    if estimate == NO_WAIT:
        return _("Ingen ventetid lige nu")
    found = span(estimate)
    if found is None:
        return _("Ventetiden kendes ikke lige nu")
    return _("Ventetid lige nu: %(wait)s") % {"wait": words(found, get_language() or "da")}
