"""`borgerlinje manage first_account`: the link to the first account, for machines whose web process `up` does not start."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from borgerlinje.staff.first_account import is_without_accounts
from borgerlinje.staff.set_up_link import PATH, token


class Command(BaseCommand):
    """Prints the link while there is no account."""

    help = "Print the link by which the first account is made."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the link: whole where the web address is known, else what follows it. Raises CommandError once there is an account."""
        del args, options
        if not is_without_accounts():
            msg = "There is an account already: sign in with it, and make others under Medarbejdere."
            raise CommandError(msg)
        self.stdout.write(f"{os.environ.get('BORGERLINJE_WEB_URL', '')}{PATH}{token(settings.SECRET_KEY)}/")
