import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("lines", "0001_initial"),
        ("staff", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PhoneEndpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=48, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("employee", "medarbejder"), ("citizen", "borger"), ("robot", "robot")], max_length=8
                    ),
                ),
                ("secret", models.CharField(blank=True, default="", max_length=64)),
                ("contact_uri", models.CharField(blank=True, default="", max_length=120)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("pushed_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "employee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phone_endpoints",
                        to="staff.employee",
                    ),
                ),
                (
                    "line_number",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="lines.linenumber",
                    ),
                ),
            ],
            options={
                "verbose_name": "telefonadgang",
                "verbose_name_plural": "telefonadgange",
                "ordering": ("created_at",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=["expires_at"],
                        name="phone_endpoint_live",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name__regex", "^bl-[ecr]-[a-z0-9]{1,40}$")),
                        name="phone_endpoint_name_is_no_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("employee__isnull", True), ("kind", "citizen"), ("line_number__isnull", False)),
                            models.Q(
                                ("employee__isnull", False),
                                ("kind__in", ("employee", "robot")),
                                ("line_number__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="phone_endpoint_has_its_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "robot"), ("contact_uri__startswith", "sip:")),
                            models.Q(models.Q(("kind", "robot"), _negated=True), ("contact_uri", "")),
                            _connector="OR",
                        ),
                        name="phone_endpoint_robot_has_an_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "robot"),
                            ("revoked_at__isnull", False),
                            models.Q(models.Q(("secret", ""), _negated=True), ("expires_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="phone_endpoint_has_a_password_and_an_end",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("employee",),
                        name="phone_endpoint_one_per_employee",
                    ),
                ],
            },
        ),
    ]
