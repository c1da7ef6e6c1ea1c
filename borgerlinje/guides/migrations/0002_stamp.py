from django.db import migrations

STAMP = """
-- A number that was given back by a transaction that came to nothing is not given to another: what it stood for may be in somebody's memory.
CREATE SEQUENCE guides_changes;
CREATE TABLE guides_stamp (changes bigint NOT NULL);
INSERT INTO guides_stamp VALUES (nextval('guides_changes'));
CREATE UNIQUE INDEX guides_stamp_one ON guides_stamp ((true));
CREATE FUNCTION bl_guides_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE guides_stamp SET changes = nextval('guides_changes');
    RETURN NULL;
END $$;
"""
TABLES = ("guides_localguide", "guides_solution", "lines_subject")
TRIGGERS = "".join(
    f"CREATE TRIGGER guides_changed AFTER INSERT OR UPDATE OR DELETE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION bl_guides_changed();\n"
    for table in TABLES
)
# That an editor has looked at a guide's figures, or was reminded of it, changes nothing that is found.
TRIGGERS += (
    "CREATE TRIGGER guides_changed AFTER INSERT OR DELETE"
    " OR UPDATE OF slug, title, title_en, subject_id, solution_id, kle, published_id ON guides_guide"
    " FOR EACH STATEMENT EXECUTE FUNCTION bl_guides_changed();\n"
)
# A draft is nobody's yet: writing one changes nothing that is found, moving the days of a version does.
TRIGGERS += (
    "CREATE TRIGGER guides_changed AFTER UPDATE OF valid_from, valid_to ON guides_guideversion"
    " FOR EACH STATEMENT EXECUTE FUNCTION bl_guides_changed();\n"
)
BACK = (
    "".join(f"DROP TRIGGER guides_changed ON {table};\n" for table in (*TABLES, "guides_guide", "guides_guideversion"))
    + "DROP FUNCTION bl_guides_changed(); DROP TABLE guides_stamp; DROP SEQUENCE guides_changes;"
)


class Migration(migrations.Migration):
    dependencies = (("guides", "0001_initial"),)
    operations = (migrations.RunSQL(STAMP + TRIGGERS, BACK),)
