"""Inviting a person to take their account into use: one link, valid for a week, used once.

The link is a secret like a password: what is stored is its hash, so that nobody who reads the database can use it.
"""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from borgerlinje.staff.models import Employee, Invitation, User

VALID = timedelta(days=7)


class Account(StrEnum):
    """Where a person's account stands."""

    NONE = "none"
    NOT_INVITED = "not_invited"
    INVITED = "invited"
    EXPIRED = "expired"
    ACTIVE = "active"
    STOPPED = "stopped"


def digest(token: str) -> str:
    """Return what is stored of a link's secret."""
    return sha256(token.encode()).hexdigest()


def do_invite(user: User, *, by: User, now: datetime) -> str:
    """Store a new invitation in place of any other, and return the secret of its link, which is shown once."""
    # The account's row is the lock: two who invite at once leave one link that works, the last.
    User.objects.select_for_update().get(pk=user.pk)
    do_withdraw(user, now=now)
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(user=user, token_hash=digest(token), made_at=now, made_by=by, expires_at=now + VALID)
    return token


def do_withdraw(user: User, *, now: datetime) -> bool:
    """Make a person's open invitation worthless; False when there was none."""
    return bool(user.invitations.filter(used_at=None, withdrawn_at=None).update(withdrawn_at=now))


def open_invitation(token_hash: str, *, now: datetime) -> Invitation | None:
    """Return the invitation that a link stands for; None when it is unknown, used, withdrawn or too old, or the account stopped."""
    return (
        Invitation.objects.filter(
            token_hash=token_hash, used_at=None, withdrawn_at=None, expires_at__gt=now, user__is_active=True
        )
        .select_related("user")
        .first()
    )


def do_accept(invitation: Invitation, password: str, *, now: datetime) -> bool:
    """Set the password and use the invitation up; False when somebody else was first."""
    is_ours = Invitation.objects.filter(pk=invitation.pk, used_at=None, withdrawn_at=None).update(used_at=now)
    if not is_ours:
        return False
    invitation.user.set_password(password)
    invitation.user.save(update_fields=["password"])
    return True


def latest(user: User) -> Invitation | None:
    """Return a person's newest invitation that was not withdrawn; reads `invitations` once, prefetched or not."""
    return next((each for each in user.invitations.all() if each.withdrawn_at is None), None)


def account_of(employee: Employee, *, now: datetime) -> Account:
    """Tell where an employee's account stands."""
    user = employee.user
    if user is None:
        return Account.NONE
    if employee.has_left or not user.is_active:
        return Account.STOPPED
    if user.has_usable_password():
        return Account.ACTIVE
    invitation = latest(user)
    if invitation is None:
        return Account.NOT_INVITED
    return Account.INVITED if invitation.expires_at > now else Account.EXPIRED
