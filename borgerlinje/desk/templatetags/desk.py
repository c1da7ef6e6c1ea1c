"""What a contact and its people are doing, in words."""

from django import template
from django.utils.translation import gettext as _

from borgerlinje.contacts.models import Contact, ContactEvent
from borgerlinje.kit import clock
from borgerlinje.lines import numbers

register = template.Library()

_DOTS = {
    "ready": "ready",
    "offered": "busy",
    "talking": "busy",
    "wrap_up": "after",
    "paused": "pause",
    "not_answering": "missed",
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
    return ((contact.ended_at or clock.now()) - contact.answered_at).total_seconds()


@register.filter
def is_late(contact: Contact) -> bool:
    """Tell whether a contact has waited longer than its line's target."""
    return contact.state in {"waiting", "offered"} and (waited(contact) or 0) > contact.line.target_seconds


@register.simple_tag
def doing(contact: Contact) -> str:
    """Say what happens to a contact now."""
    return {
        "arrived": _("Hører velkomsten"),
        "waiting": _("Venter på en, der kan linjen"),
        "offered": _("Ringer hos en medarbejder"),
        "connected": _("I samtale"),
    }.get(contact.state, "")


@register.simple_tag
def happened(event: ContactEvent) -> str:
    """Say what happened, in the past tense."""
    who = {"who": event.employee or ""}
    return {
        "arrived": _("Ringede op."),
        "greeted": _("Hørte velkomsten og kom i kø."),
        "offered": _("Ringede hos %(who)s") % who,
        "offer_expired": _("Blev ikke besvaret i tide hos %(who)s") % who,
        "offer_declined": _("Kunne ikke tages af %(who)s") % who,
        "offer_failed": _("Telefonen hos %(who)s kunne ikke nås.") % who,
        "answered": _("Besvaret af %(who)s") % who,
        "citizen_left": _("Borgeren lagde på."),
        "employee_left": _("Medarbejderen lagde på."),
        "technical_fault": _("Opkaldet blev afbrudt af en teknisk fejl."),
        "completed": _("Lukket."),
    }.get(event.name, event.name)
