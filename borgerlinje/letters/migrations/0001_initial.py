import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import borgerlinje.kit.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cooperation", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LetterTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=24)),
                ("language", models.CharField(max_length=2)),
                ("version", models.PositiveIntegerField()),
                ("subject", models.CharField(blank=True, default="", max_length=150, verbose_name="emne")),
                ("body", models.TextField(blank=True, default="", verbose_name="tekst")),
                ("changed_at", models.DateTimeField()),
                (
                    "authority",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cooperation.authority",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "brevskabelon",
                "verbose_name_plural": "brevskabeloner",
                "ordering": ("-version",),
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=borgerlinje.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=24)),
                ("language", models.CharField(max_length=2)),
                ("address", models.CharField(max_length=254, verbose_name="adresse")),
                ("sealed", models.TextField(blank=True, default="")),
                ("asked_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("fault", models.CharField(blank=True, default="", max_length=16)),
                ("words", models.CharField(blank=True, default="", max_length=300)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("gave_up_at", models.DateTimeField(blank=True, null=True)),
                (
                    "authority",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cooperation.authority",
                    ),
                ),
            ],
            options={"verbose_name": "brev", "verbose_name_plural": "breve", "ordering": ("-asked_at",)},
        ),
        migrations.AddConstraint(
            model_name="lettertemplate",
            constraint=models.UniqueConstraint(
                fields=("authority", "code", "language", "version"), name="letter_template_once"
            ),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(fields=["authority", "-asked_at"], name="letter_newest"),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                condition=models.Q(("gave_up_at__isnull", False)), fields=["authority"], name="letter_failed"
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(("sent_at__isnull", True), ("gave_up_at__isnull", True), _connector="OR"),
                name="letter_ends_one_way",
            ),
        ),
    ]
