"""The SIP accounts Asterisk is told of at run time. The rows are the truth; Asterisk holds a copy in memory."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.contacts.models import Contact
from borgerlinje.lines.models import LineNumber
from borgerlinje.staff.models import Employee


class PhoneEndpoint(models.Model):
    """A phone that may sign in to Asterisk, with a one-time password, until `expires_at` or `revoked_at`.

    A citizen's may call `line_number` and nothing else; `contact` is the call it made. A robot's is not signed in to but reached at `contact_uri`. The name is
    no number: a caller who writes it as his own is asked for its password, and no caller's number can be taken for one.
    """

    class Kind(models.TextChoices):
        EMPLOYEE = "employee", _("medarbejder")
        CITIZEN = "citizen", _("borger")
        ROBOT = "robot", _("robot")

    name = models.CharField(max_length=48, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    employee = models.ForeignKey(
        Employee, on_delete=models.CASCADE, related_name="phone_endpoints", null=True, blank=True
    )
    line_number = models.ForeignKey(LineNumber, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    secret = models.CharField(max_length=64, blank=True, default="")
    contact_uri = models.CharField(max_length=120, blank=True, default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    pushed_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at",)
        verbose_name = _("telefonadgang")
        verbose_name_plural = _("telefonadgange")
        indexes = (
            models.Index(fields=("expires_at",), condition=Q(revoked_at__isnull=True), name="phone_endpoint_live"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(name__regex=r"^bl-[ecr]-[a-z0-9]{1,40}$"), name="phone_endpoint_name_is_no_number"
            ),
            models.CheckConstraint(
                condition=Q(kind="citizen", employee__isnull=True, line_number__isnull=False)
                | Q(kind__in=("employee", "robot"), employee__isnull=False, line_number__isnull=True),
                name="phone_endpoint_has_its_owner",
            ),
            models.CheckConstraint(
                condition=Q(kind="robot") & Q(contact_uri__startswith="sip:") | ~Q(kind="robot") & Q(contact_uri=""),
                name="phone_endpoint_robot_has_an_address",
            ),
            models.CheckConstraint(
                condition=Q(kind="robot") | Q(revoked_at__isnull=False) | ~Q(secret="") & Q(expires_at__isnull=False),
                name="phone_endpoint_has_a_password_and_an_end",
            ),
            models.UniqueConstraint(
                fields=("employee",), condition=Q(revoked_at__isnull=True), name="phone_endpoint_one_per_employee"
            ),
        )

    def __str__(self) -> str:
        return self.name
