"""Which call a citizen's account made, and the one thing its page may ask about it: how far it has come."""

import django.db.models.deletion
from django.db import migrations, models

# The page is nobody's session: whoever has the name of the one-time account (64 random bits) has the call.
PROGRESS = """
CREATE FUNCTION bl_citizen_call(account text) RETURNS TABLE (is_ready boolean, state text, place integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT e.pushed_at IS NOT NULL, coalesce(c.state, ''),
           CASE WHEN c.state IN ('waiting', 'offered') THEN (
                SELECT count(*)::integer FROM contacts_contact o
                 WHERE o.state IN ('waiting', 'offered') AND o.line_id = c.line_id
                   AND (o.waiting_since, o.id) <= (c.waiting_since, c.id)) END
      FROM phone_phoneendpoint e LEFT JOIN contacts_contact c ON c.id = e.contact_id
     WHERE e.name = account AND e.kind = 'citizen'
$$;
REVOKE ALL ON FUNCTION bl_citizen_call(text) FROM public;
GRANT EXECUTE ON FUNCTION bl_citizen_call(text) TO bl_web, bl_engine;
"""


class Migration(migrations.Migration):
    dependencies = (("phone", "0002_fence"), ("contacts", "0002_fence"))
    operations = (
        migrations.AddField(
            model_name="phoneendpoint",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="contacts.contact",
            ),
        ),
        migrations.RunSQL(PROGRESS, "DROP FUNCTION bl_citizen_call(text);"),
    )
