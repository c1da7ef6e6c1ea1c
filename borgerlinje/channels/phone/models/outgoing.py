"""Calls and texts that go out: what is allowed, what was tried, and who is not to be called."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.contacts.models import Contact
from borgerlinje.cooperation.models import Authority, Centre
from borgerlinje.kit.ids import uuid7
from borgerlinje.lines.models import Line
from borgerlinje.staff.models import Employee, User


class OutgoingPolicy(models.Model):
    """What a centre lets its employees and callbacks call. Without a row the defaults hold.

    `countries` are ISO codes whose ordinary numbers may be called; premium-rate, shared-cost and satellite numbers are barred in all of them.
    """

    centre = models.OneToOneField(Centre, on_delete=models.CASCADE, primary_key=True, related_name="outgoing_policy")
    countries = ArrayField(models.CharField(max_length=2), verbose_name=_("lande"), default=list, blank=True)
    allowed_prefixes = ArrayField(
        models.CharField(max_length=16), verbose_name=_("numre, der altid er tilladt"), default=list, blank=True
    )
    barred_prefixes = ArrayField(
        models.CharField(max_length=16), verbose_name=_("numre, der aldrig er tilladt"), default=list, blank=True
    )
    per_number_per_day = models.PositiveIntegerField(_("opkald pr. nummer pr. døgn"), default=6)
    per_hour = models.PositiveIntegerField(_("opkald pr. time"), default=600)
    longest_minutes = models.PositiveIntegerField(_("længste samtale i minutter"), default=120)

    class Meta:
        verbose_name = _("regler for udgående opkald")

    def __str__(self) -> str:
        return str(self.centre)


class DoNotCall(models.Model):
    """A number that an authority's contacts are not to call, until `to_at` (None: for good)."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="+")
    digits = models.CharField(_("nummer"), max_length=16)
    reason = models.CharField(_("hvorfor"), max_length=200)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    to_at = models.DateTimeField(_("til"), null=True, blank=True)

    class Meta:
        ordering = ("digits",)
        verbose_name = _("må ikke ringes op")
        constraints = (models.UniqueConstraint(fields=("authority", "digits"), name="do_not_call_once"),)

    def __str__(self) -> str:
        return self.digits


class OutgoingCall(models.Model):
    """One call that we made, or refused to make (`refused`): the channel is `bl-o-<id>`. `cause` is Q.850, 0 while it lasts."""

    class Purpose(models.TextChoices):
        CALLBACK = "callback", _("Tilbagekald")
        TRANSFER = "transfer", _("Viderestilling")
        EMPLOYEE = "employee", _("Medarbejderens telefon")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="outgoing_calls", null=True, blank=True)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+", db_index=False)
    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    purpose = models.CharField(max_length=8, choices=Purpose)
    digits = models.CharField(_("nummer"), max_length=32)
    shown_number = models.CharField(_("vist nummer"), max_length=16, blank=True, default="")
    server = models.CharField(max_length=16, blank=True, default="")
    made_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    cause = models.PositiveSmallIntegerField(default=0)
    refused = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        ordering = ("made_at",)
        verbose_name = _("udgående opkald")
        verbose_name_plural = _("udgående opkald")
        indexes = (
            models.Index(fields=("digits", "made_at"), name="outgoing_call_number"),
            models.Index(fields=("line", "made_at"), name="outgoing_call_line"),
            # A list of the latest reads no more than it shows.
            models.Index(fields=("made_at",), name="outgoing_call_latest"),
            models.Index(
                fields=("made_at",), condition=Q(ended_at__isnull=True, refused=""), name="outgoing_call_under_way"
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class Text(models.Model):
    """A text message to a citizen, sent by a job; `sent_at` when the gateway took it, `failed` why it did not."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="texts", null=True, blank=True)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    digits = models.CharField(max_length=16)
    body = models.CharField(max_length=400)
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failed = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        ordering = ("asked_at",)
        indexes = (
            models.Index(fields=("digits", "asked_at"), name="text_number"),
            models.Index(fields=("asked_at",), condition=Q(sent_at__isnull=True, failed=""), name="text_to_send"),
        )

    def __str__(self) -> str:
        return str(self.pk)
