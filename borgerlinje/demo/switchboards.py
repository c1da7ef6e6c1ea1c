"""When the demo's members answer their own main numbers, for the coverage map. All of it is assumed: no source says so."""

from collections.abc import Mapping
from typing import Final

from borgerlinje.cooperation.models import Authority
from borgerlinje.lines import spans
from borgerlinje.lines.hours import Span
from borgerlinje.lines.models import SwitchboardHours

# Monday to Friday, each day's openings as people write them. An authority that is not here has none written.
_LONG_THURSDAY: Final = ("9–15", "9–15", "9–15", "9–17", "9–13")
_HOURS: Final = {
    "370": _LONG_THURSDAY,
    "330": ("8.30–15", "8.30–15", "8.30–15", "8.30–17", "8.30–12"),
    "316": ("9–12, 13–15", "9–12, 13–15", "", "9–12, 13–17", "9–12"),
    "340": _LONG_THURSDAY,
    "320": ("9–14", "9–14", "9–14", "9–17.30", "9–13"),
    "329": ("10–15", "10–15", "10–15", "10–17", "10–13"),
    "350": _LONG_THURSDAY,
    "101": ("8–16", "8–16", "8–16", "8–16", "8–15"),
}


def create(authorities: Mapping[str, Authority]) -> None:
    """Store what is missing; an authority with hours of any kind keeps them."""
    for code, week in _HOURS.items():
        authority = authorities[code]
        if not authority.switchboard_hours.exists():
            SwitchboardHours.objects.bulk_create(
                _row(authority, weekday, span) for weekday, day in enumerate(week) for span in spans.read(day)
            )


def _row(authority: Authority, weekday: int, span: Span) -> SwitchboardHours:
    opens, closes = span
    return SwitchboardHours(authority=authority, weekday=weekday, opens=opens, closes=closes, is_demo=True)
