"""Writes to a line itself, each with its note of who changed what. Inside the caller's transaction; hints follow the commit."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import translation

from borgerlinje.cooperation.models import Authority
from borgerlinje.dispatch import words
from borgerlinje.kit import hints
from borgerlinje.kit.request_database import run_here
from borgerlinje.lines.models import Line, LineNumber
from borgerlinje.lines.new_line import NewLine, do_add_number, do_create_line
from borgerlinje.lines.numbers import display
from borgerlinje.staff.changes import note
from borgerlinje.staff.models import User

KIND = "line"
# What a change of these is written as; the texts are long, and the log keeps them whole.
BASICS = ("name", "owner", "audience", "language", "skill", "skill_level", "scope", "greeting_text")


def do_make(new: NewLine, *, by: User, now: datetime) -> Line:
    """Store a line that can be called from now on, and say who made it. Raises NumberTakenError: then roll back."""
    made = run_here(do_create_line(new, now=now))
    line = Line.objects.select_related("owner", "centre", "skill").get(pk=made.line_id)
    after = {**said(line), "numbers": _numbers(line)}
    note(by, kind=KIND, object_id=line.pk, label=line.name, before={}, after=after, now=now)
    tell(line)
    return line


def do_change(line: Line, before: dict[str, Any], *, by: User, now: datetime) -> None:
    """Store a line's own fields; `before` is what `said` told of it."""
    line.save(update_fields=[*BASICS])
    _note(line, before, said(line), by=by, now=now)


def do_give_numbers(line: Line, digits: Sequence[str], home: Authority | None, *, by: User, now: datetime) -> None:
    """Give a line numbers; the first it ever has is its main one. Raises NumberTakenError: then roll back."""
    before = _numbers(line)
    has_main = line.numbers.filter(is_main=True).exists()
    for index, each in enumerate(digits):
        is_main = not has_main and index == 0
        run_here(do_add_number(line.pk, each, home=home.pk if home else None, is_main=is_main))
    _note(line, {"numbers": before}, {"numbers": _numbers(line)}, by=by, now=now)


def do_take_number(line: Line, number: LineNumber, *, by: User, now: datetime) -> None:
    """Take a number from a line; was it the main one, another becomes it."""
    before = _numbers(line)
    was_main = number.is_main
    number.delete()
    following = line.numbers.order_by("-home_authority", "digits").first() if was_main else None
    if following is not None:
        following.is_main = True
        following.save(update_fields=["is_main"])
    _note(line, {"numbers": before}, {"numbers": _numbers(line)}, by=by, now=now)


def do_show_first(line: Line, number: LineNumber, *, by: User, now: datetime) -> None:
    """Make a number the one that is shown first."""
    before = _main(line)
    line.numbers.update(is_main=False)
    number.is_main = True
    number.save(update_fields=["is_main"])
    _note(line, {"main": before}, {"main": display(number.digits)}, by=by, now=now)


def do_end(line: Line, ended_on: date | None, *, by: User, now: datetime) -> None:
    """Close a line for good from a date on; None opens it again."""
    before = {"ended_on": line.ended_on}
    line.ended_on = ended_on
    line.save(update_fields=["ended_on"])
    _note(line, _dates(before), _dates({"ended_on": ended_on}), by=by, now=now)


def said(line: Line) -> dict[str, Any]:
    """Return a line's own fields as the log keeps them: in Danish, whatever language the writer has chosen."""
    with translation.override("da"):
        return {
            "name": line.name,
            "owner": line.owner.full_name,
            "audience": str(line.get_audience_display()),
            "language": words.language(line.language),
            "skill": line.skill.name if line.skill is not None else "",
            "skill_level": line.skill_level,
            "scope": str(line.get_scope_display()),
            "greeting_text": line.greeting_text,
        }


def tell(line: Line) -> None:
    """Let the telephone, the matching and the pages read the line anew once this is committed."""
    hints.send_on_commit(f"line:{line.pk}", "dispatch", "queue")


def _numbers(line: Line) -> list[str]:
    found = line.numbers.select_related("home_authority").order_by("-is_main", "digits")
    return [
        f"{display(each.digits)} ({each.home_authority.name})" if each.home_authority else display(each.digits)
        for each in found
    ]


def _main(line: Line) -> str:
    main = line.numbers.filter(is_main=True).first()
    return display(main.digits) if main is not None else ""


def _dates(values: dict[str, date | None]) -> dict[str, Any]:
    return {name: value.isoformat() if value is not None else "" for name, value in values.items()}


def _note(line: Line, before: dict[str, Any], after: dict[str, Any], *, by: User, now: datetime) -> None:
    # Nobody's: a host sets a line that a member owns, and both are to see who did what to it.
    note(by, kind=KIND, object_id=line.pk, label=line.name, before=before, after=after, now=now)
    tell(line)
