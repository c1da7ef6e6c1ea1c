"""One transaction per request, fenced to the authorities this person serves or manages today.

The database enforces the fence by row-level security on the setting `app.authorities`; it is set with SET LOCAL in the
outermost transaction, so a pooled connection never carries it to the next person.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import logout
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from borgerlinje.kit import clock
from borgerlinje.staff.models import Employee
from borgerlinje.staff.roles import Role

# Who has a citizen in hand at midnight keeps what ended with the day until they are done.
_HAS_CONTACT = """EXISTS (
    SELECT 1 FROM staff_employee me JOIN dispatch_presence p ON p.employee_id = me.id
     WHERE me.user_id = %(user)s AND p.state IN ('talking', 'wrap_up'))"""

# Nobody who has left holds a role, wherever it was given.
_HELD = f"""
SELECT role, authority_id FROM staff_roleassignment
 WHERE user_id = %(user)s AND from_on <= %(today)s
   AND (to_on IS NULL OR to_on > %(today)s OR (to_on = %(today)s AND role = 'employee' AND {_HAS_CONTACT}))
   AND NOT EXISTS (SELECT 1 FROM staff_employee gone
                    WHERE gone.user_id = %(user)s AND gone.to_on <= %(today)s
                      AND NOT (gone.to_on = %(today)s AND {_HAS_CONTACT}))
"""  # noqa: S608 - of constants

_SERVED = f"""
WITH centre AS (
    SELECT w.centre_id FROM staff_employee e
      JOIN staff_employeecentre w ON w.employee_id = e.id
           AND w.from_on <= %(today)s
           AND (w.to_on IS NULL OR w.to_on > %(today)s OR (w.to_on = %(today)s AND {_HAS_CONTACT}))
     WHERE e.user_id = %(user)s AND e.from_on <= %(today)s
       AND (e.to_on IS NULL OR e.to_on > %(today)s OR (e.to_on = %(today)s AND {_HAS_CONTACT}))
)
SELECT m.authority_id FROM cooperation_membership m JOIN centre USING (centre_id)
 WHERE m.from_on <= %(today)s AND (m.to_on IS NULL OR m.to_on > %(today)s)
UNION
SELECT l.owner_id FROM lines_line l JOIN centre USING (centre_id)
"""  # noqa: S608 - of constants

# One query for both, since every request asks; what is served has no role beside it.
_STANDING = f"SELECT * FROM ({_HELD}) held UNION ALL SELECT '', authority_id FROM ({_SERVED}) served"  # noqa: S608 - of constants


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person is today: the roles held, each at which authorities, and the authorities served as an employee."""

    held: Mapping[Role, frozenset[int]]
    served: frozenset[int]

    @property
    def roles(self) -> frozenset[Role]:
        """Every role held at some authority."""
        return frozenset(self.held)

    def authorities(self, roles: Collection[Role] = tuple(Role)) -> list[int]:
        """Return the ids of the authorities where one of `roles` is held; an employee's are those served as well.

        A role at one authority opens nothing at another: an auditor here who reads guides there sees contacts here alone.
        """
        ids = frozenset().union(*(self.held[role] for role in self.roles.intersection(roles)))
        if Role.EMPLOYEE in self.roles.intersection(roles):
            ids |= self.served
        return sorted(ids)


def set_fence(*, user_id: int | None, authorities: list[int]) -> None:
    """Set whose rows the present transaction sees; needs an open transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.user', %s, true), set_config('app.authorities', %s, true)",
            [str(user_id or ""), ",".join(map(str, authorities))],
        )


def who(user_id: int) -> Standing:
    """Return what a person is today; needs an open transaction, whose fence then shows the person's own rows alone."""
    set_fence(user_id=user_id, authorities=[])
    held: dict[Role, frozenset[int]] = {}
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"user": user_id, "today": clock.today()}
        cursor.execute(_STANDING, values)
        served = set[int]()
        for role, authority_id in cursor.fetchall():
            if role:
                held[Role(role)] = held.get(Role(role), frozenset()) | {authority_id}
            else:
                served.add(authority_id)
        return Standing(held, frozenset(served))


def narrow(request: Any, roles: Collection[Role]) -> None:
    """Let the rest of the request see only the authorities where its person holds one of `roles`."""
    authorities = request.standing.authorities(roles)
    if authorities == request.authorities:
        return
    request.authorities = authorities
    set_fence(user_id=request.user.pk, authorities=request.authorities)


class Fence:
    """Middleware: opens the request's transaction, sets the fence, and gives the request `roles`, `authorities`, `employee`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.roles, request.authorities, request.employee = frozenset(), [], None
        if request.path in {"/healthz", "/readyz", "/metrics"}:
            return self.get_response(request)
        with transaction.atomic():
            if request.user.is_authenticated:
                self._enter(request)
            response = self.get_response(request)
            if response.status_code >= 500 or getattr(request, "rolled_back", False):  # noqa: PLR2004 - the HTTP class of faults
                transaction.set_rollback(True)
        return response

    @staticmethod
    def _enter(request: Any) -> None:
        request.standing = who(request.user.pk)
        request.roles, request.authorities = request.standing.roles, request.standing.authorities()
        set_fence(user_id=request.user.pk, authorities=request.authorities)
        request.employee = Employee.objects.select_related("employer").filter(user_id=request.user.pk).first()
        if request.employee and request.employee.has_left and not request.roles:
            # The session outlived the employment: the person is taken off work and the telephone, and has to sign in.
            logout(request)
            request.employee = None
            set_fence(user_id=None, authorities=[])
