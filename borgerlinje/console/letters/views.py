"""How letters are worded: the list, one letter with its preview, and how it was worded before."""

from typing import Any

import structlog
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from borgerlinje.channels.phone.text_messages import text_address
from borgerlinje.console.letters import queries
from borgerlinje.console.letters.access import KEEPS, Here, access_kind, here
from borgerlinje.console.letters.forms import WordingForm
from borgerlinje.console.letters.words import language_name, whose
from borgerlinje.console.standing import user_of
from borgerlinje.kit import clock
from borgerlinje.kit.request_database import run_here
from borgerlinje.letters import mail_server
from borgerlinje.letters.kinds import Channel, Kind, Wording
from borgerlinje.letters.wording import Source, do_word
from borgerlinje.staff.permission import allowed

log = structlog.get_logger("web")


@allowed(*KEEPS)
@require_GET
def letters(request: HttpRequest) -> HttpResponse:
    """Show every letter that can be worded, and whose words it has."""
    at = here(request)
    shown = [
        (
            kind,
            [
                (language_name(language), whose(worded.source), at.address("letter", code=kind.code, language=language))
                for language, worded in languages
            ],
        )
        for kind, languages in queries.listed(at.authority)
    ]
    context = {"here": at, "letters": shown, "failed": queries.failed_count([each.pk for each in at.authorities])}
    context |= sending()
    return render(request, "console/letters/letters.html", context)


@allowed(*KEEPS)
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, code: str, language: str) -> HttpResponse:
    """Show a letter, or word it anew: from then on every such letter says that, those that wait among them."""
    at, kind = here(request), access_kind(code, language)
    if request.method != "POST":
        return _page(request, at, kind, language)
    form = WordingForm(request.POST, kind=kind)
    if not form.is_valid():
        return _page(request, at, kind, language, form=form, status=422)
    if form.words == queries.held(kind, language, at.authority).words:
        messages.info(request, _("Der var ikke noget at gemme: teksten er den samme som før."))
        return redirect(at.address("letter", code=code, language=language))
    return _word(request, at, kind, language, form.words, seen=form.cleaned_data["seen"], form=form)


@allowed(*KEEPS)
@require_POST
def letter_preview(request: HttpRequest, code: str, language: str) -> HttpResponse:
    """Answer how a letter would look as it is written now, faults included; nothing is saved."""
    at, kind = here(request), access_kind(code, language)
    form = WordingForm(request.POST, kind=kind)
    form.is_valid()
    if not request.headers.get("HX-Request"):
        return _page(request, at, kind, language, form=form)
    return render(request, "console/letters/preview.html", _previewed(kind, form, language))


@allowed(*KEEPS)
@require_POST
def letter_restore(request: HttpRequest, code: str, language: str) -> HttpResponse:
    """Word a letter as in an earlier version, or as the default (`version` 0): a new version, so that this, too, can be undone."""
    at, kind = here(request), access_kind(code, language)
    number, seen = request.POST.get("version", ""), request.POST.get("seen", "")
    if not (number.isascii() and number.isdigit() and seen.isascii() and seen.isdigit()):
        raise Http404
    earlier = next(
        (each for each in queries.versions(kind, language, at.authority) if each.version == int(number)), None
    )
    if earlier is None and int(number):
        raise Http404
    words = Wording(earlier.subject, earlier.body) if earlier and not earlier.is_default else None
    return _word(request, at, kind, language, words, seen=int(seen))


def sending() -> dict[str, Any]:
    """Return what the pages say of the ways out."""
    return {"can_mail": mail_server.configured() is not None, "can_text": text_address.configured() is not None}


def _word(
    request: HttpRequest,
    at: Here,
    kind: Kind,
    language: str,
    words: Wording | None,
    *,
    seen: int,
    form: WordingForm | None = None,
) -> HttpResponse:
    by = user_of(request).pk
    doing = do_word(kind.code, language, words, authority_id=at.authority.pk, seen=seen, by=by, now=clock.now())
    if not run_here(doing):
        return _page(request, at, kind, language, form=form, has_changed=True, status=409)
    log.info("letter_worded", letter=kind.code, language=language, authority=at.authority.code, by=by)
    messages.success(request, _said(queries.held(kind, language, at.authority).source))
    return redirect(at.address("letter", code=kind.code, language=language))


def _said(source: Source) -> str:
    """Say what holds now. A member that gives up its own words gets the host's, where it has any."""
    return {
        Source.OWN: _("Gemt. Det næste brev får den tekst."),
        Source.HOST: _("Værtens tekst gælder igen."),
        Source.DEFAULT: _("Standardteksten gælder igen."),
    }[source]


def _page(
    request: HttpRequest,
    at: Here,
    kind: Kind,
    language: str,
    *,
    form: WordingForm | None = None,
    has_changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    worded = queries.held(kind, language, at.authority)
    if form is None:
        words = worded.words
        shown = WordingForm(kind=kind, initial={"subject": words.subject, "body": words.body, "seen": worded.version})
    else:
        shown = form
    context = {
        "here": at,
        "kind": kind,
        "language": language,
        "language_name": language_name(language),
        "worded": worded,
        "whose": whose(worded.source),
        "form": shown,
        "has_changed": has_changed,
        "default": queries.preview(kind, kind.default(language), language),
        "versions": [
            (each, None if each.is_default else queries.preview(kind, Wording(each.subject, each.body), language))
            for each in queries.versions(kind, language, at.authority)
        ],
        "address": at.address("letter", code=kind.code, language=language),
        "preview_address": at.address("letter_preview", code=kind.code, language=language),
        "restore_address": at.address("letter_restore", code=kind.code, language=language),
    }
    previewed = (
        _previewed(kind, form, language)
        if form
        else {"preview": queries.preview(kind, worded.words, language), "faults": []}
    )
    return render(
        request,
        "console/letters/letter.html",
        context | {"is_text": kind.channel is Channel.SMS} | previewed | sending(),
        status=status,
    )


def _previewed(kind: Kind, form: WordingForm, language: str) -> dict[str, Any]:
    """Return the preview of what a form holds, valid or not, and what is wrong with it."""
    words = Wording(str(form.data.get("subject", "")), str(form.data.get("body", "")))
    faults = [fault for name in ("subject", "body") for fault in form.errors.get(name, [])]
    return {
        "kind": kind,
        "is_text": kind.channel is Channel.SMS,
        "preview": queries.preview(kind, words, language),
        "faults": faults,
    }
