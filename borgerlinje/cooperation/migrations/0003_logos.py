import django.db.models.deletion
from django.db import migrations, models

from borgerlinje.kit.fence import WEB_SEES

# Everybody sees a logo; it is changed by those who may change its authority's face.
FENCE = f"""
ALTER TABLE cooperation_logo ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON cooperation_logo TO bl_engine USING (true) WITH CHECK (true);
CREATE POLICY web_reads ON cooperation_logo FOR SELECT TO bl_web USING (true);
CREATE POLICY web ON cooperation_logo TO bl_web USING (authority_id {WEB_SEES}) WITH CHECK (authority_id {WEB_SEES});
"""
UNFENCE = """
DROP POLICY web ON cooperation_logo;
DROP POLICY web_reads ON cooperation_logo;
DROP POLICY engine ON cooperation_logo;
ALTER TABLE cooperation_logo DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cooperation", "0002_faces"),
    ]

    operations = [
        migrations.AddField(
            model_name="face",
            name="logo",
            field=models.CharField(blank=True, default="", max_length=60, verbose_name="logo"),
        ),
        migrations.AddField(
            model_name="face",
            name="logo_alt",
            field=models.CharField(blank=True, default="", max_length=80, verbose_name="logoets tekst"),
        ),
        migrations.CreateModel(
            name="Logo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60)),
                ("png", models.BinaryField()),
                ("uploaded_at", models.DateTimeField()),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="logos", to="cooperation.authority"
                    ),
                ),
            ],
            options={
                "verbose_name": "logo",
                "verbose_name_plural": "logoer",
                "ordering": ("-uploaded_at",),
                "constraints": [models.UniqueConstraint(fields=("authority", "key"), name="logo_once")],
            },
        ),
        migrations.RunSQL(FENCE, UNFENCE),
    ]
