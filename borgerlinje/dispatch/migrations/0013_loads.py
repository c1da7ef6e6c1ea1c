"""How busy many lines are and were in one look: what lines of a centre have in common is counted once."""

from django.db import migrations

DROP = "DROP FUNCTION bl_line_loads(bigint[], timestamptz);"
LOADS = """
CREATE FUNCTION bl_line_loads(lines bigint[], at timestamptz)
RETURNS TABLE (line bigint, waiting integer, longest_wait_seconds double precision, ready integer, busy integer, pool_waiting integer,
               answered integer, abandoned integer, handling_seconds double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH asked AS MATERIALIZED (
        SELECT l.id, l.centre_id, l.skill_id, l.skill_level FROM lines_line l WHERE l.id = ANY (lines)
    ), places AS MATERIALIZED (
        SELECT array_agg(DISTINCT centre_id) AS ids, (at AT TIME ZONE 'Europe/Copenhagen')::date AS day FROM asked
    ), pool AS MATERIALIZED (
        SELECT l.centre_id, c.line_id, count(*)::integer AS waiting, min(c.waiting_since) AS since
          FROM places, contacts_contact c JOIN lines_line l ON l.id = c.line_id
         WHERE l.centre_id = ANY (places.ids) AND c.state IN ('waiting', 'offered') AND NOT c.is_callback
         GROUP BY l.centre_id, c.line_id
    ), pools AS (
        SELECT centre_id, sum(waiting)::integer AS waiting FROM pool GROUP BY centre_id
    ), people AS MATERIALIZED (
        SELECT DISTINCT w.centre_id, e.id, p.state = 'ready' AS is_ready
          FROM places, dispatch_presence p
          JOIN staff_employee e ON e.id = p.employee_id
          JOIN staff_employeecentre w ON w.employee_id = e.id
         WHERE p.state IN ('ready', 'offered', 'talking', 'wrap_up') AND w.centre_id = ANY (places.ids)
           AND e.from_on <= places.day AND (e.to_on IS NULL OR e.to_on > places.day)
           AND w.from_on <= places.day AND (w.to_on IS NULL OR w.to_on > places.day)
    ), able AS MATERIALIZED (
        SELECT p.centre_id, s.skill_id, s.level, count(*) FILTER (WHERE p.is_ready) AS ready, count(*) FILTER (WHERE NOT p.is_ready) AS busy
          FROM places, people p JOIN staff_employeeskill s ON s.employee_id = p.id
         WHERE s.expires_on IS NULL OR s.expires_on > places.day
         GROUP BY p.centre_id, s.skill_id, s.level
    ), hands AS (
        SELECT a.id, sum(able.ready)::integer AS ready, sum(able.busy)::integer AS busy
          FROM asked a JOIN able ON able.centre_id = a.centre_id AND able.skill_id = a.skill_id AND able.level >= a.skill_level
         GROUP BY a.id
        UNION ALL
        -- A line without a skill is answered by everybody at its centre.
        SELECT a.id, count(*) FILTER (WHERE p.is_ready)::integer, count(*) FILTER (WHERE NOT p.is_ready)::integer
          FROM asked a JOIN people p ON p.centre_id = a.centre_id
         WHERE a.skill_id IS NULL GROUP BY a.id
    ), recent AS (
        SELECT l.centre_id,
               count(*) FILTER (WHERE c.answered_at > at - interval '30 minutes')::integer AS answered,
               count(*) FILTER (WHERE c.closed_as = 'abandoned' AND NOT c.is_callback AND c.waiting_since IS NOT NULL
                                  AND c.closed_at > at - interval '30 minutes')::integer AS abandoned,
               avg(extract(epoch FROM c.closed_at - c.answered_at)) FILTER (
                   WHERE c.answered_at IS NOT NULL AND c.closed_at > at - interval '30 minutes')::double precision AS handling_seconds
          FROM places, lines_line l
          JOIN contacts_contact c ON c.line_id = l.id AND c.arrived_at > at - interval '2 hours' AND c.origin_id IS NULL
         WHERE l.centre_id = ANY (places.ids)
         GROUP BY l.centre_id
    )
    SELECT every.id, coalesce(pool.waiting, 0), coalesce(extract(epoch FROM at - pool.since), 0)::double precision,
           coalesce(hands.ready, 0), coalesce(hands.busy, 0), coalesce(pools.waiting, 0),
           coalesce(recent.answered, 0), coalesce(recent.abandoned, 0), recent.handling_seconds
      FROM unnest(lines) AS every (id)
      LEFT JOIN asked ON asked.id = every.id
      LEFT JOIN pool ON pool.line_id = asked.id
      LEFT JOIN pools ON pools.centre_id = asked.centre_id
      LEFT JOIN hands ON hands.id = asked.id
      LEFT JOIN recent ON recent.centre_id = asked.centre_id
$$;
REVOKE ALL ON FUNCTION bl_line_loads(bigint[], timestamptz) FROM public;
GRANT EXECUTE ON FUNCTION bl_line_loads(bigint[], timestamptz) TO bl_web, bl_engine;
"""


class Migration(migrations.Migration):
    dependencies = (("dispatch", "0012_spells_written"), ("lines", "0004_services"))
    operations = (migrations.RunSQL(LOADS, DROP),)
