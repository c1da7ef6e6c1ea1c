"""Guides in lists: what answers a citizen's words, and what there is for a subject or for what happens in a life."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.utils.translation import get_language

from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.life_events import EVENTS, Event
from borgerlinje.guides.models import Guide
from borgerlinje.guides.overlay import Overlay, localise
from borgerlinje.guides.reading import holding, overlays_of
from borgerlinje.guides.search.finder import finder
from borgerlinje.guides.search.marking import NOTHING_MEANT, Meant, meant_by
from borgerlinje.kit import clock

MOST_FOUND: Final = 8
_EVENTS: Final = """
SELECT DISTINCT jsonb_array_elements_text(v.content -> 'life_events')
  FROM guides_guide g JOIN guides_guideversion v ON v.id = g.published_id
 WHERE (v.valid_from IS NULL OR v.valid_from <= %(today)s) AND (v.valid_to IS NULL OR v.valid_to > %(today)s)
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A guide in a list, as the place has it: its title in `language`, what it is about in `intro_language`.

    `matches` are the words of its own that answer; empty: none were asked.
    """

    slug: str
    title: str
    intro: str
    language: str
    intro_language: str
    matches: str = ""
    meant: Meant = NOTHING_MEANT
    subject_id: int | None = None


def found_for(asked: str, authority: Authority | None) -> list[Found]:
    """Return the guides that answer what a citizen wrote, the best first."""
    hits = finder.search(asked, authority=authority.code if authority else "", limit=MOST_FOUND)
    # The old index answers while a new one is made: it may know of guides that are withdrawn.
    holds = Guide.objects.filter(holding(clock.today())).select_related("published")
    guides = holds.in_bulk([hit.key for hit in hits], field_name="slug")
    own = overlays_of(guides.values(), authority)
    return [
        _found(guides[hit.key], own, matches=hit.phrase, meant=meant_by(asked, hit.words))
        for hit in hits
        if hit.key in guides
    ]


def of_subjects(subject_ids: Iterable[int], authority: Authority | None) -> list[Found]:
    """Return the guides about some subjects, by title."""
    guides = Guide.objects.filter(holding(clock.today()), subject__in=list(subject_ids)).select_related("published")
    return _listed(guides, authority)


def of_event(code: str, authority: Authority | None) -> list[Found]:
    """Return the guides for a life event, by title."""
    holds = holding(clock.today())
    found = Guide.objects.filter(holds, published__stored__life_events__contains=[code]).select_related("published")
    return _listed(found, authority)


def events() -> list[Event]:
    """Return the life events that there are guides for."""
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, {"today": clock.today()})
        codes = {code for (code,) in cursor.fetchall()}
    return [event for event in EVENTS if event.code in codes]


def _listed(guides: Iterable[Guide], authority: Authority | None) -> list[Found]:
    guides = list(guides)
    own = overlays_of(guides, authority)
    return [_found(each, own) for each in guides]


def _found(guide: Guide, own: Mapping[int, Overlay], *, matches: str = "", meant: Meant = NOTHING_MEANT) -> Found:
    assert guide.published is not None  # noqa: S101 - only published ones are found
    content, language = guide.published.content, get_language() or "da"
    localised = localise(content, own.get(guide.pk), language)
    text, said_in = localised.text, language if language in content.texts else "da"
    is_said = matches.casefold() in text.title.casefold()
    return Found(
        slug=guide.slug,
        title=text.title,
        intro=text.intro,
        language=said_in,
        intro_language="da" if "intro" in localised.in_danish else said_in,
        matches="" if is_said else matches,
        meant=meant,
        subject_id=guide.subject_id,
    )
