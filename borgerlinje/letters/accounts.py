"""How django-allauth writes to people: the letters a centre can word go through its templates, the others as they are."""

from typing import Any

from django.utils.translation import get_language

from borgerlinje.kit import clock
from borgerlinje.kit.request_database import run_here
from borgerlinje.letters.actions import do_send
from borgerlinje.letters.kinds import DANISH
from borgerlinje.staff.accounts import AccountAdapter

_RESET = "account/email/password_reset_key"


class LetterAccountAdapter(AccountAdapter):
    """Words the letter about a new password with the template of that name."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Have a letter of django-allauth's sent after the commit."""
        if template_prefix != _RESET:
            super().send_mail(template_prefix, email, context)
            return
        values = {"name": str(context["user"]), "link": str(context["password_reset_url"])}
        language = get_language() or DANISH
        run_here(
            do_send("password_reset", to=email, language=language, values=values, now=clock.now(), authority_id=None)
        )
