"""Who edits guides today, and where: for letters. The database shows a person of one authority nobody of another's, so the worker asks."""

from datetime import date

from borgerlinje.kit.database import Query, Row, Steps

# Nobody who has left is written to.
_EDITORS = """
SELECT u.id, u.email, u.name, array_agg(DISTINCT r.authority_id ORDER BY r.authority_id) AS authorities
  FROM staff_user u JOIN staff_roleassignment r ON r.user_id = u.id
 WHERE r.role = 'guide_editor' AND u.is_active
   AND r.from_on <= %(today)s::date AND (r.to_on IS NULL OR r.to_on > %(today)s::date)
   AND NOT EXISTS (SELECT 1 FROM staff_employee e WHERE e.user_id = u.id AND e.to_on <= %(today)s::date)
 GROUP BY u.id
 ORDER BY u.email
"""


def editors(*, today: date) -> Steps[list[Row]]:
    """Return everybody who edits guides, by address: `id`, `email`, `name`, and the ids of the `authorities` where they do."""
    rows = yield Query(_EDITORS, {"today": today})
    return list(rows)
