"""What a member says otherwise about a guide: versions of its local text, over the common one."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.models.guides import Guide, GuideVersion, State
from borgerlinje.guides.overlay import Overlay
from borgerlinje.staff.models import User


class LocalGuide(models.Model):
    """An authority's own part of a guide. `published` None: its citizens read the common text alone.

    `held_against` is the common version that the local text was last looked at beside: where another one is published now, its owner is to
    look at the difference. `told_of` is the common version that its owner has had a letter about.
    """

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="local")
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="+")
    published = models.OneToOneField(
        "LocalVersion", on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    held_against = models.ForeignKey(
        GuideVersion, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    told_of = models.ForeignKey(
        GuideVersion, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    keeper = models.ForeignKey(User, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ("guide", "authority")
        verbose_name = _("lokal guide")
        verbose_name_plural = _("lokale guider")
        constraints = (models.UniqueConstraint(fields=("guide", "authority"), name="local_guide_once"),)

    def __str__(self) -> str:
        return f"{self.guide}: {self.authority}"


class LocalVersion(models.Model):
    """One version of an authority's local text, by its number from 1; what it says (`overlay.Overlay`) is never changed once it is published.

    `over` is the common version it was written over, `writers` are all who stored any of it: none of them approves it.
    """

    State = State

    local = models.ForeignKey(LocalGuide, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(_("tilstand"), max_length=12, choices=State, default=State.DRAFT)
    stored = models.JSONField(db_column="content")
    note = models.CharField(_("hvad er ændret"), max_length=200, blank=True, default="")
    over = models.ForeignKey(
        GuideVersion, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    revision = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False)
    writers = models.ManyToManyField(User, related_name="+", blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False)
    remark = models.CharField(_("hvad skal ændres"), max_length=300, blank=True, default="")
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    published_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("local", "-number")
        verbose_name = _("udgave af lokal guide")
        verbose_name_plural = _("udgaver af lokale guider")
        constraints = (
            models.UniqueConstraint(fields=("local", "number"), name="local_version_once"),
            models.UniqueConstraint(fields=("local",), condition=Q(state="published"), name="local_published_once"),
        )

    def __str__(self) -> str:
        return f"{self.local} {self.number}"

    @property
    def overlay(self) -> Overlay:
        """Return what the version says."""
        return Overlay.of(self.stored)
