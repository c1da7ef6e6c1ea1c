"""How often something may be asked for. Counted in the database, in one statement: parallel requests cannot slip past one another."""

from datetime import timedelta

from django.db import connection

from borgerlinje.kit import clock

_COUNT = """
INSERT INTO kit_throttle AS t (key, since, count) VALUES (%(key)s, %(now)s, 1)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN t.since < %(floor)s THEN 1 ELSE t.count + 1 END,
    since = CASE WHEN t.since < %(floor)s THEN %(now)s ELSE t.since END
RETURNING count
"""


def do_count(key: str, *, window_seconds: int) -> int:
    """Count one more in the window that began with the first, and return how many it holds now."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": key, "now": now, "floor": now - timedelta(seconds=window_seconds)})
        return int(cursor.fetchone()[0])
