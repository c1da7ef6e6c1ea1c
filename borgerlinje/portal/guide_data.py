"""The guides for other machines: each beside its page, and all of them in pages, of the whole site and of each authority's own part."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from borgerlinje.cooperation.models import Authority, Centre
from borgerlinje.guides.content import LANGUAGES, Content, Text
from borgerlinje.guides.life_events import BY_CODE
from borgerlinje.guides.models import Guide, Solution, SolutionAddress
from borgerlinje.guides.overlay import REPLACED, Localised, localise
from borgerlinje.guides.publication import Organisation, Service, Telephone, catalogue, document
from borgerlinje.guides.reading import Reading, holding, in_use, overlays_of
from borgerlinje.guides.schema_org import as_data_block, government_service
from borgerlinje.kit import clock
from borgerlinje.portal import places
from borgerlinje.portal.cards import Card
from borgerlinje.portal.templatetags.faces import address as address_of
from borgerlinje.staff.permission import public

_PER_PAGE: Final = 100
_SECONDS: Final = 300
_DIGITS_OF_A_WHOLE_NUMBER: Final = 8


@public
@require_safe
def guide_data(request: HttpRequest, slug: str, code: str = "") -> HttpResponse:
    """Answer a guide as CPSV-AP. Raises Http404 for one that holds no longer."""
    place = places.place(code)
    with translation.override("da"):
        found = services(request, place, _guides(place.authority).filter(slug=slug))
    if not found:
        raise Http404
    return _answer(request, document(found[0]))


@public
@require_safe
def catalogue_data(request: HttpRequest, code: str = "") -> HttpResponse:
    """Answer the guides as CPSV-AP, a page (`side`) at a time."""
    place = places.place(code)
    page = Paginator(_guides(place.authority), _PER_PAGE).get_page(request.GET.get("side"))
    whole = request.build_absolute_uri(address_of("guides_data", place.authority))
    pages = {"this": f"{whole}?side={page.number}"}
    if page.has_next():
        pages["next"] = f"{whole}?side={page.next_page_number()}"
    if page.has_previous():
        pages["previous"] = f"{whole}?side={page.previous_page_number()}"
    with translation.override("da"):
        found = services(request, place, page.object_list)
    return _answer(request, catalogue(found, address=whole, total=page.paginator.count, pages=pages))


def services(request: HttpRequest, place: places.Place, guides: Iterable[Guide]) -> list[Service]:
    """Return what is published of guides for citizens of a place, with the authority's own parts in their places."""
    guides = list(guides)
    if not guides:
        return []
    own = overlays_of(guides, place.authority)
    telephone, fallback = telephone_of(place.main_card), _fallback(request, place.authority)
    found = []
    for guide in guides:
        content, overlay = _content(guide), own.get(guide.pk)
        languages = [language for language in LANGUAGES if language in content.texts]
        texts = {language: _said(localise(content, overlay, language)) for language in languages}
        solution = in_use(guide.solution, today=clock.today())
        addresses = getattr(solution, "own_addresses", [])
        found.append(
            service_of(
                request,
                guide,
                place=place.authority,
                texts=texts,
                address=addresses[0].url if addresses else solution.address if solution else "",
                telephone=telephone,
                competent=competent(request, place.authority, guide) or fallback,
            )
        )
    return found


def block(request: HttpRequest, reading: Reading, *, place: Authority | None, card: Card | None) -> str:
    """Return a guide as schema.org has it, in the language and with the local parts that its page has, to stand in the page."""
    said_in = reading.language if reading.language in reading.content.texts else LANGUAGES[0]
    found = service_of(
        request,
        reading.guide,
        place=place,
        texts={said_in: reading.text},
        address=reading.address,
        telephone=telephone_of(card),
        competent=competent(request, place, reading.guide) or _fallback(request, place),
    )
    return as_data_block(government_service(found, said_in))


def _guides(authority: Authority | None) -> "QuerySet[Guide]":
    """Return the guides that hold today, each with `solution.own_addresses`."""
    own = Prefetch("solution__addresses", SolutionAddress.objects.filter(authority=authority), to_attr="own_addresses")
    found = Guide.objects.filter(holding(clock.today())).select_related("published", "solution", "subject", "owner")
    return found.prefetch_related(own).order_by("slug")


def _said(localised: Localised) -> Text:
    """Return a text without what is said in Danish only: it is not published as another language's."""
    left_out: dict[str, Any] = dict.fromkeys(localised.in_danish.intersection(REPLACED), "")
    return replace(localised.text, **left_out)


def service_of(
    request: HttpRequest,
    guide: Guide,
    *,
    place: Authority | None,
    texts: Mapping[str, Text],
    address: str,
    telephone: Telephone | None,
    competent: Organisation,
) -> Service:
    """Return what is published of a guide, its texts and the address of its self-service being those that are read."""
    content, subject = _content(guide), guide.subject
    published_at = guide.published.published_at if guide.published else None
    return Service(
        slug=guide.slug,
        page=request.build_absolute_uri(address_of("guide", place, guide.slug)),
        texts=texts,
        words={language: tuple(content.words.get(language, ())) for language in texts},
        authority=competent,
        channels=content.channels,
        events=_events(content),
        subject=(subject.code, {"da": subject.name, "en": subject.name_en}) if subject else None,
        at_hand=_at_hand(in_use(guide.solution, today=clock.today()), texts),
        kle=guide.kle,
        legal_basis=content.legal_basis,
        address=address,
        telephone=telephone,
        modified=published_at.isoformat() if published_at else "",
        is_demo=guide.is_demo,
    )


def _content(guide: Guide) -> Content:
    assert guide.published is not None  # noqa: S101 - for the type: only published ones are asked for
    return guide.published.content


def competent(request: HttpRequest, authority: Authority | None, guide: Guide) -> Organisation | None:
    """Return who is responsible: whose part of the site it is, else who owns the guide, else the solution; None where nobody is named."""
    known = authority or guide.owner
    if known is not None:
        return _organisation(request, known)
    if guide.solution is not None and guide.solution.owner:
        return Organisation(guide.solution.owner, request.build_absolute_uri("/"))
    return None


def _fallback(request: HttpRequest, authority: Authority | None) -> Organisation:
    """Return who stands for a guide of nobody's: who houses a centre."""
    if authority is not None:
        return _organisation(request, authority)
    centre = Centre.objects.select_related("host").order_by("pk").first()
    home = request.build_absolute_uri("/")
    return _organisation(request, centre.host) if centre else Organisation("Danske myndigheder", home)


def _organisation(request: HttpRequest, authority: Authority) -> Organisation:
    page = request.build_absolute_uri(address_of("home", authority))
    area = authority.full_name if authority.kind != Authority.Kind.AGENCY else ""
    return Organisation(authority.full_name, page, authority.code, area)


def _events(content: Content) -> dict[str, dict[str, str]]:
    """Return the names of a guide's life events in each language."""
    found: dict[str, dict[str, str]] = {code: {} for code in content.life_events if code in BY_CODE}
    for language in LANGUAGES:
        with translation.override(language):
            for code, names in found.items():
                names[language] = str(BY_CODE[code].name)
    return found


def _at_hand(solution: Solution | None, texts: Mapping[str, Text]) -> tuple[dict[str, str], ...]:
    """Return what to have ready as it is read, the solution's where the texts say nothing; in English too where the two lists say the same."""
    danish, english = (list(texts[each].have) if each in texts else [] for each in LANGUAGES)
    if solution is not None and not danish:
        danish, english = list(solution.at_hand), list(solution.at_hand_en)
    if len(english) == len(danish) and english != danish:
        return tuple({"da": da, "en": en} for da, en in zip(danish, english, strict=True))
    return tuple({"da": da} for da in danish)


def telephone_of(card: Card | None) -> Telephone | None:
    if card is None:
        return None
    number = f"+45{card.digits}" if len(card.digits) == _DIGITS_OF_A_WHOLE_NUMBER else card.digits
    hours = "; ".join(f"{day.name} {day.on}: {day.hours}" for day in card.hours)
    return Telephone(number, hours or "Hele døgnet")


def _answer(request: HttpRequest, value: dict[str, Any]) -> HttpResponse:
    """Answer values as JSON-LD that others may keep for a while; nothing but its mark where they have it already."""
    body = json.dumps(value, ensure_ascii=False, indent=1).encode()
    mark = f'"{sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="application/ld+json; charset=utf-8")
    response.headers["ETag"] = mark
    response.headers["Cache-Control"] = f"public, max-age={_SECONDS}"
    # Anybody's page may read what is public.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return get_conditional_response(request, etag=mark, response=response) or response
