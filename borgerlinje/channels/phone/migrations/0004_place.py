"""A citizen's place in the queue, without those who are to be called back."""

from django.db import migrations

PROGRESS = """
CREATE OR REPLACE FUNCTION bl_citizen_call(account text) RETURNS TABLE (is_ready boolean, state text, place integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT e.pushed_at IS NOT NULL, coalesce(c.state, ''),
           CASE WHEN c.state IN ('waiting', 'offered') THEN (
                SELECT count(*)::integer FROM contacts_contact o
                 WHERE o.state IN ('waiting', 'offered') AND NOT o.is_callback AND o.line_id = c.line_id
                   AND (o.waiting_since, o.id) <= (c.waiting_since, c.id)) END
      FROM phone_phoneendpoint e LEFT JOIN contacts_contact c ON c.id = e.contact_id
     WHERE e.name = account AND e.kind = 'citizen'
$$;
"""


class Migration(migrations.Migration):
    dependencies = (("phone", "0003_citizens_call"), ("contacts", "0003_pool"))
    operations = (migrations.RunSQL(PROGRESS, migrations.RunSQL.noop),)
