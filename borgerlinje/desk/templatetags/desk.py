"""What a contact and its people are doing, in words."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.channels.phone.outgoing.policy import Reason
from borgerlinje.channels.phone.outgoing.words import words
from borgerlinje.contacts.lifecycle import Event, State
from borgerlinje.contacts.models import Contact, ContactEvent
from borgerlinje.desk import queries
from borgerlinje.dispatch.models import Transfer, TransferEnd
from borgerlinje.dispatch.words import closed_as
from borgerlinje.kit import clock
from borgerlinje.kit.templatetags.kit import minutes
from borgerlinje.lines import numbers

register = template.Library()
register.filter(queries.stage_since)

# The first event of a contact that an employee began.
CALLED_OUT = "called_out"
_MINUTE = 60
_DOTS = {
    "ready": "ready",
    "offered": "busy",
    "talking": "busy",
    "wrap_up": "after",
    "paused": "pause",
    "not_answering": "missed",
    "connection_lost": "lost",
}
_DOING = {
    State.ARRIVED: gettext_lazy("Hører velkomsten"),
    State.IN_MENU: gettext_lazy("Vælger i telefonmenuen"),
    State.WAITING: gettext_lazy("Venter på en, der kan linjen"),
    State.OFFERED: gettext_lazy("Ringer hos en medarbejder"),
    State.CONNECTED: gettext_lazy("I samtale"),
    State.HELD: gettext_lazy("På hold"),
    State.CONSULTING: gettext_lazy("På hold, mens andre spørges"),
    State.THREE_WAY: gettext_lazy("I samtale med en til"),
    State.TRANSFERRED: gettext_lazy("Viderestillet"),
    State.CALLBACK: gettext_lazy("Venter på at blive ringet op"),
    State.CALLING_BACK: gettext_lazy("Bliver ringet op"),
    State.VOICEMAIL: gettext_lazy("Indtaler en besked"),
    State.WRAP_UP: gettext_lazy("Efterbehandling"),
    State.CLOSED: gettext_lazy("Lukket"),
}


@register.filter
def phone(digits: str) -> str:
    """Write a number as one reads it."""
    return numbers.display(digits)


@register.filter
def closed_word(code: str) -> str:
    """Write how a contact was closed."""
    return closed_as(code)


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


@register.filter
def lasted(attempt: Transfer) -> str:
    """Write how long an attempt rang, or lasted once it was answered."""
    if attempt.ended_at is None:
        return ""
    seconds = max(0, round((attempt.ended_at - (attempt.answered_at or attempt.made_at)).total_seconds()))
    return minutes(seconds) if seconds >= _MINUTE else _("%(n)s sek.") % {"n": seconds}


@register.simple_tag
def ended(attempt: Transfer) -> str:
    """Say, in the past tense, how an attempt to reach somebody ended."""
    return {
        TransferEnd.BUSY: _("%(name)s er optaget"),
        TransferEnd.DECLINED: _("%(name)s kunne ikke tage den"),
        TransferEnd.NO_ANSWER: _("%(name)s svarede ikke"),
        TransferEnd.VOICEMAIL: _("Det var en telefonsvarer hos %(name)s"),
        TransferEnd.BARRED: _("Nummeret til %(name)s må ikke ringes op"),
        TransferEnd.TECHNICAL: _("%(name)s kunne ikke nås på grund af en teknisk fejl"),
    }.get(TransferEnd(attempt.ended_as), _("%(name)s blev ikke nået")) % {"name": attempt.label}


@register.simple_tag
def unreached_why(event: ContactEvent) -> str:
    """Say why a call to a citizen came to nothing."""
    because = str(event.data.get("outcome") or event.data.get("because") or "")
    if because in set(Reason):
        said = words(Reason(because))
        return f"{said.what} {said.why}"
    if event.name == Event.CALLBACK_CANCELLED:
        return _("Tilbagekaldet er annulleret")
    whys = {
        TransferEnd.BUSY.value: _("Borgeren var optaget"),
        TransferEnd.DECLINED.value: _("Borgeren afviste opkaldet"),
        TransferEnd.VOICEMAIL.value: _("Det var en telefonsvarer"),
        TransferEnd.BARRED.value: _("Nummeret må ikke ringes op"),
        TransferEnd.TECHNICAL.value: _("Opkaldet mislykkedes på grund af en teknisk fejl"),
    }
    return whys.get(because, _("Borgeren svarede ikke"))


@register.filter
def is_ours(contact: Contact) -> bool:
    """Tell whether the employee began: the citizen had asked for nothing."""
    return any(event.name == CALLED_OUT for event in contact.events.all())


@register.simple_tag
def doing(contact: Contact) -> str:
    """Say what happens to a contact now."""
    return str(_DOING.get(State(contact.state), ""))


@register.simple_tag
def promised(contact: Contact) -> str:
    """Say why a citizen is to be called back."""
    if any(event.name == CALLED_OUT for event in contact.events.all()):
        return _("Skal ringes op af os")
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
        return _("%(who)s tog tilbagekaldet.") % who
    if event.name == "arrived" and event.data.get("by") == "web":
        return _("Skrev sit nummer på hjemmesiden.")
    return {
        "arrived": _("Ringede op."),
        "place_kept": _("Fik pladsen fra tilbagekaldet."),
        "line_closed": _("Linjen var lukket."),
        "line_full": _("Køen var fuld."),
        "menu_entered": _("Hørte telefonmenuen."),
        "menu_chosen": _("Valgte i telefonmenuen og kom i kø."),
        "greeted": _("Hørte velkomsten og kom i kø."),
        "overflowed": _("Blev sendt videre til en anden linje og beholdt sin plads."),
        "offered": _("Ringede hos %(who)s") % who,
        "offer_expired": _("Blev ikke besvaret i tide hos %(who)s") % who,
        "offer_declined": _("Kunne ikke tages af %(who)s") % who,
        "offer_failed": _("Telefonen hos %(who)s kunne ikke nås.") % who,
        "answered": _("Besvaret af %(who)s") % who,
        "held": _("Sat på hold."),
        "retrieved": _("Taget af hold."),
        "consult_started": _("Sat på hold, mens andre blev spurgt."),
        "joined": _("En mere kom med i samtalen."),
        "party_left": _("Den anden forlod samtalen."),
        "handed_over": _("Overtaget af %(who)s") % who,
        "transferred": _("Viderestillet."),
        "transfer_failed": _("Viderestillingen lykkedes ikke; tilbage i køen."),
        "requeued": _("Sendt til en anden linje af %(who)s") % who
        if "to_line" in event.data
        else _("Sat tilbage i køen af %(who)s") % who,
        "called_out": _("%(who)s ville ringe til borgeren.") % who,
        "callback_asked": _("Bad om at blive ringet op."),
        "callback_offered": _("Lovet tilbagekald efter teknisk fejl."),
        "callback_cancelled": _("Tilbagekaldet blev aflyst."),
        "citizen_reached": _("Borgeren blev ringet op."),
        "citizen_unreached": _("Borgeren svarede ikke."),
        "called_again": _("Borgeren blev ringet op igen."),
        "settled": _("Afsluttet uden opkald."),
        "voicemail_started": _("Begyndte at indtale en besked."),
        "message_left": _("Indtalte en besked."),
        "citizen_left": _("Borgeren lagde på."),
        "employee_left": _("Medarbejderen lagde på."),
        "employee_lost": _("Forbindelsen hos %(who)s forsvandt; borgeren beholdt sin plads i køen.") % who,
        "technical_fault": _("Opkaldet blev afbrudt af en teknisk fejl."),
        "home_corrected": _("Bopælskommunen blev rettet."),
        "outcome_corrected": _("Udfaldet blev rettet."),
        "recording_allowed": _("Borgeren sagde ja til optagelse."),
        "recording_refused": _("Borgeren fortrød optagelsen."),
        "completed": _("Lukket."),
    }.get(event.name, event.name)
