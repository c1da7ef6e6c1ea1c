"""What the demo's telephone can do besides ringing at an employee: specialists, an agreement on overflow, what may be called.

The units and what they help with are of the kinds that municipalities have; their numbers are invented (000…, which nobody has), and so is
the agreement. How a number answers is decided by its last digit (`demo.network`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Final

from borgerlinje.channels.phone.models import OutgoingPolicy
from borgerlinje.cooperation.models import Authority, Centre
from borgerlinje.lines.models import Line, Overflow, Specialist

CALLBACK_AFTER_SECONDS: Final = 60
AGREED: Final = "Demo: opdigtet aftale"
INVENTED_PREFIX: Final = "0000"
# From one centre to the other, whose robots know how to help there.
_OVERFLOW_FROM, _OVERFLOW_TO, _OVERFLOW_AFTER_SECONDS = "hotline", "1881", 180


@dataclass(frozen=True, slots=True)
class UnitFact:
    """A unit of specialists: of the authority with this code, or ("") of all. Without `opens` it is always there."""

    code: str
    name: str
    about: str
    digits: str
    opens: str = ""
    closes: str = ""


UNITS: Final = (
    UnitFact("370", "Sygesikring", "Sygesikring, kort, lægevalg", "00004371"),
    UnitFact("370", "Borgerservice", "Pas, kørekort, kort uden MitID", "00004372"),
    UnitFact("370", "Omstilling", "Alt andet i kommunen", "00004373"),
    UnitFact("330", "Sygesikring", "Sygesikring, kort, lægevalg", "00004331"),
    UnitFact("330", "Borgerservice", "Pas, kørekort, kort uden MitID (i demoen altid optaget)", "00004337"),
    UnitFact("330", "Omstilling", "Alt andet i kommunen", "00004333"),
    UnitFact("", "Pension", "Folkepension, ATP", "00004001", "08:00", "15:00"),
)


def create(centres: Sequence[Centre], authorities: Mapping[str, Authority], *, from_on: date) -> None:
    """Store what is missing; what is there stays as it is."""
    for centre in centres:
        rules = {"countries": ["DK"], "allowed_prefixes": [INVENTED_PREFIX]}
        OutgoingPolicy.objects.get_or_create(centre=centre, defaults=rules)
    for unit in UNITS:
        _unit(unit, authorities.get(unit.code))
    Overflow.objects.get_or_create(
        line=Line.objects.get(slug=_OVERFLOW_FROM),
        to_line=Line.objects.get(slug=_OVERFLOW_TO),
        defaults={"after_seconds": _OVERFLOW_AFTER_SECONDS, "from_on": from_on, "agreed": AGREED},
    )


def _unit(fact: UnitFact, authority: Authority | None) -> None:
    Specialist.objects.get_or_create(
        digits=fact.digits,
        defaults={
            "authority": authority,
            "name": fact.name,
            "about": fact.about,
            "opens": time.fromisoformat(fact.opens) if fact.opens else None,
            "closes": time.fromisoformat(fact.closes) if fact.closes else None,
            "is_demo": True,
        },
    )
