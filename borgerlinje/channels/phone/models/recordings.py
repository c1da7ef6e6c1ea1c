"""What was recorded, sealed, with who has listened and why."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.contacts.models import Contact
from borgerlinje.cooperation.models import Authority
from borgerlinje.kit.ids import uuid7
from borgerlinje.staff.models import Employee, User


class Recording(models.Model):
    """A message a citizen left, or a conversation the citizen has allowed to be recorded for `purpose`.

    `sealed` is the sound (WAV, mono, 8 kHz), sealed by `kit.sealed`; it is gone (None) once `deleted_at` is set, at `delete_after` at
    the latest. The row stays and says that there was one.
    """

    class Kind(models.TextChoices):
        MESSAGE = "message", _("Besked")
        CONVERSATION = "conversation", _("Samtale")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="recordings")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind)
    purpose = models.CharField(_("formål"), max_length=120, blank=True, default="")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(default=0)
    sealed = models.BinaryField(null=True, blank=True)
    stopped_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    delete_after = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_because = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        ordering = ("begun_at",)
        verbose_name = _("optagelse")
        verbose_name_plural = _("optagelser")
        indexes = (
            models.Index(fields=("delete_after",), condition=Q(deleted_at__isnull=True), name="recording_to_delete"),
            # A list of the latest reads no more than it shows.
            models.Index(fields=("begun_at",), name="recording_latest"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True) | Q(sealed__isnull=True), name="recording_deleted_is_gone"
            ),
            models.CheckConstraint(
                condition=~Q(kind="conversation") | ~Q(purpose=""), name="recording_of_a_conversation_has_a_purpose"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.begun_at}"


class RecordingAccess(models.Model):
    """That somebody listened to or took out a recording, and what for. Rows are only ever added."""

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="accesses")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    purpose = models.CharField(_("formål"), max_length=200)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.at} {self.purpose}"
