"""What the pages on people call things."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.staff.invitations import Account
from borgerlinje.staff.models import Employee, EmployeeCentre, EmployeeSkill, RoleAssignment

ACCOUNTS = {
    Account.NONE: gettext_lazy("Ingen konto"),
    Account.NOT_INVITED: gettext_lazy("Ikke inviteret"),
    Account.INVITED: gettext_lazy("Inviteret"),
    Account.EXPIRED: gettext_lazy("Invitationen er udløbet"),
    Account.ACTIVE: gettext_lazy("I brug"),
    Account.STOPPED: gettext_lazy("Stoppet"),
}
LEVELS = {1: gettext_lazy("1 kender"), 2: gettext_lazy("2 kan"), 3: gettext_lazy("3 underviser")}
# What the fields of a change are called.
FIELDS: dict[str, Any] = {
    "given_name": gettext_lazy("fornavn"),
    "initial": gettext_lazy("forbogstav i efternavn"),
    "employer": gettext_lazy("ansat hos"),
    "from_on": gettext_lazy("ansat fra"),
    "email": gettext_lazy("e-mail"),
    "last_on": gettext_lazy("sidste dag"),
    "account": gettext_lazy("konto"),
    "centre": gettext_lazy("center"),
    "role": gettext_lazy("rolle"),
    "skills": gettext_lazy("kompetencer"),
    "import": gettext_lazy("import fra tabel"),
}
_SOON = timedelta(days=60)


def shown(day: date) -> str:
    """Write a date, `24-11-2026`."""
    return f"{day:%d-%m-%Y}"


def span(from_on: date, to_on: date | None) -> str:
    """Write a half-open interval by its first and last day."""
    if to_on is None:
        return _("fra %(first)s") % {"first": shown(from_on)}
    return _("%(first)s til %(last)s") % {"first": shown(from_on), "last": shown(to_on - timedelta(days=1))}


def work_said(work: EmployeeCentre) -> str:
    """Write where somebody works, how far their help goes, and when."""
    return f"{work.centre} · {work.get_clearance_display()} · {span(work.from_on, work.to_on)}"


def role_said(role: RoleAssignment) -> str:
    """Write which role is held where and when."""
    return f"{role.get_role_display()} · {role.authority} · {span(role.from_on, role.to_on)}"


def skill_said(held: EmployeeSkill) -> str:
    """Write a skill with its level and when it expires."""
    text = f"{held.skill} {held.level}"
    if held.expires_on is None:
        return text
    return _("%(skill)s, udløber %(day)s") % {"skill": text, "day": shown(held.expires_on)}


def expiry(expires_on: date | None, *, today: date) -> str:
    """Say that a skill has expired or soon will; empty when there is nothing to say. `expires_on` is the first day without it."""
    if expires_on is None:
        return ""
    if expires_on <= today:
        return _("udløbet %(day)s") % {"day": shown(expires_on)}
    if expires_on <= today + _SOON:
        return _("udløber snart, %(day)s") % {"day": shown(expires_on)}
    return ""


def what_leaving_does(employee: Employee, last_on: date) -> list[str]:
    """Say what happens when somebody leaves."""
    name, day = str(employee), shown(last_on)
    values = {"name": name, "day": day}
    said = [
        _("%(name)s arbejder til og med %(day)s. Derefter får %(name)s ingen nye henvendelser.") % values,
        _("Er %(name)s i gang med en borger ved midnat, bliver samtalen gjort færdig først.") % values,
        _("Arbejdet for centre slutter den dag."),
    ]
    if employee.user is not None:
        said.append(_("Roller og adgang til at logge på slutter den dag, og en telefon i browseren frakobles."))
    said.append(_("Det, %(name)s har skrevet i henvendelserne, bliver stående.") % values)
    said.append(_("Det kan fortrydes til og med %(day)s.") % values)
    return said
