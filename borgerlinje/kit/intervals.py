"""Rows that hold in a half-open interval of dates, [from_on, to_on): the condition that one is in force."""

from datetime import date

from django.db.models import Q


def in_force(on: date, *, of: str = "") -> Q:
    """Return the condition that a row is in force on a day; `of` leads to another table's row, as `works__`.

    Over a relation to many rows, put it into the same `filter` as what else must hold of the very row.
    """
    ends = Q(**{f"{of}to_on__isnull": True}) | Q(**{f"{of}to_on__gt": on})
    return Q(**{f"{of}from_on__lte": on}) & ends
