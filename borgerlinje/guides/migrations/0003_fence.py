"""Row-level security of the local texts: everybody reads them, as citizens do; a member's alone are written by it."""

from django.db import migrations

from borgerlinje.kit.fence import WEB_SEES, fence

_OWN = f"EXISTS (SELECT 1 FROM guides_localguide l WHERE l.id = local_id AND l.authority_id {WEB_SEES})"  # noqa: S608 - WEB_SEES is ours


class Migration(migrations.Migration):
    dependencies = (("guides", "0002_stamp"), ("kit", "0001_roles"), ("staff", "0002_fence"))
    operations = (
        fence("guides_localversion", web=_OWN),
        migrations.RunSQL(
            "CREATE POLICY web_read ON guides_localversion FOR SELECT TO bl_web USING (true)",
            "DROP POLICY web_read ON guides_localversion",
        ),
    )
