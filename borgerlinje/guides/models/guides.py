"""Guides and their versions. A version's content is a value (`content.Content`), never changed once it is published."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.content import Content
from borgerlinje.guides.models.solutions import Solution
from borgerlinje.lines.models import Subject
from borgerlinje.staff.models import User


class Guide(models.Model):
    """A guide, known by its slug. `published` is the version that is read; None: nothing is, and it is found by nobody.

    `title` and `title_en` are those of the version last published, or of the first draft. `kle` is the subject's number after the pattern of
    KLE: 00.14.00. `owner` answers for the common text (None: whoever houses a centre), `keeper` is reminded before `review_on`;
    `reminded_on` is when that was last done. `looked_at` is when an editor last went through what was transferred in spite of the guide.
    """

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(_("titel"), max_length=120)
    title_en = models.CharField(_("titel på engelsk"), max_length=120, blank=True, default="")
    subject = models.ForeignKey(Subject, on_delete=models.SET_NULL, related_name="guides", null=True, blank=True)
    solution = models.ForeignKey(Solution, on_delete=models.SET_NULL, related_name="guides", null=True, blank=True)
    kle = models.CharField(_("emnenummer"), max_length=8, blank=True, default="")
    owner = models.ForeignKey(Authority, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    keeper = models.ForeignKey(User, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    reminded_on = models.DateField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    published = models.OneToOneField(
        "GuideVersion", on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("title",)
        verbose_name = _("guide")
        verbose_name_plural = _("guider")
        constraints = (
            models.CheckConstraint(condition=Q(kle="") | Q(kle__regex=r"^\d{2}\.\d{2}\.\d{2}$"), name="guide_kle_form"),
        )

    def __str__(self) -> str:
        return self.title


class State(models.TextChoices):
    """How far a version has come, of the common text as of a local one."""

    DRAFT = "draft", _("Kladde")
    IN_REVIEW = "in_review", _("Til godkendelse")
    PUBLISHED = "published", _("Udgivet")
    REPLACED = "replaced", _("Afløst")
    WITHDRAWN = "withdrawn", _("Trukket tilbage")


class GuideVersion(models.Model):
    """One version of a guide, by its number from 1. `based_on` is the version it was written from.

    It holds in [`valid_from`, `valid_to`) of local dates, None: without an end; after `review_on` it is read with a warning.
    `revision` counts how often a draft was stored (`GuideSave`): who stores over another one's work is told by it. `remark` is what whoever
    sent a draft back wants changed.
    """

    State = State

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(_("tilstand"), max_length=12, choices=State, default=State.DRAFT)
    stored = models.JSONField(db_column="content")
    note = models.CharField(_("hvad er ændret"), max_length=200, blank=True, default="")
    based_on = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False)
    revision = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False)
    remark = models.CharField(_("hvad skal ændres"), max_length=300, blank=True, default="")
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    published_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    valid_from = models.DateField(_("gælder fra"), null=True, blank=True)
    valid_to = models.DateField(_("gælder til"), null=True, blank=True)
    review_on = models.DateField(_("gennemgås senest"), null=True, blank=True)

    class Meta:
        ordering = ("guide", "-number")
        verbose_name = _("udgave af guide")
        verbose_name_plural = _("udgaver af guider")
        constraints = (
            models.UniqueConstraint(fields=("guide", "number"), name="guide_version_once"),
            models.UniqueConstraint(fields=("guide",), condition=Q(state="published"), name="guide_published_once"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="guide_version_ends_after_it_begins",
            ),
        )

    def __str__(self) -> str:
        return f"{self.guide} {self.number}"

    @property
    def content(self) -> Content:
        """Return what the version says."""
        return Content.of(self.stored)


class GuideSave(models.Model):
    """A draft as it was each time it was stored: what two editors' work is brought together from, and the way back. `revision` counts from 1."""

    version = models.ForeignKey(GuideVersion, on_delete=models.CASCADE, related_name="saves")
    revision = models.PositiveIntegerField()
    stored = models.JSONField(db_column="content")
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )

    class Meta:
        ordering = ("version", "-revision")
        verbose_name = _("gemt kladde")
        verbose_name_plural = _("gemte kladder")
        constraints = (models.UniqueConstraint(fields=("version", "revision"), name="guide_save_once"),)

    def __str__(self) -> str:
        return f"{self.version}, {self.revision}"


class GuidePicture(models.Model):
    """A picture of a guide's steps. `key` names it in addresses and in the content and tells its size; the bytes are drawn anew, never as uploaded."""

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="pictures")
    key = models.CharField(max_length=80, unique=True)
    png = models.BinaryField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False)

    class Meta:
        ordering = ("guide", "made_at")
        verbose_name = _("billede i guide")
        verbose_name_plural = _("billeder i guider")

    def __str__(self) -> str:
        return self.key
