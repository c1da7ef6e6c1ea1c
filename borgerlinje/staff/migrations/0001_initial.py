import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import borgerlinje.kit.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("cooperation", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Skill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=80, verbose_name="navn")),
            ],
            options={
                "verbose_name": "kompetence",
                "verbose_name_plural": "kompetencer",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail")),
                ("name", models.CharField(blank=True, default="", max_length=80, verbose_name="navn")),
                ("is_active", models.BooleanField(default=True)),
                ("is_staff", models.BooleanField(default=False)),
                ("is_demo", models.BooleanField(default=False)),
                ("date_joined", models.DateTimeField(default=borgerlinje.kit.clock.now)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "konto",
                "verbose_name_plural": "konti",
                "ordering": ("email",),
            },
        ),
        migrations.CreateModel(
            name="Employee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("given_name", models.CharField(max_length=40, verbose_name="fornavn")),
                ("initial", models.CharField(max_length=2, verbose_name="forbogstav i efternavn")),
                ("from_on", models.DateField(verbose_name="fra")),
                ("to_on", models.DateField(blank=True, null=True, verbose_name="til (ikke med)")),
                ("is_robot", models.BooleanField(default=False)),
                ("is_demo", models.BooleanField(default=False)),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="employees",
                        to="cooperation.authority",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="employee",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "medarbejder",
                "verbose_name_plural": "medarbejdere",
                "ordering": ("given_name", "initial"),
            },
        ),
        migrations.CreateModel(
            name="EmployeeCentre",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_on", models.DateField(verbose_name="fra")),
                ("to_on", models.DateField(blank=True, null=True, verbose_name="til (ikke med)")),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="works", to="cooperation.centre"
                    ),
                ),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="works", to="staff.employee"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="employee",
            name="centres",
            field=models.ManyToManyField(
                related_name="employees", through="staff.EmployeeCentre", to="cooperation.centre"
            ),
        ),
        migrations.CreateModel(
            name="RoleAssignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("employee", "Medarbejder"),
                            ("planner", "Planlægger"),
                            ("guide_editor", "Guideredaktør"),
                            ("secretariat", "Sekretariat"),
                            ("authority_manager", "Leder hos myndigheden"),
                            ("digital_ambassador", "Digital ambassadør"),
                            ("auditor", "Revisor"),
                            ("administrator", "Administrator"),
                        ],
                        max_length=20,
                        verbose_name="rolle",
                    ),
                ),
                ("from_on", models.DateField(verbose_name="fra")),
                ("to_on", models.DateField(blank=True, null=True, verbose_name="til (ikke med)")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="role_assignments",
                        to="cooperation.authority",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="role_assignments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EmployeeSkill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.PositiveSmallIntegerField(default=1, verbose_name="niveau")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="udløber")),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="skills", to="staff.employee"
                    ),
                ),
                (
                    "skill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holders", to="staff.skill"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                name="user_email_is_lower_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="employeecentre",
            constraint=models.UniqueConstraint(fields=("employee", "centre", "from_on"), name="employee_centre_once"),
        ),
        migrations.AddConstraint(
            model_name="employeecentre",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_on__isnull", True), ("to_on__gt", models.F("from_on")), _connector="OR"),
                name="employee_centre_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="employee",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_on__isnull", True), ("to_on__gt", models.F("from_on")), _connector="OR"),
                name="employee_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="roleassignment",
            constraint=models.UniqueConstraint(
                fields=("user", "authority", "role", "from_on"), name="role_assignment_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="roleassignment",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_on__isnull", True), ("to_on__gt", models.F("from_on")), _connector="OR"),
                name="role_assignment_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="employeeskill",
            constraint=models.UniqueConstraint(fields=("employee", "skill"), name="employee_skill_once"),
        ),
        migrations.AddConstraint(
            model_name="employeeskill",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__range", (1, 3))), name="employee_skill_level_1_to_3"
            ),
        ),
    ]
