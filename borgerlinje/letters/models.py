"""How centres word their letters, and the letters that are to be sent or have been."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.cooperation.models import Authority
from borgerlinje.kit.ids import uuid7
from borgerlinje.letters.kinds import KINDS, Kind
from borgerlinje.staff.models import User


class LetterTemplate(models.Model):
    """One version of how an authority words a letter in one language; the newest holds. An empty body: the default holds again.

    Versions are only added to, so that every earlier one can be seen and put back.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=24)
    language = models.CharField(max_length=2)
    version = models.PositiveIntegerField()
    subject = models.CharField(_("emne"), max_length=150, blank=True, default="")
    body = models.TextField(_("tekst"), blank=True, default="")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )

    class Meta:
        ordering = ("-version",)
        verbose_name = _("brevskabelon")
        verbose_name_plural = _("brevskabeloner")
        constraints = (
            models.UniqueConstraint(fields=("authority", "code", "language", "version"), name="letter_template_once"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.language} {self.version}"

    @property
    def is_default(self) -> bool:
        """Tell whether this version went back to the default."""
        return not self.body


class Letter(models.Model):
    """An e-mail to somebody, sent by a job: waiting until `sent_at` (the server took it) or `gave_up_at`.

    `fault` says why the last try did not succeed, in the server's own words in `words`. `sealed` holds what is filled in, links among it:
    it is emptied when the letter has been sent. `authority` is None until the job has found out whose the recipient is.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Venter")
        SENT = "sent", _("Sendt")
        FAILED = "failed", _("Ikke sendt")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    code = models.CharField(max_length=24)
    language = models.CharField(max_length=2)
    address = models.CharField(_("adresse"), max_length=254)
    sealed = models.TextField(blank=True, default="")
    asked_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=16, blank=True, default="")
    words = models.CharField(max_length=300, blank=True, default="")
    sent_at = models.DateTimeField(null=True, blank=True)
    gave_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-asked_at",)
        verbose_name = _("brev")
        verbose_name_plural = _("breve")
        indexes = (
            models.Index(fields=("authority", "-asked_at"), name="letter_newest"),
            models.Index(fields=("authority",), condition=Q(gave_up_at__isnull=False), name="letter_failed"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(gave_up_at__isnull=True), name="letter_ends_one_way"
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state(self) -> "Letter.State":
        """Return how far it has come."""
        if self.sent_at:
            return self.State.SENT
        return self.State.FAILED if self.gave_up_at else self.State.WAITING

    @property
    def kind(self) -> Kind | None:
        """Return which letter it is; None for one that this version does not know."""
        return KINDS.get(self.code)
