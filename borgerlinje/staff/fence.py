"""One transaction per request, fenced to the authorities this person serves or manages today.

The database enforces the fence by row-level security on the setting `app.authorities`; it is set with SET LOCAL in the
outermost transaction, so a pooled connection never carries it to the next person.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from borgerlinje.kit import clock
from borgerlinje.staff.models import Employee
from borgerlinje.staff.roles import Role

_WHO = """
SELECT
    (SELECT coalesce(array_agg(DISTINCT role), '{}') FROM staff_roleassignment
      WHERE user_id = %(user)s AND from_on <= %(today)s AND (to_on IS NULL OR to_on > %(today)s)),
    (SELECT coalesce(array_agg(DISTINCT a), '{}') FROM (
        SELECT authority_id AS a FROM staff_roleassignment
         WHERE user_id = %(user)s AND from_on <= %(today)s AND (to_on IS NULL OR to_on > %(today)s)
        UNION
        SELECT m.authority_id FROM staff_employee e
          JOIN staff_employeecentre w ON w.employee_id = e.id
               AND w.from_on <= %(today)s AND (w.to_on IS NULL OR w.to_on > %(today)s)
          JOIN cooperation_membership m ON m.centre_id = w.centre_id
               AND m.from_on <= %(today)s AND (m.to_on IS NULL OR m.to_on > %(today)s)
         WHERE e.user_id = %(user)s AND e.from_on <= %(today)s AND (e.to_on IS NULL OR e.to_on > %(today)s)
        UNION
        SELECT l.owner_id FROM staff_employee e
          JOIN staff_employeecentre w ON w.employee_id = e.id
               AND w.from_on <= %(today)s AND (w.to_on IS NULL OR w.to_on > %(today)s)
          JOIN lines_line l ON l.centre_id = w.centre_id
         WHERE e.user_id = %(user)s AND e.from_on <= %(today)s AND (e.to_on IS NULL OR e.to_on > %(today)s)
    ) AS served)
"""


def set_fence(*, user_id: int | None, authorities: list[int]) -> None:
    """Set whose rows the present transaction sees; needs an open transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.user', %s, true), set_config('app.authorities', %s, true)",
            [str(user_id or ""), ",".join(map(str, authorities))],
        )


def who(user_id: int) -> tuple[frozenset[Role], list[int]]:
    """Return the roles a person holds today, and the ids of the authorities they serve or manage today."""
    set_fence(user_id=user_id, authorities=[])
    with connection.cursor() as cursor:
        cursor.execute(_WHO, {"user": user_id, "today": clock.today()})
        roles, authorities = cursor.fetchone()
    return frozenset(Role(role) for role in roles), sorted(authorities)


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
        request.roles, request.authorities = who(request.user.pk)
        set_fence(user_id=request.user.pk, authorities=request.authorities)
        request.employee = Employee.objects.select_related("employer").filter(user_id=request.user.pk).first()
