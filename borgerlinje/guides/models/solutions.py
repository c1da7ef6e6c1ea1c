"""Self-service solutions: what citizens do themselves on the net, whose it is, where it is, and whether it works."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from borgerlinje.cooperation.models import Authority
from borgerlinje.lines.models import Notice
from borgerlinje.staff.models import User


class Solution(models.Model):
    """A self-service solution. `address` is where it is for all; an authority's own (`SolutionAddress`) before it.

    `mandatory_on`: the day from which citizens must use it (the wave plan's); None: they may.
    """

    class OwnerKind(models.TextChoices):
        STATE = "state", _("Staten")
        REGION = "region", _("Regionen")
        MUNICIPALITY = "municipality", _("Kommunen")
        OTHER = "other", pgettext_lazy("owner", "En anden")

    class SignIn(models.TextChoices):
        MITID = "mitid", _("MitID")
        MITID_BUSINESS = "mitid_erhverv", _("MitID Erhverv")
        NONE = "none", _("Uden login")

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("navn"), max_length=120, unique=True)
    name_en = models.CharField(_("navn på engelsk"), max_length=120, blank=True, default="")
    purpose = models.CharField(_("hvad den er til"), max_length=300, blank=True, default="")
    purpose_en = models.CharField(_("hvad den er til, på engelsk"), max_length=300, blank=True, default="")
    owner = models.CharField(_("ejer"), max_length=120)
    owner_kind = models.CharField(_("hvem ejer den"), max_length=12, choices=OwnerKind)
    address = models.URLField(_("adresse"), max_length=300, blank=True, default="")
    per_authority = models.BooleanField(_("hver myndighed har sin egen adresse"), default=False)
    sign_in = models.CharField(_("login"), max_length=16, choices=SignIn, default=SignIn.MITID)
    at_hand = models.JSONField(_("hav klar"), default=list, blank=True)
    at_hand_en = models.JSONField(_("hav klar, på engelsk"), default=list, blank=True)
    exempt = models.CharField(_("hvem er fritaget"), max_length=400, blank=True, default="")
    exempt_en = models.CharField(_("hvem er fritaget, på engelsk"), max_length=400, blank=True, default="")
    mandatory_on = models.DateField(_("skal bruges fra"), null=True, blank=True)
    retired_on = models.DateField(_("ude af brug siden"), null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)
        verbose_name = _("selvbetjeningsløsning")
        verbose_name_plural = _("selvbetjeningsløsninger")

    def __str__(self) -> str:
        return self.name


class SolutionAddress(models.Model):
    """Where an authority's citizens find a solution, in place of the solution's own address."""

    solution = models.ForeignKey(Solution, on_delete=models.CASCADE, related_name="addresses")
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="+")
    url = models.URLField(_("adresse"), max_length=300)

    class Meta:
        ordering = ("solution", "authority")
        verbose_name = _("egen adresse")
        verbose_name_plural = _("egne adresser")
        constraints = (models.UniqueConstraint(fields=("solution", "authority"), name="solution_address_once"),)

    def __str__(self) -> str:
        return f"{self.solution}: {self.url}"


class SolutionStatus(models.Model):
    """A time in which a solution is disturbed or down: [`from_at`, `until_at`), or until it is ended. `authority` None: everywhere.

    `notices` are what the lines say of it meanwhile: they end with it.
    """

    class Kind(models.TextChoices):
        DISTURBED = "disturbed", _("Driller")
        DOWN = "down", _("Virker ikke")

    solution = models.ForeignKey(Solution, on_delete=models.CASCADE, related_name="statuses")
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    kind = models.CharField(_("tilstand"), max_length=12, choices=Kind)
    text = models.CharField(_("hvad borgerne skal vide"), max_length=300)
    text_en = models.CharField(_("det samme på engelsk"), max_length=300, blank=True, default="")
    from_at = models.DateTimeField(_("fra"))
    until_at = models.DateTimeField(_("til"), null=True, blank=True)
    notices = models.ManyToManyField(Notice, related_name="+", blank=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ("-from_at",)
        verbose_name = _("driftsstatus")
        verbose_name_plural = _("driftsstatusser")
        constraints = (
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gt=F("from_at")),
                name="solution_status_ends_after_it_begins",
            ),
        )

    def __str__(self) -> str:
        return f"{self.solution}: {self.get_kind_display()}"
