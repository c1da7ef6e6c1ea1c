"""Writing an authority's local text: shown beside the common one, stored, done something with, and seen as its citizens will read it."""

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.db import transaction
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from borgerlinje.console.guides import access
from borgerlinje.console.guides.local import form
from borgerlinje.console.guides.local.page import Page, access_page, keepers, show
from borgerlinje.console.standing import user_of
from borgerlinje.guides import local as actions
from borgerlinje.guides.clean import check_web_address, one_line
from borgerlinje.guides.models import LocalGuide, LocalVersion, SolutionAddress
from borgerlinje.guides.overlay import localise
from borgerlinje.guides.reading import Local, Reading, in_use
from borgerlinje.guides.solutions import do_set_address
from borgerlinje.kit import clock
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.portal import places
from borgerlinje.staff.permission import allowed

_LONGEST_NOTE, _LONGEST_REMARK, _MOST_DIGITS = 200, 300, 18


@allowed(*access.EDITS)
@require_GET
def guide_locals(request: HttpRequest) -> HttpResponse:
    """Show the local texts of the person's authorities, those that the common text moved under first."""
    mine = access.edits_local(request)
    is_behind = Q(published__isnull=False) & ~Q(held_against=F("guide__published")) & Q(guide__published__isnull=False)
    found = LocalGuide.objects.filter(authority__in=mine).select_related("guide", "authority", "published", "keeper")
    rows = [
        {
            "local": each,
            "states": {version.state for version in each.versions.all()},
            "is_behind": each.pk in behind_ids,
        }
        for behind_ids in [set(found.filter(is_behind).values_list("pk", flat=True))]
        for each in found.prefetch_related("versions").order_by("guide__title", "authority__name")
    ]
    rows.sort(key=lambda row: not row["is_behind"])
    return render(request, "console/guides/locals.html", {"rows": rows, "mine": mine})


@allowed(*access.EDITS)
@require_http_methods(["GET", "HEAD", "POST"])
def guide_local(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Show an authority's local text beside the common one, or store what was written. Raises Http404, NotAllowedError."""
    page = access_page(request, slug, code, to_edit=request.method == "POST")
    if request.method != "POST":
        return show(request, page)
    data = request.POST.copy()
    act, _colon, name = data.get("do", "").partition(":")
    if act == "clear":
        data[name] = ""
    sent = form.read(data)
    if sent.faults:
        return show(request, page, overlay=sent.overlay, faults=sent.faults, status=422)
    saved = actions.do_save(
        page.guide, page.authority, sent.overlay, base=data.get("base", ""), now=clock.now(), by=user_of(request)
    )
    if saved.is_refused:
        fresh = access_page(request, slug, code)
        return show(request, fresh, overlay=sent.overlay, is_refused=True, status=409)
    messages.success(
        request, _("Gemt i kladden. Borgerne ser det, når det er godkendt.") if saved.is_new else _("Intet er ændret.")
    )
    return redirect(f"{_address(page)}{f'#{name}' if act == 'clear' and name else ''}")


@allowed(*access.EDITS)
@require_POST
def guide_local_do(request: HttpRequest, slug: str, code: str, act: str) -> HttpResponse:
    """Carry out what a button says, and say so; a refusal is said on the page as it is now. Raises Http404, NotAllowedError."""
    page = access_page(request, slug, code, to_edit=True)
    if act not in _ACTS:
        raise Http404
    try:
        with transaction.atomic():
            done = _ACTS[act](request, page)
    except BorgerlinjeError as error:
        fresh = access_page(request, slug, code)
        return show(request, fresh, fault=str(error), values=request.POST.dict(), status=error.status)
    messages.success(request, done)
    return redirect(_address(page))


@allowed(*access.EDITS)
@require_GET
def guide_local_preview(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Show the draft of a local text (what is published, where there is none) on the citizen's page, marked as one. Raises Http404."""
    page = access_page(request, slug, code)
    source, guide = page.source, page.guide
    if source is None or guide.published is None:
        raise Http404
    language = get_language() or "da"
    localised = localise(page.common, source.overlay, language)
    solution = in_use(guide.solution, today=clock.today())
    own = SolutionAddress.objects.filter(solution=solution, authority=page.authority).first() if solution else None
    reading = Reading(
        guide=guide,
        version=guide.published,
        content=page.common,
        text=localised.text,
        language=language,
        solution=solution,
        address=own.url if own else solution.address if solution else "",
        status=None,
        is_due=False,
        local=Local(page.authority, source, localised),
    )
    card = places.place(code).main_card
    context = {"place": page.authority, "reading": reading, "card": card, "told": [], "alike": [], "draft_of": source}
    return render(request, "portal/guide.html", context)


def _send(request: HttpRequest, page: Page) -> str:
    note = one_line(request.POST.get("note", ""))[:_LONGEST_NOTE]
    if not note:
        raise MissingWordsError(_("Intet er sendt. Skriv kort, hvad der er ændret, og send igen."))
    actions.do_send(_version(request, page), note=note, now=clock.now(), by=user_of(request))
    return _("Sendt til godkendelse. En anden redaktør hos jer godkender den her på siden.")


def _approve(request: HttpRequest, page: Page) -> str:
    may_own = access.may_approve_own(request, page.authority.pk)
    version, read = _version(request, page), request.POST.get("laest", "")
    actions.do_approve(version, now=clock.now(), by=user_of(request), may_approve_own=may_own, read=read)
    return _("Udgivet. Jeres borgere læser jeres egen tekst nu.")


def _return(request: HttpRequest, page: Page) -> str:
    remark = one_line(request.POST.get("remark", ""))[:_LONGEST_REMARK]
    if not remark:
        raise MissingWordsError(_("Intet er sendt tilbage. Skriv, hvad der skal ændres, og prøv igen."))
    actions.do_return(_version(request, page), remark=remark, now=clock.now())
    return _("Sendt tilbage. Bemærkningen står ved kladden.")


def _withdraw(request: HttpRequest, page: Page) -> str:
    del request
    actions.do_withdraw(_local(page), now=clock.now())
    return _("Trukket tilbage. Jeres borgere læser den fælles tekst. Fortryd ved at gendanne udgaven nedenfor.")


def _hold(request: HttpRequest, page: Page) -> str:
    # What was looked at is what the page showed: another version may be published since.
    seen = page.guide.versions.filter(pk=_number(request, "common")).first()
    if seen is None:
        raise Http404
    actions.do_hold(_local(page), seen)
    return _("Noteret: jeres tekst gælder stadig.")


def _drop(request: HttpRequest, page: Page) -> str:
    actions.do_drop(_version(request, page))
    return _("Kladden er kasseret.")


def _restore(request: HttpRequest, page: Page) -> str:
    actions.do_restore(_version(request, page), now=clock.now(), by=user_of(request))
    return _("Teksten ligger nu i en kladde. Læs den igennem, og send den til godkendelse.")


def _set_address(request: HttpRequest, page: Page) -> str:
    url = request.POST.get("url", "").strip()
    if page.guide.solution is None:
        raise Http404
    if url:
        check_web_address(url)
    do_set_address(page.guide.solution, page.authority, url, by=user_of(request), now=clock.now())
    return _("Adressen gælder nu.") if url else _("Jeres borgere sendes nu til den fælles adresse.")


def _set_keeper(request: HttpRequest, page: Page) -> str:
    local, keeper = _local(page), None
    if request.POST.get("keeper", ""):
        keeper = keepers(local).filter(pk=_number(request, "keeper")).first()
        if keeper is None:
            raise MissingWordsError(_("Vælg noget fra listen."))
    actions.do_give(local, keeper)
    return _("Gemt.")


_ACTS: Final[dict[str, Callable[[HttpRequest, Page], str]]] = {
    "send": _send,
    "godkend": _approve,
    "tilbage": _return,
    "traek-tilbage": _withdraw,
    "gaelder": _hold,
    "kasser": _drop,
    "gendan": _restore,
    "adresse": _set_address,
    "passes": _set_keeper,
}


class MissingWordsError(BorgerlinjeError):
    """Something is to be said with what is done, and was not."""

    code = "missing_words"
    status = 422


def _version(request: HttpRequest, page: Page) -> LocalVersion:
    return get_object_or_404(LocalVersion, local=_local(page), pk=_number(request, "version"))


def _local(page: Page) -> LocalGuide:
    if page.local is None:
        raise Http404
    return page.local


def _number(request: HttpRequest, name: str) -> int:
    value = request.POST.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= _MOST_DIGITS else 0


def _address(page: Page) -> str:
    return reverse("console:guide_local", args=[page.guide.slug, page.authority.code])
