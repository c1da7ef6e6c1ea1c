"""The SIP accounts Asterisk is told of at run time, and where an employee is rung. The rows are the truth; Asterisk holds a copy in memory."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.contacts.models import Contact
from borgerlinje.kit.ids import uuid7
from borgerlinje.lines.models import LineNumber
from borgerlinje.staff.models import Employee


class PhoneEndpoint(models.Model):
    """A phone that may sign in to Asterisk, with a one-time password, until `expires_at` or `revoked_at`.

    A citizen's may call `line_number` and nothing else; `contact` is the call it made. A robot's is not signed in to but reached at
    `contact_uri`. A SIP phone's ("sip") stays until it is revoked; its `secret` is no password but what SIP makes of one (`sip_digest`),
    and `registered_at` says since when the phone answers there (None: it does not). A test's ("test") may call the echo and nothing else.
    `server` names the telephone server it signs in to ("": the only one). The name is no number: a caller who writes it as his own is
    asked for its password, and no caller's number can be taken for one.
    """

    class Kind(models.TextChoices):
        EMPLOYEE = "employee", _("medarbejder")
        CITIZEN = "citizen", _("borger")
        ROBOT = "robot", _("robot")
        SIP = "sip", _("bordtelefon")
        TEST = "test", _("prøve af lyd")

    name = models.CharField(max_length=48, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    employee = models.ForeignKey(
        Employee, on_delete=models.CASCADE, related_name="phone_endpoints", null=True, blank=True
    )
    line_number = models.ForeignKey(LineNumber, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    server = models.CharField(max_length=16, blank=True, default="", db_default="")
    secret = models.CharField(max_length=64, blank=True, default="")
    contact_uri = models.CharField(max_length=120, blank=True, default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    pushed_at = models.DateTimeField(null=True, blank=True)
    registered_at = models.DateTimeField(null=True, blank=True)
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
                condition=Q(name__regex=r"^bl-[ecrst]-[a-z0-9]{1,40}$"), name="phone_endpoint_name_is_no_number"
            ),
            models.CheckConstraint(
                condition=Q(kind="citizen", employee__isnull=True, line_number__isnull=False)
                | Q(kind__in=("employee", "robot", "sip", "test"), employee__isnull=False, line_number__isnull=True),
                name="phone_endpoint_has_its_owner",
            ),
            models.CheckConstraint(
                condition=Q(kind="robot") & Q(contact_uri__startswith="sip:") | ~Q(kind="robot") & Q(contact_uri=""),
                name="phone_endpoint_robot_has_an_address",
            ),
            models.CheckConstraint(
                condition=Q(kind="robot")
                | Q(revoked_at__isnull=False)
                | ~Q(secret="") & (Q(kind="sip") | Q(expires_at__isnull=False)),
                name="phone_endpoint_has_a_password_and_an_end",
            ),
            models.UniqueConstraint(
                fields=("employee", "kind"),
                condition=Q(revoked_at__isnull=True, employee__isnull=False),
                name="phone_endpoint_one_per_kind",
            ),
        )

    def __str__(self) -> str:
        return self.name


class EmployeePhone(models.Model):
    """Where an employee's calls ring: the browser (also when there is no such row), their SIP phone, or an ordinary number.

    `digits` is the number in E.164 (+45...), `confirmed_at` when its owner proved to have it. On an ordinary number whoever answers presses
    1 to take the call, so that no answering machine takes a citizen.
    """

    class Kind(models.TextChoices):
        BROWSER = "browser", _("Browseren")
        SIP = "sip", _("Bordtelefonen")
        NUMBER = "number", _("Et almindeligt nummer")

    employee = models.OneToOneField(Employee, on_delete=models.CASCADE, primary_key=True, related_name="phone")
    kind = models.CharField(_("telefon"), max_length=8, choices=Kind, default=Kind.BROWSER)
    digits = models.CharField(_("nummer"), max_length=16, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    tested_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(kind="number") | Q(digits__startswith="+", confirmed_at__isnull=False),
                name="employee_phone_number_is_confirmed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.employee}: {self.kind}"


class PhoneCheck(models.Model):
    """A call to an employee's own telephone: to prove that a number is theirs, or to try out how it sounds.

    The telephone process makes the code when it dials; only its keyed hash is stored. `ended_as` is empty until it is over.
    """

    class Purpose(models.TextChoices):
        CONFIRM = "confirm", _("bekræfter nummeret")
        TEST = "test", _("prøver telefonen")

    class End(models.TextChoices):
        CONFIRMED = "confirmed", _("Bekræftet")
        PRESSED = "pressed", _("Prøvet: tasten 1 blev trykket")
        HEARD = "heard", _("Besvaret, men tasten 1 blev ikke trykket")
        NO_ANSWER = "no_answer", _("Intet svar")
        BUSY = "busy", _("Optaget")
        DECLINED = "declined", _("Afvist")
        TECHNICAL = "technical", _("Opkaldet kunne ikke gennemføres")
        WRONG_CODE = "wrong_code", _("Forkert kode tre gange")
        EXPIRED = "expired", _("Koden er udløbet")
        REPLACED = "replaced", _("Afløst af et nyt opkald")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="phone_checks")
    purpose = models.CharField(max_length=8, choices=Purpose)
    kind = models.CharField(max_length=8, choices=EmployeePhone.Kind)
    digits = models.CharField(max_length=16, blank=True, default="")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    dialled_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    code_hash = models.CharField(max_length=64, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=12, choices=End, blank=True, default="")

    class Meta:
        ordering = ("asked_at",)
        verbose_name = _("prøveopkald")
        verbose_name_plural = _("prøveopkald")
        indexes = (models.Index(fields=("employee", "asked_at"), name="phone_check_employee"),)
        constraints = (
            models.UniqueConstraint(
                fields=("employee",), condition=Q(ended_at__isnull=True), name="phone_check_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_as="") | Q(ended_at__isnull=False) & ~Q(ended_as=""),
                name="phone_check_end_has_a_word",
            ),
            models.CheckConstraint(
                condition=~Q(kind="number") | Q(digits__startswith="+"), name="phone_check_number_is_whole"
            ),
        )

    def __str__(self) -> str:
        return f"{self.purpose} {self.asked_at}"
