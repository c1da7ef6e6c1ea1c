"""How often solutions were opened, as a page and as a table to take along; and links by which a campaign's are known."""

import csv
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from borgerlinje.console.guides.access import READS
from borgerlinje.console.guides.figures.scope import Readers, readers
from borgerlinje.desk.phone_state import QrCode, qr_code
from borgerlinje.guides import figures
from borgerlinje.guides.counting import LONGEST_CAMPAIGN, campaign_of
from borgerlinje.guides.figures import Month
from borgerlinje.guides.models import Guide
from borgerlinje.guides.reading import holding
from borgerlinje.guides.search.finder import finder
from borgerlinje.kit import clock
from borgerlinje.portal.templatetags.faces import address as portal_address
from borgerlinje.staff.permission import allowed

SHOWN = 25
_MOST_FOUND, _LONGEST = 6, 120
_PIXELS_A_UNIT = 10


@dataclass(frozen=True, slots=True)
class Link:
    """A guide's address that says which campaign led there; `query` asks for the same link again."""

    guide: Guide
    campaign: str
    address: str
    qr: QrCode
    query: str


@allowed(*READS)
@require_GET
def openings(request: HttpRequest) -> HttpResponse:
    """Show how often solutions were opened in a month."""
    asked, chosen = readers(request, READS), _month(request)
    scope = asked.scope
    context = {
        "asked": asked,
        "month": chosen,
        "months": figures.months(clock.today()),
        "total": figures.total(scope, chosen),
        "page": Paginator(figures.by_guide(scope, chosen), SHOWN).get_page(request.GET.get("side")),
        "campaigns": figures.by_campaign(scope, chosen)[:SHOWN],
        "authorities": figures.by_authority(scope, chosen),
        "query": _query(asked, chosen),
        **_maker(request, asked),
    }
    return render(request, "console/guides/openings.html", context)


@allowed(*READS)
@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """Answer the same figures as CSV: semicolons and a byte order mark, as a Danish spreadsheet opens it."""
    asked, chosen = readers(request, READS), _month(request)
    answer = HttpResponse(
        "\ufeff",
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="aabnede-loesninger-{chosen.code}.csv"'},
    )
    sheet = csv.writer(answer, delimiter=";")
    sheet.writerow(
        [_("Måned"), _("Guide"), _("Adresse"), _("Kampagne"), _("Myndighed"), _("Åbnet af"), _("Antal")],
    )
    for title, slug, campaign, place, side, count in figures.every(asked.scope, chosen):
        sheet.writerow([chosen.code, _plain(title), slug, campaign, place or _("Fælles sider"), side, count])
    return answer


@allowed(*READS)
@require_GET
def qr(request: HttpRequest) -> HttpResponse:
    """Answer a campaign link as a QR code to print: an SVG file, sharp at any size. Raises Http404 where the link is not told in full."""
    link = _link(request, readers(request, READS))
    if link is None:
        raise Http404
    size = link.qr.size
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="{size * _PIXELS_A_UNIT}"'
        f' height="{size * _PIXELS_A_UNIT}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        f'<path fill="#000" d="{link.qr.path}"/></svg>\n'
    )
    name = f"qr-{link.guide.slug}-{link.campaign}.svg".encode("ascii", "ignore").decode()
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(picture, content_type="image/svg+xml", headers=headers)


def _maker(request: HttpRequest, asked: Readers) -> dict[str, Any]:
    """Return what the maker of links shows: the link, or the guides that what was typed may mean, or what is missing."""
    name, words = _typed(request)
    link = _link(request, asked)
    found = _guides(words, asked) if words and link is None else []
    fault = ""
    if "kampagne" in request.GET and not campaign_of(name):
        fault = _("Skriv et navn med bogstaver, fx bibliotek-foraar, og ikke et telefonnummer.")
    return {
        "link": link,
        "found": found,
        "typed": name,
        "typed_guide": words,
        "campaign": campaign_of(name),
        "campaign_fault": fault,
        "is_unknown": bool(words) and link is None and not found and not fault,
        "longest": LONGEST_CAMPAIGN,
    }


def _link(request: HttpRequest, asked: Readers) -> Link | None:
    name, words = _typed(request)
    campaign = campaign_of(name)
    guide = Guide.objects.filter(holding(clock.today()), slug=words).first() if campaign and words else None
    if guide is None:
        return None
    place = next((each for each in asked.authorities if each.code == request.GET.get("sted")), None)
    path = portal_address("guide", place, guide.slug)
    whole = request.build_absolute_uri(f"{path}?{urlencode({'kampagne': campaign})}")
    kept = {"kampagne": campaign, "guide": guide.slug, "sted": place.code if place else ""}
    return Link(guide, campaign, whole, qr_code(whole), urlencode({key: each for key, each in kept.items() if each}))


def _guides(words: str, asked: Readers) -> list[Guide]:
    code = asked.authorities[0].code if len(asked.authorities) == 1 else ""
    hits = [hit.key for hit in finder.search(words, authority=code, limit=_MOST_FOUND)]
    guides = Guide.objects.in_bulk(hits, field_name="slug")
    return [guides[slug] for slug in hits if slug in guides]


def _typed(request: HttpRequest) -> tuple[str, str]:
    return request.GET.get("kampagne", "").strip()[:_LONGEST], request.GET.get("guide", "").strip()[:_LONGEST]


def _month(request: HttpRequest) -> Month:
    """Return the month that is asked for; this one where that is none."""
    try:
        asked = date.fromisoformat(f"{request.GET.get('maaned', '')}-01")
        return Month(min(asked, clock.today().replace(day=1)))
    except ValueError:
        return Month(clock.today().replace(day=1))


def _query(asked: Readers, month: Month) -> str:
    chosen = {"maaned": month.code, "myndighed": asked.authority, "fra": asked.side}
    return urlencode({name: value for name, value in chosen.items() if value})


def _plain(text: str) -> str:
    """Return a text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t"} else text
