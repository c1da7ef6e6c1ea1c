"""The rows of service lines."""

from borgerlinje.lines.models.crisis import (
    Crisis,
    CrisisDuty,
    CrisisEntry,
    CrisisGuide,
    CrisisLine,
    CrisisLoan,
    CrisisMember,
)
from borgerlinje.lines.models.hours import OpeningPeriod, OpeningVersion, SpecialDay, SpecialPeriod, SwitchboardHours
from borgerlinje.lines.models.line import Line, LineNumber
from borgerlinje.lines.models.menus import MenuVersion, Sound
from borgerlinje.lines.models.pool import LineTask, Relaxation, Reservation, Subject, SubjectLink
from borgerlinje.lines.models.services import Notice, Overflow, Specialist

__all__ = [
    "Crisis",
    "CrisisDuty",
    "CrisisEntry",
    "CrisisGuide",
    "CrisisLine",
    "CrisisLoan",
    "CrisisMember",
    "Line",
    "LineNumber",
    "LineTask",
    "MenuVersion",
    "Notice",
    "OpeningPeriod",
    "OpeningVersion",
    "Overflow",
    "Relaxation",
    "Reservation",
    "Sound",
    "SpecialDay",
    "SpecialPeriod",
    "Specialist",
    "Subject",
    "SubjectLink",
    "SwitchboardHours",
]
