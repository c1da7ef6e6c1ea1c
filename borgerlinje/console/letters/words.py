"""How the console says why something was not sent."""

from django.utils.translation import gettext as _

from borgerlinje.channels.phone.text_messages.text_gateway import Failure
from borgerlinje.letters.faults import Fault
from borgerlinje.letters.wording import Source


def why_letter(fault: str) -> str:
    """Say why an e-mail was not taken, and what to do about it."""
    texts = {
        Fault.NO_SERVER: _("Der er ingen mailserver sat op. Bed driften om det, og prøv igen."),
        Fault.UNREACHABLE: _("Mailserveren kunne ikke nås."),
        Fault.TIMEOUT: _("Mailserveren svarede ikke i tide."),
        Fault.HUNG_UP: _("Mailserveren afbrød forbindelsen."),
        Fault.BUSY: _("Mailserveren ville ikke tage imod lige nu."),
        Fault.NO_ENTRY: _("Mailserveren lod os ikke komme til. Bed driften om at se på bruger og adgangskode."),
        Fault.REFUSED: _("Mailserveren afviste brevet. Se, om adressen er rigtig."),
        Fault.UNREADABLE: _("Brevet kunne ikke læses. Bed driften om at se efter nøglefilen."),
    }
    return {code.value: text for code, text in texts.items()}.get(fault, fault)


def why_text(failure: str) -> str:
    """Say why a text was not taken."""
    texts = {
        Failure.UNREACHABLE: _("Sms-tjenesten kunne ikke nås."),
        Failure.TIMEOUT: _("Sms-tjenesten svarede ikke i tide."),
        Failure.BUSY: _("Sms-tjenesten ville ikke tage imod."),
        Failure.NO_ENTRY: _("Sms-tjenesten lod os ikke komme til. Bed driften om at se på nøglen."),
        Failure.REFUSED: _("Sms-tjenesten afviste beskeden."),
        Failure.NO_GATEWAY: _("Der er ingen sms-tjeneste sat op."),
    }
    return {code.value: text for code, text in texts.items()}.get(failure, failure)


def whose(source: Source) -> str:
    """Say whose words a letter has."""
    return {
        Source.OWN: _("Egen tekst"),
        Source.HOST: _("Værtens tekst"),
        Source.DEFAULT: _("Standardtekst"),
    }[source]


def language_name(language: str) -> str:
    """Name a language that letters are written in."""
    return {"da": _("Dansk"), "en": _("Engelsk")}.get(language, language)
