"""Guides beside the conversation: suggested from what is known of the contact, found in a few letters, read in the citizen's municipality's version.

Which guide was opened stays with the contact, under the authority that answers for it; what is counted is the citizen's own authority's. What
an employee searches for is counted only where nothing was found, and not while it is typed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from borgerlinje.contacts.models import Contact, ContactGuide
from borgerlinje.cooperation.models import Authority
from borgerlinje.desk.page import employee_of
from borgerlinje.desk.queries import earlier_today, in_hand
from borgerlinje.guides.counting import do_count_missed, do_count_opening
from borgerlinje.guides.models import Feedback, Guide, Opening, Side
from borgerlinje.guides.reading import Reading, holding, read_guide
from borgerlinje.guides.search.finder import finder
from borgerlinje.guides.search.marking import Meant, meant_by
from borgerlinje.guides.search.words import fold
from borgerlinje.kit import clock
from borgerlinje.kit.personal_data import CprInTextError, check_no_cpr
from borgerlinje.kit.templatetags.kit import at_clock
from borgerlinje.kit.throttle import do_count
from borgerlinje.staff.permission import allowed
from borgerlinje.staff.roles import Role

_MOST_SUGGESTED, _MOST_FOUND, _LONGEST = 4, 10, 120
_OF_EACH = 2
_OF_LATE: Final = timedelta(days=30)
# A note of one word says little; what is suggested must be like what was written.
_LEAST_LIKE = 0.3
_ONCE_SECONDS: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Suggested:
    """A guide that is likely to be wanted, and why in a word or two."""

    slug: str
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """A guide found, and the words of its own that answer; empty where its title does."""

    slug: str
    title: str
    matches: str
    meant: Meant


@allowed(Role.EMPLOYEE)
@require_GET
def pane(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Show the guides of a contact: suggestions, and the one last opened; nothing once it is closed."""
    if _is_closed(request, contact_id):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    contact = _contact(request, contact_id)
    last = ContactGuide.objects.filter(contact=contact).select_related("guide").order_by("opened_at").last()
    reading = _reading(last.guide.slug, contact) if last else None
    context = {**_suggestions(contact, opened=last.guide.slug if last else ""), "reading": reading}
    return render(request, "desk/guides_pane.html", context)


@allowed(Role.EMPLOYEE)
@require_GET
def suggested(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Show what is suggested now that the note says more; nothing once the contact is closed."""
    if _is_closed(request, contact_id):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, "desk/guides_suggested.html", _suggestions(_contact(request, contact_id)))


@allowed(Role.EMPLOYEE)
@require_GET
def find(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Show the guides that answer what the employee typed."""
    contact = _contact(request, contact_id)
    asked = _asked(request.GET.get("q", ""))
    try:
        check_no_cpr(asked)
    except CprInTextError as error:
        return render(request, "desk/guides_found.html", {"contact": contact, "fault": error.message})
    hits = finder.search(asked, authority=_home(contact).code, limit=_MOST_FOUND) if asked else []
    titles = _titles(hit.key for hit in hits)
    found = [
        Found(
            hit.key,
            titles[hit.key],
            "" if hit.phrase.casefold() in titles[hit.key].casefold() else hit.phrase,
            meant_by(asked, hit.words),
        )
        for hit in hits
        if hit.key in titles
    ]
    return render(request, "desk/guides_found.html", {"contact": contact, "found": found, "asked": asked})


@allowed(Role.EMPLOYEE)
@require_POST
def missed(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Count what the employee wrote to its end, and nothing answers: once for each contact."""
    if not _is_closed(request, contact_id):
        contact, asked = _contact(request, contact_id), _asked(request.POST.get("q", ""))
        if asked and _is_missed(asked, contact):
            do_count_missed(asked, authority_id=_home(contact).pk, side=Side.EMPLOYEE, on=clock.today())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@allowed(Role.EMPLOYEE)
@require_POST
def read(request: HttpRequest, contact_id: UUID, slug: str) -> HttpResponse:
    """Show a guide, and keep with the contact that it was opened."""
    contact = _contact(request, contact_id)
    reading = _reading(slug, contact)
    if reading is None:
        raise Http404
    values = {
        "authority": contact.authority,
        "version": reading.version.number,
        "employee": employee_of(request),
        "opened_at": clock.now(),
    }
    ContactGuide.objects.update_or_create(contact=contact, guide=reading.guide, defaults=values)
    return render(request, "desk/guide.html", {"contact": contact, "reading": reading})


@allowed(Role.EMPLOYEE)
@require_GET
def solution(request: HttpRequest, contact_id: UUID, slug: str) -> HttpResponse:
    """Open the guide's self-service solution beside the desk, and count it."""
    contact = _contact(request, contact_id)
    reading = _reading(slug, contact)
    if reading is None or not reading.address:
        raise Http404
    do_count_opening(
        reading.guide.pk, authority_id=_home(contact).pk, side=Side.EMPLOYEE, campaign="", on=clock.today()
    )
    return redirect(reading.address)


@allowed(Role.EMPLOYEE)
@require_POST
def helped(request: HttpRequest, contact_id: UUID, slug: str) -> HttpResponse:
    """Store whether a guide helped in this contact; said again, the last answer holds."""
    contact = _contact(request, contact_id)
    opened = ContactGuide.objects.filter(contact=contact, guide__slug=slug).select_related("guide").first()
    if opened is None:
        raise Http404
    is_first, opened.helped = opened.helped is None, request.POST.get("helped") == "ja"
    opened.save(update_fields=["helped"])
    if is_first:
        Feedback.objects.create(
            guide=opened.guide,
            version=opened.version,
            authority=_home(contact),
            side=Side.EMPLOYEE,
            helped=opened.helped,
            at=clock.now(),
        )
    return render(request, "desk/guide_thanked.html", {"helped": opened.helped})


def _is_closed(request: HttpRequest, contact_id: UUID) -> bool:
    """Tell whether the employee closed the contact a moment ago: what the desk asks for by itself may come after that."""
    employee = employee_of(request)
    own = Contact.objects.filter(pk=contact_id, employee=employee)
    return own.exclude(in_hand(employee)).exists()


def _contact(request: HttpRequest, contact_id: UUID) -> Contact:
    """Return the contact that the employee has in hand. Raises Http404 for any other."""
    employee = employee_of(request)
    own = Contact.objects.filter(in_hand(employee), pk=contact_id)
    contact = own.select_related("authority", "home_authority", "line", "subject_item").first()
    if contact is None:
        raise Http404
    return contact


def _home(contact: Contact) -> Authority:
    """Return whose citizen it is, as far as is known: what is found, read and counted is theirs."""
    return contact.home_authority or contact.authority


def _asked(text: str) -> str:
    return text.strip()[:_LONGEST]


def _is_missed(asked: str, contact: Contact) -> bool:
    """Tell whether nothing answers, and it was not told of this contact before."""
    try:
        check_no_cpr(asked)
    except CprInTextError:
        return False
    if finder.search(asked, authority=_home(contact).code, limit=1):
        return False
    # The words do not stand beside the contact anywhere, not even for a day.
    told = salted_hmac("borgerlinje.desk.guides", f"{contact.pk} {fold(asked)}", algorithm="sha256").hexdigest()
    return do_count(f"guide-missed:{told}", window_seconds=_ONCE_SECONDS) == 1


def _reading(slug: str, contact: Contact) -> Reading | None:
    language = get_language() or "da"
    return read_guide(slug, language=language, authority=_home(contact), now=clock.now(), today=clock.today())


def _suggestions(contact: Contact, *, opened: str = "") -> dict[str, Any]:
    """Return the guides that what is known of the contact points to, the surest first: the menu, the note, earlier talks, the line."""
    known: list[tuple[str, str]] = []
    if contact.subject_item is not None:
        known += [(slug, _("menuvalg")) for slug in _of_subject(contact.subject_item.pk)]
    known += [(slug, _("dit notat")) for slug in _like(f"{contact.subject} {contact.note}", contact)]
    for earlier in earlier_today(contact, now=clock.now()):
        why = _("talt om kl. %(time)s") % {"time": at_clock(earlier.arrived_at)}
        known += [(slug, why) for slug in _like(earlier.subject, contact)]
    known += [(slug, _("ofte åbnet")) for slug in _often_opened(contact)]
    reasons: dict[str, str] = {}
    for slug, why in known:
        reasons.setdefault(slug, why)
    titles = _titles(reasons)
    chosen = [Suggested(slug, titles[slug], why) for slug, why in reasons.items() if slug in titles]
    return {"contact": contact, "suggestions": chosen[:_MOST_SUGGESTED], "opened": opened}


def _like(text: str, contact: Contact) -> list[str]:
    hits = finder.search(text, authority=_home(contact).code, limit=_OF_EACH) if text.strip() else []
    return [hit.key for hit in hits if hit.score >= _LEAST_LIKE]


def _of_subject(subject_id: int) -> list[str]:
    guides = Guide.objects.filter(holding(clock.today()), subject=subject_id)
    return list(guides.order_by("title").values_list("slug", flat=True)[:_OF_EACH])


def _often_opened(contact: Contact) -> list[str]:
    """Return what is opened most of the line's matters where the citizen lives, of late."""
    today = clock.today()
    # A subject that asks for no skill of its own is every line's; a guide without a subject is none's.
    of_line = Q(guide__subject__skill=contact.line.skill_id) | Q(guide__subject__skill=None)
    opened = Opening.objects.filter(
        of_line, guide__subject__isnull=False, authority=_home(contact), on__gte=today - _OF_LATE
    )
    most = opened.filter(holding(today, of="guide__")).values("guide__slug").annotate(times=Sum("count"))
    return [row["guide__slug"] for row in most.order_by("-times", "guide__slug")[:_OF_EACH]]


def _titles(slugs: Iterable[str]) -> dict[str, str]:
    is_english = get_language() == "en"
    rows = Guide.objects.filter(holding(clock.today()), slug__in=list(slugs)).values_list("slug", "title", "title_en")
    return {slug: (is_english and title_en) or title for slug, title, title_en in rows}
