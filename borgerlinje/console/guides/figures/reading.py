"""The guides to read in peace, in large print: for digital ambassadors in libraries, and for employees between two calls."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from borgerlinje.console.guides.access import READS
from borgerlinje.console.standing import authorities_as
from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.answering import do_answer, ticket
from borgerlinje.guides.counting import do_count_missed, do_count_opening
from borgerlinje.guides.life_events import BY_CODE
from borgerlinje.guides.models import Side
from borgerlinje.guides.reading import Reading, read_guide
from borgerlinje.kit import clock
from borgerlinje.kit.personal_data import CprInTextError, check_no_cpr
from borgerlinje.portal import guide_lists
from borgerlinje.staff.permission import allowed

_LONGEST, _LONGEST_WORDS = 120, 300


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose version of the guides is read, of those the person may choose between; `query` keeps the choice in addresses."""

    authority: Authority | None
    authorities: list[Authority]

    @property
    def query(self) -> str:
        """What stands behind the question mark: empty where there is nothing to choose."""
        is_chosen = self.authority is not None and len(self.authorities) > 1
        return f"?{urlencode({'kommune': self.authority.code})}" if is_chosen and self.authority else ""

    def address(self, name: str, slug: str = "") -> str:
        """Return the address of a page for the same authority."""
        return reverse(f"console:{name}", args=[slug] if slug else None) + self.query


@allowed(*READS)
@require_GET
def reading_list(request: HttpRequest) -> HttpResponse:
    """Show where guides are found: by words, or by what happens in a life."""
    reader = _reader(request)
    asked, event = request.GET.get("q", "").strip()[:_LONGEST], BY_CODE.get(request.GET.get("liv", ""))
    context = {"reader": reader, "asked": asked, "event": event}
    try:
        check_no_cpr(asked)
    except CprInTextError as error:
        return render(request, "console/guides/read_list.html", {**context, "asked": "", "fault": error.message})
    found = guide_lists.found_for(asked, reader.authority) if asked else []
    if asked and not found:
        authority_id = reader.authority.pk if reader.authority else None
        do_count_missed(asked, authority_id=authority_id, side=Side.EMPLOYEE, on=clock.today())
    if event and not asked:
        found = guide_lists.of_event(event.code, reader.authority)
    events = [] if asked or event else guide_lists.events()
    return render(request, "console/guides/read_list.html", {**context, "found": found, "events": events})


@allowed(*READS)
@require_GET
def read(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a guide with what to say and what the citizen sees. Raises Http404 for one that holds no longer."""
    reader = _reader(request)
    return _page(request, reader, _reading(slug, reader))


@allowed(*READS)
@require_GET
def open_solution(request: HttpRequest, slug: str) -> HttpResponse:
    """Open the guide's self-service solution, and count it. Raises Http404 where it has no address."""
    reader = _reader(request)
    reading = _reading(slug, reader)
    if not reading.address:
        raise Http404
    authority_id = reader.authority.pk if reader.authority else None
    do_count_opening(reading.guide.pk, authority_id=authority_id, side=Side.EMPLOYEE, campaign="", on=clock.today())
    return redirect(reading.address)


@allowed(*READS)
@require_POST
def helped(request: HttpRequest, slug: str) -> HttpResponse:
    """Store whether a guide helped the citizen it was read with, once for each page."""
    reader = _reader(request)
    reading = _reading(slug, reader)
    words = request.POST.get("words", "").strip()[:_LONGEST_WORDS]
    try:
        check_no_cpr(words)
    except CprInTextError as error:
        return _page(request, reader, reading, fault=str(error.message), words=words, status=error.status)
    do_answer(
        reading,
        side=Side.EMPLOYEE,
        authority_id=reader.authority.pk if reader.authority else None,
        helped=request.POST.get("helped") == "ja",
        words=words,
        ticket=request.POST.get("ticket", ""),
        now=clock.now(),
    )
    address = reader.address("guide_read", slug)
    return redirect(f"{address}{'&' if '?' in address else '?'}tak=1#hjalp")


def _page(
    request: HttpRequest, reader: Reader, reading: Reading, *, fault: str = "", words: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "reader": reader,
        "reading": reading,
        "fault": fault,
        "words": words,
        "ticket": request.POST.get("ticket") or ticket(),
        "is_thanked": "tak" in request.GET,
    }
    return render(request, "console/guides/read.html", context, status=status)


def _reader(request: HttpRequest) -> Reader:
    mine = list(Authority.objects.filter(pk__in=authorities_as(request, READS)).order_by("name"))
    code = request.GET.get("kommune", "")
    chosen = next((each for each in mine if each.code == code), None)
    employee = getattr(request, "employee", None)
    own = next((each for each in mine if employee and each.pk == employee.employer_id), None)
    return Reader(chosen or own or (mine[0] if mine else None), mine)


def _reading(slug: str, reader: Reader) -> Reading:
    language, now, today = get_language() or "da", clock.now(), clock.today()
    reading = read_guide(slug, language=language, authority=reader.authority, now=now, today=today)
    if reading is None:
        raise Http404
    return reading
