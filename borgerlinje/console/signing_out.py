"""Going home: whoever signs out, by whichever page, is off the desk and off the telephone, so that no call rings there."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver

from borgerlinje.channels.phone.accounts.actions import do_revoke_employee_endpoints
from borgerlinje.dispatch.attendance import do_sign_out
from borgerlinje.dispatch.watch import do_leave
from borgerlinje.kit import clock, hints
from borgerlinje.kit.request_database import run_here
from borgerlinje.staff.models import Employee


@receiver(user_logged_out, dispatch_uid="console.go_home")
def go_home(user: Any = None, **_: Any) -> None:
    """Take a person off work; whom they talk with, and who rings there, goes back to the queue on the old place."""
    employee = Employee.objects.filter(user=user).first() if user is not None else None
    if employee is None:
        return
    now = clock.now()
    lost = run_here(do_leave(employee.pk, now=now))
    change = run_here(do_sign_out(employee.pk, now=now))
    run_here(do_revoke_employee_endpoints(employee.pk, now=now))
    hints.send_on_commit(*lost.topics, *(change.topics if change else ()))
