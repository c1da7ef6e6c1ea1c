"""The demo's people, each with a browser of Django's own that is signed in, as recently as a page may ask for."""

import time
from collections.abc import Mapping

from django.test import Client

from borgerlinje.demo import facts
from borgerlinje.staff.models import User
from borgerlinje.staff.roles import Role

HOST = "localhost"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def visitors() -> Mapping[Role | None, Client]:
    """Return a signed-in client per role of the demo, and under None one of nobody's."""
    # Where several hold a role, the first of them: an editor of the common text rather than of a local one.
    everybody: dict[Role | None, Client] = {
        Role(fact.role): _signed_in(f"{fact.account}@{facts.MAIL_DOMAIN}") for fact in reversed(facts.SIGN_INS)
    }
    return everybody | {None: Client(SERVER_NAME=HOST)}


def _signed_in(email: str) -> Client:
    client = Client(SERVER_NAME=HOST)
    user = User.objects.get(email=email)
    client.force_login(user, backend=BACKEND)
    session = client.session
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "email": email, "reauthenticated": True}
    ]
    session.save()
    return client
