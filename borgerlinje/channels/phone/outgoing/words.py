"""A refused number in three parts: what, why, and what to do."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from borgerlinje.channels.phone.outgoing.policy import Reason


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a refusal; `mend` is what the reader can do."""

    what: str
    why: str
    mend: str


def words(reason: Reason) -> Words:
    """Say to somebody at work why a number is not called."""
    ask = _("Bed sekretariatet om at tilføje nummeret, hvis det skal kunne ringes op.")
    later = _("Prøv igen senere.")
    said: dict[Reason, Words] = {
        Reason.NOT_A_NUMBER: Words(
            _("Nummeret kan ikke ringes op."),
            _("Det er ikke et telefonnummer, der findes."),
            _("Se efter, om der mangler et ciffer, og skriv landekoden med + foran, hvis det er udenlandsk."),
        ),
        Reason.SHORT: Words(
            _("Nummeret kan ikke ringes op."), _("Korte numre er spærret, undtagen dem sekretariatet har tilladt."), ask
        ),
        Reason.COSTLY: Words(
            _("Nummeret kan ikke ringes op."), _("Det er et overtakseret nummer, og dem ringer vi ikke til."), ask
        ),
        Reason.SATELLITE: Words(
            _("Nummeret kan ikke ringes op."),
            _("Det er et satellit- eller internationalt netnummer, og dem ringer vi ikke til."),
            _("Bed borgeren om et andet nummer."),
        ),
        Reason.FOREIGN: Words(_("Nummeret kan ikke ringes op."), _("Centret ringer ikke til numre i det land."), ask),
        Reason.BARRED: Words(
            _("Nummeret kan ikke ringes op."),
            _("Sekretariatet har spærret det."),
            _("Spørg sekretariatet, hvis du mener, det er en fejl."),
        ),
        Reason.OWN: Words(
            _("Nummeret kan ikke ringes op."),
            _("Det er et af vores egne numre, og opkaldet ville ende i vores egen kø."),
            _("Stil om til linjen i stedet."),
        ),
        Reason.DO_NOT_CALL: Words(
            _("Nummeret må ikke ringes op."),
            _("Det står på listen over numre, der ikke må ringes op."),
            _("Skriv til borgeren i stedet, eller spørg sekretariatet."),
        ),
        Reason.OFTEN_TO_NUMBER: Words(
            _("Nummeret bliver ikke ringet op nu."),
            _("Det er ringet op så mange gange, som reglerne tillader på et døgn."),
            later,
        ),
        Reason.MANY_THIS_HOUR: Words(
            _("Der kan ikke ringes ud lige nu."),
            _("Centret har ringet så meget ud i den seneste time, som reglerne tillader."),
            later,
        ),
        Reason.LINES_BUSY: Words(
            _("Der kan ikke ringes ud lige nu."),
            _("Alle linjer til telefonnettet er optaget."),
            _("Prøv igen om et øjeblik."),
        ),
        Reason.NO_TRUNK: Words(
            _("Der kan ikke ringes ud."),
            _("Centret har ingen forbindelse til telefonnettet, der kan bruges til nummeret."),
            _("Ring fra din egen telefon, og sig det til driften."),
        ),
        Reason.UNKNOWN_CONTACT: Words(
            _("Nummeret bliver ikke ringet op."), _("Henvendelsen findes ikke længere."), _("Indlæs siden igen.")
        ),
    }
    return said[reason]


def short(reason: Reason) -> str:
    """Name a refusal in a table."""
    return {
        Reason.NOT_A_NUMBER: _("ikke et nummer"),
        Reason.SHORT: _("kort nummer"),
        Reason.COSTLY: _("overtakseret"),
        Reason.SATELLITE: _("satellit eller netnummer"),
        Reason.FOREIGN: _("land ikke tilladt"),
        Reason.BARRED: _("spærret"),
        Reason.OWN: _("eget nummer"),
        Reason.DO_NOT_CALL: _("må ikke ringes op"),
        Reason.OFTEN_TO_NUMBER: _("for ofte til nummeret"),
        Reason.MANY_THIS_HOUR: _("for mange i timen"),
        Reason.LINES_BUSY: _("alle linjer optaget"),
        Reason.NO_TRUNK: _("ingen forbindelse"),
        Reason.UNKNOWN_CONTACT: _("ukendt henvendelse"),
    }[reason]
