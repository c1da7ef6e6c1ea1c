"""What a contact and its people are doing, in words."""

from django import template
from django.utils.translation import gettext as _

from borgerlinje.contacts.lifecycle import Event, State
from borgerlinje.contacts.models import Contact, ContactEvent
from borgerlinje.desk import queries
from borgerlinje.kit import clock
from borgerlinje.lines import numbers

register = template.Library()
register.filter(queries.stage_since)

_DOTS = {
    "ready": "ready",
    "offered": "busy",
    "talking": "busy",
    "wrap_up": "after",
    "paused": "pause",
    "not_answering": "missed",
    "connection_lost": "lost",
}


@register.filter
def phone(digits: str) -> str:
    """Write a number as one reads it."""
    return numbers.display(digits)


@register.filter
def masked(digits: str) -> str:
    """Write a caller's number with its last half hidden."""
    return numbers.masked(digits)


@register.filter
def dot(state: str) -> str:
    """Return the shape that stands for an employee's state."""
    return _DOTS.get(state, "off")


@register.filter
def waited(contact: Contact) -> float | None:
    """Return how long a contact waited, or waits, in seconds; None before its greeting ended."""
    if contact.waiting_since is None:
        return None
    return ((contact.answered_at or contact.ended_at or clock.now()) - contact.waiting_since).total_seconds()


@register.filter
def talked(contact: Contact) -> float | None:
    """Return how long the conversation lasted in seconds; None when there was none."""
    if contact.answered_at is None:
        return None
    return ((contact.transferred_at or contact.ended_at or clock.now()) - contact.answered_at).total_seconds()


@register.filter
def is_late(contact: Contact) -> bool:
    """Tell whether a contact has waited longer than its line's target."""
    return (
        contact.state in {"waiting", "offered"}
        and not contact.is_callback
        and (waited(contact) or 0) > contact.line.target_seconds
    )


@register.simple_tag
def doing(contact: Contact) -> str:
    """Say what happens to a contact now."""
    return {
        State.ARRIVED: _("Hører velkomsten"),
        State.IN_MENU: _("Vælger i telefonmenuen"),
        State.WAITING: _("Venter på en, der kan linjen"),
        State.OFFERED: _("Ringer hos en medarbejder"),
        State.CONNECTED: _("I samtale"),
        State.HELD: _("På hold"),
        State.CONSULTING: _("På hold, mens en kollega spørges"),
        State.THREE_WAY: _("I samtale med en kollega til"),
        State.TRANSFERRED: _("Viderestillet"),
        State.CALLBACK: _("Venter på at blive ringet op"),
        State.CALLING_BACK: _("Bliver ringet op"),
        State.VOICEMAIL: _("Indtaler en besked"),
        State.WRAP_UP: _("Efterbehandling"),
        State.CLOSED: _("Lukket"),
    }.get(State(contact.state), "")


@register.simple_tag
def promised(contact: Contact) -> str:
    """Say why a citizen is to be called back."""
    if contact.origin_id:
        return _("Lovet tilbagekald efter teknisk fejl")
    if any(event.name == Event.MESSAGE_LEFT for event in contact.events.all()):
        return _("Har indtalt en besked")
    return _("Har bedt om at blive ringet op")


@register.simple_tag
def happened(event: ContactEvent) -> str:
    """Say what happened, in the past tense."""
    who = {"who": event.employee or ""}
    if event.name == "citizen_left" and event.to_state == State.CALLBACK:
        return _("Borgeren lagde på og venter på at blive ringet op.")
    if event.name == "offered" and event.from_state == State.CALLBACK:
        return _("Tilbagekaldet gik til %(who)s") % who
    if event.name == "answered" and event.to_state == State.CALLING_BACK:
        return _("%(who)s ringer op.") % who
    return {
        "arrived": _("Ringede op."),
        "line_closed": _("Linjen var lukket."),
        "menu_entered": _("Hørte telefonmenuen."),
        "menu_chosen": _("Valgte i telefonmenuen og kom i kø."),
        "greeted": _("Hørte velkomsten og kom i kø."),
        "overflowed": _("Blev sendt videre, fordi ingen kunne svare."),
        "offered": _("Ringede hos %(who)s") % who,
        "offer_expired": _("Blev ikke besvaret i tide hos %(who)s") % who,
        "offer_declined": _("Kunne ikke tages af %(who)s") % who,
        "offer_failed": _("Telefonen hos %(who)s kunne ikke nås.") % who,
        "answered": _("Besvaret af %(who)s") % who,
        "held": _("Sat på hold."),
        "retrieved": _("Taget af hold."),
        "consult_started": _("Sat på hold, mens en kollega blev spurgt."),
        "joined": _("En kollega kom med i samtalen."),
        "party_left": _("Kollegaen forlod samtalen."),
        "transferred": _("Viderestillet."),
        "transfer_failed": _("Viderestillingen lykkedes ikke; tilbage i køen."),
        "requeued": _("Sat tilbage i køen af %(who)s") % who,
        "callback_asked": _("Bad om at blive ringet op."),
        "callback_offered": _("Lovet tilbagekald efter teknisk fejl."),
        "callback_cancelled": _("Tilbagekaldet blev aflyst."),
        "citizen_reached": _("Borgeren blev ringet op."),
        "citizen_unreached": _("Borgeren svarede ikke."),
        "voicemail_started": _("Begyndte at indtale en besked."),
        "message_left": _("Indtalte en besked."),
        "citizen_left": _("Borgeren lagde på."),
        "employee_left": _("Medarbejderen lagde på."),
        "employee_lost": _("Forbindelsen hos %(who)s forsvandt; borgeren beholdt sin plads i køen.") % who,
        "technical_fault": _("Opkaldet blev afbrudt af en teknisk fejl."),
        "home_corrected": _("Bopælskommunen blev rettet."),
        "completed": _("Lukket."),
    }.get(event.name, event.name)
