"""Find help by subject: what a citizen writes or picks, and which line to call with it. Works without a script."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from borgerlinje.guides.counting import do_count_missed
from borgerlinje.guides.models import Side
from borgerlinje.kit import clock
from borgerlinje.kit.personal_data import CprInTextError, check_no_cpr
from borgerlinje.lines.models import Line, LineTask, Subject
from borgerlinje.portal import finding, guide_lists, places
from borgerlinje.portal.cards import Card
from borgerlinje.staff.permission import public

LONGEST = 120
_MOST_HITS = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """Subjects that the same lines help with, and those lines."""

    subjects: tuple[Subject, ...]
    cards: tuple[Card, ...]


@public
@require_GET
def find(request: HttpRequest, code: str = "") -> HttpResponse:
    """Show what is found for the citizen's own words, with the line to call; the list of all subjects in any case."""
    place = places.place(code)
    asked = request.GET.get("q", "").strip()[:LONGEST]
    if _holds_cpr(asked):
        # The address goes too: what stands in it stays in the browser's history.
        return redirect(f"{request.path}?cpr=1")
    subjects = names()
    also = {each: f"{each.name_en} {each.search_words}" for each in subjects}
    hits = finding.search(asked, {each: each.name for each in subjects}, also=also)[:_MOST_HITS]
    found_guides = guide_lists.found_for(asked, place.authority) if asked else []
    # While it is typed, half a word finds nothing yet: only what was sent is missed.
    if asked and not found_guides and not hits and "HX-Request" not in request.headers:
        authority_id = place.authority.pk if place.authority else None
        do_count_missed(asked, authority_id=authority_id, side=Side.CITIZEN, on=clock.today())
    # The line that helps with the best guide is the one to call, also where the subject's own name was not written.
    of_best = [each for each in subjects if found_guides and each.pk == found_guides[0].subject_id]
    hits = [*of_best, *(each for each in hits if each not in of_best)]
    found = answers(hits, place)
    others = place.for_audience(Line.Audience.CITIZENS) if asked and not hits else []
    context = {
        "place": place.authority,
        "subjects": [each for each in subjects if each not in hits],
        "is_empty": not subjects,
        "asked": asked,
        "guides": found_guides,
        "events": [] if found_guides or found else guide_lists.events(),
        "is_cpr": "cpr" in request.GET,
        "answers": found,
        "others": others,
        "told": [each.line.pk for each in (*others, *_cards(found))],
    }
    return render(request, "portal/find.html", context)


@public
@require_GET
def subject(request: HttpRequest, subject_code: str, code: str = "") -> HttpResponse:
    """Show which line helps with one subject."""
    place, in_use = places.place(code), names()
    of_old = Subject.objects.filter(code=subject_code)
    found = next((each for each in in_use if each.code == subject_code), None) or of_old.first()
    if found is None:
        raise Http404
    answer = answers([found], place)
    context = {
        "place": place.authority,
        "subject": found,
        "guides": guide_lists.of_subjects([found.pk], place.authority),
        "subjects": [each for each in in_use if each != found],
        "answers": answer,
        "told": [each.line.pk for each in _cards(answer)],
    }
    return render(request, "portal/find.html", context)


def names() -> list[Subject]:
    """Return every subject in use, by the name it has in the reader's language."""
    found = list(Subject.objects.filter(retired_on=None).prefetch_related("links"))
    # The database has the Danish names in their Danish order; English ones need no more than their letters.
    return sorted(found, key=lambda each: (each.name_en or each.name).casefold()) if get_language() == "en" else found


def answers(subjects: Iterable[Subject], place: places.Place) -> list[Answer]:
    """Return which lines help with the subjects, in their order, those of the same lines together."""
    subjects = list(subjects)
    named = _named(subjects)
    by_lines: dict[tuple[int, ...], list[Subject]] = {}
    for each in subjects:
        by_lines.setdefault(tuple(line.pk for line in helping(each, place.lines, named)), []).append(each)
    helped = [line for line in place.lines if any(line.pk in ids[: places.MOST_SHOWN] for ids in by_lines)]
    cards = {each.line.pk: each for each in place.cards_of(helped)}
    return [
        Answer(tuple(several), tuple(cards[pk] for pk in ids[: places.MOST_SHOWN] if pk in cards))
        for ids, several in by_lines.items()
    ]


def helping(subject: Subject, lines: list[places.Outline], named: set[tuple[int, int]]) -> list[places.Outline]:
    """Return the lines to call with a subject; `named` pairs lines with the subjects that their task catalogue names.

    Lines that name it; where none does, those whose employees have its skill; where none has, every line for citizens.
    """
    by_name = [line for line in lines if (line.pk, subject.pk) in named]
    by_skill = [line for line in lines if subject.skill_id is not None and line.skill_id == subject.skill_id]
    return by_name or by_skill or [line for line in lines if line.audience == Line.Audience.CITIZENS]


def _cards(found: list[Answer]) -> list[Card]:
    return [card for answer in found for card in answer.cards]


def _named(subjects: list[Subject]) -> set[tuple[int, int]]:
    return set(LineTask.objects.filter(subject__in=subjects).order_by().values_list("line_id", "subject_id"))


def _holds_cpr(asked: str) -> bool:
    try:
        check_no_cpr(asked)
    except CprInTextError:
        return True
    return False
