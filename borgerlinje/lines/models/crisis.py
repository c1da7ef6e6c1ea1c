"""Crisis mode: one act that opens more, says more and calls in more, with figures and a log of its own."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.cooperation.models import Authority, Centre
from borgerlinje.lines.models.line import Line
from borgerlinje.staff.models import Employee, EmployeeCentre, User


class Crisis(models.Model):
    """A crisis of a centre from `started_at` until `ended_at`; contacts that arrive on its lines meanwhile are marked with it.

    `announcement` is said first on every one of its lines, `banner` stands on the citizen's pages. `cost_key` names the account the
    hours and contacts are settled on. `evaluation` is written afterwards.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="crises")
    name = models.CharField(_("navn"), max_length=80)
    reason = models.TextField(_("anledning"), blank=True, default="")
    announcement = models.TextField(_("siges først i telefonen"), max_length=400, blank=True, default="")
    announcement_en = models.TextField(_("siges på engelsk"), max_length=400, blank=True, default="")
    banner = models.CharField(_("banner på borgersiden"), max_length=300, blank=True, default="")
    cost_key = models.CharField(_("kontonøgle"), max_length=40, blank=True, default="")
    started_at = models.DateTimeField(_("begyndte"))
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ended_at = models.DateTimeField(_("sluttede"), null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    evaluation = models.TextField(_("evaluering"), blank=True, default="")
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("-started_at",)
        verbose_name = _("krise")
        verbose_name_plural = _("kriser")
        constraints = (
            models.UniqueConstraint(
                fields=("centre",), condition=Q(ended_at__isnull=True), name="crisis_one_at_a_time_per_centre"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="crisis_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return self.name


class CrisisLine(models.Model):
    """That a line is part of a crisis; `is_opened`: it is open for its duration, whatever its timetable says."""

    crisis = models.ForeignKey(Crisis, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="crises")
    is_opened = models.BooleanField(_("holdes åben"), default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("crisis", "line"), name="crisis_line_once"),)

    def __str__(self) -> str:
        return f"{self.crisis}: {self.line}"


class CrisisMember(models.Model):
    """An authority that has been called in, and whether it has answered: its employees may be lent to the centre meanwhile."""

    class Answer(models.TextChoices):
        ASKED = "asked", _("Spurgt")
        ACCEPTED = "accepted", _("Kommer")
        DECLINED = "declined", _("Kan ikke")

    crisis = models.ForeignKey(Crisis, on_delete=models.CASCADE, related_name="members")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    employees_asked = models.PositiveSmallIntegerField(_("medarbejdere, der er bedt om"), default=1)
    employees_promised = models.PositiveSmallIntegerField(_("medarbejdere, der er lovet"), null=True, blank=True)
    answer = models.CharField(_("svar"), max_length=8, choices=Answer, default=Answer.ASKED)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("crisis", "authority"), name="crisis_member_once"),)

    def __str__(self) -> str:
        return f"{self.crisis}: {self.authority}"


class CrisisLoan(models.Model):
    """An employee of a called-in authority who answers for the centre in [from_at, to_at): `works` is what lets them do so.

    `works` is None once an employee who came and went on the same day is lent no more. Hours are counted from the two instants.
    """

    member = models.ForeignKey(CrisisMember, on_delete=models.CASCADE, related_name="loans")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="crisis_loans")
    works = models.OneToOneField(
        EmployeeCentre, on_delete=models.SET_NULL, related_name="crisis_loan", null=True, blank=True
    )
    from_at = models.DateTimeField(_("fra"))
    to_at = models.DateTimeField(_("til"), null=True, blank=True)
    lent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ("from_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("employee",), condition=Q(to_at__isnull=True), name="crisis_loan_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(to_at__isnull=True) | Q(to_at__gte=F("from_at")), name="crisis_loan_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.member}: {self.employee}"


class CrisisGuide(models.Model):
    """What employees are to say and do in a crisis, on every desk of the centre as long as it lasts."""

    crisis = models.ForeignKey(Crisis, on_delete=models.CASCADE, related_name="guides")
    title = models.CharField(_("titel"), max_length=120)
    text = models.TextField(_("tekst"))
    link = models.URLField(_("link"), blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.title


class CrisisDuty(models.Model):
    """Who has a role of the crisis staff in [from_at, to_at); one person at a time has each."""

    class Role(models.TextChoices):
        LEADER = "leader", _("Kriseleder")
        LOG_KEEPER = "log_keeper", _("Logfører")
        PROCESS = "process", _("Procesansvarlig")
        STAFFING = "staffing", _("Bemandingsansvarlig")

    crisis = models.ForeignKey(Crisis, on_delete=models.CASCADE, related_name="duties")
    role = models.CharField(_("rolle"), max_length=12, choices=Role)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    from_at = models.DateTimeField(_("fra"))
    to_at = models.DateTimeField(_("til"), null=True, blank=True)

    class Meta:
        ordering = ("from_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("crisis", "role"), condition=Q(to_at__isnull=True), name="crisis_duty_one_person"
            ),
        )

    def __str__(self) -> str:
        return f"{self.crisis}: {self.get_role_display()}"


class CrisisEntry(models.Model):
    """One entry of a crisis' log: who, in which role, what was decided or seen. Rows are only ever added."""

    class Role(models.TextChoices):
        LEADER = "leader", _("Kriseleder")
        LOG_KEEPER = "log_keeper", _("Logfører")
        PROCESS = "process", _("Procesansvarlig")
        STAFFING = "staffing", _("Bemandingsansvarlig")
        SYSTEM = "system", _("Systemet")

    class Kind(models.TextChoices):
        DECISION = "decision", _("Beslutning")
        OBSERVATION = "observation", _("Observation")
        ACTION = "action", _("Handling")

    crisis = models.ForeignKey(Crisis, on_delete=models.CASCADE, related_name="entries")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    role = models.CharField(_("rolle"), max_length=12, choices=Role)
    kind = models.CharField(_("art"), max_length=12, choices=Kind, default=Kind.OBSERVATION)
    text = models.TextField(_("tekst"))

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.at}: {self.text[:60]}"
