"""How a trunk and a telephone server are doing, in words. Pure but for the rows it is given."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils.translation import gettext as _

from borgerlinje.channels.phone.models import Server, Trunk, TrunkState
from borgerlinje.channels.phone.network.servers import ALIVE
from borgerlinje.kit import clock

Kind = Literal["good", "bad", "quiet"]
_STALE = timedelta(seconds=45)


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of something: whether it is well, in a word, and what to do where it is not."""

    kind: Kind
    text: str
    advice: str = ""


def of_trunk(trunk: Trunk, state: TrunkState, *, now: datetime) -> Said:
    """Say how a trunk is doing as one server sees it."""
    if now - state.seen_at > _STALE:
        at = f"{state.seen_at.astimezone(clock.COPENHAGEN):%H.%M}"
        return Said("bad", _("Ingen melding siden kl. %(at)s") % {"at": at}, _("Se, om telefonserveren er i gang."))
    if state.fault == TrunkState.Fault.SEALED:
        return Said(
            "bad", _("Adgangskoden kan ikke læses"), _("Læg nøglefilen på serveren, eller skriv adgangskoden igen.")
        )
    if state.fault == TrunkState.Fault.REFUSED:
        return Said("bad", _("Indstillingerne kan ikke bruges"), _("Kontrollér adressen og nettene."))
    return _registration(state) if trunk.registers else _reachable(state)


def _registration(state: TrunkState) -> Said:
    kinds = TrunkState.Registration
    match state.registration:
        case kinds.REGISTERED:
            return Said("good", _("Tilmeldt"))
        case kinds.REJECTED:
            return Said(
                "bad", _("Afvist af udbyderen"), _("Kontrollér brugernavn, adgangskode og domæne. Der prøves igen.")
            )
        case kinds.UNANSWERED:
            return Said(
                "bad",
                _("Intet svar fra udbyderen"),
                _("Kontrollér adresse, port, transport, certifikat og firewall. Der prøves igen."),
            )
    reached = _reachable(state)
    return Said(reached.kind, reached.text, _("Om tilmeldingen er taget, kan ikke ses herfra."))


def _reachable(state: TrunkState) -> Said:
    if state.is_reachable:
        return Said("good", _("Udbyderen svarer"))
    return Said(
        "bad",
        _("Udbyderen svarer ikke endnu"),
        _("Det spørges hvert 15. sekund. Kontrollér adresse, port, transport og firewall."),
    )


def of_server(server: Server, *, now: datetime) -> Said:
    """Say whether a telephone server is there."""
    if now - server.seen_at <= ALIVE:
        return Said("good", _("I gang"))
    at = f"{server.seen_at.astimezone(clock.COPENHAGEN):%d-%m-%Y %H.%M}"
    return Said("bad", _("Ikke set siden %(at)s") % {"at": at}, _("Nye opkald går til de andre servere."))
