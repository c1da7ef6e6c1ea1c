"""What a membership's beginning, end or new phase does, in sentences, before it is stored."""

from datetime import date, timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _

from borgerlinje.console.centres.member_forms import short
from borgerlinje.console.centres.queries import left_behind
from borgerlinje.cooperation.intake import is_intake
from borgerlinje.cooperation.models import Authority, Centre, Membership
from borgerlinje.kit import clock


def joining_says(centre: Centre, authority: Authority, from_on: date, to_on: date | None) -> list[str]:
    """Say what it does that an authority joins a centre."""
    words = {"name": authority.full_name, "centre": centre.name, "day": short(from_on)}
    said = [
        _("%(name)s er medlem af %(centre)s fra %(day)s.") % words,
        _("Fra den dag ser centrets medarbejdere de borgere, der ringer fra %(name)s.") % words,
        _("Medarbejdere hos %(name)s tager først henvendelser, når de har fået centret på deres side.") % words,
    ]
    if not is_intake(from_on):
        said.append(_("Datoen er ikke 1. januar eller 1. juli, hvor kommuner normalt tilsluttes."))
    if from_on < clock.today():
        said.append(_("Datoen er gået: medlemskabet gælder bagud i tallene."))
    if to_on is not None:
        said.append(_("Sidste dag er %(day)s.") % {"day": short(to_on - timedelta(days=1))})
    return said


def ending_says(request: HttpRequest, membership: Membership, to_on: date) -> list[str]:
    """Say what it does that a membership ends, and what has to be settled before."""
    words = {"name": membership.authority.full_name, "day": short(to_on)}
    said = [_("Fra %(day)s ser centrets medarbejdere ikke længere henvendelser fra %(name)s.") % words]
    if not is_intake(to_on):
        said.append(_("Dagen er ikke den sidste før 1. januar eller 1. juli, hvor kommuner normalt træder ud."))
    left = left_behind(request, membership, to_on).to_settle()
    return [*said, *(_("Skal være ordnet inden da: %(what)s") % {"what": each} for each in left)]


def phase_says(membership: Membership, phase: str, from_on: date) -> list[str]:
    """Say what it does that a membership changes its phase."""
    words = {
        "name": membership.authority.full_name,
        "before": str(Membership.Phase(membership.phase).label),
        "after": str(Membership.Phase(phase).label),
        "day": short(from_on),
        "last": short(from_on - timedelta(days=1)),
    }
    if from_on == membership.from_on:
        said = [_("Hele medlemskabet bliver: %(after)s.") % words]
    else:
        said = [_("Til og med %(last)s: %(before)s. Fra %(day)s: %(after)s.") % words]
    return [*said, _("Opkald og adgang er de samme i begge faser.")]
