"""A draft as the citizen will read it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from borgerlinje.console.guides.access import EDITS
from borgerlinje.guides.drafting import source_of
from borgerlinje.guides.models import Guide
from borgerlinje.guides.reading import Reading, in_use
from borgerlinje.kit import clock
from borgerlinje.portal import places
from borgerlinje.staff.permission import allowed


@allowed(*EDITS)
@require_GET
def guide_preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the draft of a guide (what is published, where there is none) on the citizen's page, marked as one. Raises Http404."""
    guide = Guide.objects.select_related("published", "solution", "subject").filter(slug=slug).first()
    version = source_of(guide) if guide is not None else None
    if guide is None or version is None:
        raise Http404
    language, content = get_language() or "da", version.content
    solution = in_use(guide.solution, today=clock.today())
    reading = Reading(
        guide=guide,
        version=version,
        content=content,
        text=content.text(language),
        language=language,
        solution=solution,
        address=solution.address if solution else "",
        status=None,
        is_due=False,
    )
    card = places.place("").main_card
    context: dict[str, Any] = {
        "place": None,
        "reading": reading,
        "card": card,
        "told": [],
        "alike": [],
        "draft_of": version,
    }
    return render(request, "portal/guide.html", context)
