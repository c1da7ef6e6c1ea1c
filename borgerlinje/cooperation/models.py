"""Authorities, the centres they run together, who is a member when, and the face each shows to citizens."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.cooperation import logos


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
    """A contact centre that several authorities run together; `host` is the authority that houses it.

    `editors_approve_own`: who wrote a guide may publish it without somebody else's eyes.
    """

    slug = models.SlugField(unique=True)
    name = models.CharField(_("navn"), max_length=80)
    host = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="hosted_centres")
    editors_approve_own = models.BooleanField(
        _("redaktører må godkende deres egne ændringer"), default=False, db_default=False
    )
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


class Face(models.Model):
    """How an authority meets citizens on its own pages. What is empty is the product's own, or not said.

    Colours are "#rrggbb" and pass `colours.passes`; an empty `colour_dark` is made from `colour`. `box_origins` are the websites that may
    frame the authority's box (none: nobody). The statement's fields are those the law on web accessibility asks for; `statement_url`
    leads to the one published with the state.
    """

    class Conformance(models.TextChoices):
        FULL = "full", _("Helt")
        PARTIAL = "partial", _("Delvist")

    authority = models.OneToOneField(Authority, on_delete=models.CASCADE, related_name="face")
    title = models.CharField(_("navn øverst på siden"), max_length=40, blank=True, default="")
    welcome = models.CharField(_("velkomst"), max_length=200, blank=True, default="")
    welcome_en = models.CharField(_("velkomst på engelsk"), max_length=200, blank=True, default="")
    colour = models.CharField(_("farve"), max_length=7, blank=True, default="")
    colour_dark = models.CharField(_("farve på mørk skærm"), max_length=7, blank=True, default="")
    website = models.CharField(_("eget websted"), max_length=200, blank=True, default="")
    contact_email = models.CharField(_("e-mail for henvendelser om siden"), max_length=120, blank=True, default="")
    contact_phone = models.CharField(_("telefon for henvendelser om siden"), max_length=24, blank=True, default="")
    dpo_email = models.CharField(_("databeskyttelsesrådgiverens e-mail"), max_length=120, blank=True, default="")
    conformance = models.CharField(
        _("siderne følger kravene"), max_length=8, choices=Conformance, blank=True, default=""
    )
    known_faults = models.TextField(_("kendte undtagelser"), max_length=1000, blank=True, default="")
    statement_on = models.DateField(_("sidst gennemgået"), null=True, blank=True)
    statement_url = models.CharField(_("link til den officielle erklæring"), max_length=200, blank=True, default="")
    # The key of its picture in `Logo`; empty: none. What it shows is said in `logo_alt`.
    logo = models.CharField(_("logo"), max_length=60, blank=True, default="")
    logo_alt = models.CharField(_("logoets tekst"), max_length=80, blank=True, default="")
    box_origins = ArrayField(
        models.CharField(max_length=200), verbose_name=_("websteder, der må vise boksen"), default=list, blank=True
    )

    class Meta:
        ordering = ("authority",)
        verbose_name = _("borgerside")
        verbose_name_plural = _("borgersider")
        constraints = (
            models.CheckConstraint(
                condition=Q(colour__regex=r"^(#[0-9a-f]{6})?$", colour_dark__regex=r"^(#[0-9a-f]{6})?$"),
                name="face_colours_are_colours",
            ),
        )

    def __str__(self) -> str:
        return self.title or self.authority.full_name

    @property
    def logo_width(self) -> int:
        """The width of the logo on a page, in points; 0 without one."""
        return logos.size_of(self.logo)[0]

    @property
    def logo_height(self) -> int:
        """The height of the logo on a page, in points; 0 without one."""
        return logos.size_of(self.logo)[1]


class Logo(models.Model):
    """A picture that is or was an authority's logo, as `logos.draw` made it; the newest few are kept, so that a change can be taken back."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="logos")
    key = models.CharField(max_length=60)
    png = models.BinaryField()
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ("-uploaded_at",)
        verbose_name = _("logo")
        verbose_name_plural = _("logoer")
        constraints = (models.UniqueConstraint(fields=("authority", "key"), name="logo_once"),)

    def __str__(self) -> str:
        return self.key
