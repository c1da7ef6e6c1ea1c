"""Who is ready, and what has been offered to whom."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.contacts.models import Contact
from borgerlinje.cooperation.models import Authority
from borgerlinje.dispatch import presence
from borgerlinje.kit.ids import uuid7
from borgerlinje.staff.models import Employee


class PresenceState(models.TextChoices):
    """What an employee is doing."""

    SIGNED_OUT = presence.State.SIGNED_OUT.value, _("Ikke på arbejde")
    READY = presence.State.READY.value, _("Klar")
    OFFERED = presence.State.OFFERED.value, _("Opkald ringer")
    TALKING = presence.State.TALKING.value, _("I samtale")
    WRAP_UP = presence.State.WRAP_UP.value, _("Efterbehandling")
    PAUSED = presence.State.PAUSED.value, _("Pause")
    NOT_ANSWERING = presence.State.NOT_ANSWERING.value, _("Svarer ikke")
    CONNECTION_LOST = presence.State.CONNECTION_LOST.value, _("Forbindelsen er væk")


class PauseReason(models.TextChoices):
    """Why an employee takes no contacts for a while; a pause needs no reason."""

    LUNCH = "lunch", _("Frokost")
    MEETING = "meeting", _("Møde")
    TRAINING = "training", _("Oplæring")
    OTHER_WORK = "other_work", _("Andet arbejde")


class Presence(models.Model):
    """An employee's state now. `pause_reason` is that of the pause they hold or have asked for.

    `idle_since` orders the longest idle first and is kept through a pause-free offer that was withdrawn. `pause_after` asks for
    a pause when the present contact is done. A capacity of 0 means that the employee does not take the channel; the loads count
    the open contacts of the shared channels. `seen_at` is when their browser was last there, by the database's clock (None: nobody
    looks after one, as with robots). `changed_xid` as in a contact.
    """

    employee = models.OneToOneField(Employee, on_delete=models.CASCADE, primary_key=True, related_name="presence")
    state = models.CharField(max_length=16, choices=PresenceState, default=PresenceState.SIGNED_OUT)
    since = models.DateTimeField()
    idle_since = models.DateTimeField()
    pause_after = models.BooleanField(default=False)
    pause_reason = models.CharField(max_length=12, choices=PauseReason, blank=True, default="", db_default="")
    seen_at = models.DateTimeField(null=True, blank=True)
    phone_capacity = models.PositiveSmallIntegerField(_("opkald"), default=1, db_default=1)
    counter_capacity = models.PositiveSmallIntegerField(_("fremmøder"), default=1, db_default=1)
    chat_capacity = models.PositiveSmallIntegerField(_("chats ad gangen"), default=2, db_default=2)
    mail_capacity = models.PositiveSmallIntegerField(_("mails ad gangen"), default=3, db_default=3)
    chat_load = models.PositiveSmallIntegerField(default=0, db_default=0)
    mail_load = models.PositiveSmallIntegerField(default=0, db_default=0)
    changed_xid = models.BigIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        indexes = (models.Index(fields=("changed_xid",), name="presence_changed"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(phone_capacity__lte=1, counter_capacity__lte=1), name="presence_one_person_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(chat_load__lte=F("chat_capacity"), mail_load__lte=F("mail_capacity")),
                name="presence_load_within_capacity",
            ),
        )

    def __str__(self) -> str:
        return f"{self.employee}: {self.state}"

    @property
    def doing(self) -> str:
        """What the employee is doing, as colleagues read it: the pause's reason where there is one."""
        is_reasoned = self.state == PresenceState.PAUSED and self.pause_reason
        return str(self.get_pause_reason_display() if is_reasoned else self.get_state_display())


class Spell(models.Model):
    """A stretch of an employee's day in [from_at, to_at), still going on while `to_at` is empty; the database writes them.

    Work is everything between being ready and the end of after-call work, whoever rings; nobody who is signed out has one.
    """

    class Kind(models.TextChoices):
        WORK = "work", _("Arbejde")
        PAUSE = "pause", _("Pause")
        AWAY = "away", _("Uden forbindelse eller svar")

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="spells", db_index=False)
    kind = models.CharField(max_length=5, choices=Kind)
    reason = models.CharField(max_length=12, choices=PauseReason, blank=True, default="", db_default="")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("employee", "from_at"), name="spell_of_employee"),)
        constraints = (
            models.UniqueConstraint(fields=("employee",), condition=Q(to_at__isnull=True), name="spell_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(to_at__isnull=True) | Q(to_at__gte=F("from_at")), name="spell_ends_after"
            ),
        )

    def __str__(self) -> str:
        return f"{self.employee}: {self.kind} {self.from_at:%H:%M}"


class OfferEnd(models.TextChoices):
    """How an offer ended."""

    ANSWERED = "answered", _("Besvaret")
    EXPIRED = "expired", _("Ikke besvaret i tide")
    DECLINED = "declined", _("Kunne ikke tages")
    FAILED = "failed", _("Telefonen kunne ikke nås")
    LOST = "lost", _("Medarbejderens forbindelse forsvandt")
    WITHDRAWN = "withdrawn", _("Borgeren lagde på")
    TECHNICAL = "technical", _("Teknisk fejl")


class Offer(models.Model):
    """A contact offered to one employee. The database lets a contact and an employee have one open offer each."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="offers")
    # Copied from the contact and the presence that the statement which makes the offer holds locked.
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="offers", db_constraint=False)
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


class TransferEnd(models.TextChoices):
    """How an attempt to reach somebody for a citizen ended."""

    ANSWERED = "answered", _("Talte med dem")
    HANDED_OVER = "handed_over", _("Overtog borgeren")
    BUSY = "busy", _("Optaget")
    DECLINED = "declined", _("Afvist")
    NO_ANSWER = "no_answer", _("Svarede ikke")
    VOICEMAIL = "voicemail", _("Telefonsvarer")
    CANCELLED = "cancelled", _("Fortrudt")
    BARRED = "barred", _("Nummeret er spærret")
    TECHNICAL = "technical", _("Teknisk fejl")


class Transfer(models.Model):
    """One attempt to bring somebody else to a citizen: a colleague, a specialist or any number, or the employee's own other phone.

    `employee` is who asks. `mode` says whether they speak with them first ("ask"), all three at once ("three"), or send the citizen straight on
    ("blind"). `note` is what travels along. Exactly one of `target` and `digits` says who is rung; `label` names them. A contact has one open
    attempt, and a colleague is asked by one at a time: the database sees to both.
    """

    class Mode(models.TextChoices):
        ASK = "ask", _("Spørg først")
        THREE = "three", _("Alle tre sammen")
        BLIND = "blind", _("Send direkte")
        MOVE = "move", _("Flyt til min anden telefon")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="transfers")
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="transfers", db_index=False)
    mode = models.CharField(_("måde"), max_length=6, choices=Mode, default=Mode.ASK)
    target = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    digits = models.CharField(_("nummer"), max_length=32, blank=True, default="")
    label = models.CharField(_("hvem"), max_length=120, blank=True, default="")
    note = models.TextField(_("overlevering"), blank=True, default="")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    rung_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=12, choices=TransferEnd, blank=True, default="")

    class Meta:
        ordering = ("made_at",)
        verbose_name = _("viderestilling")
        verbose_name_plural = _("viderestillinger")
        constraints = (
            models.UniqueConstraint(
                fields=("contact",), condition=Q(ended_at__isnull=True), name="transfer_one_open_per_contact"
            ),
            models.UniqueConstraint(
                fields=("target",),
                condition=Q(ended_at__isnull=True, target__isnull=False),
                name="transfer_one_open_per_target",
            ),
            models.CheckConstraint(
                condition=Q(target__isnull=False, digits="") | Q(target__isnull=True) & ~Q(digits=""),
                name="transfer_names_its_target",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_as="") | Q(ended_at__isnull=False) & ~Q(ended_as=""),
                name="transfer_ended_says_how",
            ),
        )

    def __str__(self) -> str:
        return f"{self.contact_id} -> {self.label}"
