"""Django's way to send e-mail, here: a row and a job in the request's own transaction, as for every other letter."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import get_language

from borgerlinje.kit import clock
from borgerlinje.kit.request_database import run_here
from borgerlinje.letters.actions import do_send
from borgerlinje.letters.kinds import DANISH


class QueueBackend(BaseEmailBackend):
    """Takes what Django and django-allauth send: the plain text of it, one letter for each recipient."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Have the messages sent after the commit; return how many. Raises AddressError."""
        for each in email_messages:
            values = {"subject": str(each.subject), "body": str(each.body)}
            for address in each.recipients():
                asked = do_send(
                    "message",
                    to=address,
                    language=get_language() or DANISH,
                    values=values,
                    now=clock.now(),
                    authority_id=None,
                )
                run_here(asked)
        return len(email_messages)
