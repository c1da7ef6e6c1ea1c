"""The contact: one row per matter and channel, and its append-only story."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.contacts.lifecycle import ClosedAs, State
from borgerlinje.cooperation.models import Authority
from borgerlinje.kit.ids import uuid7
from borgerlinje.lines.models import Line
from borgerlinje.staff.models import Employee


class Outcome(models.TextChoices):
    """What the citizen got, chosen by the employee when closing."""

    GUIDED = "guided", _("Vejledt til selvbetjening")
    RESOLVED = "resolved", _("Afklaret straks")
    LIGHT_CASEWORK = "light_casework", _("Lettere sagsbehandling")
    REFERRED = "referred", _("Henvist")
    MISDIRECTED = "misdirected", _("Fejlhenvendelse")
    DROPPED = "dropped", _("Forbindelsen blev afbrudt")


class HomeSource(models.TextChoices):
    """How the citizen's home authority is known."""

    NUMBER = "number", _("fra det kaldte nummer")
    STATED = "stated", _("oplyst af borgeren")
    UNKNOWN = "unknown", _("ukendt")


class Contact(models.Model):
    """A citizen's matter on one channel.

    `authority` answers for the data: the home authority when it is known, else the line's owner. `waiting_since` is the place in
    the queue and never moves. Personal data: `caller_number`, `note`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="contacts")
    channel = models.CharField(max_length=12, default="phone")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="contacts")
    home_authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    home_source = models.CharField(max_length=8, choices=HomeSource, default=HomeSource.UNKNOWN)
    state = models.CharField(max_length=12, choices=[(state.value, state.value) for state in State])
    arrived_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_as = models.CharField(
        max_length=16, blank=True, default="", choices=[(closed.value, closed.value) for closed in ClosedAs]
    )
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="contacts", null=True, blank=True)
    caller_number = models.CharField(max_length=32, blank=True, default="")
    dialled = models.CharField(max_length=32, blank=True, default="")
    channel_ref = models.CharField(max_length=64, blank=True, default="")
    subject = models.CharField(_("emne"), max_length=120, blank=True, default="")
    outcome = models.CharField(_("udfald"), max_length=16, choices=Outcome, blank=True, default="")
    note = models.TextField(_("notat"), blank=True, default="")
    note_saved_at = models.DateTimeField(null=True, blank=True)
    is_test = models.BooleanField(default=False)

    class Meta:
        ordering = ("arrived_at",)
        verbose_name = _("henvendelse")
        verbose_name_plural = _("henvendelser")
        indexes = (
            models.Index(fields=("waiting_since",), condition=Q(state="waiting"), name="contact_waiting"),
            models.Index(fields=("state",), condition=~Q(state="closed"), name="contact_open"),
            models.Index(fields=("line", "arrived_at"), name="contact_line_arrived"),
            models.Index(fields=("caller_number", "arrived_at"), name="contact_caller"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(closed_as="")
                | ~Q(state="closed") & Q(closed_at__isnull=True, closed_as=""),
                name="contact_closed_says_when_and_how",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("waiting", "offered")) | Q(waiting_since__isnull=False),
                name="contact_waiting_has_a_place",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("connected", "wrap_up")) | Q(employee__isnull=False),
                name="contact_connected_has_an_employee",
            ),
            models.UniqueConstraint(
                fields=("employee",),
                condition=Q(state__in=("connected", "wrap_up"), channel="phone"),
                name="contact_one_call_per_employee",
            ),
            models.UniqueConstraint(
                fields=("channel_ref",), condition=~Q(channel_ref=""), name="contact_channel_ref_once"
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class ContactEvent(models.Model):
    """One thing that happened to a contact. Rows are only ever added; statistics and settlement come from them."""

    id = models.BigAutoField(primary_key=True)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="events")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    name = models.CharField(max_length=24)
    from_state = models.CharField(max_length=12, blank=True, default="")
    to_state = models.CharField(max_length=12)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("contact", "id"), name="contact_event_story"),)

    def __str__(self) -> str:
        return f"{self.at} {self.name}"
