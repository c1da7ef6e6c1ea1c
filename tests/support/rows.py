"""Rows in bulk by one statement each: what a column is not told takes the model's own default."""

from typing import Any, Protocol

from django.db import connection as of_django
from django.db.models import Model
from django.db.models.fields import NOT_PROVIDED, Field

from borgerlinje.kit import clock


class Cursor(Protocol):
    """What Django's cursors and psycopg's connections have in common."""

    def execute(self, query: Any, params: Any = None, /) -> Any:
        """Carry out one statement."""


def fill(cursor: Cursor, model: type[Model], source: str, /, **columns: str) -> None:
    """Store a row per row of `source`, a FROM clause such as "generate_series(1, 9) n"; `columns` are SQL expressions over it."""
    values = dict(columns)
    given: list[Any] = []
    for field in model._meta.local_concrete_fields:
        if field.attname not in values and not field.null and not _made_by_database(field):
            values[field.attname] = "%s"
            given.append(_default(field))
    names = ", ".join(f'"{name}"' for name in values)
    cursor.execute(
        f"INSERT INTO {model._meta.db_table} ({names}) SELECT {_escaped(values)} FROM {_percent(source)}",
        given,
    )


def _escaped(values: dict[str, str]) -> str:
    return ", ".join(value if value == "%s" else _percent(value) for value in values.values())


def _percent(expression: str) -> str:
    return expression.replace("%", "%%")


def _made_by_database(field: "Field[Any, Any]") -> bool:
    return (field.primary_key and field.remote_field is None and not field.has_default()) or (
        field.db_default is not NOT_PROVIDED
    )


def _default(field: "Field[Any, Any]") -> Any:
    if getattr(field, "auto_now", False):
        return clock.now()
    if not field.has_default() and not field.empty_strings_allowed:
        msg = f"{field.model.__name__}.{field.name} has no default: say what it is"
        raise TypeError(msg)
    return field.get_db_prep_save(field.get_default(), of_django)
