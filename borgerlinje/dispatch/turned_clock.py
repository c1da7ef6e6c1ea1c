"""The machine's clock was turned back: what the rows say of the future is moved to the present, in the order it had.

Places in the queue and the longest idle are instants. After such a jump those who waited would stand behind everybody who comes
later, and an offer would ring for hours were the telephone process away. What lies ahead of now is moved back together, to just
before the first moment of the new time: whoever waited before the jump is before whoever came after it.
"""

from datetime import datetime, timedelta

from borgerlinje.kit.database import Query, Steps

# The clocks of several machines differ by less.
TOLERANCE = timedelta(seconds=10)
# So long ago the jump may have been when it is noticed: who has come since then stands behind.
NOTICED_WITHIN = timedelta(seconds=2)

_PLACES = """
WITH ahead AS (
    SELECT max(waiting_since) AS last FROM contacts_contact
     WHERE state IN ('waiting', 'callback') AND waiting_since > %(soon)s::timestamptz
)
UPDATE contacts_contact c SET waiting_since = c.waiting_since - (ahead.last - %(before)s::timestamptz)
  FROM ahead
 WHERE ahead.last IS NOT NULL AND c.state IN ('waiting', 'callback', 'offered') AND c.waiting_since > %(soon)s::timestamptz
RETURNING c.id
"""

_IDLE = """
WITH ahead AS (
    SELECT max(idle_since) AS last FROM dispatch_presence WHERE state <> 'signed_out' AND idle_since > %(soon)s::timestamptz
)
UPDATE dispatch_presence p SET idle_since = p.idle_since - (ahead.last - %(before)s::timestamptz)
  FROM ahead
 WHERE ahead.last IS NOT NULL AND p.state <> 'signed_out' AND p.idle_since > %(soon)s::timestamptz
RETURNING p.employee_id
"""

_OFFERS = """
UPDATE dispatch_offer SET made_at = %(now)s::timestamptz, expires_at = %(now)s::timestamptz + (expires_at - made_at)
 WHERE ended_at IS NULL AND made_at > %(soon)s::timestamptz
RETURNING id
"""


def do_move_back(*, now: datetime) -> Steps[int]:
    """Move what lies ahead of now; return how many rows that were. None at all while no clock was turned back."""
    instants = {"now": now, "soon": now + TOLERANCE, "before": now - NOTICED_WITHIN}
    moved = 0
    for sql in (_PLACES, _OFFERS, _IDLE):
        moved += len((yield Query(sql, instants)))
    return moved
