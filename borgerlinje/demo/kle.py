"""The demo's subject plan: invented numbers after the pattern of KLE, and the guides numbered by them. None of it is KL's."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from borgerlinje.demo.subjects import SUBJECTS
from borgerlinje.guides.kle import Plan, read_plan
from borgerlinje.guides.kle_plan import do_take_plan
from borgerlinje.guides.markdown import Read
from borgerlinje.guides.models import KleEntry
from borgerlinje.kit import clock
from borgerlinje.kit.errors import BorgerlinjeError

FILE: Final = Path(__file__).parent / "kle_invented.xml"


class KleFileError(BorgerlinjeError):
    """The demo's own plan is none."""

    code = "kle_file"


def create() -> None:
    """Take the invented plan into use where there is none. Raises KleFileError."""
    if not KleEntry.objects.exists():
        do_take_plan(_plan(), today=clock.today(), is_demo=True)


def numbered(guide: Read) -> Read:
    """Return one of the demo's guides with the invented number of its subject."""
    title = next((f"Demo: {subject.name}" for subject in SUBJECTS if subject.code == guide.subject), "")
    return replace(guide, kle=next((entry.number for entry in _plan().entries if entry.title == title), ""))


@cache
def _plan() -> Plan:
    plan, faults = read_plan(FILE.read_bytes())
    if plan is None:
        raise KleFileError(f"{FILE.name}: {' '.join(faults)}")
    return plan
