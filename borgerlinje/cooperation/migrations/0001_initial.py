import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

import borgerlinje.cooperation.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Authority",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=12, unique=True, verbose_name="kode")),
                ("name", models.CharField(max_length=80, verbose_name="navn")),
                (
                    "kind",
                    models.CharField(
                        choices=[("municipality", "Kommune"), ("region", "Region"), ("agency", "Styrelse")],
                        max_length=12,
                        verbose_name="type",
                    ),
                ),
                ("cvr", models.CharField(blank=True, default="", max_length=8, verbose_name="CVR-nummer")),
                ("is_demo", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "myndighed",
                "verbose_name_plural": "myndigheder",
                "ordering": ("name",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cvr__regex", "^(\\d{8})?$")), name="authority_cvr_eight_digits"
                    ),
                    models.CheckConstraint(condition=models.Q(("code", ""), _negated=True), name="authority_has_code"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Centre",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=80, verbose_name="navn")),
                ("is_demo", models.BooleanField(default=False)),
                (
                    "host",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hosted_centres",
                        to="cooperation.authority",
                    ),
                ),
            ],
            options={
                "verbose_name": "center",
                "verbose_name_plural": "centre",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "phase",
                    models.CharField(
                        choices=[("trial", "Prøveperiode"), ("full", "Fuldt medlem")],
                        default="full",
                        max_length=8,
                        verbose_name="fase",
                    ),
                ),
                ("from_on", models.DateField(verbose_name="fra")),
                ("to_on", models.DateField(blank=True, null=True, verbose_name="til (ikke med)")),
                ("is_demo", models.BooleanField(default=False)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="cooperation.authority",
                    ),
                ),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="cooperation.centre"
                    ),
                ),
            ],
            options={
                "verbose_name": "medlemskab",
                "verbose_name_plural": "medlemskaber",
                "ordering": ("centre", "authority", "from_on"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("to_on__isnull", True), ("to_on__gt", models.F("from_on")), _connector="OR"
                        ),
                        name="membership_ends_after_start",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=(
                            (borgerlinje.cooperation.models.OneElementRange("centre_id"), "&&"),
                            (borgerlinje.cooperation.models.OneElementRange("authority_id"), "&&"),
                            (borgerlinje.cooperation.models.DateRange("from_on", "to_on"), "&&"),
                        ),
                        name="membership_no_overlap",
                    ),
                ],
            },
        ),
    ]
