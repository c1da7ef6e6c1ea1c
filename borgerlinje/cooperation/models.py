"""Authorities, the centres they run together, and who is a member when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _


class OneElementRange(Func):
    """A scalar as a range of one element, so that an exclusion constraint needs no btree_gist."""

    function = "int8range"
    template = "%(function)s(%(expressions)s, %(expressions)s, '[]')"


class DateRange(Func):
    """A half-open date range of two columns; an empty end is unbounded."""

    function = "daterange"
    output_field = DateRangeField()


class Authority(models.Model):
    """A public authority: a municipality, a region or an agency of the state."""

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("Kommune")
        REGION = "region", _("Region")
        AGENCY = "agency", _("Styrelse")

    code = models.CharField(_("kode"), max_length=12, unique=True)
    name = models.CharField(_("navn"), max_length=80)
    kind = models.CharField(_("type"), max_length=12, choices=Kind)
    cvr = models.CharField(_("CVR-nummer"), max_length=8, blank=True, default="")
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)
        verbose_name = _("myndighed")
        verbose_name_plural = _("myndigheder")
        constraints = (
            models.CheckConstraint(condition=Q(cvr__regex=r"^(\d{8})?$"), name="authority_cvr_eight_digits"),
            models.CheckConstraint(condition=~Q(code=""), name="authority_has_code"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def full_name(self) -> str:
        """The name as one says it: "Næstved Kommune", "Region Sjælland", "Digitaliseringsstyrelsen"."""
        return f"{self.name} Kommune" if self.kind == self.Kind.MUNICIPALITY else self.name


class Centre(models.Model):
    """A contact centre that several authorities run together; `host` is the authority that houses it."""

    slug = models.SlugField(unique=True)
    name = models.CharField(_("navn"), max_length=80)
    host = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="hosted_centres")
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)
        verbose_name = _("center")
        verbose_name_plural = _("centre")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """An authority's membership of a centre in the half-open interval [from_on, to_on)."""

    class Phase(models.TextChoices):
        TRIAL = "trial", _("Prøveperiode")
        FULL = "full", _("Fuldt medlem")

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="memberships")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="memberships")
    phase = models.CharField(_("fase"), max_length=8, choices=Phase, default=Phase.FULL)
    from_on = models.DateField(_("fra"))
    to_on = models.DateField(_("til (ikke med)"), null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("centre", "authority", "from_on")
        verbose_name = _("medlemskab")
        verbose_name_plural = _("medlemskaber")
        constraints = (
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gt=F("from_on")), name="membership_ends_after_start"
            ),
            ExclusionConstraint(
                name="membership_no_overlap",
                expressions=(
                    (OneElementRange("centre_id"), RangeOperators.OVERLAPS),
                    (OneElementRange("authority_id"), RangeOperators.OVERLAPS),
                    (DateRange("from_on", "to_on"), RangeOperators.OVERLAPS),
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.authority} i {self.centre}"
