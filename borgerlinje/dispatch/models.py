"""Who is ready, and what has been offered to whom."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.contacts.models import Contact
from borgerlinje.cooperation.models import Authority
from borgerlinje.kit.ids import uuid7
from borgerlinje.staff.models import Employee


class PresenceState(models.TextChoices):
    """What an employee is doing."""

    SIGNED_OUT = "signed_out", _("Ikke på arbejde")
    READY = "ready", _("Klar")
    OFFERED = "offered", _("Opkald ringer")
    TALKING = "talking", _("I samtale")
    WRAP_UP = "wrap_up", _("Efterbehandling")
    PAUSED = "paused", _("Pause")
    NOT_ANSWERING = "not_answering", _("Svarer ikke")


class Presence(models.Model):
    """An employee's state now.

    `idle_since` orders the longest idle first and is kept through a pause-free offer that was withdrawn. `pause_after` asks for
    a pause when the present contact is done.
    """

    employee = models.OneToOneField(Employee, on_delete=models.CASCADE, primary_key=True, related_name="presence")
    state = models.CharField(max_length=14, choices=PresenceState, default=PresenceState.SIGNED_OUT)
    since = models.DateTimeField()
    idle_since = models.DateTimeField()
    pause_after = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=("idle_since",), condition=Q(state="ready"), name="presence_ready"),)

    def __str__(self) -> str:
        return f"{self.employee}: {self.state}"


class OfferEnd(models.TextChoices):
    """How an offer ended."""

    ANSWERED = "answered", _("Besvaret")
    EXPIRED = "expired", _("Ikke besvaret i tide")
    DECLINED = "declined", _("Kunne ikke tages")
    FAILED = "failed", _("Telefonen kunne ikke nås")
    WITHDRAWN = "withdrawn", _("Borgeren lagde på")
    TECHNICAL = "technical", _("Teknisk fejl")


class Offer(models.Model):
    """A contact offered to one employee. The database lets a contact and an employee have one open offer each."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="offers")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="offers")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    rung_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=10, choices=OfferEnd, blank=True, default="")
    why = models.JSONField(default=dict)

    class Meta:
        ordering = ("made_at",)
        verbose_name = _("tilbud")
        verbose_name_plural = _("tilbud")
        constraints = (
            models.UniqueConstraint(
                fields=("contact",), condition=Q(ended_at__isnull=True), name="offer_one_open_per_contact"
            ),
            models.UniqueConstraint(
                fields=("employee",), condition=Q(ended_at__isnull=True), name="offer_one_open_per_employee"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_as="") | (Q(ended_at__isnull=False) & ~Q(ended_as="")),
                name="offer_ended_says_how",
            ),
        )

    def __str__(self) -> str:
        return f"{self.contact_id} -> {self.employee}"
