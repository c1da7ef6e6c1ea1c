"""The subject plan that guides are numbered by, as it was last carried in."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class KleEntry(models.Model):
    """A main group (00), a group (00.14) or a subject (00.14.00) of the plan; `retired_on`: not in the plan carried in that day."""

    number = models.CharField(_("nummer"), max_length=8, unique=True)
    title = models.CharField(_("titel"), max_length=300)
    edition = models.DateField(_("udgivet"), null=True, blank=True)
    retired_on = models.DateField(_("udgået"), null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("number",)
        verbose_name = _("KLE-nummer")
        verbose_name_plural = _("KLE-numre")

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
