"""The subjects that citizens can find and employees can pick: listed, made, changed, taken out of use and back."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from borgerlinje.console.lines.access import SETS
from borgerlinje.console.lines.subject_form import FIELDS, SubjectForm
from borgerlinje.console.standing import authorities_as, user_of
from borgerlinje.cooperation.models import Authority
from borgerlinje.kit import clock, hints
from borgerlinje.lines.models import LineTask, MenuVersion, Specialist, Subject, SubjectLink
from borgerlinje.lines.new_line import slug_of
from borgerlinje.portal import finding
from borgerlinje.staff.changes import changes_of, note
from borgerlinje.staff.models import User
from borgerlinje.staff.permission import allowed

_KIND = "subject"
_LONGEST = 120
_WORDS = {
    "name": gettext_lazy("emne"),
    "name_en": gettext_lazy("emne på engelsk"),
    "search_words": gettext_lazy("søgeord"),
    "about": gettext_lazy("kort om emnet"),
    "about_en": gettext_lazy("kort om emnet på engelsk"),
    "source": gettext_lazy("kilde"),
    "link": gettext_lazy("link"),
    "links": gettext_lazy("egne links"),
    "skill": gettext_lazy("kompetence"),
    "skill_level": gettext_lazy("niveau"),
    "needs_discretion": gettext_lazy("kræver skøn"),
    "retired_on": gettext_lazy("ude af brug siden"),
}


@allowed(*SETS)
@require_GET
def subjects(request: HttpRequest) -> HttpResponse:
    """Show every subject, or (`q`) what a citizen who writes that finds."""
    asked = request.GET.get("q", "").strip()[:_LONGEST]
    found = list(Subject.objects.select_related("skill").prefetch_related("links"))
    in_use = [each for each in found if each.retired_on is None]
    also = {each: f"{each.name_en} {each.search_words}" for each in in_use}
    context = {
        "asked": asked,
        "subjects": finding.search(asked, {each: each.name for each in in_use}, also=also) if asked else in_use,
        "retired": [] if asked else [each for each in found if each.retired_on is not None],
        "is_empty": not found,
    }
    return render(request, "console/lines/subjects.html", context)


@allowed(*SETS)
@require_http_methods(["GET", "POST"])
def subject_new(request: HttpRequest) -> HttpResponse:
    """Make a subject."""
    return _edit(request, Subject())


@allowed(*SETS)
@require_http_methods(["GET", "POST"])
def subject_edit(request: HttpRequest, subject_id: int) -> HttpResponse:
    """Change a subject."""
    return _edit(request, get_object_or_404(Subject.objects.select_related("skill"), pk=subject_id))


@allowed(*SETS)
@require_POST
def subject_retire(request: HttpRequest, subject_id: int) -> HttpResponse:
    """Take a subject out of use: nobody finds it any more."""
    subject = get_object_or_404(Subject, pk=subject_id, retired_on=None)
    _set_retired(request, subject, retires=True)
    messages.success(request, _("%(subject)s er ude af brug. Du kan tage emnet i brug igen.") % {"subject": subject})
    return redirect("console:subject_edit", subject.pk)


@allowed(*SETS)
@require_POST
def subject_restore(request: HttpRequest, subject_id: int) -> HttpResponse:
    """Take a subject into use again."""
    subject = get_object_or_404(Subject.objects.exclude(retired_on=None), pk=subject_id)
    _set_retired(request, subject, retires=False)
    messages.success(request, _("%(subject)s er i brug igen.") % {"subject": subject})
    return redirect("console:subject_edit", subject.pk)


def _edit(request: HttpRequest, subject: Subject) -> HttpResponse:
    mine = Authority.objects.filter(pk__in=authorities_as(request, SETS))
    is_new = subject.pk is None
    form = SubjectForm(request.POST if request.method == "POST" else None, subject=subject, authorities=mine)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                _do_store(subject, form, by=user_of(request), now=clock.now())
        except IntegrityError:
            form.add_error("name", _("Der er lige kommet et emne med det navn. Se listen, og prøv igen."))
        else:
            messages.success(request, _("%(subject)s er gemt.") % {"subject": subject})
            return redirect("console:subjects")
    context = {
        "form": form,
        "subject": None if is_new else subject,
        "used": [] if is_new else _used(subject),
        "changes": [] if is_new else changes_of(_KIND, subject.pk, words=_WORDS),
    }
    return render(request, "console/lines/subject.html", context, status=422 if form.errors else 200)


def _do_store(subject: Subject, form: SubjectForm, *, by: User, now: datetime) -> None:
    """Store the values of a valid form, and what they were before."""
    before = _said(subject) if subject.pk is not None else {}
    for name in FIELDS:
        setattr(subject, name, form.cleaned_data[name])
    subject.code = subject.code or _free_code(subject.name)
    subject.save()
    for authority_id, url in form.own_links().items():
        if url:
            SubjectLink.objects.update_or_create(subject=subject, authority_id=authority_id, defaults={"url": url})
        else:
            SubjectLink.objects.filter(subject=subject, authority_id=authority_id).delete()
    _note(subject, before, by=by, now=now)


def _set_retired(request: HttpRequest, subject: Subject, *, retires: bool) -> None:
    before = _said(subject)
    subject.retired_on = clock.today() if retires else None
    subject.save(update_fields=["retired_on"])
    _note(subject, before, by=user_of(request), now=clock.now())


def _note(subject: Subject, before: dict[str, Any], *, by: User, now: datetime) -> None:
    after = _said(subject)
    note(by, kind=_KIND, object_id=subject.pk, label=subject.name, before=before, after=after, now=now)
    hints.send_on_commit("line:0", "dispatch")


def _said(subject: Subject) -> dict[str, Any]:
    """Return a subject as the log keeps it."""
    plain = {name: getattr(subject, name) for name in FIELDS if name != "skill"}
    links = SubjectLink.objects.filter(subject=subject).select_related("authority").order_by("authority__name")
    return {
        **plain,
        "skill": subject.skill.name if subject.skill is not None else "",
        "links": [f"{each.authority.name}: {each.url}" for each in links],
        "retired_on": subject.retired_on.isoformat() if subject.retired_on is not None else "",
    }


def _free_code(name: str) -> str:
    base, number = slug_of(name), 1
    taken = set(Subject.objects.filter(code__startswith=base).values_list("code", flat=True))
    while (code := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return code


def _used(subject: Subject) -> list[str]:
    """Return where a subject is named, in sentences."""
    menus = MenuVersion.objects.filter(published_at__isnull=False, from_at__lte=clock.now()).select_related("line")
    in_force = {(each.line_id, each.language): each for each in menus.order_by("from_at")}
    lines = sorted({each.line.name for each in in_force.values() if _names(each.tree, subject.code)})
    tasks = (
        LineTask.objects.filter(subject=subject).values_list("line__name", flat=True).distinct().order_by("line__name")
    )
    units = Specialist.objects.filter(subjects=subject).values_list("name", flat=True).order_by("name")
    return [
        *(_("Telefonmenuen for %(line)s kan vælge det.") % {"line": line} for line in lines),
        *(_("%(line)s har en opgave om det.") % {"line": line} for line in tasks),
        *(_("Specialisterne %(unit)s hjælper med det.") % {"unit": unit} for unit in units),
    ]


def _names(tree: object, code: str) -> bool:
    """Tell whether a menu leads to a subject somewhere."""
    if isinstance(tree, dict):
        is_it = tree.get("do") == "subject" and tree.get("to") == code
        return is_it or any(_names(each, code) for each in tree.values())
    return isinstance(tree, list) and any(_names(each, code) for each in tree)
