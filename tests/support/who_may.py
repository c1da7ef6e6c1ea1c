"""Who may be offered what, told a second time: in SQL, from the rows, with nothing of the dispatcher's own."""

from datetime import date, datetime
from typing import Any

_NEEDS = """
need AS (
    SELECT c.id, c.channel, c.state, l.id AS line_id, l.centre_id, relaxed.use_reserved,
           CASE WHEN NOT relaxed.any_skill THEN wanted.skill_id END AS skill_id,
           greatest(wanted.level - relaxed.lower, 1) AS level,
           CASE WHEN relaxed.any_language THEN 'da' ELSE coalesce(nullif(c.language, ''), l.language) END AS language,
           coalesce(band.scope, l.scope) AS scope,
           (NOT c.is_callback OR l.offers_callbacks) AND (c.due_at IS NULL OR c.due_at <= %(now)s::timestamptz) AS is_due
      FROM contacts_contact c
      JOIN lines_line l ON l.id = c.line_id
      LEFT JOIN lines_subject s ON s.id = c.subject_item_id AND s.skill_id IS NOT NULL
      CROSS JOIN LATERAL (
           SELECT coalesce(s.skill_id, l.skill_id) AS skill_id, coalesce(s.skill_level, l.skill_level) AS level) AS wanted
      CROSS JOIN LATERAL (
           SELECT coalesce(bool_or(any_skill), false) AS any_skill, coalesce(bool_or(any_language), false) AS any_language,
                  coalesce(bool_or(use_reserved), false) AS use_reserved, coalesce(sum(lower_level_by), 0) AS lower
             FROM lines_relaxation r
            WHERE r.line_id = l.id AND make_interval(secs => r.after_seconds) <= %(now)s::timestamptz - c.waiting_since) AS relaxed
      LEFT JOIN LATERAL (
           SELECT t.scope
             FROM lines_linetask t, (SELECT %(now)s::timestamptz AT TIME ZONE 'Europe/Copenhagen' AS local) AS clock
            WHERE t.line_id = l.id AND (t.subject_id IS NULL OR t.subject_id = c.subject_item_id)
              AND extract(isodow FROM local) - 1 BETWEEN t.first_weekday AND t.last_weekday
              AND t.opens <= local::time AND (t.closes = '00:00' OR local::time < t.closes)
            ORDER BY t.subject_id IS NULL, t.scope = 'guidance_only' LIMIT 1) AS band ON true
     WHERE c.state IN ('waiting', 'callback', 'offered')
)
"""

_MAY = """
EXISTS (SELECT 1 FROM staff_employee e
         WHERE e.id = p.employee_id AND e.from_on <= %(today)s AND (e.to_on IS NULL OR e.to_on > %(today)s))
AND EXISTS (SELECT 1 FROM staff_employeecentre w
             WHERE w.employee_id = p.employee_id AND w.centre_id = need.centre_id AND w.from_on <= %(today)s
               AND (w.to_on IS NULL OR w.to_on > %(today)s) AND (w.clearance = 'light_casework' OR need.scope = 'guidance_only'))
AND (need.skill_id IS NULL OR EXISTS (
     SELECT 1 FROM staff_employeeskill s WHERE s.employee_id = p.employee_id AND s.skill_id = need.skill_id
        AND s.level >= need.level AND (s.expires_on IS NULL OR s.expires_on > %(today)s)))
AND (need.language = 'da' OR EXISTS (
     SELECT 1 FROM staff_employeeskill s JOIN staff_skill k ON k.id = s.skill_id AND k.language = need.language
      WHERE s.employee_id = p.employee_id AND (s.expires_on IS NULL OR s.expires_on > %(today)s)))
AND (need.use_reserved OR NOT EXISTS (
     SELECT 1 FROM lines_reservation r WHERE r.employee_id = p.employee_id AND r.from_on <= %(today)s
        AND (r.to_on IS NULL OR r.to_on > %(today)s) HAVING count(*) > 0 AND NOT bool_or(r.line_id = need.line_id)))
AND CASE need.channel WHEN 'phone' THEN p.phone_capacity > 0 AND p.chat_load = 0
                      WHEN 'counter' THEN p.counter_capacity > 0 AND p.chat_load = 0
                      WHEN 'chat' THEN p.chat_load < p.chat_capacity ELSE p.mail_load < p.mail_capacity END
"""

_UNFIT = f"""
WITH {_NEEDS}
SELECT 'offered to who may not: ' || need.id || ' to ' || p.employee_id || ' ' || o.why AS broken
  FROM dispatch_offer o JOIN need ON need.id = o.contact_id JOIN dispatch_presence p ON p.employee_id = o.employee_id
 WHERE o.ended_at IS NULL AND o.made_at = %(now)s AND o.why ->> 'rule' <> 'taken' AND NOT ({_MAY})
"""

_BESIDE = f"""
WITH {_NEEDS}
SELECT 'waits beside who may: ' || need.id || ' beside ' || p.employee_id AS broken
  FROM need JOIN dispatch_presence p ON p.state = 'ready' AND {_MAY}
 WHERE need.state <> 'offered' AND need.is_due
 LIMIT 5
"""


def unfit(*, now: datetime, today: date) -> tuple[str, dict[str, Any]]:
    """Return the question for open offers made at `now` to somebody who does not meet what the contact requires."""
    return _UNFIT, {"now": now, "today": today}


def beside(*, now: datetime, today: date) -> tuple[str, dict[str, Any]]:
    """Return the question for contacts in the pool while somebody is ready who may be offered them."""
    return _BESIDE, {"now": now, "today": today}
