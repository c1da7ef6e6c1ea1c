"""Leaving: one last day, after which roles, work for centres and the right to sign in are over; undone until that day is.

Nothing has to run at midnight: every row carries its end, and `fence` reads the date. What the leaving changed is kept with it.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Model, Q

from borgerlinje.staff.models import Employee, EmployeeCentre, Leaving, RoleAssignment, User

_DAY = timedelta(days=1)


def do_leave(employee: Employee, *, last_on: date, by: User, now: datetime) -> Leaving:
    """End an employment after `last_on`, and with it what belongs to it; an earlier leaving is undone first."""
    Employee.objects.select_for_update().get(pk=employee.pk)
    earlier = Leaving.objects.filter(employee=employee).first()
    if earlier is not None:
        do_undo(earlier)
        employee.refresh_from_db()
    to_on = last_on + _DAY
    ended = {"to_on": _text(employee.to_on), "works": _end(EmployeeCentre, to_on, employee=employee)}
    if employee.user is not None:
        ended["roles"] = _end(RoleAssignment, to_on, user=employee.user)
    employee.to_on = to_on
    employee.save(update_fields=["to_on"])
    return Leaving.objects.create(employee=employee, last_on=last_on, made_at=now, made_by=by, ended=ended)


def do_undo(leaving: Leaving) -> None:
    """Put back what a leaving ended."""
    employee = leaving.employee
    employee.to_on = _date(leaving.ended["to_on"])
    employee.save(update_fields=["to_on"])
    _put_back(EmployeeCentre, leaving.ended["works"])
    _put_back(RoleAssignment, leaving.ended.get("roles", []))
    leaving.delete()


def _end(model: type[Model], to_on: date, **whose: Any) -> list[dict[str, Any]]:
    """End the rows that go on after that day; return what they were. One that had not begun goes away altogether."""
    rows = model._default_manager.filter(Q(to_on=None) | Q(to_on__gt=to_on), **whose)  # noqa: SLF001 - Django's own name
    kept = []
    for row in rows.values():
        values = {name: _text(value) for name, value in row.items()}
        mine = model._default_manager.filter(pk=row["id"])  # noqa: SLF001
        if row["from_on"] >= to_on:
            mine.delete()
            kept.append({"removed": True, **values})
        else:
            mine.update(to_on=to_on)
            kept.append({"removed": False, **values})
    return kept


def _put_back(model: type[Model], kept: list[dict[str, Any]]) -> None:
    for entry in kept:
        values = {name: value for name, value in entry.items() if name != "removed"}
        if entry["removed"]:
            model._default_manager.create(**values)  # noqa: SLF001
        else:
            model._default_manager.filter(pk=values["id"]).update(to_on=_date(values["to_on"]))  # noqa: SLF001


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
