"""How busy a line is and was: what an expected wait is reckoned from (`lines.expected_wait.Flow`), for anybody, in counts and times only."""

from django.db import migrations

DROP = "DROP FUNCTION bl_line_load(bigint, timestamptz);"
GRANT = """
REVOKE ALL ON FUNCTION bl_line_load(bigint, timestamptz) FROM public;
GRANT EXECUTE ON FUNCTION bl_line_load(bigint, timestamptz) TO bl_web, bl_engine;
"""

FLOW = """
CREATE FUNCTION bl_line_load(line bigint, at timestamptz)
RETURNS TABLE (waiting integer, longest_wait_seconds double precision, ready integer, busy integer, pool_waiting integer,
               answered integer, abandoned integer, handling_seconds double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH this AS (
        -- The local date decides who works today.
        SELECT l.id, l.centre_id, l.skill_id, l.skill_level, (at AT TIME ZONE 'Europe/Copenhagen')::date AS day
          FROM lines_line l WHERE l.id = line
    ), pool AS (
        SELECT c.line_id, c.waiting_since FROM contacts_contact c JOIN lines_line l ON l.id = c.line_id, this
         WHERE l.centre_id = this.centre_id AND c.state IN ('waiting', 'offered') AND NOT c.is_callback
    ), people AS (
        SELECT p.state FROM this, dispatch_presence p
          JOIN staff_employee e ON e.id = p.employee_id
         WHERE p.state IN ('ready', 'offered', 'talking', 'wrap_up')
           AND e.from_on <= this.day AND (e.to_on IS NULL OR e.to_on > this.day)
           AND EXISTS (SELECT 1 FROM staff_employeecentre w WHERE w.employee_id = e.id AND w.centre_id = this.centre_id
                          AND w.from_on <= this.day AND (w.to_on IS NULL OR w.to_on > this.day))
           AND (this.skill_id IS NULL OR EXISTS (
                SELECT 1 FROM staff_employeeskill s WHERE s.employee_id = e.id AND s.skill_id = this.skill_id
                   AND s.level >= this.skill_level AND (s.expires_on IS NULL OR s.expires_on > this.day)))
    ), recent AS (
        SELECT c.answered_at, c.closed_at, c.closed_as, c.waiting_since, c.is_callback
          FROM this JOIN lines_line l ON l.centre_id = this.centre_id
          JOIN contacts_contact c ON c.line_id = l.id AND c.arrived_at > at - interval '2 hours' AND c.origin_id IS NULL
    )
    SELECT
        (SELECT count(*)::integer FROM pool WHERE pool.line_id = line),
        (SELECT coalesce(extract(epoch FROM at - min(pool.waiting_since)), 0)::double precision FROM pool WHERE pool.line_id = line),
        (SELECT count(*)::integer FROM people WHERE people.state = 'ready'),
        (SELECT count(*)::integer FROM people WHERE people.state <> 'ready'),
        (SELECT count(*)::integer FROM pool),
        (SELECT count(*)::integer FROM recent r WHERE r.answered_at > at - interval '30 minutes'),
        (SELECT count(*)::integer FROM recent r WHERE r.closed_as = 'abandoned' AND NOT r.is_callback
            AND r.waiting_since IS NOT NULL AND r.closed_at > at - interval '30 minutes'),
        (SELECT avg(extract(epoch FROM r.closed_at - r.answered_at))::double precision FROM recent r
          WHERE r.answered_at IS NOT NULL AND r.closed_at > at - interval '30 minutes')
$$;
"""

BEFORE = """
CREATE FUNCTION bl_line_load(line bigint, at timestamptz)
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
    (SELECT (at AT TIME ZONE 'Europe/Copenhagen')::date AS day) AS today
$$;
"""


class Migration(migrations.Migration):
    dependencies = (("dispatch", "0009_crisis_loans"), ("contacts", "0006_services"), ("lines", "0004_services"))
    operations = (migrations.RunSQL([DROP, FLOW, GRANT], [DROP, BEFORE, GRANT]),)
