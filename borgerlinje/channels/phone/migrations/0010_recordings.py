"""A recording belongs to the authority that answers for its contact, also when that changes."""

from django.db import migrations

FOLLOW = """
CREATE FUNCTION bl_recording_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE phone_recording SET authority_id = NEW.authority_id WHERE contact_id = NEW.id AND authority_id <> NEW.authority_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER recording_follows AFTER UPDATE OF authority_id ON contacts_contact
    FOR EACH ROW WHEN (OLD.authority_id IS DISTINCT FROM NEW.authority_id) EXECUTE FUNCTION bl_recording_follows();
"""

ALONE = """
DROP TRIGGER recording_follows ON contacts_contact;
DROP FUNCTION bl_recording_follows();
"""


class Migration(migrations.Migration):
    dependencies = (("phone", "0009_outgoing"), ("contacts", "0006_services"))
    operations = (migrations.RunSQL(FOLLOW, ALONE),)
