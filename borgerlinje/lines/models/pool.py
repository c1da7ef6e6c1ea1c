"""What helping with a line's contacts takes, and who is kept for it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.cooperation.models import Authority
from borgerlinje.lines.models.line import Line
from borgerlinje.staff.models import Clearance, Employee, Skill


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

    `search_words` are what people call it: everyday words and events in a life, in any language, with spaces between. `about` is what a
    citizen does first, in a sentence or two, and `source` where that stands. `link` is where they can do it themselves, an authority's
    own (`SubjectLink`) before it. A subject that is retired is offered to nobody any more; what was about it keeps its name.
    """

    code = models.SlugField(unique=True)
    name = models.CharField(_("navn"), max_length=120, unique=True)
    name_en = models.CharField(_("navn på engelsk"), max_length=120, blank=True, default="", db_default="")
    search_words = models.CharField(_("søgeord"), max_length=600, blank=True, default="", db_default="")
    about = models.CharField(_("kort om emnet"), max_length=300, blank=True, default="", db_default="")
    about_en = models.CharField(_("kort om emnet på engelsk"), max_length=300, blank=True, default="", db_default="")
    source = models.CharField(_("kilde"), max_length=120, blank=True, default="", db_default="")
    link = models.URLField(_("link til selvbetjening"), max_length=300, blank=True, default="", db_default="")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="subjects", null=True, blank=True)
    skill_level = models.PositiveSmallIntegerField(_("niveau"), default=1)
    needs_discretion = models.BooleanField(_("kræver skøn"), default=False)
    retired_on = models.DateField(_("ude af brug siden"), null=True, blank=True)
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


class SubjectLink(models.Model):
    """Where an authority's citizens can help themselves with a subject, in place of the subject's own link."""

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="links")
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="+")
    url = models.URLField(_("link"), max_length=300)

    class Meta:
        ordering = ("subject", "authority")
        verbose_name = _("eget link")
        verbose_name_plural = _("egne links")
        constraints = (models.UniqueConstraint(fields=("subject", "authority"), name="subject_link_once"),)

    def __str__(self) -> str:
        return f"{self.subject}: {self.url}"


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
