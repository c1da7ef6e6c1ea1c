"""Service lines: what is called, when it is open, what is said.

The owner of a line is the authority whose service it is; the centre that operates it may be another (1881 belongs to the
state and was answered by Copenhagen).
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.cooperation.models import Authority, Centre, DateRange, OneElementRange
from borgerlinje.staff.models import Skill


class Line(models.Model):
    """One service that citizens reach by one or more numbers."""

    class Scope(models.TextChoices):
        GUIDANCE_ONLY = "guidance_only", _("Kun vejledning")
        LIGHT_CASEWORK = "light_casework", _("Vejledning og lettere sagsbehandling")

    slug = models.SlugField(unique=True)
    name = models.CharField(_("navn"), max_length=80)
    owner = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="owned_lines")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="lines")
    scope = models.CharField(_("omfang"), max_length=16, choices=Scope, default=Scope.GUIDANCE_ONLY)
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="lines", null=True, blank=True)
    skill_level = models.PositiveSmallIntegerField(_("niveau"), default=1)
    language = models.CharField(_("sprog"), max_length=5, default="da")
    greeting_text = models.TextField(_("velkomst"))
    closed_text = models.TextField(_("når linjen er lukket"))
    target_seconds = models.PositiveIntegerField(_("servicemål i sekunder"), default=30)
    ring_seconds = models.PositiveIntegerField(_("ringetid i sekunder"), default=20)
    wrap_up_seconds = models.PositiveIntegerField(_("efterbehandling i sekunder"), default=60)
    optional_holidays = ArrayField(
        models.CharField(max_length=40), verbose_name=_("valgfri lukkedage"), default=list, blank=True
    )
    always_open = models.BooleanField(_("åben hele døgnet"), default=False)
    always_open_reason = models.CharField(_("hvorfor altid åben"), max_length=120, blank=True, default="")
    is_hidden = models.BooleanField(_("skjult"), default=False)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)
        verbose_name = _("linje")
        verbose_name_plural = _("linjer")
        constraints = (
            models.CheckConstraint(condition=Q(skill_level__range=(1, 3)), name="line_skill_level_1_to_3"),
            models.CheckConstraint(condition=Q(ring_seconds__range=(3, 120)), name="line_rings_3_to_120_seconds"),
            models.CheckConstraint(
                condition=Q(always_open=False) | ~Q(always_open_reason=""), name="line_override_has_a_reason"
            ),
        )

    def __str__(self) -> str:
        return self.name


class LineNumber(models.Model):
    """A number citizens dial for a line. The long and the short form of one number are two rows.

    `home_authority` is the authority whose citizens are given this number, None for a number common to all.
    """

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="numbers")
    digits = models.CharField(_("nummer"), max_length=15, unique=True)
    home_authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="numbers", null=True, blank=True
    )
    is_main = models.BooleanField(_("vises først"), default=False)

    class Meta:
        ordering = ("line", "-is_main", "digits")
        verbose_name = _("nummer")
        verbose_name_plural = _("numre")
        constraints = (models.CheckConstraint(condition=Q(digits__regex=r"^\d{3,15}$"), name="line_number_is_digits"),)

    def __str__(self) -> str:
        return self.digits


class OpeningVersion(models.Model):
    """A weekly timetable that holds for local dates in [from_on, to_on)."""

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="opening_versions")
    from_on = models.DateField(_("fra"))
    to_on = models.DateField(_("til (ikke med)"), null=True, blank=True)
    source = models.CharField(_("kilde"), max_length=120, blank=True, default="")

    class Meta:
        ordering = ("line", "from_on")
        verbose_name = _("åbningstid")
        verbose_name_plural = _("åbningstider")
        constraints = (
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gt=F("from_on")), name="opening_version_ends_after_start"
            ),
            ExclusionConstraint(
                name="opening_version_no_overlap",
                expressions=(
                    (OneElementRange("line_id"), RangeOperators.OVERLAPS),
                    (DateRange("from_on", "to_on"), RangeOperators.OVERLAPS),
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.line} fra {self.from_on}"


class OpeningPeriod(models.Model):
    """Open on one weekday (Monday is 0) from `opens` until, not including, `closes`, local time; 00:00 closes at midnight."""

    version = models.ForeignKey(OpeningVersion, on_delete=models.CASCADE, related_name="periods")
    weekday = models.PositiveSmallIntegerField(_("ugedag"))
    opens = models.TimeField(_("åbner"))
    closes = models.TimeField(_("lukker"))

    class Meta:
        ordering = ("version", "weekday", "opens")
        constraints = (
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="opening_period_weekday"),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")) | Q(closes="00:00"), name="opening_period_closes_after_opening"
            ),
            models.UniqueConstraint(fields=("version", "weekday", "opens"), name="opening_period_once"),
        )

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens}-{self.closes}"


class SpecialDay(models.Model):
    """A date that differs from the timetable: other hours, or closed when both times are empty. It beats a holiday."""

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="special_days")
    on = models.DateField(_("dato"))
    opens = models.TimeField(_("åbner"), null=True, blank=True)
    closes = models.TimeField(_("lukker"), null=True, blank=True)
    note = models.CharField(_("hvorfor"), max_length=120, blank=True, default="")

    class Meta:
        ordering = ("line", "on")
        verbose_name = _("særlig dag")
        verbose_name_plural = _("særlige dage")
        constraints = (
            models.UniqueConstraint(fields=("line", "on"), name="special_day_once"),
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True)
                | Q(opens__isnull=False, closes__isnull=False) & (Q(closes__gt=F("opens")) | Q(closes="00:00")),
                name="special_day_closes_after_opening",
            ),
        )

    def __str__(self) -> str:
        return f"{self.line} {self.on}"
