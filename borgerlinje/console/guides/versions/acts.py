"""What an editor does with a version on its way: sent, approved, sent back, withdrawn, thrown away, called back."""

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from borgerlinje.console.guides import access
from borgerlinje.console.guides.versions import undo
from borgerlinje.console.guides.versions.forms import RemarkForm, SendForm
from borgerlinje.console.guides.versions.notes import note_withdrawn
from borgerlinje.console.guides.versions.page import access_common, edit_address, guide_page
from borgerlinje.console.standing import user_of
from borgerlinje.guides import drafting
from borgerlinje.guides.models import Guide, GuideVersion, State
from borgerlinje.guides.withdrawal import do_put_back
from borgerlinje.kit import clock
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.staff.permission import allowed


@allowed(*access.EDITS)
@require_POST
def guide_send(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Send a draft to approval, with what is changed in it."""
    guide, version = _access(request, slug, number)
    form = SendForm(request.POST)
    if not form.is_valid():
        return guide_page(request, guide, send_form=form, status=422)
    note = form.cleaned_data["note"]
    said = _("Sendt til godkendelse. En anden redaktør ser den på listen »Til godkendelse«.")
    return _do(
        request,
        guide,
        lambda: drafting.do_send(version, note=note, now=clock.now(), by=user_of(request)),
        said=said,
    )


@allowed(*access.EDITS)
@require_POST
def guide_approve(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Publish a version that was sent; who wrote of it is refused where no centre says otherwise."""
    guide, version = _access(request, slug, number)
    user, may_own, read = (
        user_of(request),
        access.may_approve_own(request, guide.owner_id),
        request.POST.get("laest", ""),
    )
    return _do(
        request,
        guide,
        lambda: drafting.do_approve(version, now=clock.now(), by=user, may_approve_own=may_own, read=read),
        said=_("Udgivet. Borgere og kolleger læser den nye tekst nu."),
    )


@allowed(*access.EDITS)
@require_POST
def guide_return(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Send a version back to be worked on, with what is to be changed."""
    guide, version = _access(request, slug, number)
    form = RemarkForm(request.POST)
    if not form.is_valid():
        return guide_page(request, guide, remark_form=form, status=422)
    remark = form.cleaned_data["remark"]
    return _do(
        request,
        guide,
        lambda: drafting.do_return(version, remark=remark, now=clock.now(), by=user_of(request)),
        said=_("Sendt tilbage. Bemærkningen står ved kladden."),
    )


@allowed(*access.EDITS)
@require_http_methods(["GET", "POST"])
def guide_drop(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Throw a draft away, once that is confirmed."""
    guide, version = _access(request, slug, number)
    if request.method == "GET":
        if version.state != State.DRAFT:
            raise Http404
        return render(request, "console/guides/drop.html", {"guide": guide, "version": version})
    if guide.published is None and guide.versions.count() == 1:
        fault = _("Det er guidens eneste udgave, så den kan ikke kasseres. Ret den i stedet.")
        return guide_page(request, guide, fault=fault, status=409)
    return _do(request, guide, lambda: drafting.do_drop(version), said=_("Kladden er kasseret."))


@allowed(*access.EDITS)
@require_http_methods(["GET", "POST"])
def guide_withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Withdraw what is published, once that is confirmed; it can be put back for a while."""
    guide = access_common(request, slug)
    if request.method == "GET":
        if guide.published is None:
            raise Http404
        return render(request, "console/guides/withdraw.html", {"guide": guide, "version": guide.published})

    def withdraw() -> None:
        version = drafting.do_withdraw(guide, now=clock.now(), by=user_of(request))
        note_withdrawn(request, guide, version)
        undo.keep(request, version)

    return _do(request, guide, withdraw, said=_("Guiden er trukket tilbage. Ingen kan finde den nu."))


@allowed(*access.EDITS)
@require_POST
def guide_undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Put back what the person withdrew a moment ago. Raises Http404 when there is nothing any more."""
    guide = access_common(request, slug)
    kept = undo.kept(request, guide)
    version = get_object_or_404(GuideVersion, pk=kept, guide=guide)

    def put_back() -> None:
        do_put_back(version)
        note_withdrawn(request, guide, version, is_back=True)
        undo.forget(request)

    return _do(request, guide, put_back, said=_("Fortrudt: guiden kan læses igen."))


@allowed(*access.EDITS)
@require_POST
def guide_restore(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Begin a draft with what an old version said."""
    guide, version = _access(request, slug, number)
    said = _("Teksten fra udgave %(number)d ligger nu i en kladde. Læs den igennem, og send den til godkendelse.")
    return _do(
        request,
        guide,
        lambda: drafting.do_restore(version, now=clock.now(), by=user_of(request)),
        said=said % {"number": number},
        to=edit_address(guide),
    )


def _access(request: HttpRequest, slug: str, number: int) -> tuple[Guide, GuideVersion]:
    """Return a guide that the person writes, and a version of it. Raises Http404, NotAllowedError."""
    guide = access_common(request, slug)
    return guide, get_object_or_404(GuideVersion.objects.select_related("guide"), guide=guide, number=number)


def _do(request: HttpRequest, guide: Guide, act: Callable[[], object], *, said: str, to: str = "") -> HttpResponse:
    """Carry something out, say so, and go on to the guide or `to`; a refusal is said on the guide's page as it is now."""
    try:
        with transaction.atomic():
            act()
    except BorgerlinjeError as error:
        fresh = access_common(request, guide.slug)
        return guide_page(request, fresh, fault=str(error), status=error.status)
    messages.success(request, said)
    return redirect(to) if to else redirect("console:guide", guide.slug)
