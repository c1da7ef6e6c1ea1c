"""Words that found nothing, given to the guide they meant: they go into its draft, and are found by when that is published."""

from dataclasses import dataclass, replace

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from borgerlinje.console.guides.access import EDITS, edits_common
from borgerlinje.console.guides.figures import undo
from borgerlinje.console.guides.figures.scope import Readers, kept_by, readers
from borgerlinje.console.guides.figures.work import address
from borgerlinje.console.standing import user_of
from borgerlinje.guides.clean import one_line
from borgerlinje.guides.drafting import do_save, do_start_draft
from borgerlinje.guides.models import Guide
from borgerlinje.guides.reading import holding
from borgerlinje.guides.search.finder import finder
from borgerlinje.guides.work import Kind, do_mark
from borgerlinje.kit import clock
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.kit.personal_data import check_no_cpr
from borgerlinje.staff.permission import allowed

LONGEST = 80
_LONGEST_SEARCH, _MOST_FOUND, _OF_EACH, _LEAST_LETTERS = 120, 8, 2, 4


@dataclass(frozen=True, slots=True)
class Asked:
    """What was searched for in vain (`key`, of days up to `until`), how the words are to stand, and what the editor looks for a guide by."""

    key: str
    until: str
    words: str
    search: str


@allowed(*EDITS)
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest) -> HttpResponse:
    """Show the guides that the words may mean, or give them to the one that is chosen. Raises Http404 for a guide the person does not keep."""
    given = request.POST if request.method == "POST" else request.GET
    key = given.get("hvad", "").strip()[:_LONGEST_SEARCH]
    if not key:
        raise Http404
    asked = Asked(
        key, given.get("til", ""), one_line(given.get("ord", key))[:LONGEST], given.get("q", "").strip()[:LONGEST]
    )
    whom = readers(request, EDITS)
    if request.method != "POST":
        return _page(request, asked, whom)
    if not asked.words:
        return _page(request, asked, whom, fault=_("Skriv de ord, guiden skal findes på."), status=422)
    guide = Guide.objects.filter(slug=request.POST.get("guide", "")).first()
    if guide is None or not edits_common(request, guide):
        raise Http404
    try:
        check_no_cpr(asked.words)
    except BorgerlinjeError as error:
        return _page(request, asked, whom, fault=str(error), status=error.status)
    is_new = _do_give(guide, asked.words, request)
    _do_put_away(request, asked, whom)
    told = _("»%(words)s« står i kladden til »%(title)s«. Guiden findes på det, når kladden er udgivet.")
    known = _("»%(title)s« har allerede »%(words)s«.")
    messages.success(request, (told if is_new else known) % {"words": asked.words, "title": guide.title})
    return redirect(address(whom, request.POST.get("vis", "")))


def _do_give(guide: Guide, said: str, request: HttpRequest) -> bool:
    """Write the words into the guide's draft. Returns False where it has them already."""
    user, now = user_of(request), clock.now()
    draft = do_start_draft(guide, now=now, by=user)
    content = draft.content
    danish = content.words.get("da", ())
    if said.casefold() in {each.casefold() for each in danish}:
        return False
    wider = replace(content, words={**content.words, "da": (*danish, said)})
    do_save(draft, wider, base=draft.revision, now=now, by=user)
    return True


def _do_put_away(request: HttpRequest, asked: Asked, whom: Readers) -> None:
    now = clock.now()
    try:
        do_mark(Kind.MISSED, asked.key, whom.scope, until=asked.until or clock.today().isoformat(), now=now)
    except ValueError as error:
        raise Http404 from error
    undo.keep(request, undo.Marked(Kind.MISSED, asked.key, asked.key, now, None))


def _page(request: HttpRequest, asked: Asked, whom: Readers, *, fault: str = "", status: int = 200) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    context = {
        "asked": asked,
        "whom": whom,
        "kind": given.get("vis", ""),
        "back": address(whom, given.get("vis", "")),
        "guides": _candidates(asked, kept_by(request)),
        "fault": fault,
        "longest": LONGEST,
    }
    return render(request, "console/guides/words.html", context, status=status)


def _candidates(asked: Asked, kept: Q) -> list[Guide]:
    """Return the guides of those `kept` that are like what the editor typed, or else like any word of what was searched for."""
    slugs: list[str] = []
    if asked.search:
        slugs = [hit.key for hit in finder.search(asked.search, limit=_MOST_FOUND)]
    else:
        for word in asked.key.split():
            if len(word) >= _LEAST_LETTERS:
                slugs += [hit.key for hit in finder.search(word, limit=_OF_EACH)]
    slugs = list(dict.fromkeys(slugs))
    titled = Q(title__icontains=asked.search) if asked.search else Q(pk=None)
    guides = Guide.objects.filter(Q(holding(clock.today()), slug__in=slugs) | titled).filter(kept)
    place = {slug: at for at, slug in enumerate(slugs)}
    return sorted(guides, key=lambda each: place.get(each.slug, len(place)))[:_MOST_FOUND]
