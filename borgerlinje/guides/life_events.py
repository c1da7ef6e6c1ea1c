"""What happens in a life, as citizens read it: a name, a sign, and what else is near."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from borgerlinje.guides.content import LifeEvent


@dataclass(frozen=True, slots=True)
class Event:
    """A life event as it is shown: `icon` is one of the house's signs."""

    code: LifeEvent
    name: Any
    icon: str


EVENTS: Final = tuple(
    Event(*each)
    for each in (
        (LifeEvent.HOME, _("Bolig og flytning"), "house"),
        (LifeEvent.BIRTH, _("At få barn"), "child"),
        (LifeEvent.CHILDREN, _("Børn og familie"), "people"),
        (LifeEvent.EDUCATION, _("Skole og uddannelse"), "edit"),
        (LifeEvent.WORK, _("Arbejde"), "work"),
        (LifeEvent.UNEMPLOYED, _("Uden arbejde"), "flag"),
        (LifeEvent.ILLNESS, _("Sygdom og sundhed"), "heart"),
        (LifeEvent.DISABILITY, _("Handicap"), "star"),
        (LifeEvent.PENSION, _("Pension og alderdom"), "pension"),
        (LifeEvent.COUPLE, _("Par og ægteskab"), "plus"),
        (LifeEvent.DIVORCE, _("Skilsmisse"), "split"),
        (LifeEvent.DEATH, _("Når nogen dør"), "flower"),
        (LifeEvent.MONEY, _("Penge, skat og gæld"), "check"),
        (LifeEvent.DIGITAL, _("MitID og Digital Post"), "key"),
        (LifeEvent.TRAVEL, _("Rejser og udlandet"), "plane"),
        (LifeEvent.TRANSPORT, _("Bil, cykel og parkering"), "pin"),
        (LifeEvent.TO_DENMARK, _("Ny i Danmark"), "arrow"),
        (LifeEvent.FROM_DENMARK, _("Væk fra Danmark"), "ext"),
        (LifeEvent.SURROUNDINGS, _("Affald, byggeri og miljø"), "house"),
        (LifeEvent.LEISURE, _("Fritid og kultur"), "star"),
        (LifeEvent.DEMOCRACY, _("Valg, klage og rettigheder"), "info"),
        (LifeEvent.BUSINESS, _("Virksomhed"), "window"),
    )
)
BY_CODE: Final = {str(event.code): event for event in EVENTS}
