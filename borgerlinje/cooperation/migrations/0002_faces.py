import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from borgerlinje.kit.fence import WEB_SEES

# Everybody reads a face; it is changed by those who hold a role at its authority.
FENCE = f"""
ALTER TABLE cooperation_face ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON cooperation_face TO bl_engine USING (true) WITH CHECK (true);
CREATE POLICY web_reads ON cooperation_face FOR SELECT TO bl_web USING (true);
CREATE POLICY web ON cooperation_face TO bl_web USING (authority_id {WEB_SEES}) WITH CHECK (authority_id {WEB_SEES});
"""
UNFENCE = """
DROP POLICY web ON cooperation_face;
DROP POLICY web_reads ON cooperation_face;
DROP POLICY engine ON cooperation_face;
ALTER TABLE cooperation_face DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cooperation", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Face",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(blank=True, default="", max_length=40, verbose_name="navn øverst på siden")),
                ("welcome", models.CharField(blank=True, default="", max_length=200, verbose_name="velkomst")),
                (
                    "welcome_en",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="velkomst på engelsk"),
                ),
                ("colour", models.CharField(blank=True, default="", max_length=7, verbose_name="farve")),
                (
                    "colour_dark",
                    models.CharField(blank=True, default="", max_length=7, verbose_name="farve på mørk skærm"),
                ),
                ("website", models.CharField(blank=True, default="", max_length=200, verbose_name="eget websted")),
                (
                    "contact_email",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="e-mail for henvendelser om siden"
                    ),
                ),
                (
                    "contact_phone",
                    models.CharField(
                        blank=True, default="", max_length=24, verbose_name="telefon for henvendelser om siden"
                    ),
                ),
                (
                    "dpo_email",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="databeskyttelsesrådgiverens e-mail"
                    ),
                ),
                (
                    "conformance",
                    models.CharField(
                        blank=True,
                        choices=[("full", "Helt"), ("partial", "Delvist")],
                        default="",
                        max_length=8,
                        verbose_name="siderne følger kravene",
                    ),
                ),
                (
                    "known_faults",
                    models.TextField(blank=True, default="", max_length=1000, verbose_name="kendte undtagelser"),
                ),
                ("statement_on", models.DateField(blank=True, null=True, verbose_name="sidst gennemgået")),
                (
                    "statement_url",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="link til den officielle erklæring"
                    ),
                ),
                (
                    "box_origins",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="websteder, der må vise boksen",
                    ),
                ),
                (
                    "authority",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="face", to="cooperation.authority"
                    ),
                ),
            ],
            options={
                "verbose_name": "borgerside",
                "verbose_name_plural": "borgersider",
                "ordering": ("authority",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("colour__regex", "^(#[0-9a-f]{6})?$"), ("colour_dark__regex", "^(#[0-9a-f]{6})?$")
                        ),
                        name="face_colours_are_colours",
                    )
                ],
            },
        ),
        migrations.RunSQL(FENCE, UNFENCE),
    ]
