"""A job that must happen is a row written in the transaction that wants it: the worker finds it once that is committed.

Write paths run on any connection, so the row is written by procrastinate's own function in the database instead of through its Python.
A room's jobs stand in its `jobs.py`, which the worker imports.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from borgerlinje.kit.database import Query

_DEFER = """
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
    'default', %(task)s::text, 0, NULL, NULL, %(arguments)s::jsonb, %(at)s::timestamptz)::procrastinate_job_to_defer_v1])
"""


def later(task: str, arguments: Mapping[str, Any], *, at: datetime | None = None) -> Query:
    """Return the statement that has a job done, by its task's name, after the commit, or not before `at`."""
    return Query(_DEFER, {"task": task, "arguments": orjson.dumps(dict(arguments)).decode(), "at": at})
