"""Accounts, people, what they can do, and the roles they hold."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from borgerlinje.cooperation.models import Authority, Centre
from borgerlinje.kit import clock
from borgerlinje.staff.roles import ROLE_NAMES, Role


class UserManager(BaseUserManager["User"]):
    """Makes accounts; an account signs in with its e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a new account. Raises ValueError without an e-mail address."""
        if not email:
            msg = "an account needs an e-mail address"
            raise ValueError(msg)
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a new account that may use Django's own administration."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """An account: the right to sign in. What it may do follows from its role assignments."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("navn"), max_length=80, blank=True, default="")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=clock.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        ordering = ("email",)
        verbose_name = _("konto")
        verbose_name_plural = _("konti")
        constraints = (models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_is_lower_case"),)

    def __str__(self) -> str:
        return self.name or self.email


class Clearance(models.TextChoices):
    """How far help may go: what a line offers, and what an employee may do for a centre. In rising order."""

    GUIDANCE_ONLY = "guidance_only", _("Kun vejledning")
    LIGHT_CASEWORK = "light_casework", _("Vejledning og lettere sagsbehandling")


class Skill(models.Model):
    """Something an employee can be trained in: a subject or, when `language` (such as "en") is set, a language."""

    code = models.SlugField(unique=True)
    name = models.CharField(_("navn"), max_length=80)
    language = models.CharField(_("sprogkode"), max_length=5, blank=True, default="", db_default="")

    class Meta:
        ordering = ("name",)
        verbose_name = _("kompetence")
        verbose_name_plural = _("kompetencer")

    def __str__(self) -> str:
        return self.name


class Employee(models.Model):
    """A person employed by one authority in [from_on, to_on) who answers contacts for one or more centres."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="employee", null=True, blank=True)
    employer = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="employees")
    given_name = models.CharField(_("fornavn"), max_length=40)
    initial = models.CharField(_("forbogstav i efternavn"), max_length=2)
    from_on = models.DateField(_("fra"))
    to_on = models.DateField(_("til (ikke med)"), null=True, blank=True)
    is_robot = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    centres: "models.ManyToManyField[Centre, EmployeeCentre]" = models.ManyToManyField(
        Centre, through="EmployeeCentre", related_name="employees"
    )

    class Meta:
        ordering = ("given_name", "initial")
        verbose_name = _("medarbejder")
        verbose_name_plural = _("medarbejdere")
        constraints = (
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gt=F("from_on")), name="employee_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.given_name} {self.initial}."

    @property
    def has_left(self) -> bool:
        """Whether the last day is over."""
        return self.to_on is not None and self.to_on <= clock.today()


class EmployeeCentre(models.Model):
    """That an employee answers for a centre in [from_on, to_on), and how far their help may go there."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="works")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="works")
    clearance = models.CharField(
        _("omfang"),
        max_length=16,
        choices=Clearance,
        default=Clearance.LIGHT_CASEWORK,
        db_default=Clearance.LIGHT_CASEWORK,
    )
    from_on = models.DateField(_("fra"))
    to_on = models.DateField(_("til (ikke med)"), null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("employee", "centre", "from_on"), name="employee_centre_once"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gt=F("from_on")), name="employee_centre_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.employee} · {self.centre}"


class EmployeeSkill(models.Model):
    """A skill an employee holds: level 1 (knows), 2 (can) or 3 (teaches), until `expires_on` if it is set."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="holders")
    level = models.PositiveSmallIntegerField(_("niveau"), default=1)
    expires_on = models.DateField(_("udløber"), null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("employee", "skill"), name="employee_skill_once"),
            models.CheckConstraint(condition=Q(level__range=(1, 3)), name="employee_skill_level_1_to_3"),
        )

    def __str__(self) -> str:
        return f"{self.employee}: {self.skill} {self.level}"


class RoleAssignment(models.Model):
    """A role an account holds at one authority in [from_on, to_on)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_assignments")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="role_assignments")
    role = models.CharField(_("rolle"), max_length=20, choices=[(role.value, ROLE_NAMES[role]) for role in Role])
    from_on = models.DateField(_("fra"))
    to_on = models.DateField(_("til (ikke med)"), null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "authority", "role", "from_on"), name="role_assignment_once"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gt=F("from_on")), name="role_assignment_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.role} · {self.authority}"
