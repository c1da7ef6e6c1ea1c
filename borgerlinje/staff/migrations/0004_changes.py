"""Who changed what when: it only grows, and is read by those who see the authority it belongs to."""

import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import borgerlinje.kit.ids
from borgerlinje.kit.fence import WEB_SEES

# What is written may concern an authority that the writer does not see: a host sets a line that a member owns.
POLICIES = f"""
ALTER TABLE staff_changenote ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON staff_changenote TO bl_engine USING (true) WITH CHECK (true);
CREATE POLICY web ON staff_changenote FOR SELECT TO bl_web
    USING (authority_id IS NULL OR authority_id {WEB_SEES} OR by_id = (SELECT bl_user()));
CREATE POLICY web_write ON staff_changenote FOR INSERT TO bl_web WITH CHECK (true);
REVOKE UPDATE, DELETE, TRUNCATE ON staff_changenote FROM bl_web, bl_engine;
"""  # noqa: S608 - a constant condition
BACK = """
GRANT UPDATE, DELETE ON staff_changenote TO bl_web, bl_engine;
DROP POLICY web_write ON staff_changenote;
DROP POLICY web ON staff_changenote;
DROP POLICY engine ON staff_changenote;
ALTER TABLE staff_changenote DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cooperation", "0001_initial"),
        ("staff", "0003_pool"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChangeNote",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=borgerlinje.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=40)),
                ("object_id", models.CharField(max_length=64)),
                ("label", models.CharField(max_length=160)),
                (
                    "before",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                (
                    "after",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cooperation.authority",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "-id"),
                "indexes": [models.Index(fields=["kind", "object_id", "-at"], name="change_note_of")],
            },
        ),
        migrations.RunSQL(POLICIES, BACK),
    ]
