"""Row-level security of who is kept for which line: as with the employees themselves."""

from django.db import migrations

from borgerlinje.kit.fence import fence


class Migration(migrations.Migration):
    dependencies = (("lines", "0002_pool"), ("staff", "0002_fence"))
    operations = (fence("lines_reservation", web="EXISTS (SELECT 1 FROM staff_employee e WHERE e.id = employee_id)"),)
