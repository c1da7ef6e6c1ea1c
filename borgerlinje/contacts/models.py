"""The contact: one row per matter and channel, and its append-only story."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.contacts.lifecycle import IN_HAND, ClosedAs, State
from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.models import Guide
from borgerlinje.kit.ids import uuid7
from borgerlinje.lines.models import Crisis, Line, Subject
from borgerlinje.staff.models import Employee

IN_HAND_STATES = sorted(state.value for state in IN_HAND)


class Outcome(models.TextChoices):
    """What the citizen got, chosen by the employee when closing."""

    GUIDED = "guided", _("Vejledt til selvbetjening")
    RESOLVED = "resolved", _("Afklaret straks")
    LIGHT_CASEWORK = "light_casework", _("Lettere sagsbehandling")
    TRANSFERRED = "transferred", _("Viderestillet")
    REFERRED = "referred", _("Henvist")
    MISDIRECTED = "misdirected", _("Fejlhenvendelse")
    DROPPED = "dropped", _("Forbindelsen blev afbrudt")


class Nature(models.TextChoices):
    """Whether the citizen wanted to know or to get something done (KOMHEN 2.0's two kinds of enquiry)."""

    INFORMATION = "information", _("Information")
    TRANSACTION = "transaction", _("Transaktion")


class HomeCheck(models.TextChoices):
    """What the employee says of the citizen's home authority when closing."""

    CONFIRMED = "confirmed", _("Bekræftet")
    CORRECTED = "corrected", _("Rettet")
    UNKNOWN = "unknown", _("Ukendt")
    OUTSIDE = "outside", _("Uden for samarbejdet")


class HelpReason(models.TextChoices):
    """Why the citizen needed help with what can be done alone. A closed list: no free text about a person's situation."""

    NOT_FOUND = "not_found", _("Kunne ikke finde løsningen")
    NOT_UNDERSTOOD = "not_understood", _("Forstod ikke teksten eller brevet")
    SIGN_IN = "sign_in", _("Problemer med MitID eller login")
    FAULT = "fault", _("Fejl i selvbetjeningen")
    UNSURE = "unsure", _("Ville være sikker på, at det var rigtigt")
    NOT_DIGITAL = "not_digital", _("Bruger ikke digital selvbetjening")
    LANGUAGE = "language", _("Sprog")
    OTHER = "other", _("Andet")


class HomeSource(models.TextChoices):
    """How the citizen's home authority is known."""

    NUMBER = "number", _("fra det kaldte nummer")
    STATED = "stated", _("oplyst af borgeren")
    UNKNOWN = "unknown", _("ukendt")


class Contact(models.Model):
    """A citizen's matter on one channel; who is to be called back is on the telephone from then on.

    `authority` answers for the data: the home authority when it is known, else the line's owner. `waiting_since` is the place in
    the queue and never moves; `head_start_seconds` counts as time waited already. `employee` is who has the contact, or had it
    before it went back to the pool. `is_callback`: the citizen is not on the line; `due_at` is when to call (None: at once). `origin`
    is the contact this one makes good for. `server` names the one of several telephone servers that carries the call. `callback_number` is
    the number to call when it is not the one the citizen called from; `dial_asked_at` is when the employee who took the contact asked for the
    citizen to be rung. `recording_consent_at`: the citizen has allowed a recording by a key press of their own. `crisis` is the one the
    contact came in. `changed_xid` is the transaction that last changed what the dispatcher looks at, set by a
    trigger. Personal data: `caller_number`, `callback_number`, `note`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Each change of state writes every index anew: those that nothing asks for are left out.
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="contacts", db_index=False)
    channel = models.CharField(max_length=12, default="phone")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="contacts", db_index=False)
    home_authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
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
    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="contacts", null=True, blank=True, db_index=False
    )
    caller_number = models.CharField(max_length=32, blank=True, default="")
    dialled = models.CharField(max_length=32, blank=True, default="")
    channel_ref = models.CharField(max_length=64, blank=True, default="")
    language = models.CharField(_("sprog"), max_length=5, blank=True, default="", db_default="")
    head_start_seconds = models.PositiveIntegerField(default=0, db_default=0)
    is_callback = models.BooleanField(default=False, db_default=False)
    due_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    origin = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="successors", null=True, blank=True, db_index=False
    )
    server = models.CharField(max_length=16, blank=True, default="", db_default="")
    callback_number = models.CharField(max_length=32, blank=True, default="", db_default="")
    dial_asked_at = models.DateTimeField(null=True, blank=True)
    recording_consent_at = models.DateTimeField(null=True, blank=True)
    crisis = models.ForeignKey(
        Crisis, on_delete=models.PROTECT, related_name="contacts", null=True, blank=True, db_index=False
    )
    transferred_at = models.DateTimeField(null=True, blank=True)
    documented_at = models.DateTimeField(null=True, blank=True)
    changed_xid = models.BigIntegerField(default=0, db_default=0, editable=False)
    subject_item = models.ForeignKey(
        Subject, on_delete=models.PROTECT, related_name="contacts", null=True, blank=True, db_index=False
    )
    nature = models.CharField(_("art"), max_length=12, choices=Nature, blank=True, default="", db_default="")
    home_check = models.CharField(
        _("hjemkommune"), max_length=10, choices=HomeCheck, blank=True, default="", db_default=""
    )
    help_reason = models.CharField(
        _("havde brug for hjælp, fordi"), max_length=16, choices=HelpReason, blank=True, default="", db_default=""
    )
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
            models.Index(
                fields=("waiting_since",), condition=Q(state__in=("waiting", "callback")), name="contact_waiting"
            ),
            models.Index(fields=("changed_xid",), name="contact_changed"),
            models.Index(fields=("state",), condition=~Q(state="closed"), name="contact_open"),
            models.Index(fields=("line", "arrived_at"), name="contact_line_arrived"),
            models.Index(fields=("caller_number", "arrived_at"), condition=~Q(caller_number=""), name="contact_caller"),
            # Of the few who left another number: who looks for a citizen's contacts knows one of them.
            models.Index(
                fields=("callback_number", "arrived_at"), condition=~Q(callback_number=""), name="contact_called_at"
            ),
            models.Index(fields=("employee",), condition=Q(employee__isnull=False), name="contact_employee"),
            models.Index(fields=("origin",), condition=Q(origin__isnull=False), name="contact_origin"),
            models.Index(fields=("crisis",), condition=Q(crisis__isnull=False), name="contact_crisis"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(closed_as="")
                | ~Q(state="closed") & Q(closed_at__isnull=True, closed_as=""),
                name="contact_closed_says_when_and_how",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("waiting", "offered", "callback")) | Q(waiting_since__isnull=False),
                name="contact_waiting_has_a_place",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=IN_HAND_STATES) | Q(employee__isnull=False),
                name="contact_connected_has_an_employee",
            ),
            models.UniqueConstraint(
                fields=("employee",),
                condition=Q(channel__in=("phone", "counter"))
                & (Q(state__in=IN_HAND_STATES) | Q(state="transferred", documented_at__isnull=True)),
                name="contact_one_call_per_employee",
            ),
            models.UniqueConstraint(
                fields=("channel_ref",), condition=~Q(channel_ref=""), name="contact_channel_ref_once"
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class ContactEvent(models.Model):
    """One thing that happened to a contact. Rows are only ever added; statistics and settlement come from them.

    Contact, authority and employee are copied from rows that the very statement which writes the event holds locked; the database does
    not look them up a second time.
    """

    id = models.BigAutoField(primary_key=True)
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="events", db_constraint=False, db_index=False
    )
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    at = models.DateTimeField()
    name = models.CharField(max_length=24)
    from_state = models.CharField(max_length=12, blank=True, default="")
    to_state = models.CharField(max_length=12)
    employee = models.ForeignKey(
        Employee,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
    )
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=("contact", "id"), name="contact_event_story"),
            # Of few contacts: that they were called back, or left a message. Figures ask it of every contact.
            models.Index(
                fields=("contact",),
                condition=Q(name__in=("callback_asked", "callback_offered", "called_out", "message_left")),
                name="contact_event_back",
            ),
        )

    def __str__(self) -> str:
        return f"{self.at} {self.name}"


class ContactGuide(models.Model):
    """A guide that an employee opened for a contact; `helped` is what they said of it (None: nothing). Personal data: none of its own."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="guides")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField(_("udgave"))
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", db_index=False)
    opened_at = models.DateTimeField()
    helped = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ("opened_at",)
        verbose_name = _("åbnet guide")
        verbose_name_plural = _("åbnede guider")
        constraints = (models.UniqueConstraint(fields=("contact", "guide"), name="contact_guide_once"),)

    def __str__(self) -> str:
        return f"{self.contact_id}: {self.guide}"
