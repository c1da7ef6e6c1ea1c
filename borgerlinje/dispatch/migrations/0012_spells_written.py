"""The database writes the spells of an employee's day, whatever statement changes what they do."""

from django.db import migrations

WRITE = """
CREATE FUNCTION bl_spell_kind(state text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN state = 'signed_out' THEN '' WHEN state = 'paused' THEN 'pause'
                WHEN state IN ('connection_lost', 'not_answering') THEN 'away' ELSE 'work' END
$$;
CREATE FUNCTION bl_note_spell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    -- A clock that was turned back ends nothing before it began.
    UPDATE dispatch_spell SET to_at = greatest(from_at, NEW.since) WHERE employee_id = NEW.employee_id AND to_at IS NULL;
    IF bl_spell_kind(NEW.state) <> '' THEN
        INSERT INTO dispatch_spell (employee_id, kind, reason, from_at)
        VALUES (NEW.employee_id, bl_spell_kind(NEW.state), CASE WHEN NEW.state = 'paused' THEN NEW.pause_reason ELSE '' END, NEW.since);
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION bl_note_spell() FROM public;
CREATE TRIGGER spell_begun AFTER INSERT ON dispatch_presence FOR EACH ROW EXECUTE FUNCTION bl_note_spell();
-- Offers and conversations are work as readiness is: they write nothing here.
CREATE TRIGGER spell AFTER UPDATE OF state, pause_reason ON dispatch_presence FOR EACH ROW
    WHEN (bl_spell_kind(OLD.state) <> bl_spell_kind(NEW.state)
          OR (NEW.state = 'paused' AND OLD.pause_reason <> NEW.pause_reason))
    EXECUTE FUNCTION bl_note_spell();
REVOKE INSERT, UPDATE, DELETE ON dispatch_spell FROM bl_web, bl_engine;
"""
FORGET = """
DROP TRIGGER spell ON dispatch_presence;
DROP TRIGGER spell_begun ON dispatch_presence;
DROP FUNCTION bl_note_spell();
DROP FUNCTION bl_spell_kind(text);
GRANT INSERT, UPDATE, DELETE ON dispatch_spell TO bl_web, bl_engine;
"""


class Migration(migrations.Migration):
    dependencies = (("dispatch", "0011_spells"), ("kit", "0001_roles"))
    operations = (migrations.RunSQL(WRITE, FORGET),)
