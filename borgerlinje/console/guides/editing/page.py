"""The editor's page: the guide's text as blocks, and what is to be said about the last save."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from borgerlinje.console.guides.editing import form
from borgerlinje.console.guides.editing.words import COMPLEXITIES, LANGUAGE_NAMES, STEP_PARTS, part_name
from borgerlinje.guides.channels import CHANNELS
from borgerlinje.guides.content import LANGUAGES, Content, Text
from borgerlinje.guides.drafting import Saved
from borgerlinje.guides.life_events import EVENTS
from borgerlinje.guides.models import Guide, GuideVersion, State
from borgerlinje.kit import clock
from borgerlinje.kit.templatetags.kit import at_clock

_LISTS = ("words", "have", "mistakes")
_LINES = ("title", "intro", "not_digital")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows: `version` is what is written in (None: nothing yet), `keys` the steps' in order, `fresh` the one to begin in.

    `base` is the revision that was written from where nothing was stored; None: what is stored.
    """

    guide: Guide
    version: GuideVersion | None
    content: Content
    keys: list[str]
    fresh: str = ""
    faults: dict[str, str] = field(default_factory=dict)
    saved: Saved | None = None
    was_draft: bool = True
    removed: str = ""
    base: int | None = None


def answer(request: HttpRequest, shown: Shown, *, status: int = 200) -> HttpResponse:
    """Show the editor."""
    return render(request, "console/guides/edit.html", context(request, shown), status=status)


def answer_json(request: HttpRequest, shown: Shown) -> JsonResponse:
    """Answer a save of the page's script: the revision it goes on from, and the form anew where others' work came into it."""
    saved = shown.saved
    if saved is None:
        return JsonResponse({"faults": shown.faults}, status=422)
    is_moved = saved.is_moved and shown.was_draft
    told = {
        "version": saved.version.pk,
        "revision": saved.revision,
        "text": _("Gemt kl. %(time)s") % {"time": at_clock(clock.now())},
    }
    if saved.conflicts or saved.taken or is_moved:
        told["html"] = render_to_string("console/guides/edit_form.html", context(request, shown), request)
    return JsonResponse(told)


def context(request: HttpRequest, shown: Shown) -> dict[str, Any]:
    """Return what the editor's templates are filled with."""
    content, keys = shown.content, shown.keys or [form.new_key()]
    text = {language: content.texts.get(language, Text("", "")) for language in LANGUAGES}
    fields = {name: {language: getattr(text[language], name) for language in LANGUAGES} for name in _LINES}
    fields |= {
        name: {language: "\n".join(_items(content, name, language)) for language in LANGUAGES} for name in _LISTS
    }
    chosen = [*content.channels, "", "", ""][: len(CHANNELS)]
    saved = shown.saved
    return {
        "guide": shown.guide,
        "version": shown.version,
        "base": shown.base if shown.base is not None else shown.version.revision if shown.version else 0,
        "is_draft": shown.was_draft if shown.base is not None else _is(shown, State.DRAFT),
        "is_in_review": _is(shown, State.IN_REVIEW),
        "fields": fields,
        "content": content,
        "steps": form.blocks(content, keys),
        "blank_steps": form.blocks(Content({}), ["__key__"]),
        "languages": list(LANGUAGE_NAMES.items()),
        "step_parts": [(part, STEP_PARTS[part]) for part in ("text", "say", "sees")],
        "fresh": shown.fresh,
        "faults": shown.faults,
        "has_english": "en" in content.texts,
        "life_events": [(each.code, each.name) for each in EVENTS],
        "channels": list(CHANNELS.items()),
        "chosen": chosen,
        "complexities": list(COMPLEXITIES.items()),
        "conflicts": [(each, part_name(each.name, keys)) for each in saved.conflicts] if saved else [],
        "taken": [part_name(each, keys) for each in saved.taken] if saved else [],
        "others": ", ".join(saved.others) if saved else "",
        "is_moved": saved is not None and saved.is_moved and shown.was_draft,
        "removed": shown.removed,
        "who": request.user.pk,
    }


def _items(content: Content, name: str, language: str) -> tuple[str, ...]:
    if name == "words":
        return tuple(content.words.get(language, ()))
    return tuple(getattr(content.texts.get(language, Text("", "")), name))


def _is(shown: Shown, state: State) -> bool:
    return shown.version is not None and shown.version.state == state
