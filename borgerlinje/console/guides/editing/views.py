"""Writing a guide's common text: one form, stored by its buttons, and by the page's script while one writes."""

from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from borgerlinje.console.guides.access import EDITS, edits_common
from borgerlinje.console.guides.editing import form, page
from borgerlinje.console.guides.editing.page import Shown
from borgerlinje.console.standing import user_of
from borgerlinje.guides import pictures
from borgerlinje.guides.content import LANGUAGES, Content, Text
from borgerlinje.guides.drafting import Saved, do_save, do_start_draft, source_of
from borgerlinje.guides.models import Guide, GuideSave, GuideVersion
from borgerlinje.kit import clock
from borgerlinje.kit.errors import NotAllowedError
from borgerlinje.kit.pictures import Flaw
from borgerlinje.staff.permission import allowed

_MOVES = {"up": -1, "down": 1}
_MOST_DIGITS = 18


@allowed(*EDITS)
@require_http_methods(["GET", "HEAD", "POST"])
def guide_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a guide's draft, or store what was written; `do` says what was done to a block. Raises NotAllowedError for who does not write it."""
    guide = access_guide(request, slug)
    if request.method == "POST":
        return _store(request, guide)
    version = source_of(guide)
    content = version.content if version is not None else Content({LANGUAGES[0]: Text(guide.title, "")})
    keys, fresh = form.keys_of(content), ""
    if "nyt" in request.GET:
        keys, fresh = form.with_blank_step(content, request.GET["nyt"])
    return page.answer(request, Shown(guide, version, content, keys, fresh, removed=request.GET.get("fjernet", "")))


def access_guide(request: HttpRequest, slug: str) -> Guide:
    """Return a guide whose common text the person writes. Raises Http404, NotAllowedError."""
    guide = Guide.objects.select_related("published").filter(slug=slug).first()
    if guide is None:
        raise Http404
    if not edits_common(request, guide):
        raise NotAllowedError
    return guide


def _store(request: HttpRequest, guide: Guide) -> HttpResponse:
    data = request.POST.copy()
    act, _colon, value = data.get("do", "").partition(":")
    is_script = "application/json" in request.headers.get("Accept", "")
    faults = {} if is_script else _do_pictures(request, guide, data)
    if act == "unpicture":
        data[f"step-{value}-picture"] = ""
    if act == "use":
        form.take_own(data, value)
    sent = form.read(data, form.sent_keys(data))
    version = _version(request, guide, data)
    was_draft = data.get("is_draft") == "1"
    faults |= sent.faults
    if faults:
        base = _number(data, "base")
        shown = Shown(guide, version, sent.content, sent.keys, faults=faults, was_draft=was_draft, base=base)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return page.answer_json(request, shown) if is_script else page.answer(request, shown, status=status)
    saved = _do_store(request, version, sent.content, base=_number(data, "base"))
    saved, query, anchor = _do_act(request, saved, data, act, value)
    shown = Shown(guide, saved.version, saved.content, form.keys_of(saved.content), saved=saved, was_draft=was_draft)
    if is_script:
        return page.answer_json(request, shown)
    if saved.conflicts or saved.taken or (saved.is_moved and was_draft):
        return page.answer(request, shown)
    return redirect(f"{reverse('console:guide_edit', args=[guide.slug])}?{urlencode({'gemt': '1', **query})}#{anchor}")


def _do_act(
    request: HttpRequest, saved: Saved, data: QueryDict, act: str, value: str
) -> tuple[Saved, dict[str, str], str]:
    """Do to the stored steps what a button says. Returns what is stored then, what the page shows of it, and where one goes on."""
    keys = form.keys_of(saved.content)
    if act == "add":
        # Something that says nothing is not stored: the page shows a block to begin in.
        return saved, {"nyt": value}, "nyt-trin"
    if act in _MOVES and value in keys:
        at = keys.index(value)
        to = min(max(at + _MOVES[act], 0), len(keys) - 1)
        keys.insert(to, keys.pop(at))
        return _again(request, saved, _ordered(saved.content, keys)), {}, f"trin-{value}"
    if act == "remove" and value in keys:
        at = keys.index(value)
        keys.remove(value)
        after = _again(request, saved, _ordered(saved.content, keys))
        removed = f"{after.version.pk}:{after.revision - 1}:{value}"
        return after, {"fjernet": removed}, f"trin-{keys[min(at, len(keys) - 1)]}" if keys else "trin"
    if act == "bring":
        return _again(request, saved, _brought(saved, value)), {}, f"trin-{value.rpartition(':')[2]}"
    return saved, {}, data.get("anchor", "") or (f"trin-{value}" if value in keys else "")


def _brought(saved: Saved, value: str) -> Content:
    """Return the content with a step that was removed, as it was stored at a revision (`VERSION:REVISION:KEY`), in the place it had."""
    version_id, revision, key = [*value.split(":"), "", ""][:3]
    is_ours = all(each.isdecimal() and len(each) <= _MOST_DIGITS for each in (version_id, revision))
    if not is_ours or int(version_id) != saved.version.pk:
        raise Http404
    was = GuideSave.objects.filter(version=saved.version, revision=int(revision)).first()
    if was is None or key in form.keys_of(saved.content):
        return saved.content
    old = Content.of(was.stored)
    texts = dict(saved.content.texts)
    for language, text in old.texts.items():
        step = next((each for each in text.steps if each.key == key), None)
        if step is not None and language in texts:
            texts[language] = replace(texts[language], steps=(*texts[language].steps, step))
    keys = form.keys_of(saved.content)
    keys.insert(min(form.keys_of(old).index(key), len(keys)) if key in form.keys_of(old) else len(keys), key)
    return _ordered(replace(saved.content, texts=texts), keys)


def _ordered(content: Content, keys: list[str]) -> Content:
    """Return the content with these steps alone, in this order."""
    texts = {}
    for language, text in content.texts.items():
        found = {step.key: step for step in text.steps}
        texts[language] = replace(text, steps=tuple(found[key] for key in keys if key in found))
    return replace(content, texts=texts)


def _do_store(request: HttpRequest, version: GuideVersion, content: Content, *, base: int) -> Saved:
    return do_save(version, content, base=base, now=clock.now(), by=user_of(request))


def _again(request: HttpRequest, saved: Saved, content: Content) -> Saved:
    """Store once more in the same request, and keep what the first time is to be said of."""
    again = _do_store(request, saved.version, content, base=saved.revision)
    return replace(
        again,
        is_moved=saved.is_moved,
        conflicts=saved.conflicts,
        taken=saved.taken,
        others=saved.others,
    )


def _do_pictures(request: HttpRequest, guide: Guide, data: QueryDict) -> dict[str, str]:
    """Keep the pictures that came with the form, and name them in it. Returns what is wrong with those that are none, by field."""
    faults = {}
    for key in form.sent_keys(data):
        file = request.FILES.get(f"step-{key}-file")
        if file is None:
            continue
        is_large = (file.size or 0) > pictures.LARGEST_BYTES
        drawn = Flaw.TOO_LARGE if is_large else pictures.draw(file.read(), name=file.name or "", slug=guide.slug)
        if isinstance(drawn, Flaw):
            faults[f"step-{key}-file"] = str(pictures.FLAW_TEXTS[drawn])
        else:
            data[f"step-{key}-picture"] = drawn.key
            pictures.do_keep(guide, drawn, now=clock.now(), by=user_of(request))
    return faults


def _version(request: HttpRequest, guide: Guide, data: QueryDict) -> GuideVersion:
    """Return the version that was written in; the guide's draft where the page knew of none."""
    found = guide.versions.filter(pk=_number(data, "version")).first()
    return found or do_start_draft(guide, now=clock.now(), by=user_of(request))


def _number(data: QueryDict, name: str) -> int:
    value = data.get(name, "")
    # As large as the column is: anything else is no number of ours.
    is_number = value.isascii() and value.isdecimal() and len(value) <= _MOST_DIGITS
    return int(value) if is_number and int(value) < 2**31 else 0
