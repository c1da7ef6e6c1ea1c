"""The log of a crisis can only be added to."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = (("lines", "0004_services"), ("kit", "0001_roles"))
    operations = (
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON lines_crisisentry FROM bl_web, bl_engine",
            "GRANT UPDATE, DELETE ON lines_crisisentry TO bl_web, bl_engine",
        ),
    )
