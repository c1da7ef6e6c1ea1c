"""Service lines and their numbers.

The owner of a line is the authority whose service it is; the centre that operates it may be another (1881 belongs to the
state and was answered by Copenhagen).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from borgerlinje.cooperation.models import Authority, Centre
from borgerlinje.staff.models import Clearance, Skill


class Line(models.Model):
    """One service that citizens reach by one or more numbers.

    How its contacts share the pool with those of other lines: `head_start_seconds` counts as time waited already. An employee of the
    citizen's own authority is preferred while nobody has waited `own_authority_wait_seconds` for it. Where one member has many
    citizens waiting, they count as having come later, by `crowd_seconds` for each further one and `crowd_cap_seconds` at most: no
    member's rush holds up the others (0: strictly by arrival). `offers_callbacks`: who is to be called back is offered like a call.

    What it says and does for those who wait, come too late or are too many is here too; an agreement on overflow (`Overflow`) comes
    before `when_full` and `when_closed`. Nothing is recorded without `recording_purpose` and the citizen's own key press.

    From `ended_on` on the line is closed for good: whoever still calls one of its numbers is told so, and citizens' pages leave it out.
    """

    Scope = Clearance

    class Audience(models.TextChoices):
        CITIZENS = "citizens", _("Borgere")
        BUSINESSES = "businesses", _("Virksomheder")
        TEXT_RELAY = "text_relay", _("Borgere via tekst- eller tegntolk")

    class Otherwise(models.TextChoices):
        ANNOUNCE = "announce", _("Sig det, og afslut opkaldet")
        CALLBACK = "callback", _("Tilbyd at ringe tilbage")
        VOICEMAIL = "voicemail", _("Tag imod en besked")

    slug = models.SlugField(unique=True)
    name = models.CharField(_("navn"), max_length=80)
    owner = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="owned_lines")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="lines")
    audience = models.CharField(
        _("for"), max_length=10, choices=Audience, default=Audience.CITIZENS, db_default=Audience.CITIZENS
    )
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
    max_waiting = models.PositiveIntegerField(_("højst ventende (0: ingen grænse)"), default=0, db_default=0)
    full_text = models.TextField(_("når køen er fuld"), blank=True, default="", db_default="")
    when_full = models.CharField(
        _("når køen er fuld"),
        max_length=10,
        choices=Otherwise,
        default=Otherwise.ANNOUNCE,
        db_default=Otherwise.ANNOUNCE,
    )
    when_closed = models.CharField(
        _("når der er lukket"),
        max_length=10,
        choices=Otherwise,
        default=Otherwise.ANNOUNCE,
        db_default=Otherwise.ANNOUNCE,
    )
    serves_waiting_after_close = models.BooleanField(
        _("de, der venter ved lukketid, bliver betjent"), default=True, db_default=True
    )
    says_place = models.BooleanField(_("siger pladsen i køen"), default=True, db_default=True)
    says_wait = models.BooleanField(_("siger den ventede ventetid"), default=True, db_default=True)
    callback_after_seconds = models.PositiveIntegerField(
        _("tilbyder at ringe tilbage efter sekunders ventetid (tom: aldrig)"), null=True, blank=True
    )
    guide_sms_text = models.CharField(
        _("sms med link til selvbetjening"), max_length=300, blank=True, default="", db_default=""
    )
    voicemail_seconds = models.PositiveIntegerField(_("længste besked i sekunder"), default=180, db_default=180)
    voicemail_days = models.PositiveIntegerField(_("beskeder slettes efter dage"), default=30, db_default=30)
    recording_purpose = models.CharField(
        _("formål med optagelse (tomt: der optages aldrig)"), max_length=120, blank=True, default="", db_default=""
    )
    recording_days = models.PositiveIntegerField(_("optagelser slettes efter dage"), default=30, db_default=30)
    hold_reminder_seconds = models.PositiveIntegerField(
        _("påmindelse om hold efter sekunder"), default=60, db_default=60
    )
    optional_holidays = ArrayField(
        models.CharField(max_length=40), verbose_name=_("valgfri lukkedage"), default=list, blank=True
    )
    always_open = models.BooleanField(_("åben hele døgnet"), default=False)
    always_open_reason = models.CharField(_("hvorfor altid åben"), max_length=120, blank=True, default="")
    ended_on = models.DateField(_("lukket fra"), null=True, blank=True)
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
