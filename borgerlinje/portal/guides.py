"""The guides as citizens read them: found in their own words, followed step by step, and somebody to call where it does not go."""

from urllib.parse import quote, urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.answering import do_answer, ticket
from borgerlinje.guides.counting import campaign_of, do_count_opening
from borgerlinje.guides.life_events import BY_CODE
from borgerlinje.guides.models import Side
from borgerlinje.guides.reading import Reading, read_guide
from borgerlinje.kit import clock
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.kit.personal_data import CprInTextError, check_no_cpr
from borgerlinje.kit.throttle import do_count
from borgerlinje.portal import guide_lists, places, subjects
from borgerlinje.portal.templatetags.faces import address
from borgerlinje.staff.permission import public

_MOST_ALIKE = 4
_LONGEST_WORDS = 300
_WINDOW_SECONDS = 3600
_ANSWERS_PER_ADDRESS = 30
# A library's visitors share an address; what is followed more often than they can read is sent on all the same, and not counted.
_OPENINGS_PER_ADDRESS = 200


class TooMuchFeedbackError(BorgerlinjeError):
    """One address answered more often than people read."""

    code = "too_much_feedback"
    status = 429
    message = _("Der er svaret mange gange herfra. Tak, vi har fået dine svar.")


@public
@require_GET
def guide(request: HttpRequest, slug: str, code: str = "") -> HttpResponse:
    """Show a guide, in the authority's own version on its own part of the site. Raises Http404 for one that holds no longer."""
    place = places.place(code)
    reading = _reading(slug, place.authority)
    return render(request, "portal/guide.html", _context(reading, place, request))


@public
@require_GET
def open_solution(request: HttpRequest, slug: str, code: str = "") -> HttpResponse:
    """Send the citizen on to the guide's self-service solution, and count it. Raises Http404 where it has no address."""
    place = places.place(code)
    reading = _reading(slug, place.authority)
    if not reading.address:
        raise Http404
    key = f"guide-opening:{request.META.get('REMOTE_ADDR', '')}"
    if do_count(key, window_seconds=_WINDOW_SECONDS) <= _OPENINGS_PER_ADDRESS:
        authority_id, campaign = place.authority.pk if place.authority else None, _campaign(request)
        do_count_opening(
            reading.guide.pk, authority_id=authority_id, side=Side.CITIZEN, campaign=campaign, on=clock.today()
        )
    return redirect(reading.address)


@public
@require_POST
def helped(request: HttpRequest, slug: str, code: str = "") -> HttpResponse:
    """Store whether a guide helped, with what was missing, once for each page. A text with a CPR number is not stored, and says so."""
    place = places.place(code)
    reading = _reading(slug, place.authority)
    key = f"guide-feedback:{request.META.get('REMOTE_ADDR', '')}"
    if do_count(key, window_seconds=_WINDOW_SECONDS) > _ANSWERS_PER_ADDRESS:
        raise TooMuchFeedbackError
    words = request.POST.get("words", "").strip()[:_LONGEST_WORDS]
    try:
        check_no_cpr(words)
    except CprInTextError as error:
        context = {**_context(reading, place, request), "fault": error.message, "words": words}
        return render(request, "portal/guide.html", context, status=error.status)
    do_answer(
        reading,
        side=Side.CITIZEN,
        authority_id=place.authority.pk if place.authority else None,
        helped=request.POST.get("helped") == "ja",
        words=words,
        ticket=request.POST.get("ticket", ""),
        now=clock.now(),
    )
    # Reading the page anew answers nothing twice.
    kept = f"&{urlencode({'kampagne': campaign})}" if (campaign := _campaign(request)) else ""
    return redirect(f"{address('guide', place.authority, slug)}?tak=1{kept}#hjalp")


@public
@require_GET
def event(request: HttpRequest, event_code: str, code: str = "") -> HttpResponse:
    """Show the guides for what happens in a life. Raises Http404 for what there is no name for."""
    place = places.place(code)
    if event_code not in BY_CODE:
        raise Http404
    found = guide_lists.of_event(event_code, place.authority)
    context = {"place": place.authority, "event": BY_CODE[event_code], "guides": found}
    return render(request, "portal/life_event.html", context)


def _context(reading: Reading, place: places.Place, request: HttpRequest) -> dict[str, object]:
    subject = reading.guide.subject
    answers = subjects.answers([subject], place) if subject is not None else []
    card = next((card for answer in answers for card in answer.cards), None) or place.main_card
    alike = guide_lists.found_for(reading.content.text("da").title, place.authority)
    page = request.build_absolute_uri(address("guide", place.authority, reading.guide.slug))
    return {
        "place": place.authority,
        "reading": reading,
        "card": card,
        "told": [card.line.pk] if card else [],
        "alike": [each for each in alike if each.slug != reading.guide.slug][:_MOST_ALIKE],
        "is_thanked": "tak" in request.GET,
        "ticket": request.POST.get("ticket") or ticket(),
        "campaign": _campaign(request),
        "choices": _choices(reading, place),
        "page": page,
        "letter": _letter(reading.text.title, page, place.authority),
    }


def _choices(reading: Reading, place: places.Place) -> list[Authority]:
    """Return the municipalities to choose among: where the solution is each one's own, and none is chosen."""
    solution = reading.solution
    if place.authority is not None or reading.address or solution is None or not solution.per_authority:
        return []
    return [each for each in place.choices if each.kind == Authority.Kind.MUNICIPALITY]


def _letter(title: str, page: str, authority: Authority | None) -> str:
    """Return the address that begins a letter with the address of a page in it."""
    subject = f"{title}, {authority.full_name}" if authority is not None else title
    return "mailto:?" + urlencode({"subject": subject, "body": page}, quote_via=quote)


def _campaign(request: HttpRequest) -> str:
    """Return the campaign whose link led here: it goes along in addresses, so that nothing need be kept in the citizen's browser."""
    return campaign_of(request.GET.get("kampagne", ""))


def _reading(slug: str, authority: Authority | None) -> Reading:
    reading = read_guide(
        slug, language=get_language() or "da", authority=authority, now=clock.now(), today=clock.today()
    )
    if reading is None:
        raise Http404
    return reading
