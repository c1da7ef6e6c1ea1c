"""Who changed what when."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from borgerlinje.cooperation.models import Authority
from borgerlinje.kit.ids import uuid7
from borgerlinje.staff.models.people import User


class ChangeNote(models.Model):
    """What somebody (None: the product itself) changed, from what to what. Never altered or removed.

    `kind` and `object_id` say which thing ("employee", "17"), `label` what it was called then, `authority` whose it is (None:
    nobody's, and everybody in the console may read it). A citizen is never among the values.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    label = models.CharField(max_length=160)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", null=True)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=("kind", "object_id", "-at"), name="change_note_of"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.label}"
