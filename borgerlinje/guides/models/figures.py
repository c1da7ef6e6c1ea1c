"""What comes of the guides: solutions opened, what helped, and what was sought in vain. Counted by day; nothing tells who it was."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.models.guides import Guide


class Side(models.TextChoices):
    """Who read."""

    CITIZEN = "citizen", _("Borger")
    EMPLOYEE = "employee", _("Medarbejder")


class Opening(models.Model):
    """How often a guide's self-service solution was opened on a local day. `authority` None: on the pages common to all."""

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="openings")
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    side = models.CharField(max_length=8, choices=Side)
    campaign = models.CharField(_("kampagne"), max_length=40, blank=True, default="")
    on = models.DateField(_("dag"))
    count = models.PositiveIntegerField(_("antal"))

    class Meta:
        ordering = ("-on",)
        verbose_name = _("åbnet løsning")
        verbose_name_plural = _("åbnede løsninger")
        constraints = (
            models.UniqueConstraint(
                fields=("guide", "authority", "side", "campaign", "on"), name="opening_once", nulls_distinct=False
            ),
        )
        indexes = (models.Index(fields=("authority", "on"), name="opening_newest"),)

    def __str__(self) -> str:
        return f"{self.guide} {self.on}: {self.count}"


class Feedback(models.Model):
    """Whether a version of a guide helped. `words` is what the reader wrote, without a CPR number; it is worked off by an editor."""

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="feedback")
    version = models.PositiveIntegerField(_("udgave"))
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    side = models.CharField(max_length=8, choices=Side)
    helped = models.BooleanField(_("hjalp"))
    words = models.CharField(_("hvad manglede"), max_length=300, blank=True, default="")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at",)
        verbose_name = _("tilbagemelding")
        verbose_name_plural = _("tilbagemeldinger")
        indexes = (
            models.Index(fields=("guide", "-at"), name="feedback_newest"),
            models.Index(fields=("at",), condition=Q(done_at=None, helped=False), name="feedback_open"),
        )

    def __str__(self) -> str:
        return f"{self.guide}: {self.helped}"


class MissedSearch(models.Model):
    """What was asked for in vain on a local day, folded as it is compared, and how often."""

    asked = models.CharField(_("søgt efter"), max_length=120)
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    side = models.CharField(max_length=8, choices=Side)
    on = models.DateField(_("dag"))
    count = models.PositiveIntegerField(_("antal"))
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-on",)
        verbose_name = _("søgning uden svar")
        verbose_name_plural = _("søgninger uden svar")
        constraints = (
            models.UniqueConstraint(
                fields=("asked", "authority", "side", "on"), name="missed_search_once", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return f"{self.asked} {self.on}: {self.count}"
