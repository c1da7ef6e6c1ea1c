"""Row-level security of contacts, and a story that can only grow."""

from django.db import migrations

from borgerlinje.kit.fence import fence


class Migration(migrations.Migration):
    dependencies = (("contacts", "0001_initial"), ("kit", "0001_roles"))
    operations = (
        fence("contacts_contact"),
        fence("contacts_contactevent"),
        migrations.RunSQL(
            """
            REVOKE UPDATE, DELETE, TRUNCATE ON contacts_contactevent FROM bl_web, bl_engine;
            REVOKE DELETE, TRUNCATE ON contacts_contact FROM bl_web, bl_engine;
            """,
            """
            GRANT UPDATE, DELETE ON contacts_contactevent TO bl_web, bl_engine;
            GRANT DELETE ON contacts_contact TO bl_web, bl_engine;
            """,
        ),
    )
