"""Stamps each change that concerns the dispatcher with its transaction, so that it reads only what changed since it last looked.

By trigger, so that no way of writing can forget it. A reader asks for everything from the oldest transaction that was still running
when it last read (`pg_snapshot_xmin`): a row that commits late is never passed over, one that was read before comes again.
"""

from django.db import migrations

STAMP = """
CREATE FUNCTION bl_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_xid := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE OF
    state, line_id, channel, authority_id, home_authority_id, subject_item_id, language, waiting_since, head_start_seconds,
    is_callback, due_at, employee_id
    ON contacts_contact FOR EACH ROW EXECUTE FUNCTION bl_stamp();
"""


class Migration(migrations.Migration):
    dependencies = (("contacts", "0003_pool"),)
    operations = (migrations.RunSQL(STAMP, "DROP TRIGGER stamp ON contacts_contact; DROP FUNCTION bl_stamp();"),)
