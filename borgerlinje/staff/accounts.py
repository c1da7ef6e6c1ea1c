"""How django-allauth behaves here: nobody signs up, the secretariat makes the accounts."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from borgerlinje.staff.fence import set_fence
from borgerlinje.staff.models import Employee


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no type information
    """Closes sign-up, and turns away who has left."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: an account is made by the secretariat."""
        del request
        return False

    def pre_login(self, request: HttpRequest, user: Any, **login: Any) -> HttpResponse | None:
        """Return the page that says the account is stopped, None for one that may sign in."""
        set_fence(user_id=user.pk, authorities=[])
        employee = Employee.objects.filter(user_id=user.pk).first()
        if employee is not None and employee.has_left:
            # In memory alone: it is the employment that ended, and it may begin anew.
            user.is_active = False
        answer: HttpResponse | None = super().pre_login(request, user, **login)
        return answer
