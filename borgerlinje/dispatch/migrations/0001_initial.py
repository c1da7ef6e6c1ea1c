import django.db.models.deletion
from django.db import migrations, models

import borgerlinje.kit.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contacts", "0001_initial"),
        ("cooperation", "0001_initial"),
        ("staff", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Presence",
            fields=[
                (
                    "employee",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="presence",
                        serialize=False,
                        to="staff.employee",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("signed_out", "Ikke på arbejde"),
                            ("ready", "Klar"),
                            ("offered", "Opkald ringer"),
                            ("talking", "I samtale"),
                            ("wrap_up", "Efterbehandling"),
                            ("paused", "Pause"),
                            ("not_answering", "Svarer ikke"),
                        ],
                        default="signed_out",
                        max_length=14,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("idle_since", models.DateTimeField()),
                ("pause_after", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "ready")), fields=["idle_since"], name="presence_ready")
                ],
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=borgerlinje.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("rung_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_as",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("answered", "Besvaret"),
                            ("expired", "Ikke besvaret i tide"),
                            ("declined", "Kunne ikke tages"),
                            ("failed", "Telefonen kunne ikke nås"),
                            ("withdrawn", "Borgeren lagde på"),
                            ("technical", "Teknisk fejl"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("why", models.JSONField(default=dict)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cooperation.authority"
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="offers", to="contacts.contact"
                    ),
                ),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="staff.employee"
                    ),
                ),
            ],
            options={
                "verbose_name": "tilbud",
                "verbose_name_plural": "tilbud",
                "ordering": ("made_at",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("contact",),
                        name="offer_one_open_per_contact",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("employee",),
                        name="offer_one_open_per_employee",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_as", ""), ("ended_at__isnull", True)),
                            models.Q(("ended_at__isnull", False), models.Q(("ended_as", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="offer_ended_says_how",
                    ),
                ],
            },
        ),
    ]
