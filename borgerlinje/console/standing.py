"""Who asks, and where they hold which role."""

from collections.abc import Collection

from django.http import HttpRequest

from borgerlinje.staff.models import User
from borgerlinje.staff.roles import Role


def user_of(request: HttpRequest) -> User:
    """Return who asks; `allowed` has let nobody else in."""
    assert isinstance(request.user, User)  # noqa: S101 - for the type
    return request.user


def authorities_as(request: HttpRequest, roles: Collection[Role]) -> list[int]:
    """Return the authorities where the person holds one of `roles` today."""
    ids: list[int] = request.standing.authorities(roles)  # type: ignore[attr-defined] # set by staff.fence.Fence
    return ids
