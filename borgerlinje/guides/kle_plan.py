"""The subject plan as it is kept: what another edition would change, and taking it into use."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from borgerlinje.guides.kle import Entry, JournalNumber, KleError, Plan
from borgerlinje.guides.models import Guide, KleEntry

_BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class KleChange:
    """What a plan changes: entries that are new, those with another title (what it was beside it), those that are gone, and the guides numbered by these."""

    new: tuple[Entry, ...]
    changed: tuple[tuple[Entry, str], ...]
    gone: tuple[Entry, ...]
    guides: tuple[Guide, ...]

    @property
    def is_any(self) -> bool:
        """Whether the plan says anything else than what is kept."""
        return bool(self.new or self.changed or self.gone)


class UnknownNumberError(KleError):
    """A number of the right form that is in no plan, or no longer."""


def change_by(plan: Plan) -> KleChange:
    """Return what taking a plan into use would change."""
    kept = dict(KleEntry.objects.filter(retired_on=None).values_list("number", "title"))
    numbers = {entry.number for entry in plan.entries}
    gone = tuple(Entry(number, title) for number, title in kept.items() if number not in numbers)
    return KleChange(
        new=tuple(entry for entry in plan.entries if entry.number not in kept),
        changed=tuple(
            (entry, kept[entry.number]) for entry in plan.entries if kept.get(entry.number, entry.title) != entry.title
        ),
        gone=gone,
        guides=tuple(Guide.objects.filter(kle__in=[entry.number for entry in gone]).order_by("kle", "title")),
    )


def do_take_plan(plan: Plan, *, today: date, is_demo: bool = False) -> KleChange:
    """Take a plan into use, inside the caller's transaction, and return what that changed. What is gone is kept as retired, invented numbers of the demo are not."""
    change = change_by(plan)
    entries = [
        KleEntry(number=entry.number, title=entry.title, edition=plan.issued_on, is_demo=is_demo)
        for entry in plan.entries
    ]
    fields = ["title", "edition", "retired_on", "is_demo"]
    KleEntry.objects.bulk_create(
        entries, batch_size=_BATCH, update_conflicts=True, unique_fields=["number"], update_fields=fields
    )
    gone = KleEntry.objects.filter(retired_on=None).exclude(number__in=[entry.number for entry in plan.entries])
    gone.filter(is_demo=True).delete()
    gone.update(retired_on=today)
    return change


def check_journal_number(text: str) -> tuple[JournalNumber, str]:
    """Return the number that a text holds, with its subject's title. Raises KleError, and UnknownNumberError for a subject that is not in the plan."""
    number = JournalNumber.read(text)
    return number, title_of(number.subject)


def title_of(subject: str) -> str:
    """Return a subject's title; nothing where no plan is kept. Raises UnknownNumberError for one that is not in the plan."""
    entry = KleEntry.objects.filter(number=subject).first()
    words: dict[str, Any] = {"number": subject}
    if entry is None and KleEntry.objects.exists():
        raise UnknownNumberError(
            _("%(number)s findes ikke i emneplanen. Se efter, om du har skrevet det rigtigt.") % words
        )
    if entry is not None and entry.retired_on is not None:
        raise UnknownNumberError(_("%(number)s er udgået af emneplanen. Find det nummer, der gælder nu.") % words)
    return entry.title if entry is not None else ""


def held(plan: Plan) -> dict[str, Any]:
    """Return a plan as JSON carries it."""
    entries = [[entry.number, entry.title] for entry in plan.entries]
    return {"issued_on": plan.issued_on.isoformat() if plan.issued_on else "", "entries": entries}


def of_held(value: dict[str, Any]) -> Plan:
    """Return what `held` made."""
    issued_on = date.fromisoformat(value["issued_on"]) if value["issued_on"] else None
    return Plan(issued_on, tuple(Entry(number, title) for number, title in value["entries"]))
