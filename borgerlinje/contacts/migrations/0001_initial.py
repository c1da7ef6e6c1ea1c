import django.db.models.deletion
from django.db import migrations, models

import borgerlinje.kit.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cooperation", "0001_initial"),
        ("lines", "0001_initial"),
        ("staff", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=borgerlinje.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("channel", models.CharField(default="phone", max_length=12)),
                (
                    "home_source",
                    models.CharField(
                        choices=[
                            ("number", "fra det kaldte nummer"),
                            ("stated", "oplyst af borgeren"),
                            ("unknown", "ukendt"),
                        ],
                        default="unknown",
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("arrived", "arrived"),
                            ("waiting", "waiting"),
                            ("offered", "offered"),
                            ("connected", "connected"),
                            ("wrap_up", "wrap_up"),
                            ("closed", "closed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("arrived_at", models.DateTimeField()),
                ("waiting_since", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "closed_as",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("answered", "answered"),
                            ("abandoned", "abandoned"),
                            ("closed_hours", "closed_hours"),
                            ("technical", "technical"),
                        ],
                        default="",
                        max_length=16,
                    ),
                ),
                ("caller_number", models.CharField(blank=True, default="", max_length=32)),
                ("dialled", models.CharField(blank=True, default="", max_length=32)),
                ("channel_ref", models.CharField(blank=True, default="", max_length=64)),
                ("subject", models.CharField(blank=True, default="", max_length=120, verbose_name="emne")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("guided", "Vejledt til selvbetjening"),
                            ("resolved", "Afklaret straks"),
                            ("light_casework", "Lettere sagsbehandling"),
                            ("referred", "Henvist"),
                            ("misdirected", "Fejlhenvendelse"),
                            ("dropped", "Forbindelsen blev afbrudt"),
                        ],
                        default="",
                        max_length=16,
                        verbose_name="udfald",
                    ),
                ),
                ("note", models.TextField(blank=True, default="", verbose_name="notat")),
                ("note_saved_at", models.DateTimeField(blank=True, null=True)),
                ("is_test", models.BooleanField(default=False)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="cooperation.authority"
                    ),
                ),
                (
                    "employee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="staff.employee",
                    ),
                ),
                (
                    "home_authority",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cooperation.authority",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="lines.line"
                    ),
                ),
            ],
            options={
                "verbose_name": "henvendelse",
                "verbose_name_plural": "henvendelser",
                "ordering": ("arrived_at",),
            },
        ),
        migrations.CreateModel(
            name="ContactEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("name", models.CharField(max_length=24)),
                ("from_state", models.CharField(blank=True, default="", max_length=12)),
                ("to_state", models.CharField(max_length=12)),
                ("data", models.JSONField(default=dict)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cooperation.authority"
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="contacts.contact"
                    ),
                ),
                (
                    "employee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staff.employee",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["waiting_since"], name="contact_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("state", "closed"), _negated=True), fields=["state"], name="contact_open"
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["line", "arrived_at"], name="contact_line_arrived"),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["caller_number", "arrived_at"], name="contact_caller"),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at__isnull", False), ("state", "closed"), models.Q(("closed_as", ""), _negated=True)
                    ),
                    models.Q(
                        models.Q(("state", "closed"), _negated=True), ("closed_as", ""), ("closed_at__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="contact_closed_says_when_and_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("waiting", "offered")), _negated=True),
                    ("waiting_since__isnull", False),
                    _connector="OR",
                ),
                name="contact_waiting_has_a_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("connected", "wrap_up")), _negated=True),
                    ("employee__isnull", False),
                    _connector="OR",
                ),
                name="contact_connected_has_an_employee",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("channel", "phone"), ("state__in", ("connected", "wrap_up"))),
                fields=("employee",),
                name="contact_one_call_per_employee",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("channel_ref", ""), _negated=True),
                fields=("channel_ref",),
                name="contact_channel_ref_once",
            ),
        ),
        migrations.AddIndex(
            model_name="contactevent",
            index=models.Index(fields=["contact", "id"], name="contact_event_story"),
        ),
    ]
