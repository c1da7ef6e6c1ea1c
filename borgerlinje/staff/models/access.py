"""How a person comes to have an account that is in use, and how they leave."""

from django.db import models
from django.db.models import Q

from borgerlinje.kit.ids import uuid7
from borgerlinje.staff.models.people import Employee, User


class Invitation(models.Model):
    """A link by which somebody sets the password of their account, once, before `expires_at`. Only a hash of it is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("user",), condition=Q(used_at=None, withdrawn_at=None), name="invitation_one_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} {self.made_at:%Y-%m-%d}"


class Leaving(models.Model):
    """That an employee's last day is `last_on`, and in `ended` what that ended, so that it can be undone until the day is over."""

    employee = models.OneToOneField(Employee, on_delete=models.CASCADE, related_name="leaving")
    last_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    ended = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.employee} {self.last_on}"
