"""What a line does besides ringing at an employee: says news, sends citizens on by agreement, and knows the specialists."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.cooperation.models import Authority, Centre, DateRange, OneElementRange
from borgerlinje.lines.models.line import Line
from borgerlinje.lines.models.pool import Subject
from borgerlinje.staff.models import User


class Notice(models.Model):
    """News that everybody is told first, on one line or (`line` None) on all of a centre's: an outage, a delay, a changed hour.

    `text_en` is said to those who chose English, the Danish one when it is empty. It holds in [from_at, to_at).
    """

    class Kind(models.TextChoices):
        NEWS = "news", _("Besked")
        OUTAGE = "outage", _("Driftsforstyrrelse")

    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="notices")
    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="notices", null=True, blank=True)
    kind = models.CharField(_("art"), max_length=8, choices=Kind, default=Kind.NEWS)
    text = models.TextField(_("tekst"), max_length=400)
    text_en = models.TextField(_("tekst på engelsk"), max_length=400, blank=True, default="")
    is_said = models.BooleanField(_("siges i telefonen"), default=True)
    is_shown = models.BooleanField(_("vises på borgersiden"), default=True)
    from_at = models.DateTimeField(_("fra"))
    to_at = models.DateTimeField(_("til"), null=True, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ("-from_at",)
        verbose_name = _("besked")
        verbose_name_plural = _("beskeder")
        constraints = (
            models.CheckConstraint(
                condition=Q(to_at__isnull=True) | Q(to_at__gt=F("from_at")), name="notice_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return self.text[:60]


class Overflow(models.Model):
    """An agreement that citizens of `line` may be sent on to `to_line`, which may belong to another centre, in [from_on, to_on).

    After `after_seconds` of waiting (None: not for waiting), when the queue is full, or in closed hours; only while `to_line` is
    open. Whose citizen it is does not change by it. `agreed` names the paper the agreement stands in.
    """

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="overflows")
    to_line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="overflows_in")
    after_seconds = models.PositiveIntegerField(_("efter sekunders ventetid"), null=True, blank=True)
    when_full = models.BooleanField(_("når køen er fuld"), default=False)
    when_closed = models.BooleanField(_("når der er lukket"), default=False)
    from_on = models.DateField(_("fra"))
    to_on = models.DateField(_("til (ikke med)"), null=True, blank=True)
    agreed = models.CharField(_("aftale"), max_length=120)

    class Meta:
        ordering = ("line", "from_on")
        verbose_name = _("aftale om overløb")
        verbose_name_plural = _("aftaler om overløb")
        constraints = (
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gt=F("from_on")), name="overflow_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(to_line=F("line")), name="overflow_goes_elsewhere"),
            models.CheckConstraint(
                condition=Q(after_seconds__isnull=False) | Q(when_full=True) | Q(when_closed=True),
                name="overflow_has_an_occasion",
            ),
            models.CheckConstraint(condition=~Q(agreed=""), name="overflow_is_agreed"),
            ExclusionConstraint(
                name="overflow_one_at_a_time",
                expressions=(
                    (OneElementRange("line_id"), RangeOperators.OVERLAPS),
                    (DateRange("from_on", "to_on"), RangeOperators.OVERLAPS),
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.line} -> {self.to_line}"


class Specialist(models.Model):
    """A unit that knows a subject and has a number of its own, outside the pool: of one authority, or (None) of all.

    Open on weekdays `first_weekday` to `last_weekday` (Monday 0, both included) in [opens, closes), Danish time; no times: always.
    """

    authority = models.ForeignKey(
        Authority, on_delete=models.CASCADE, related_name="specialists", null=True, blank=True
    )
    name = models.CharField(_("enhed"), max_length=80)
    about = models.CharField(_("hvad de hjælper med"), max_length=200, blank=True, default="")
    digits = models.CharField(_("nummer"), max_length=15)
    subjects = models.ManyToManyField(Subject, related_name="specialists", blank=True)
    first_weekday = models.PositiveSmallIntegerField(_("første ugedag"), default=0)
    last_weekday = models.PositiveSmallIntegerField(_("sidste ugedag"), default=4)
    opens = models.TimeField(_("åbner"), null=True, blank=True)
    closes = models.TimeField(_("lukker"), null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)
        verbose_name = _("specialist")
        verbose_name_plural = _("specialister")
        constraints = (
            models.CheckConstraint(condition=Q(digits__regex=r"^\+?\d{3,15}$"), name="specialist_number_is_digits"),
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True) | Q(opens__isnull=False, closes__gt=F("opens")),
                name="specialist_closes_after_opening",
            ),
        )

    def __str__(self) -> str:
        return self.name
