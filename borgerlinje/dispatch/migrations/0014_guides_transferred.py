"""Guides that were opened though the matter went on to somebody else: counts alone, for who may not see the contacts."""

from django.db import migrations

DROP = "DROP FUNCTION bl_guides_transferred(bigint[], timestamptz);"
TRANSFERRED = r"""
-- `unit` is the specialist's, as the house names it: a colleague, or a number typed by hand, is nobody an editor need know (empty).
CREATE FUNCTION bl_guides_transferred(authorities bigint[], since timestamptz)
RETURNS TABLE (guide bigint, authority bigint, unit text, count integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT g.guide_id, g.authority_id, coalesce(onward.unit, ''), count(*)::integer
      FROM contacts_contactguide g
      JOIN guides_guide book ON book.id = g.guide_id
      JOIN contacts_contact c ON c.id = g.contact_id
      LEFT JOIN LATERAL (
           SELECT t.ended_at AS at,
                  (SELECT s.name FROM lines_specialist s
                    WHERE t.digits <> '' AND regexp_replace(s.digits, '^\+45', '') = regexp_replace(t.digits, '^\+45', '')
                    ORDER BY s.authority_id IS DISTINCT FROM g.authority_id, s.id LIMIT 1) AS unit
             FROM dispatch_transfer t
            WHERE t.contact_id = c.id AND t.ended_as = 'handed_over' AND t.mode <> 'move' AND t.ended_at >= g.opened_at
            ORDER BY t.ended_at DESC LIMIT 1) AS onward ON true
     WHERE g.authority_id = ANY (authorities) AND g.opened_at > since AND NOT c.is_test
       AND (onward.at IS NOT NULL OR c.outcome = 'transferred' OR c.closed_as = 'transferred')
       AND (book.looked_at IS NULL
            OR greatest(g.opened_at, coalesce(onward.at, c.transferred_at, c.closed_at, g.opened_at)) > book.looked_at)
     GROUP BY 1, 2, 3
$$;
REVOKE ALL ON FUNCTION bl_guides_transferred(bigint[], timestamptz) FROM public;
GRANT EXECUTE ON FUNCTION bl_guides_transferred(bigint[], timestamptz) TO bl_web, bl_engine;
"""


class Migration(migrations.Migration):
    dependencies = (
        ("dispatch", "0013_loads"),
        ("contacts", "0011_guides"),
        ("guides", "0002_stamp"),
        ("lines", "0004_services"),
    )
    operations = (migrations.RunSQL(TRANSFERRED, DROP),)
