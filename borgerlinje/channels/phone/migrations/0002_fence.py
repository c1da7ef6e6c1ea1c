"""Row-level security of SIP accounts: one's own, and those made for citizens' calls from the browser."""

from django.db import migrations

from borgerlinje.kit.fence import fence


class Migration(migrations.Migration):
    dependencies = (("phone", "0001_initial"), ("kit", "0001_roles"), ("staff", "0002_fence"))
    operations = (
        fence(
            "phone_phoneendpoint",
            web="kind = 'citizen' OR EXISTS (SELECT 1 FROM staff_employee e"
            " WHERE e.id = employee_id AND e.user_id = (SELECT bl_user()))",
        ),
    )
