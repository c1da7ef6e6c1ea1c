"""Row-level security of letters; versions of a template can only be added to."""

from typing import Final

from django.db import migrations

from borgerlinje.kit.fence import WEB_SEES, fence

# What the authority that houses a centre writes holds for the centre's members, who may read it.
_HOUSES_ONE: Final = f"""EXISTS (
    SELECT 1 FROM cooperation_centre c JOIN cooperation_membership m ON m.centre_id = c.id
     WHERE c.host_id = letters_lettertemplate.authority_id AND m.authority_id {WEB_SEES})"""  # noqa: S608 - WEB_SEES is ours


class Migration(migrations.Migration):
    dependencies = (
        ("letters", "0001_initial"),
        ("kit", "0001_roles"),
        ("cooperation", "0001_initial"),
        ("staff", "0002_fence"),
    )
    operations = (
        fence("letters_lettertemplate"),
        fence("letters_letter"),
        # Whoever has forgotten a password is nobody yet: such a letter is asked for without an authority, and not seen again from there.
        migrations.RunSQL(
            f"CREATE POLICY web_ask ON letters_letter FOR INSERT TO bl_web WITH CHECK (authority_id IS NULL OR authority_id {WEB_SEES})",
            "DROP POLICY web_ask ON letters_letter",
        ),
        migrations.RunSQL(
            f"CREATE POLICY web_host ON letters_lettertemplate FOR SELECT TO bl_web USING ({_HOUSES_ONE})",
            "DROP POLICY web_host ON letters_lettertemplate",
        ),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON letters_lettertemplate FROM bl_web, bl_engine",
            "GRANT UPDATE, DELETE ON letters_lettertemplate TO bl_web, bl_engine",
        ),
    )
