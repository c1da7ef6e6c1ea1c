"""Whether a citizen who calls a line is helped: what is there, what is missing, and where it is put right."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from borgerlinje.channels.phone.models import Trunk
from borgerlinje.dispatch import words
from borgerlinje.kit import clock
from borgerlinje.lines import queries
from borgerlinje.lines.hours import status
from borgerlinje.lines.models import Line
from borgerlinje.portal.cards import state_text
from borgerlinje.staff.models import Clearance, Employee


@dataclass(frozen=True, slots=True)
class Check:
    """One thing a call needs: whether it is there, in a sentence, and the page (address and words) to put it right on; may be empty."""

    is_met: bool
    says: str
    href: str = ""
    action: str = ""


def checks(line: Line, *, numbers: int, sets_trunks: bool, now: datetime) -> Iterator[Check]:
    """Yield what a call to a line with so many numbers needs, in the order in which a call meets it.

    `sets_trunks`: the reader may connect the telephone network themselves.
    """
    yield _trunk(sets_trunks=sets_trunks)
    if numbers:
        has = ngettext("Linjen har %(count)d nummer.", "Linjen har %(count)d numre.", numbers)
        yield Check(True, has % {"count": numbers})
    else:
        said = _("Linjen har intet nummer, så ingen kan ringe til den.")
        yield Check(False, said, "#numre", _("Tilføj et nummer"))
    yield _hours(line, now)
    yield _menu(line, now)
    yield _people(line)


def _trunk(*, sets_trunks: bool) -> Check:
    found = Trunk.objects.filter(is_active=True)
    names = [each.name for each in found]
    if names:
        return Check(True, _("Opkald kommer ind over %(trunk)s.") % {"trunk": ", ".join(names)})
    said = _("Der er ingen forbindelse til telefonnettet endnu: kun opkald fra borgersiden kommer frem.")
    if sets_trunks:
        return Check(False, said, reverse("console:network"), _("Telefonnet"))
    return Check(False, said + " " + _("Det sætter en administrator op."))


def _hours(line: Line, now: datetime) -> Check:
    prefetch_related_objects([line], "opening_versions__periods", "special_days__more", "crises__crisis")
    schedule = queries.schedule(line, at=now)
    if not schedule.always_open and not any(version.periods for version in schedule.versions):
        href = reverse("console:line_hours_new", args=[line.slug])
        return Check(False, _("Linjen har ingen åbningstider og er altid lukket."), href, _("Nye åbningstider"))
    state = state_text(status(schedule, now), now)
    return Check(True, f"{state}.", reverse("console:line_hours", args=[line.slug]), _("Åbningstider"))


def _menu(line: Line, now: datetime) -> Check:
    has_menu = line.menus.filter(language=line.language, published_at__isnull=False, from_at__lte=now).exists()
    said = (
        _("Borgeren hører telefonmenuen og kommer i kø.")
        if has_menu
        else _("Borgeren hører velkomsten og kommer i kø. Der er ingen telefonmenu.")
    )
    return Check(True, said, reverse("console:menu", args=[line.slug]), _("Telefonmenu"))


def _people(line: Line) -> Check:
    count = _who_can(line)
    href, action = reverse("console:people"), _("Medarbejdere")
    if count:
        said = ngettext(
            "%(count)d medarbejder, du kan se, kan svare.", "%(count)d medarbejdere, du kan se, kan svare.", count
        )
        return Check(True, said % {"count": count}, href, action)
    asks = [_("der svarer for %(centre)s") % {"centre": line.centre.name}]
    if line.skill is not None:
        held = {"skill": line.skill.name, "level": line.skill_level}
        asks.append(_("kan %(skill)s på niveau %(level)d") % held)
    if line.language != "da":
        asks.append(_("taler %(language)s") % {"language": words.language(line.language)})
    said = _("Ingen, du kan se, kan svare endnu. Det kræver medarbejdere, %(demands)s.")
    return Check(False, said % {"demands": _(" og ").join(asks)}, href, action)


def _who_can(line: Line) -> int:
    """Return how many of the employees that the reader sees may be offered the line's contacts today."""
    today = clock.today()
    going_on = Q(works__to_on__isnull=True) | Q(works__to_on__gt=today)
    people = Employee.objects.filter(Q(to_on__isnull=True) | Q(to_on__gt=today), from_on__lte=today)
    enough = [Clearance.LIGHT_CASEWORK] if line.scope == Clearance.LIGHT_CASEWORK else list(Clearance)
    people = people.filter(
        going_on, works__centre=line.centre_id, works__from_on__lte=today, works__clearance__in=enough
    )
    lasts = Q(skills__expires_on__isnull=True) | Q(skills__expires_on__gt=today)
    if line.skill_id is not None:
        people = people.filter(lasts, skills__skill=line.skill_id, skills__level__gte=line.skill_level)
    if line.language != "da":
        people = people.filter(lasts, skills__skill__language=line.language)
    return people.distinct().count()
