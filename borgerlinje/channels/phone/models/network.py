"""The telephone servers there are, and the providers they reach the world by."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Server(models.Model):
    """One Asterisk with its telephone process, which writes this row at each connection and every few seconds (`seen_at`)."""

    name = models.CharField(max_length=16, unique=True)
    sip_host = models.CharField(max_length=80, blank=True, default="")
    sip_port = models.PositiveIntegerField(default=5060)
    ws_url = models.CharField(max_length=200, blank=True, default="")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(condition=Q(name__regex=r"^[a-z0-9-]{1,16}$"), name="server_name_is_plain"),
        )

    def __str__(self) -> str:
        return self.name


class Trunk(models.Model):
    """A provider's line to the telephone network. `secret` is sealed (`kit.sealed`); `matches` are the addresses its calls come from."""

    class Transport(models.TextChoices):
        UDP = "udp", "UDP"
        TCP = "tcp", "TCP"
        TLS = "tls", "TLS"

    class NumberFormat(models.TextChoices):
        E164_PLUS = "e164_plus", "+4512345678"
        E164 = "e164", "4512345678"
        NATIONAL = "national", "12345678"

    name = models.CharField(_("navn"), max_length=40, unique=True)
    host = models.CharField(_("udbyderens adresse"), max_length=120)
    port = models.PositiveIntegerField(_("port"), default=5060)
    transport = models.CharField(_("transport"), max_length=3, choices=Transport, default=Transport.UDP)
    srtp = models.BooleanField(_("krypteret lyd (SRTP)"), default=False)
    registers = models.BooleanField(_("tilmelder sig hos udbyderen"), default=False)
    username = models.CharField(_("brugernavn"), max_length=80, blank=True, default="")
    secret = models.BinaryField(_("adgangskode"), null=True, blank=True)
    from_domain = models.CharField(_("domæne i afsender"), max_length=120, blank=True, default="")
    number_format = models.CharField(
        _("nummerformat"), max_length=10, choices=NumberFormat, default=NumberFormat.E164_PLUS
    )
    matches = ArrayField(
        models.CharField(max_length=60), verbose_name=_("adresser, der ringes fra"), default=list, blank=True
    )
    max_calls = models.PositiveIntegerField(_("højst samtidige udgående opkald"), default=30)
    is_active = models.BooleanField(_("i brug"), default=True)
    is_demo = models.BooleanField(default=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("forbindelse til telefonnettet")
        verbose_name_plural = _("forbindelser til telefonnettet")
        constraints = (
            models.CheckConstraint(condition=~Q(registers=True) | ~Q(username=""), name="trunk_registers_as_somebody"),
        )

    def __str__(self) -> str:
        return self.name


class TrunkState(models.Model):
    """How a trunk is doing as one server sees it. `is_reachable` None: not known; `fault` says in a word why Asterisk has not been told of it."""

    class Registration(models.TextChoices):
        NONE = "", _("tilmelder sig ikke")
        UNKNOWN = "unknown", _("ukendt")
        REGISTERED = "registered", _("tilmeldt")
        REJECTED = "rejected", _("afvist")
        UNANSWERED = "unanswered", _("intet svar")

    class Fault(models.TextChoices):
        NONE = "", ""
        SEALED = "sealed", _("Adgangskoden kan ikke læses på denne server.")
        REFUSED = "refused", _("Telefonserveren vil ikke tage imod indstillingerne.")

    trunk = models.ForeignKey(Trunk, on_delete=models.CASCADE, related_name="states")
    server = models.CharField(max_length=16)
    is_reachable = models.BooleanField(null=True, blank=True)
    registration = models.CharField(max_length=12, choices=Registration, blank=True, default="")
    fault = models.CharField(max_length=8, choices=Fault, blank=True, default="")
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ("server",)
        constraints = (models.UniqueConstraint(fields=("trunk", "server"), name="trunk_state_once"),)

    def __str__(self) -> str:
        return f"{self.trunk} {self.server}"
