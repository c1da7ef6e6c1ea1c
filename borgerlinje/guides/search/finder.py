"""The index of what is published, kept by each process and made anew when something has changed.

A trigger counts every change to what is found by (migration `0002_stamp`), so that a search asks one number of the database. While a new
index is made the old one answers: a search never waits for it, but for the first.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection
from django.db.models import Prefetch

from borgerlinje.guides.models import Guide, LocalGuide
from borgerlinje.guides.reading import holding
from borgerlinje.guides.search.documents import document, local_document
from borgerlinje.guides.search.index import Document, Hit, Index
from borgerlinje.kit import clock

_STAMP: Final = "SELECT changes FROM guides_stamp"


@dataclass(frozen=True, slots=True)
class _Made:
    changes: int
    on: date
    index: Index


class Finder:
    """Finds guides. One a process; safe to be asked by several threads."""

    def __init__(self) -> None:
        self._made: _Made | None = None
        self._making = threading.Lock()

    def search(self, text: str, *, authority: str = "", limit: int = 10) -> list[Hit]:
        """Return what answers a question, the best first; see `Index.search`. `authority` is a code."""
        return self.index().search(text, authority=authority, limit=limit)

    def index(self) -> Index:
        """Return the index of what is published today."""
        made, changes, today = self._made, _changes(), clock.today()
        if made is not None and (made.changes, made.on) == (changes, today):
            return made.index
        # Who comes while another makes it is answered from what there was; only who has nothing waits.
        if self._making.acquire(blocking=made is None):
            try:
                made = self._made
                if made is None or (made.changes, made.on) != (changes, today):
                    made = self._made = _Made(changes, today, Index(documents(today)))
            finally:
                self._making.release()
        return made.index if made is not None else self.index()


def documents(today: date) -> Iterator[Document]:
    """Yield what is found by, of each guide that is published and holds on a day; then what each authority's own text finds for its readers."""
    published = Guide.objects.filter(holding(today))
    local = LocalGuide.objects.filter(published__isnull=False).select_related("published", "authority")
    published = published.prefetch_related(Prefetch("local", local.order_by("pk")))
    for guide in published.select_related("published", "solution", "subject").order_by("slug"):
        solution, subject = guide.solution, guide.subject
        about = [solution.purpose, solution.purpose_en, solution.owner] if solution else []
        about += [subject.name, subject.name_en, subject.search_words] if subject else []
        names = (solution.name, solution.name_en) if solution else ()
        assert guide.published is not None  # noqa: S101 - the condition above
        yield document(guide.slug, guide.published.content, solution=names, about=tuple(about))
        for each in guide.local.all():
            assert each.published is not None  # noqa: S101 - the condition above
            own = local_document(guide.slug, each.published.overlay, each.authority.code)
            if own is not None:
                yield own


def _changes() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_STAMP)
        return int(cursor.fetchone()[0])


finder: Final = Finder()
