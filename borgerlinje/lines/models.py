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
from borgerlinje.staff.models import Clearance, Employee, Skill


class Line(models.Model):
    """One service that citizens reach by one or more numbers.

    How its contacts share the pool with those of other lines: `head_start_seconds` counts as time waited already. An employee of the
    citizen's own authority is preferred while nobody has waited `own_authority_wait_seconds` for it. Where one member has many
    citizens waiting, they count as having come later, by `crowd_seconds` for each further one and `crowd_cap_seconds` at most: no
    member's rush holds up the others (0: strictly by arrival). `offers_callbacks`: who is to be called back is offered like a call.
    """

    Scope = Clearance

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
    head_start_seconds = models.PositiveIntegerField(_("forspring i sekunder"), default=0, db_default=0)
    own_authority_wait_seconds = models.PositiveIntegerField(
        _("egne medarbejdere foretrækkes i sekunder"), default=10, db_default=10
    )
    crowd_seconds = models.PositiveIntegerField(
        _("tillæg pr. ventende fra samme medlem i sekunder"), default=2, db_default=2
    )
    crowd_cap_seconds = models.PositiveIntegerField(_("højeste tillæg i sekunder"), default=120, db_default=120)
    offers_callbacks = models.BooleanField(_("tilbyder tilbagekald"), default=False, db_default=False)
    callback_attempts = models.PositiveSmallIntegerField(_("forsøg på at ringe tilbage"), default=3, db_default=3)
    callback_retry_seconds = models.PositiveIntegerField(_("sekunder mellem forsøg"), default=900, db_default=900)
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
                condition=Q(head_start_seconds__lte=3600, crowd_seconds__lte=60, crowd_cap_seconds__lte=3600),
                name="line_pool_rules_in_bounds",
            ),
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


class Relaxation(models.Model):
    """What a line no longer insists on when a contact has waited `after_seconds`. Steps add up."""

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="relaxations")
    after_seconds = models.PositiveIntegerField(_("efter sekunder"))
    lower_level_by = models.PositiveSmallIntegerField(_("niveauer lavere"), default=0)
    any_skill = models.BooleanField(_("uden krav om kompetence"), default=False)
    any_language = models.BooleanField(_("uden krav om sprog"), default=False)
    use_reserved = models.BooleanField(_("også medarbejdere, der er reserveret andre linjer"), default=False)

    class Meta:
        ordering = ("line", "after_seconds")
        verbose_name = _("lempelse")
        verbose_name_plural = _("lempelser")
        constraints = (
            models.UniqueConstraint(fields=("line", "after_seconds"), name="relaxation_once"),
            models.CheckConstraint(
                condition=~Q(lower_level_by=0) | Q(any_skill=True) | Q(any_language=True) | Q(use_reserved=True),
                name="relaxation_relaxes_something",
            ),
        )

    def __str__(self) -> str:
        return f"{self.line} efter {self.after_seconds} s"


class Reservation(models.Model):
    """That an employee is kept for a line in [from_on, to_on): other lines get them only where a relaxation says so."""

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="reservations")
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="reservations")
    from_on = models.DateField(_("fra"))
    to_on = models.DateField(_("til (ikke med)"), null=True, blank=True)

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservationer")
        constraints = (
            models.UniqueConstraint(fields=("line", "employee", "from_on"), name="reservation_once"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gt=F("from_on")), name="reservation_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.employee} · {self.line}"


class Subject(models.Model):
    """What a contact is about; `skill` at `skill_level` is what helping with it takes (None: what the line asks for).

    `needs_discretion` marks subjects that are the specialists' to decide: never closed as light casework.
    """

    code = models.SlugField(unique=True)
    name = models.CharField(_("navn"), max_length=120, unique=True)
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="subjects", null=True, blank=True)
    skill_level = models.PositiveSmallIntegerField(_("niveau"), default=1)
    needs_discretion = models.BooleanField(_("kræver skøn"), default=False)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)
        verbose_name = _("emne")
        verbose_name_plural = _("emner")
        constraints = (
            models.CheckConstraint(condition=Q(skill_level__range=(1, 3)), name="subject_skill_level_1_to_3"),
        )

    def __str__(self) -> str:
        return self.name


class LineTask(models.Model):
    """What a line does with a subject (None: with every one) in a band of the week; outside of all bands its own scope holds.

    Weekdays are Monday 0 to Sunday 6, both included; local times, `closes` not included, 00:00 is midnight at the day's end.
    """

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="tasks")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    first_weekday = models.PositiveSmallIntegerField(_("første ugedag"), default=0)
    last_weekday = models.PositiveSmallIntegerField(_("sidste ugedag"), default=6)
    opens = models.TimeField(_("fra kl."))
    closes = models.TimeField(_("til kl."))
    scope = models.CharField(_("omfang"), max_length=16, choices=Clearance)

    class Meta:
        ordering = ("line", "first_weekday", "opens")
        verbose_name = _("opgave")
        verbose_name_plural = _("opgaver")
        constraints = (
            models.CheckConstraint(
                condition=Q(first_weekday__range=(0, 6), last_weekday__range=(0, 6))
                & Q(last_weekday__gte=F("first_weekday")),
                name="line_task_weekdays_in_order",
            ),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")) | Q(closes="00:00"), name="line_task_closes_after_opening"
            ),
        )

    def __str__(self) -> str:
        return f"{self.line}: {self.subject or '*'} {self.scope}"
