import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import borgerlinje.cooperation.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cooperation", "0001_initial"),
        ("staff", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=80, verbose_name="navn")),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("guidance_only", "Kun vejledning"),
                            ("light_casework", "Vejledning og lettere sagsbehandling"),
                        ],
                        default="guidance_only",
                        max_length=16,
                        verbose_name="omfang",
                    ),
                ),
                ("skill_level", models.PositiveSmallIntegerField(default=1, verbose_name="niveau")),
                ("language", models.CharField(default="da", max_length=5, verbose_name="sprog")),
                ("greeting_text", models.TextField(verbose_name="velkomst")),
                ("closed_text", models.TextField(verbose_name="når linjen er lukket")),
                ("target_seconds", models.PositiveIntegerField(default=30, verbose_name="servicemål i sekunder")),
                ("ring_seconds", models.PositiveIntegerField(default=20, verbose_name="ringetid i sekunder")),
                ("wrap_up_seconds", models.PositiveIntegerField(default=60, verbose_name="efterbehandling i sekunder")),
                (
                    "optional_holidays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="valgfri lukkedage",
                    ),
                ),
                ("always_open", models.BooleanField(default=False, verbose_name="åben hele døgnet")),
                (
                    "always_open_reason",
                    models.CharField(blank=True, default="", max_length=120, verbose_name="hvorfor altid åben"),
                ),
                ("is_hidden", models.BooleanField(default=False, verbose_name="skjult")),
                ("is_demo", models.BooleanField(default=False)),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="cooperation.centre"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owned_lines",
                        to="cooperation.authority",
                    ),
                ),
                (
                    "skill",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="staff.skill",
                    ),
                ),
            ],
            options={
                "verbose_name": "linje",
                "verbose_name_plural": "linjer",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="LineNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digits", models.CharField(max_length=15, unique=True, verbose_name="nummer")),
                ("is_main", models.BooleanField(default=False, verbose_name="vises først")),
                (
                    "home_authority",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="numbers",
                        to="cooperation.authority",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="numbers", to="lines.line"
                    ),
                ),
            ],
            options={
                "verbose_name": "nummer",
                "verbose_name_plural": "numre",
                "ordering": ("line", "-is_main", "digits"),
            },
        ),
        migrations.CreateModel(
            name="OpeningVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_on", models.DateField(verbose_name="fra")),
                ("to_on", models.DateField(blank=True, null=True, verbose_name="til (ikke med)")),
                ("source", models.CharField(blank=True, default="", max_length=120, verbose_name="kilde")),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="opening_versions", to="lines.line"
                    ),
                ),
            ],
            options={
                "verbose_name": "åbningstid",
                "verbose_name_plural": "åbningstider",
                "ordering": ("line", "from_on"),
            },
        ),
        migrations.CreateModel(
            name="OpeningPeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("weekday", models.PositiveSmallIntegerField(verbose_name="ugedag")),
                ("opens", models.TimeField(verbose_name="åbner")),
                ("closes", models.TimeField(verbose_name="lukker")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="periods", to="lines.openingversion"
                    ),
                ),
            ],
            options={
                "ordering": ("version", "weekday", "opens"),
            },
        ),
        migrations.CreateModel(
            name="SpecialDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(verbose_name="dato")),
                ("opens", models.TimeField(blank=True, null=True, verbose_name="åbner")),
                ("closes", models.TimeField(blank=True, null=True, verbose_name="lukker")),
                ("note", models.CharField(blank=True, default="", max_length=120, verbose_name="hvorfor")),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="special_days", to="lines.line"
                    ),
                ),
            ],
            options={
                "verbose_name": "særlig dag",
                "verbose_name_plural": "særlige dage",
                "ordering": ("line", "on"),
            },
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(("skill_level__range", (1, 3))), name="line_skill_level_1_to_3"
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(("ring_seconds__range", (3, 120))), name="line_rings_3_to_120_seconds"
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("always_open", False), models.Q(("always_open_reason", ""), _negated=True), _connector="OR"
                ),
                name="line_override_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="linenumber",
            constraint=models.CheckConstraint(
                condition=models.Q(("digits__regex", "^\\d{3,15}$")), name="line_number_is_digits"
            ),
        ),
        migrations.AddConstraint(
            model_name="openingversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_on__isnull", True), ("to_on__gt", models.F("from_on")), _connector="OR"),
                name="opening_version_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="openingversion",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=(
                    (borgerlinje.cooperation.models.OneElementRange("line_id"), "&&"),
                    (borgerlinje.cooperation.models.DateRange("from_on", "to_on"), "&&"),
                ),
                name="opening_version_no_overlap",
            ),
        ),
        migrations.AddConstraint(
            model_name="openingperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekday__range", (0, 6))), name="opening_period_weekday"
            ),
        ),
        migrations.AddConstraint(
            model_name="openingperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("closes__gt", models.F("opens")), ("closes", "00:00"), _connector="OR"),
                name="opening_period_closes_after_opening",
            ),
        ),
        migrations.AddConstraint(
            model_name="openingperiod",
            constraint=models.UniqueConstraint(fields=("version", "weekday", "opens"), name="opening_period_once"),
        ),
        migrations.AddConstraint(
            model_name="specialday",
            constraint=models.UniqueConstraint(fields=("line", "on"), name="special_day_once"),
        ),
        migrations.AddConstraint(
            model_name="specialday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closes__isnull", True), ("opens__isnull", True)),
                    models.Q(
                        ("closes__isnull", False),
                        ("opens__isnull", False),
                        models.Q(("closes__gt", models.F("opens")), ("closes", "00:00"), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="special_day_closes_after_opening",
            ),
        ),
    ]
