"""Nobody is locked out: an authority keeps somebody who may administer its people."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from borgerlinje.staff.models import RoleAssignment, User
from borgerlinje.staff.roles import ADMINISTERS, Role


def bereft(*, ending: Collection[int], authorities: Collection[int], today: date) -> set[int]:
    """Return the authorities that would be left without an administrator, or without anybody who may administer, if these ended.

    `ending` are ids of role assignments. Counted are roles without an end, of accounts in use. The rows stay locked to the end of the
    transaction, so that two people cannot take each other's role or account at the same moment.
    """
    held = (
        RoleAssignment.objects.filter(authority__in=authorities, role__in=[role.value for role in ADMINISTERS])
        .filter(Q(to_on=None) | Q(to_on__gt=today))
        .order_by("pk")
    )
    list(held.select_for_update().values_list("pk"))
    # Read only now: who waited for the lock would otherwise see the accounts as they were before, one of them stopped meanwhile.
    going, staying = _groups(list(held.select_related("user")), set(ending))
    return {
        authority
        for authority, roles in going.items()
        if not staying.get(authority) or (Role.ADMINISTRATOR in roles and Role.ADMINISTRATOR not in staying[authority])
    }


def roles_that_administer(user: User, *, today: date) -> list[RoleAssignment]:
    """Return the assignments by which a person may administer now or later, as far as they can be seen."""
    held = RoleAssignment.objects.filter(user=user, role__in=[role.value for role in ADMINISTERS])
    return list(held.filter(Q(to_on=None) | Q(to_on__gt=today)).select_related("authority"))


def _groups(held: list[RoleAssignment], ending: set[int]) -> tuple[dict[int, set[str]], dict[int, set[str]]]:
    going: dict[int, set[str]] = {}
    staying: dict[int, set[str]] = {}
    for each in held:
        if each.pk in ending:
            going.setdefault(each.authority_id, set()).add(each.role)
        elif each.to_on is None and each.user.is_active and each.user.has_usable_password():
            staying.setdefault(each.authority_id, set()).add(each.role)
    return going, staying
