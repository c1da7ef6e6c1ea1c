"""Write paths of what called-in authorities answer, and of the employees they lend while a crisis lasts.

Whose employees they are is the authority's: the page lets its own people in, and the database shows them their own employees alone.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from borgerlinje.kit import clock
from borgerlinje.kit.database import Query, Steps
from borgerlinje.lines.crisis import END_LOANS, do_write, employees
from borgerlinje.lines.models import CrisisMember

_ANSWER = """
UPDATE lines_crisismember m SET answer = %(answer)s, employees_promised = %(promised)s, answered_at = %(now)s
  FROM lines_crisis k, cooperation_authority a
 WHERE m.id = %(id)s AND k.id = m.crisis_id AND k.ended_at IS NULL AND a.id = m.authority_id
RETURNING m.crisis_id, a.name
"""


def do_answer(member_id: int, promised: int, *, user_id: int, now: datetime) -> Steps[bool]:
    """Store how many employees an authority sends, 0 for none; False when the crisis is over. A later answer replaces an earlier one."""
    answer = CrisisMember.Answer.ACCEPTED if promised else CrisisMember.Answer.DECLINED
    values = {"id": member_id, "answer": answer.value, "promised": promised, "now": now}
    rows = yield Query(_ANSWER, values)
    if rows:
        said = f"sender {employees(promised)}" if promised else "kan ikke sende nogen"
        yield from do_write(rows[0]["crisis_id"], f"{rows[0]['name']} {said}.", user_id=user_id, now=now)
    return bool(rows)


_LEND = """
WITH member AS (
    SELECT m.id, m.crisis_id, m.authority_id, k.centre_id, a.name FROM lines_crisismember m
      JOIN lines_crisis k ON k.id = m.crisis_id JOIN cooperation_authority a ON a.id = m.authority_id
     WHERE m.id = %(id)s AND k.ended_at IS NULL FOR NO KEY UPDATE OF m
), free AS (
    SELECT e.id FROM staff_employee e, member
     WHERE e.id = ANY (%(employees)s::bigint[]) AND e.employer_id = member.authority_id
       AND e.from_on <= %(today)s AND (e.to_on IS NULL OR e.to_on > %(today)s)
       AND NOT EXISTS (SELECT 1 FROM staff_employeecentre w WHERE w.employee_id = e.id AND w.centre_id = member.centre_id
                          AND (w.to_on IS NULL OR w.to_on > %(today)s))
       AND NOT EXISTS (SELECT 1 FROM lines_crisisloan n WHERE n.employee_id = e.id AND n.to_at IS NULL)
), works AS (
    INSERT INTO staff_employeecentre (employee_id, centre_id, clearance, from_on)
    SELECT free.id, member.centre_id, %(clearance)s, %(today)s FROM free, member
    ON CONFLICT (employee_id, centre_id, from_on) DO NOTHING
    RETURNING id, employee_id
), loan AS (
    INSERT INTO lines_crisisloan (member_id, employee_id, works_id, from_at, lent_by_id)
    SELECT member.id, works.employee_id, works.id, %(now)s, %(user)s FROM works, member
    RETURNING employee_id
)
SELECT member.crisis_id, member.name, ARRAY(SELECT employee_id FROM loan) AS employees FROM member
"""


@dataclass(frozen=True, slots=True)
class Lent:
    """Who changed sides by a loan's beginning or end."""

    employee_ids: tuple[int, ...]
    busy: int = 0


def do_lend(
    member_id: int, employee_ids: Collection[int], *, clearance: str, user_id: int, now: datetime
) -> Steps[Lent | None]:
    """Let employees of a called-in authority answer for the centre until the crisis ends; None when it is over.

    Who works there already, or is lent already, is left out.
    """
    today = now.astimezone(clock.COPENHAGEN).date()
    rows = yield Query(
        _LEND,
        {
            "id": member_id,
            "employees": list(employee_ids),
            "clearance": clearance,
            "today": today,
            "now": now,
            "user": user_id,
        },
    )
    if not rows:
        return None
    row = rows[0]
    if row["employees"]:
        said = f"{row['name']} låner {employees(len(row['employees']))} ud, så længe krisen varer."
        yield from do_write(row["crisis_id"], said, user_id=user_id, now=now)
    return Lent(tuple(row["employees"]))


_MINE = """
SELECT m.crisis_id, a.name, ARRAY(SELECT n.id FROM lines_crisisloan n WHERE n.member_id = m.id AND n.to_at IS NULL
                                     AND n.employee_id = ANY (%(employees)s::bigint[])) AS loans
  FROM lines_crisismember m JOIN cooperation_authority a ON a.id = m.authority_id WHERE m.id = %(id)s
"""


def do_call_home(member_id: int, employee_ids: Collection[int], *, user_id: int, now: datetime) -> Steps[Lent]:
    """Take an authority's employees home before the crisis ends; who has a citizen may finish with them until midnight."""
    rows = yield Query(_MINE, {"id": member_id, "employees": list(employee_ids)})
    loans = (yield Query(END_LOANS, {"loans": rows[0]["loans"], "now": now})) if rows and rows[0]["loans"] else []
    if loans:
        said = f"{rows[0]['name']} tager {employees(len(loans))} hjem."
        yield from do_write(rows[0]["crisis_id"], said, user_id=user_id, now=now)
    return Lent(tuple(loan["employee_id"] for loan in loans), sum(loan["is_busy"] for loan in loans))
