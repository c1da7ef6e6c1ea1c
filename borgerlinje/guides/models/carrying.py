"""What was carried in and is looked at before it is stored."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from borgerlinje.staff.models import User


class GuideUpload(models.Model):
    """What was read from files (`held`: guides as plain values each with its file's name, or a subject plan), kept from the preview until it is stored, a day at most."""

    class Kind(models.TextChoices):
        GUIDES = "guides", _("Guider")
        KLE = "kle", _("KLE-numre")

    kind = models.CharField(max_length=8, choices=Kind)
    held = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ("made_at",)
        verbose_name = _("hentet fil med guider")
        verbose_name_plural = _("hentede filer med guider")

    def __str__(self) -> str:
        return f"{self.made_by}, {self.made_at}"
