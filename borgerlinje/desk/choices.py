"""What the closing form offers: the outcomes the line allows, whose citizen it may be, and what is suggested."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.contacts.models import Contact, HelpReason, Nature, Outcome
from borgerlinje.cooperation.models import Authority
from borgerlinje.kit import clock
from borgerlinje.lines.models import Line, LineTask, Subject
from borgerlinje.lines.tasks import Task, scope_at

DISCRETION = _(
    "Emnet kræver fagforvaltningens skøn og kan ikke lukkes som lettere sagsbehandling. Vælg »Viderestillet« eller »Henvist«."
)
GUIDANCE_ONLY = _("Linjen er kun til vejledning på denne tid. Vælg et andet udfald.")
# What each outcome means, in one line: shown where it is chosen.
OUTCOME_HELP = {
    Outcome.GUIDED: _("Du viste vej, og borgeren ordner det selv på nettet."),
    Outcome.RESOLVED: _("Borgeren fik svar på det hele. Der er ikke mere at gøre."),
    Outcome.LIGHT_CASEWORK: _("Du gjorde det færdigt for borgeren, uden at nogen skulle skønne."),
    Outcome.TRANSFERRED: _("Borgeren talte videre med en anden, som tog over."),
    Outcome.REFERRED: _("Du sagde, hvor borgeren selv skal henvende sig."),
    Outcome.MISDIRECTED: _("Det var ikke noget, I tager jer af. Borgeren havde ringet forkert."),
    Outcome.DROPPED: _("I blev afbrudt, før det var gjort færdigt."),
}
# Outcomes that most often end something to be done, not something to be known.
TRANSACTIONS = (Outcome.GUIDED.value, Outcome.LIGHT_CASEWORK.value)
# Why a callback is given up.
WHY_CANCELLED = (
    ("helped", _("Borgeren har fået hjælp")),
    ("not_wanted", _("Borgeren vil ikke ringes op")),
    ("wrong_number", _("Nummeret er forkert")),
    ("barred", _("Nummeret kan ikke ringes op")),
)
_MUNICIPALITY = Authority.Kind.MUNICIPALITY


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices of one contact. `outcomes` are value, name, whether the line allows it, and what it means."""

    outcomes: list[tuple[str, str, bool, Any]]
    home: Authority | None
    members: list[Authority]
    others: list[Authority]
    natures: list[tuple[str, Any]]
    help_reasons: list[tuple[str, Any]]
    suggested: str = Outcome.GUIDED.value

    @property
    def transactions(self) -> str:
        """The outcomes that suggest a transaction, as the page's script reads them."""
        return " ".join(TRANSACTIONS)

    @property
    def nature(self) -> str:
        """The nature that goes with the suggested outcome."""
        return Nature.TRANSACTION.value if self.suggested in TRANSACTIONS else Nature.INFORMATION.value


def choices_for(contact: Contact, *, now: datetime) -> Choices:
    """Return what the closing form of a contact offers."""
    may_work = refusal(contact, contact.subject_item, now=now) is None
    members, others = homes(contact, now=now)
    is_transferred = contact.transferred_at is not None
    return Choices(
        [
            (each.value, str(each.label), may_work or each is not Outcome.LIGHT_CASEWORK, OUTCOME_HELP[each])
            for each in Outcome
        ],
        contact.home_authority,
        [each for each in members if each.pk != contact.home_authority_id],
        others,
        list(Nature.choices),
        list(HelpReason.choices),
        Outcome.TRANSFERRED.value if is_transferred else Outcome.GUIDED.value,
    )


def homes(contact: Contact, *, now: datetime) -> tuple[list[Authority], list[Authority]]:
    """Return the municipalities of the line's centre and those outside it, each by name."""
    on = now.astimezone(clock.COPENHAGEN).date()
    today = Q(memberships__from_on__lte=on) & (Q(memberships__to_on__isnull=True) | Q(memberships__to_on__gt=on))
    known = Authority.objects.filter(kind=_MUNICIPALITY).order_by("name")
    members = list(known.filter(today, memberships__centre=contact.line.centre_id).distinct())
    return members, list(known.exclude(pk__in=[each.pk for each in members]))


def refusal(contact: Contact, subject: Subject | None, *, now: datetime) -> Any:
    """Return why light casework is not for this contact, None when it is."""
    if subject is not None and subject.needs_discretion:
        return DISCRETION
    rows = LineTask.objects.filter(line=contact.line_id)
    tasks = [
        Task(row.subject_id, row.first_weekday, row.last_weekday, row.opens, row.closes, row.scope) for row in rows
    ]
    # What counts is the hour in which the conversation began: no help is undone by the clock.
    at = contact.answered_at or now
    scope = scope_at(tasks, contact.line.scope, subject.pk if subject else None, at)
    return GUIDANCE_ONLY if scope == Line.Scope.GUIDANCE_ONLY else None
