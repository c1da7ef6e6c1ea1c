"""Telephone menus: what a citizen can choose, read from JSON, checked, walked through, foreseen and changed. Pure."""

from borgerlinje.lines.menus.checking import Known, check, faults_of, sent_on
from borgerlinje.lines.menus.conditions import Condition, Moment, moment
from borgerlinje.lines.menus.faults import Fault, Wrong
from borgerlinje.lines.menus.foresight import Foreseen, Heard, Outcome, what_happens
from borgerlinje.lines.menus.reading import read, write
from borgerlinje.lines.menus.speaking import Spoken
from borgerlinje.lines.menus.tree import Action, Branch, Choice, Kind, Menu, Node, Patience, Place, Saying
from borgerlinje.lines.menus.walking import (
    Entered,
    Key,
    Listen,
    Out,
    Position,
    Say,
    Silence,
    Step,
    is_heard,
    step,
)

__all__ = [
    "Action",
    "Branch",
    "Choice",
    "Condition",
    "Entered",
    "Fault",
    "Foreseen",
    "Heard",
    "Key",
    "Kind",
    "Known",
    "Listen",
    "Menu",
    "Moment",
    "Node",
    "Out",
    "Outcome",
    "Patience",
    "Place",
    "Position",
    "Say",
    "Saying",
    "Silence",
    "Spoken",
    "Step",
    "Wrong",
    "check",
    "faults_of",
    "is_heard",
    "moment",
    "read",
    "sent_on",
    "step",
    "what_happens",
    "write",
]
