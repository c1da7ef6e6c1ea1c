"""How django-allauth behaves here: nobody signs up, the secretariat makes the accounts."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no type information
    """Closes sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: an account is made by the secretariat."""
        del request
        return False
