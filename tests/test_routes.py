"""Every address says who may use it, and nobody who has not signed in gets past a staff page."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from borgerlinje.staff.permission import MARK
from borgerlinje.staff.roles import Role
from tests.support.cast import Cast, make_employee, user_of

# django-allauth's own routes carry its own checks: signed in, recently confirmed, throttled. A new one is judged by a person.
ALLAUTH = {
    "account_change_password",
    "account_confirm_email",
    "account_confirm_login_code",
    "account_email",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_set_password",
    "account_signup",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_edit_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_login_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
}
EXAMPLES = {"name": "bl-e-0123456789abcdef", "digits": "46313020"}


def routes(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry, entry.namespace or namespace)
        else:
            yield f"{namespace}:{entry.name}".lstrip(":"), entry


def staff_routes() -> list[tuple[str, URLPattern]]:
    return [(name, route) for name, route in routes() if isinstance(getattr(route.callback, MARK, "public"), tuple)]


def address(name: str, route: URLPattern) -> str:
    values = {
        key: UUID(int=1) if type(converter).__name__ == "UUIDConverter" else EXAMPLES.get(key, "1")
        for key, converter in route.pattern.converters.items()
    }
    return reverse(name, kwargs=values)


def test_every_route_says_who_may_use_it() -> None:
    unmarked = {name for name, route in routes() if not hasattr(route.callback, MARK)}
    assert unmarked - ALLAUTH == set()
    assert ALLAUTH - unmarked == set(), "no longer there: take it off the list"


def test_desk_and_console_have_no_open_route() -> None:
    rooms = [(name, route) for name, route in routes() if name.startswith(("desk:", "console:"))]
    assert len(rooms) >= 13
    assert [name for name, route in rooms if getattr(route.callback, MARK) == "public"] == []


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "route"), staff_routes(), ids=lambda value: value if isinstance(value, str) else "")
def test_somebody_not_signed_in_is_sent_to_sign_in(name: str, route: URLPattern, client: Client) -> None:
    for method in (client.get, client.post):
        answer = method(address(name, route))
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(
    ("name", "route"),
    # What every role may read refuses nobody.
    [(name, route) for name, route in staff_routes() if 0 < len(getattr(route.callback, MARK)) < len(Role)],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_somebody_without_the_role_is_refused(name: str, route: URLPattern, client: Client, cast: Cast) -> None:
    # Where every role may, somebody without any may not.
    other = next((role for role in Role if role not in getattr(route.callback, MARK)), None)
    anna = user_of(make_employee("Anna", cast.own, cast.centre, role=other or Role.EMPLOYEE))
    if other is None:
        anna.role_assignments.all().delete()
    client.force_login(anna)
    for method in (client.get, client.post):
        assert method(address(name, route)).status_code == 403
