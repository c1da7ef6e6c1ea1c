"""How long a line's queue is, without those who are to be called back: they hold no line."""

from django.db import migrations

LOAD = """
CREATE OR REPLACE FUNCTION bl_line_load(line bigint, at timestamptz)
RETURNS TABLE (waiting integer, longest_wait_seconds double precision, ready integer, answered integer,
               median_wait_seconds double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT
        (SELECT count(*)::integer FROM contacts_contact c WHERE c.line_id = line AND c.state IN ('waiting', 'offered') AND NOT c.is_callback),
        (SELECT coalesce(extract(epoch FROM at - min(c.waiting_since)), 0)::double precision
           FROM contacts_contact c WHERE c.line_id = line AND c.state IN ('waiting', 'offered') AND NOT c.is_callback),
        (SELECT count(*)::integer FROM dispatch_presence p
           JOIN staff_employee e ON e.id = p.employee_id AND e.from_on <= today.day AND (e.to_on IS NULL OR e.to_on > today.day)
           JOIN staff_employeecentre w ON w.employee_id = e.id
                AND w.from_on <= today.day AND (w.to_on IS NULL OR w.to_on > today.day)
           JOIN lines_line l ON l.id = line AND l.centre_id = w.centre_id
          WHERE p.state = 'ready' AND (l.skill_id IS NULL OR EXISTS (
                SELECT 1 FROM staff_employeeskill s WHERE s.employee_id = e.id AND s.skill_id = l.skill_id
                   AND s.level >= l.skill_level AND (s.expires_on IS NULL OR s.expires_on > today.day)))),
        recent.answered,
        recent.median
    FROM (
        SELECT count(*)::integer AS answered,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM c.answered_at - c.waiting_since)) AS median
          FROM contacts_contact c
         WHERE c.line_id = line AND c.arrived_at > at - interval '30 minutes' AND c.answered_at IS NOT NULL
           AND c.origin_id IS NULL
    ) AS recent,
    -- The local date decides who works today.
    (SELECT (at AT TIME ZONE 'Europe/Copenhagen')::date AS day) AS today
$$;
"""


class Migration(migrations.Migration):
    dependencies = (("dispatch", "0005_lean"), ("contacts", "0005_lean"))
    operations = (migrations.RunSQL(LOAD, migrations.RunSQL.noop),)
