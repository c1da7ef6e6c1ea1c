"""When a line is open: timetables with versions, and days that differ; and when an authority's own switchboard is."""

from datetime import time

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.cooperation.models import Authority, DateRange, OneElementRange
from borgerlinje.lines.models.line import Line


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
    """A date that differs from the timetable: other hours, or closed when both times are empty. It beats a holiday.

    `opens` and `closes` are its first opening; a day that closes in between has `more`.
    """

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

    @property
    def spans(self) -> list[tuple[time, time]]:
        """The day's openings in order; none on a closed day."""
        if self.opens is None or self.closes is None:
            return []
        return [(self.opens, self.closes), *((each.opens, each.closes) for each in self.more.all())]


class SpecialPeriod(models.Model):
    """A further opening of a special day, after its first: local time, 00:00 closes at midnight."""

    day = models.ForeignKey(SpecialDay, on_delete=models.CASCADE, related_name="more")
    opens = models.TimeField(_("åbner"))
    closes = models.TimeField(_("lukker"))

    class Meta:
        ordering = ("day", "opens")
        constraints = (
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")) | Q(closes="00:00"), name="special_period_closes_after_opening"
            ),
            models.UniqueConstraint(fields=("day", "opens"), name="special_period_once"),
        )

    def __str__(self) -> str:
        return f"{self.opens}-{self.closes}"


class SwitchboardHours(models.Model):
    """An authority's own switchboard answers on one weekday (Monday is 0) in [opens, closes), local time; 00:00 closes at midnight.

    What the coverage map is drawn of, and nothing else: no call is sent anywhere by it. Public holidays are closed.
    """

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="switchboard_hours")
    weekday = models.PositiveSmallIntegerField(_("ugedag"))
    opens = models.TimeField(_("åbner"))
    closes = models.TimeField(_("lukker"))
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ("authority", "weekday", "opens")
        constraints = (
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="switchboard_hours_weekday"),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")) | Q(closes="00:00"), name="switchboard_hours_closes_after_opening"
            ),
            models.UniqueConstraint(fields=("authority", "weekday", "opens"), name="switchboard_hours_once"),
        )

    def __str__(self) -> str:
        return f"{self.authority} {self.weekday} {self.opens}-{self.closes}"
