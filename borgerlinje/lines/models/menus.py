"""What a citizen can choose on the telephone, and the recordings that say it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.lines.models.line import Line
from borgerlinje.staff.models import User


class MenuVersion(models.Model):
    """A line's menu in one language, valid from `from_at` until the next version of that language begins.

    `tree` is read and checked by `lines.menus`, which says what it may hold. A version without `published_at` is a draft: nobody
    hears it. A published one is never changed, so that what a citizen heard last month can be read next year.
    """

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="menus")
    language = models.CharField(_("sprog"), max_length=5, default="da")
    tree = models.JSONField(_("menu"), default=dict)
    from_at = models.DateTimeField(_("gælder fra"), null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    note = models.CharField(_("hvorfor"), max_length=200, blank=True, default="")

    class Meta:
        ordering = ("line", "language", "from_at")
        verbose_name = _("telefonmenu")
        verbose_name_plural = _("telefonmenuer")
        constraints = (
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(from_at__isnull=False), name="menu_published_says_from_when"
            ),
            models.UniqueConstraint(
                fields=("line", "language"), condition=Q(published_at__isnull=True), name="menu_one_draft"
            ),
            models.UniqueConstraint(
                fields=("line", "language", "from_at"),
                condition=Q(published_at__isnull=False),
                name="menu_one_version_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.line} ({self.language})"


class Sound(models.Model):
    """A recording that a menu or a line plays instead of speech: normalised, mono, 16-bit at 16 kHz, as a WAV file in `wave`.

    `loudness_lufs` and `peak_dbfs` are those of what was uploaded. `said` is the text that is spoken in it, for those who read.
    """

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="sounds")
    name = models.CharField(_("navn"), max_length=80)
    language = models.CharField(_("sprog"), max_length=5, default="da")
    said = models.TextField(_("det, der bliver sagt"), blank=True, default="")
    wave = models.BinaryField()
    digest = models.CharField(max_length=64)
    seconds = models.FloatField(_("længde i sekunder"))
    original_format = models.CharField(max_length=40, blank=True, default="")
    loudness_lufs = models.FloatField(null=True, blank=True)
    peak_dbfs = models.FloatField(null=True, blank=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ("line", "name")
        verbose_name = _("indtaling")
        verbose_name_plural = _("indtalinger")
        constraints = (
            models.UniqueConstraint(fields=("line", "digest"), name="sound_once_per_line"),
            models.CheckConstraint(condition=Q(seconds__gt=0, seconds__lte=180), name="sound_is_three_minutes_at_most"),
        )

    def __str__(self) -> str:
        return self.name
