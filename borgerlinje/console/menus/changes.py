"""Changing menus: each small form is stored in the draft at once, and what two people do at once is told, never lost."""

import json
from datetime import UTC, datetime

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from borgerlinje.console.menus import forms, queries
from borgerlinje.console.menus.access import EDITS, access_line_to_edit
from borgerlinje.console.menus.page import Told, answer, language_of
from borgerlinje.console.menus.shown import id_of
from borgerlinje.console.standing import user_of
from borgerlinje.kit import clock, hints
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.kit.templatetags.kit import at_clock
from borgerlinje.lines import menus
from borgerlinje.lines.menus import Menu, Place
from borgerlinje.lines.menus.editing import digest
from borgerlinje.lines.menus.tree import from_text, node_at
from borgerlinje.lines.menus.words import place_text
from borgerlinje.lines.models import Line, MenuVersion
from borgerlinje.staff.permission import allowed

# What a form is stored with all the same is what was written, and what stands there now.
_OF_THE_FORM = frozenset({"csrfmiddlewaretoken", "seen"})


@allowed(*EDITS)
@require_POST
def change(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """Store one small form in the draft: `act` says what is changed, `place` where, `seen` what the person saw there."""
    line, language = access_line_to_edit(request, slug), language_of(language)
    version = queries.do_lock_draft(line, language)
    menu = queries.read(version)
    act, place = request.POST.get("act", ""), from_text(request.POST.get("place", ""))
    if act == "undo":
        return _undo(request, line, version, menu)
    if act == "discard":
        version.delete()
        gone = Told(_("Kladden er kasseret. Her er igen det, borgerne hører."), before=menus.write(menu))
        return _done(request, line, language, gone)
    try:
        if digest(menu, forms.watched(act, place)) != request.POST.get("seen"):
            return _done(request, line, language, _conflict(request, version, menu, act, place))
        after = forms.change(menu, act, place, request.POST)
    except LookupError:
        return _done(request, line, language, _conflict(request, version, menu, act, place))
    except BorgerlinjeError as error:
        return _done(request, line, language, Told(str(error), "bad", written=_written(request)), status=422)
    told = Told(_said(act, place_text(menu, place)), before=menus.write(menu)) if act in forms.TELLS else None
    do_store(request, version, after)
    return _done(request, line, language, told, fresh=_fresh(act, place, menu, after))


def _fresh(act: str, place: Place, before: Menu, after: Menu) -> str:
    """Return the id of what an act has added, an empty text when it added nothing."""
    old, new = node_at(before, place), node_at(after, place)
    if act not in {"add_key", "add_branch"} or old is None or new is None:
        return ""
    if act == "add_branch":
        return id_of((*place, f"w{len(old.branches)}"))
    known = {choice.key for choice in old.choices}
    return next(id_of((*place, f"k{index}")) for index, each in enumerate(new.choices) if each.key not in known)


def do_store(request: HttpRequest, version: MenuVersion, menu: Menu) -> None:
    """Write a menu into its draft."""
    version.tree, version.changed_at, version.changed_by = menus.write(menu), clock.now(), user_of(request)
    version.save(update_fields=["tree", "changed_at", "changed_by"])


def _undo(request: HttpRequest, line: Line, version: MenuVersion, menu: Menu) -> HttpResponse:
    """Go back to the tree before the last act, as long as nobody has changed anything since."""
    if digest(menu, ()) != request.POST.get("seen") and request.POST.get("seen"):
        told = Told(_("Det kan ikke fortrydes: menuen er ændret siden. Intet er gået tabt."), "warn")
        return _done(request, line, version.language, told)
    try:
        before = menus.read(json.loads(request.POST.get("before", "")), language=version.language)[0]
    except ValueError:
        return _done(request, line, version.language, Told(str(forms.UnreadableError.message), "bad"), status=422)
    do_store(request, version, before)
    return _done(request, line, version.language, Told(_("Det er fortrudt.")))


def _said(act: str, where: str) -> str:
    return {
        "remove": _("»%s« er slettet med alt under sig."),
        "into": _("»%s« er flyttet."),
        "unsound": _("Indtalingen ved »%s« er fjernet. Teksten bliver læst op."),
        "add_branch": _("Der er føjet et tidspunkt til ved »%s«. Vælg, hvornår det gælder."),
    }[act] % where


def _conflict(request: HttpRequest, version: MenuVersion, menu: Menu, act: str, place: tuple[str, ...]) -> Told:
    """Say that somebody else has changed the same place; what the person wrote stands there, and can be stored all the same."""
    who = str(version.changed_by) if version.changed_by else _("En anden")
    text = _(
        "%(who)s har ændret det samme sted kl. %(at)s. Din ændring er ikke gemt. Siden viser nu det, der gælder."
    ) % {
        "who": who,
        "at": at_clock(version.changed_at),
    }
    kept: list[tuple[str, str]] = []
    try:
        seen = digest(menu, forms.watched(act, place))
        forms.change(menu, act, place, request.POST)
        kept = [
            (name, value) for name in request.POST for value in request.POST.getlist(name) if name not in _OF_THE_FORM
        ]
        kept += [("seen", seen)]
    except (LookupError, BorgerlinjeError):
        pass
    return Told(text, "warn", kept=kept, written=_written(request))


def _written(request: HttpRequest) -> str:
    return " · ".join(filter(None, (request.POST.get("text", ""), request.POST.get("label", ""))))


def _done(
    request: HttpRequest, line: Line, language: str, told: Told | None, *, fresh: str = "", status: int = 200
) -> HttpResponse:
    if request.headers.get("HX-Request"):
        # htmx shows what it is answered only when that is a success.
        return answer(request, line, language, told=told, fresh=fresh)
    if told is not None and (told.kept or status != 200 or told.before):  # noqa: PLR2004 - a success
        return answer(request, line, language, told=told, status=status)
    if told is not None:
        messages.info(request, told.text)
    return redirect(_address(line, language))


def _address(line: Line, language: str) -> str:
    return f"{reverse('console:menu', args=[line.slug])}?sprog={language}"


@allowed(*EDITS)
@require_POST
def publish(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """Let the draft hold from now, or from a local date and time (`fra`). A draft with faults is not published."""
    line, language = access_line_to_edit(request, slug), language_of(language)
    version = queries.do_lock_draft(line, language)
    menu, unread = menus.read(version.tree, language=language)
    faults = (*unread, *menus.check(menu, queries.known(line, language)))
    now = clock.now()
    from_at = _from_at(request, now)
    if any(not fault.is_warning for fault in faults):
        return _refuse(
            request, line, language, _("Kladden har fejl og er ikke udgivet. Ret dem, der står under »Fejl«.")
        )
    if from_at is None:
        return _refuse(
            request,
            line,
            language,
            _("Vælg en dato og et klokkeslæt i fremtiden, eller »nu«. Kladden er ikke udgivet."),
        )
    if digest(menu, ()) != request.POST.get("seen"):
        return _refuse(
            request, line, language, _("Kladden er ændret, siden du åbnede siden. Se den igennem, og udgiv igen.")
        )
    version.from_at, version.published_at, version.published_by = from_at, now, user_of(request)
    version.note = request.POST.get("note", "").strip()[:200]
    try:
        with transaction.atomic():
            version.save(update_fields=["from_at", "published_at", "published_by", "note"])
    except IntegrityError:
        return _refuse(
            request, line, language, _("Der er allerede en menu, der gælder fra det tidspunkt. Vælg et andet.")
        )
    hints.send_on_commit(f"line:{line.pk}")
    messages.success(
        request,
        _("Menuen er udgivet. Den gælder fra det næste opkald.")
        if from_at <= now
        else _("Menuen er udgivet. Den gælder fra det valgte tidspunkt."),
    )
    return redirect(_address(line, language))


def _refuse(request: HttpRequest, line: Line, language: str, text: str) -> HttpResponse:
    return answer(request, line, language, told=Told(text, "bad"), status=422)


def _from_at(request: HttpRequest, now: datetime) -> datetime | None:
    if request.POST.get("when") != "later":
        return now
    try:
        chosen = datetime.fromisoformat(request.POST.get("fra", "")).replace(tzinfo=clock.COPENHAGEN).astimezone(UTC)
    except ValueError:
        return None
    return chosen if chosen > now else None


@allowed(*EDITS)
@require_POST
def as_draft(request: HttpRequest, slug: str, version_id: int) -> HttpResponse:
    """Begin the draft anew as an earlier version; what it was can be had back."""
    line = access_line_to_edit(request, slug)
    earlier = get_object_or_404(MenuVersion, pk=version_id, line=line, published_at__isnull=False)
    version = queries.do_lock_draft(line, earlier.language)
    before = menus.write(queries.read(version))
    do_store(request, version, queries.read(earlier))
    told = Told(_("Kladden er nu som den version, du valgte."), before=before)
    return answer(request, line, earlier.language, told=told)


@allowed(*EDITS)
@require_POST
def withdraw(request: HttpRequest, slug: str, version_id: int) -> HttpResponse:
    """Take back a version that nobody has heard yet."""
    line = access_line_to_edit(request, slug)
    version = get_object_or_404(MenuVersion.objects.select_for_update(), pk=version_id, line=line)
    if version.published_at is None or version.from_at is None or version.from_at <= clock.now():
        messages.error(request, _("Versionen gælder allerede. Udgiv en ny i stedet."))
    else:
        tree, language = version.tree, version.language
        version.delete()
        draft = queries.draft(line, language)
        if draft is None:
            MenuVersion.objects.create(
                line=line, language=language, tree=tree, changed_at=clock.now(), changed_by=user_of(request)
            )
        hints.send_on_commit(f"line:{line.pk}")
        messages.success(request, _("Versionen er taget tilbage, inden nogen nåede at høre den."))
    return redirect(_address(line, version.language))
