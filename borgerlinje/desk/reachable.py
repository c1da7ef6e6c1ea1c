"""Whether a number can be called from a desk, in words. What is asked here is asked again when the call is made: the telephone decides."""

from django.utils.translation import gettext as _

from borgerlinje.channels.phone.models import DoNotCall
from borgerlinje.channels.phone.outgoing import ledger
from borgerlinje.channels.phone.outgoing.policy import Counts, Number, Reason, Refusal, read, weigh
from borgerlinje.channels.phone.outgoing.words import words
from borgerlinje.contacts.models import Contact
from borgerlinje.kit import clock
from borgerlinje.kit.request_database import run_here
from borgerlinje.lines.models import LineNumber, Specialist


def can_dial() -> bool:
    """Tell whether calls can go out at all: there is a provider in use."""
    return run_here(ledger.can_dial())


def check_number(text: str, contact: Contact) -> tuple[str, str]:
    """Return a number as it is dialled, and why it may not be called for a contact: an empty text when it may."""
    number = read(text)
    if isinstance(number, Refusal):
        return "", _said(number.reason)
    if not can_dial():
        return "", _said(Reason.NO_TRUNK)
    answer = weigh(
        number,
        run_here(ledger.policy_of(contact.line.centre_id)),
        recent=Counts(is_known=Specialist.objects.filter(digits__in=ledger.forms(number)).exists()),
        do_not_call={number.digits} if _is_not_to_be_called(number, contact) else (),
        own=set(LineNumber.objects.filter(digits__in=ledger.forms(number)).values_list("digits", flat=True)),
    )
    return (answer.digits, _said(answer.reason) if isinstance(answer, Refusal) else "")


def as_stored(digits: str) -> str:
    """Return a number as a contact has it: a Danish one without +45."""
    number = read(digits)
    return number.national or number.digits if isinstance(number, Number) else digits


def number_to_call(contact: Contact) -> str:
    """Return the number at which a citizen wants to be called; empty when it is not known."""
    return contact.callback_number or contact.caller_number


def why_not(contact: Contact) -> str:
    """Return why a citizen's own number may not be called; an empty text when it may."""
    number = number_to_call(contact)
    return check_number(number, contact)[1] if number else _("Borgerens nummer kendes ikke.")


def _said(reason: Reason) -> str:
    said = words(reason)
    return f"{said.what} {said.why} {said.mend}"


def _is_not_to_be_called(number: Number, contact: Contact) -> bool:
    listed = DoNotCall.objects.filter(digits=number.digits, authority=contact.authority_id)
    return any(each.to_at is None or each.to_at > clock.now() for each in listed)
