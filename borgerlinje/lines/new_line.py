"""Makes a line that answers from its first call: its row, its numbers, a week of opening hours and what it says.

Nothing else is needed: the telephone finds a line by the number that is called, greets, and queues; whoever works for the centre is
offered what the line asks for. A line of a demo centre is the demo's own.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.kit import clock
from borgerlinje.kit.database import Query, Steps
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.lines import menus
from borgerlinje.lines.hours import Span
from borgerlinje.lines.menus import Action, Choice, Kind, Menu, Node, Patience, Saying
from borgerlinje.lines.numbers import display

# What a line is open when nobody says anything else: Monday is 0.
USUAL_WEEK: Final[Mapping[int, Sequence[Span]]] = {
    **{day: ((time(8), time(15)),) for day in range(4)},
    4: ((time(8), time(14)),),
}
# The languages a line can speak.
LANGUAGES: Final = ("da", "en")
_LANGUAGE_KEY, _PERSON_KEY = "8", "0"
_LISTENS_SECONDS = 3
_SLUG_LENGTH: Final = 44
# A line's name in addresses is never one of the words that stand there for something else.
_RESERVED = frozenset({"ny"})
_LETTERS = str.maketrans({"æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "å": "aa", "ü": "u", "é": "e"})

_FIND_SLUGS = "SELECT slug FROM lines_line WHERE slug = %(base)s::text OR slug ~ ('^' || %(base)s::text || '-[0-9]+$')"
_LINE = """
INSERT INTO lines_line (slug, name, owner_id, centre_id, audience, scope, skill_id, skill_level, language, greeting_text, closed_text,
                        target_seconds, ring_seconds, wrap_up_seconds, optional_holidays, always_open, always_open_reason,
                        is_hidden, is_demo)
SELECT %(slug)s::text, %(name)s::text, %(owner)s::bigint, c.id, %(audience)s::text, %(scope)s::text, %(skill)s::bigint, %(level)s::smallint,
       %(language)s::text, %(greeting)s::text, %(closed)s::text, 30, 20, 60, %(holidays)s::text[], false, '', false, c.is_demo
  FROM cooperation_centre c WHERE c.id = %(centre)s::bigint
RETURNING id
"""
_HOLDER = """
SELECT n.digits, l.name FROM lines_linenumber n JOIN lines_line l ON l.id = n.line_id WHERE n.digits = ANY(%(digits)s::text[])
 ORDER BY n.digits LIMIT 1
"""
_NUMBER = """
INSERT INTO lines_linenumber (line_id, digits, home_authority_id, is_main)
VALUES (%(line)s::bigint, %(digits)s::text, %(home)s::bigint, %(main)s::boolean)
ON CONFLICT (digits) DO NOTHING RETURNING id
"""
_VERSION = """
INSERT INTO lines_openingversion (line_id, from_on, source) VALUES (%(line)s::bigint, %(on)s::date, '') RETURNING id
"""
_PERIOD = """
INSERT INTO lines_openingperiod (version_id, weekday, opens, closes)
VALUES (%(version)s::bigint, %(weekday)s::smallint, %(opens)s::time, %(closes)s::time)
"""
_MENU = """
INSERT INTO lines_menuversion (line_id, language, tree, from_at, published_at, changed_at, note)
VALUES (%(line)s::bigint, %(language)s::text, %(tree)s::jsonb, %(at)s::timestamptz, %(at)s::timestamptz, %(at)s::timestamptz, '')
"""


class NumberTakenError(BorgerlinjeError):
    """A number belongs to a line already. `details` name the `digits` and the `line`."""

    code = "number_taken"
    status = 409
    message = gettext_lazy("Nummeret hører allerede til en anden linje.")

    def __init__(self, digits: str, line: str) -> None:
        said = _("%(number)s hører allerede til linjen %(line)s. Skriv et andet nummer, eller fjern det dér først.")
        super().__init__(said % {"number": display(digits), "line": line}, digits=digits, line=line)


@dataclass(frozen=True, slots=True)
class NewLine:
    """What a new line is made of; everything but the first four has a good answer already.

    `numbers` maps digits (`numbers.normalise`) to the id of the authority whose citizens dial it (None: all), the main one first.
    `week` maps weekdays (Monday is 0) to openings that hold from today. An empty `greeting` or `closed` becomes a sentence with the
    line's name. `languages`: the first is the line's own; with a second the citizen is asked for it (key 8). Without `skill_id`
    everybody who works for the centre may be offered its contacts.
    """

    name: str
    centre_id: int
    owner_id: int
    numbers: Mapping[str, int | None]
    audience: str = "citizens"
    languages: Sequence[str] = ("da",)
    week: Mapping[int, Sequence[Span]] = field(default_factory=lambda: USUAL_WEEK)
    greeting: str = ""
    closed: str = ""
    scope: str = "guidance_only"
    skill_id: int | None = None
    skill_level: int = 1
    optional_holidays: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class MadeLine:
    """The line that was made: send the hints `line:<id>`, "dispatch" and "queue" after the commit."""

    line_id: int
    slug: str


def do_create_line(new: NewLine, *, now: datetime) -> Steps[MadeLine]:
    """Store a line that can be called from now on. Raises NumberTakenError; the transaction must then be rolled back."""
    yield from check_free(list(new.numbers))
    slug = yield from _free_slug(new.name)
    language = new.languages[0]
    rows = yield Query(
        _LINE,
        {
            "slug": slug,
            "name": new.name,
            "owner": new.owner_id,
            "centre": new.centre_id,
            "audience": new.audience,
            "scope": new.scope,
            "skill": new.skill_id,
            "level": new.skill_level,
            "language": language,
            "greeting": new.greeting or usual_greeting(new.name, language),
            "closed": new.closed or usual_closed(new.name, language),
            "holidays": list(new.optional_holidays),
        },
    )
    line_id = int(rows[0]["id"])
    for index, (digits, home) in enumerate(new.numbers.items()):
        yield from do_add_number(line_id, digits, home=home, is_main=index == 0)
    yield from _do_hours(line_id, new.week, now=now)
    if len(new.languages) > 1:
        for spoken, tree in _menus(new):
            yield Query(_MENU, {"line": line_id, "language": spoken, "tree": json.dumps(tree), "at": now})
    return MadeLine(line_id, slug)


def do_add_number(line_id: int, digits: str, *, home: int | None, is_main: bool = False) -> Steps[None]:
    """Give a line a number. Raises NumberTakenError, also when another line is given it at the same moment."""
    added = yield Query(_NUMBER, {"line": line_id, "digits": digits, "home": home, "main": is_main})
    if not added:
        yield from check_free([digits])


def check_free(digits: Sequence[str]) -> Steps[None]:
    """Raise NumberTakenError when one of the numbers belongs to a line."""
    taken = yield Query(_HOLDER, {"digits": list(digits)})
    if taken:
        raise NumberTakenError(taken[0]["digits"], taken[0]["name"])


def usual_greeting(name: str, language: str = "da") -> str:
    """Return what a line called so says first, in a language."""
    with translation.override(language):
        return _("Velkommen til %(line)s. Et øjeblik, så stiller vi dig igennem.") % {"line": name}


def usual_closed(name: str, language: str = "da") -> str:
    """Return what a line called so says in closed hours, in a language."""
    with translation.override(language):
        return _("%(line)s har lukket. Ring igen i åbningstiden.") % {"line": name}


def slug_of(name: str) -> str:
    """Return a name as it may stand in an address: `Hjælp til pas` is `hjaelp-til-pas`. Pure."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.casefold().translate(_LETTERS)).strip("-")
    return plain[:_SLUG_LENGTH].strip("-") or "linje"


def _free_slug(name: str) -> Steps[str]:
    base = slug_of(name)
    taken = yield Query(_FIND_SLUGS, {"base": base})
    used = {row["slug"] for row in taken} | _RESERVED
    return next(each for each in _slugs(base) if each not in used)


def _slugs(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def _do_hours(line_id: int, week: Mapping[int, Sequence[Span]], *, now: datetime) -> Steps[None]:
    on = now.astimezone(clock.COPENHAGEN).date()
    rows = yield Query(_VERSION, {"line": line_id, "on": on})
    for weekday, spans in week.items():
        for opens, closes in spans:
            values = {"version": rows[0]["id"], "weekday": weekday, "opens": opens, "closes": closes}
            yield Query(_PERIOD, values)


def _menus(new: NewLine) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a menu for each language: who presses nothing gets a person, in the language they are in."""
    own, other = new.languages[:2]
    for language, to in ((own, other), (other, own)):
        greeting = new.greeting if language == own and new.greeting else usual_greeting(new.name, language)
        start = Node(
            choices=(
                Choice(_LANGUAGE_KEY, Action(Kind.LANGUAGE, to=to)),
                Choice(_PERSON_KEY, Action(Kind.PERSON)),
            ),
            silence_seconds=_LISTENS_SECONDS,
            silence=Patience(repeats=0),
        )
        yield language, menus.write(Menu(language, Saying(greeting), start))
