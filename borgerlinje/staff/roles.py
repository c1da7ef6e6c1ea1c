"""The roles a person can hold at an authority, and what each may do. Pure."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(StrEnum):
    """A role held at one authority in a half-open interval of dates."""

    EMPLOYEE = "employee"
    PLANNER = "planner"
    GUIDE_EDITOR = "guide_editor"
    SECRETARIAT = "secretariat"
    AUTHORITY_MANAGER = "authority_manager"
    DIGITAL_AMBASSADOR = "digital_ambassador"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_NAMES = {
    Role.EMPLOYEE: _("Medarbejder"),
    Role.PLANNER: _("Planlægger"),
    Role.GUIDE_EDITOR: _("Guideredaktør"),
    Role.SECRETARIAT: pgettext_lazy("role", "Sekretariat"),
    Role.AUTHORITY_MANAGER: _("Leder hos myndigheden"),
    Role.DIGITAL_AMBASSADOR: _("Digital ambassadør"),
    Role.AUDITOR: _("Revisor"),
    Role.ADMINISTRATOR: _("Administrator"),
}

# Who keeps an authority's people: makes accounts, gives roles, writes who leaves.
ADMINISTERS = (Role.SECRETARIAT, Role.ADMINISTRATOR)
# Who sees nothing without a second factor to sign in with.
SECOND_FACTOR = frozenset({*ADMINISTERS, Role.AUDITOR})
