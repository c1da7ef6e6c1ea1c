"""Stamps changes of presence as those of contacts are."""

from django.db import migrations

STAMP = """
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE OF
    state, pause_after, idle_since, phone_capacity, counter_capacity, chat_capacity, mail_capacity, chat_load, mail_load
    ON dispatch_presence FOR EACH ROW EXECUTE FUNCTION bl_stamp();
"""


class Migration(migrations.Migration):
    dependencies = (("dispatch", "0003_pool"), ("contacts", "0004_stamp"))
    operations = (migrations.RunSQL(STAMP, "DROP TRIGGER stamp ON dispatch_presence;"),)
