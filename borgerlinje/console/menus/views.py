"""Reading menus: the list of lines, the editor, one version, and what a citizen would hear at an instant."""

from datetime import UTC, datetime, time, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from borgerlinje.console.menus import queries
from borgerlinje.console.menus.access import READS, access_line, lines_of, may_edit
from borgerlinje.console.menus.page import answer, language_of
from borgerlinje.console.menus.shown import Showing
from borgerlinje.kit import clock
from borgerlinje.lines.menus import Heard, Menu, Outcome, what_happens
from borgerlinje.lines.menus.words import LANGUAGE_NAMES, action_text, differences, place_text
from borgerlinje.lines.models import Line, MenuVersion
from borgerlinje.lines.queries import schedule, with_schedule
from borgerlinje.staff.permission import allowed

_TUESDAY = 1


@allowed(*READS)
@require_GET
def menus(request: HttpRequest) -> HttpResponse:
    """Show the lines whose menus the person may see."""
    in_force = queries.languages_in_force(at=clock.now())
    lines = [
        (line, [(code, name) for code, name in LANGUAGE_NAMES.items() if (line.pk, code) in in_force])
        for line in lines_of(request, READS)
    ]
    return render(request, "console/menus/menus.html", {"lines": lines})


@allowed(*READS)
@require_GET
def menu(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a line's menu in a language (`sprog`), for changing where the person may."""
    return answer(request, access_line(request, slug), language_of(request.GET.get("sprog")))


@allowed(*READS)
@require_GET
def version(request: HttpRequest, slug: str, version_id: int) -> HttpResponse:
    """Show a published version as it was heard, and what became of it in comparison with the one before."""
    line = access_line(request, slug)
    found = get_object_or_404(MenuVersion.objects.select_related("published_by"), pk=version_id, line=line)
    if found.published_at is None or found.from_at is None:
        raise Http404
    names = queries.names()
    before = queries.versions(line, found.language).filter(from_at__lt=found.from_at).first()
    shown = queries.read(found)
    showing = Showing(shown, (), names, line_slug=line.slug)
    context = {
        "line": line,
        "version": found,
        "before": before,
        "language": found.language,
        "language_name": LANGUAGE_NAMES.get(found.language, found.language),
        "start": showing.start(),
        "greeting": showing.greeting(),
        "changes": differences(queries.read(before) if before else Menu(found.language), shown, names),
        "edits": may_edit(request, line),
    }
    return render(request, "console/menus/version.html", context)


@allowed(*READS)
@require_GET
def when(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer what a citizen would hear at an instant: by a preset (`valg`), or local date and time (`tid`)."""
    line = access_line(request, slug)
    language = language_of(request.GET.get("sprog"))
    shown = queries.shown_version(line, language)
    now = clock.now()
    at = _asked(request, now)
    context = {"line": line, "language": language, "is_draft": shown.published_at is None, "at": at}
    if at is not None:
        whole = with_schedule(Line.objects.filter(pk=line.pk)).get()
        tree = queries.read(shown)
        foreseen = what_happens(
            tree, schedule(whole, at=at), at, greeting=line.greeting_text if language == line.language else ""
        )
        context |= {
            "foreseen": foreseen,
            "start": _told(foreseen.start, tree) if foreseen.start else None,
            "notices": [
                (notice.text_en if language == "en" else "") or notice.text
                for notice in line.centre.notices.filter(is_said=True, from_at__lte=at).exclude(to_at__lte=at)
                if notice.line_id in {None, line.pk}
            ],
            "when_closed": line.get_when_closed_display(),
        }
    return render(request, "console/menus/when.html", context)


def _asked(request: HttpRequest, now: datetime) -> datetime | None:
    """Return the instant that is asked for, None when it cannot be read. An hour that the turned clock leaves out is the one after."""
    local = now.astimezone(clock.COPENHAGEN)
    tuesday = local.date() + timedelta(days=(_TUESDAY - local.weekday()) % 7)
    christmas = local.date().replace(month=12, day=24)
    found = {
        "nu": now,
        "tirsdag-2059": datetime.combine(tuesday, time(20, 59), clock.COPENHAGEN),
        "tirsdag-2100": datetime.combine(tuesday, time(21, 0), clock.COPENHAGEN),
        "juleaften": datetime.combine(christmas, time(12, 0), clock.COPENHAGEN),
    }.get(request.GET.get("valg", ""))
    if found is not None:
        return found
    try:
        return datetime.fromisoformat(request.GET.get("tid", "")).replace(tzinfo=clock.COPENHAGEN).astimezone(UTC)
    except ValueError:
        return None


def _told(heard: Heard, menu: Menu) -> dict[str, object]:
    """Return what is heard as the page tells it: sentences, and each key with where it leads."""
    names = queries.names()
    outcomes = [
        {
            "key": outcome.key,
            "name": _("Tast %s") % outcome.key if outcome.key else _step(outcome.step),
            "label": outcome.label,
            "what": action_text(outcome.action, names),
            "says": outcome.action.saying.text,
            "below": _told(outcome.heard, menu) if outcome.heard else None,
        }
        for outcome in heard.outcomes
    ]
    at_once: Outcome | None = heard.at_once
    return {
        "where": place_text(menu, heard.place),
        "spoken": heard.spoken,
        "outcomes": outcomes,
        "at_once": action_text(at_once.action, names) if at_once else "",
        "seconds": heard.silence_seconds,
        "repeats": heard.repeats,
    }


def _step(name: str) -> str:
    return _("Ingen tast") if name == "silence" else _("Forkert tast")
