"""Guides whose time is coming: who keeps them is told thirty days before one is to be gone through, when that day is past, and before one ends.

One letter per person and day names all of theirs. `Guide.reminded_on` is the day of the last: what has come up since is due again, so that a
job that runs twice, or not at all for a week, tells everybody once. Where the keeper no longer edits guides, all who answer for the common
text are told.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from borgerlinje.guides.editors import editors
from borgerlinje.kit.database import Query, Row, Steps
from borgerlinje.letters.actions import do_send
from borgerlinje.letters.addresses import AddressError
from borgerlinje.letters.kinds import DANISH

TEMPLATE: Final = "guide_review"
DAYS_BEFORE: Final = 30
# A letter names so many guides; the list in the console has them all.
_MOST_NAMED: Final = 100

_DUE = """
SELECT g.id, g.title, g.slug, g.owner_id, g.keeper_id, v.review_on, v.valid_to
  FROM guides_guide g JOIN guides_guideversion v ON v.id = g.published_id
 WHERE EXISTS (SELECT 1 FROM (VALUES (v.review_on - %(days)s::integer), (v.review_on + 1), (v.valid_to - %(days)s::integer)) due (since)
                WHERE due.since <= %(today)s::date AND (g.reminded_on IS NULL OR g.reminded_on < due.since))
 ORDER BY least(v.review_on, v.valid_to), g.title, g.id
   FOR UPDATE OF g
"""

# Whose editors write what nobody owns: see `console.guides.access.edits_common`.
_HOSTS = """
SELECT DISTINCT c.host_id FROM cooperation_centre c
 WHERE NOT EXISTS (SELECT 1 FROM lines_line l WHERE l.centre_id = c.id AND l.is_hidden)
"""

_NOTE = "UPDATE guides_guide SET reminded_on = %(today)s::date WHERE id = ANY (%(guides)s::bigint[])"


@dataclass(slots=True)
class Reminded:
    """What came of it: how many letters go out, about how many guides, and the guides (by slug) that there is nobody to write to of."""

    letters: int = 0
    guides: int = 0
    unaddressed: list[str] = field(default_factory=list)


def do_remind(*, today: date, now: datetime) -> Steps[Reminded]:
    """Ask for the letters of a day, and note on each guide that it was told of; one that nobody could be told of is tried again. Locks the guides."""
    due = yield Query(_DUE, {"today": today, "days": DAYS_BEFORE})
    if not due:
        return Reminded()
    writers = yield from editors(today=today)
    hosts = yield Query(_HOSTS, {})
    theirs: dict[int, list[Row]] = defaultdict(list)
    for guide in due:
        for editor in _recipients(guide, writers, {row["host_id"] for row in hosts}):
            theirs[editor["id"]].append(guide)
    done, told = Reminded(), set[int]()
    for editor in writers:
        if guides := theirs.get(editor["id"]):
            try:
                yield from _do_write(editor, guides, today=today, now=now)
            except AddressError:
                continue
            told |= {guide["id"] for guide in guides}
            done.letters += 1
    yield Query(_NOTE, {"today": today, "guides": sorted(told)})
    done.guides = len(told)
    done.unaddressed = [guide["slug"] for guide in due if guide["id"] not in told]
    return done


def said_of(guide: Row, *, today: date) -> str:
    """Return a letter's line on a guide, in the language that is active."""
    facts = []
    if guide["review_on"] is not None:
        words = {"day": date_format(guide["review_on"], "DATE_FORMAT")}
        is_past = guide["review_on"] < today
        facts.append(
            _("skulle være gennemgået senest %(day)s") % words if is_past else _("gennemgås senest %(day)s") % words
        )
    if guide["valid_to"] is not None:
        words = {"day": date_format(guide["valid_to"] - timedelta(days=1), "DATE_FORMAT")}
        is_past = guide["valid_to"] <= today
        facts.append(_("kunne sidst læses %(day)s") % words if is_past else _("kan sidst læses %(day)s") % words)
    return f"{guide['title']}: {', '.join(facts)}"


def _recipients(guide: Row, writers: Sequence[Row], hosts: Collection[int]) -> list[Row]:
    keepers = [each for each in writers if each["id"] == guide["keeper_id"]]
    answering = {guide["owner_id"]} if guide["owner_id"] is not None else set(hosts)
    return keepers or [each for each in writers if answering.intersection(each["authorities"])]


def _do_write(editor: Row, guides: Sequence[Row], *, today: date, now: datetime) -> Steps[None]:
    # What language somebody reads their letters in is nowhere kept.
    with translation.override(DANISH):
        lines = [said_of(guide, today=today) for guide in guides[:_MOST_NAMED]]
        if more := len(guides) - len(lines):
            lines.append(ngettext("og %(count)d guide til", "og %(count)d guider til", more) % {"count": more})
    values = {
        "name": editor["name"] or editor["email"],
        "guides": "\n".join(lines),
        "count": str(len(guides)),
    }
    yield from do_send(
        TEMPLATE, to=editor["email"], language=DANISH, values=values, now=now, authority_id=editor["authorities"][0]
    )
