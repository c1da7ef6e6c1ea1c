"""The way of a member's local text from a draft to what its citizens read, and back. Each inside the caller's transaction.

All editors of an authority work in the same draft. A save names the text it was begun from (`token`): where somebody else has stored another
since, nothing is stored and both texts are handed back, so that no work is lost. Each function locks the local guide first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.behind import behind
from borgerlinje.guides.clean import one_line
from borgerlinje.guides.drafting import (
    DraftOpenError,
    OlderThanPublishedError,
    OwnChangeError,
    WrongStateError,
    sending,
)
from borgerlinje.guides.models import Guide, GuideVersion, LocalGuide, LocalVersion, State
from borgerlinje.guides.overlay import LocalText, Overlay, parts
from borgerlinje.kit.personal_data import check_no_cpr
from borgerlinje.staff.models import User


@dataclass(frozen=True, slots=True)
class SavedLocal:
    """What became of a save. `is_refused`: another text was stored meanwhile, `version` holds it, and nothing of what was sent is stored."""

    version: LocalVersion | None
    is_new: bool = False
    is_refused: bool = False


def token(version: LocalVersion | None) -> str:
    """Return the name of the text that a form is filled with; empty where there is none."""
    return f"{version.pk}:{version.revision}" if version is not None else ""


def local_of(guide: Guide, authority: Authority) -> LocalGuide | None:
    """Return an authority's own part of a guide; None where it has none."""
    found = guide.local.filter(authority=authority)
    return found.select_related("published", "held_against", "authority", "keeper").first()


def open_draft(local: LocalGuide) -> LocalVersion | None:
    """Return the draft that is worked in; None where there is none."""
    return local.versions.filter(state=State.DRAFT).order_by("-number").first()


def source_of(local: LocalGuide | None) -> LocalVersion | None:
    """Return what an editor goes on from: the draft, what is to be approved, what is read, else the newest; None where there is nothing."""
    if local is None:
        return None
    sent = local.versions.filter(state=State.IN_REVIEW).order_by("-number").first()
    return open_draft(local) or sent or local.published or local.versions.order_by("-number").first()


def do_save(guide: Guide, authority: Authority, overlay: Overlay, *, base: str, now: datetime, by: User) -> SavedLocal:
    """Store a local text that was begun from `base`, cleaned, in the draft or in a new one. The same again stores nothing.

    Raises CprInTextError.
    """
    overlay = clean_overlay(overlay)
    _check_no_cpr(overlay)
    local = _locked_of(guide, authority)
    current = source_of(local)
    stored = current.overlay if current is not None else Overlay()
    if overlay == stored:
        return SavedLocal(current)
    if base != token(current):
        return SavedLocal(current, is_refused=True)
    if current is not None and current.state == State.DRAFT:
        current.stored, current.revision = overlay.stored(), current.revision + 1
        current.save(update_fields=["stored", "revision"])
        target = current
    else:
        target = do_draft(local, overlay, now=now, by=by, over=_over(local, overlay, guide))
    # Who approves it approves what others wrote before as well, where nobody has approved that.
    is_unread = current is not None and current.pk != target.pk and current.state == State.IN_REVIEW
    target.writers.add(by, *(current.writers.all() if current is not None and is_unread else ()))
    return SavedLocal(target, is_new=True)


def do_draft(
    local: LocalGuide, overlay: Overlay, *, now: datetime, by: User | None, over: GuideVersion | None
) -> LocalVersion:
    """Store a new version of a local text, to be worked on, over a common one. The caller has locked the local guide."""
    last = local.versions.order_by("-number").first()
    return LocalVersion.objects.create(
        local=local,
        number=last.number + 1 if last else 1,
        stored=overlay.stored(),
        over=over,
        made_at=now,
        made_by=by,
    )


def do_send(version: LocalVersion, *, note: str, now: datetime, by: User) -> None:
    """Ask for a draft to be approved; `note` says what is changed. Raises WrongStateError, CprInTextError."""
    check_no_cpr(note)
    _at(version, State.DRAFT)
    version.state, version.note, version.remark = State.IN_REVIEW, note, ""
    version.sent_at, version.sent_by = now, by
    version.save(update_fields=["state", "note", "remark", "sent_at", "sent_by"])


def do_return(version: LocalVersion, *, remark: str, now: datetime) -> LocalVersion:
    """Send a version back with what is to be changed. Returns the draft that carries on: another one where it was begun meanwhile.

    Raises WrongStateError, CprInTextError.
    """
    check_no_cpr(remark)
    local = _at(version, State.IN_REVIEW)
    draft = open_draft(local)
    version.state, version.remark = (State.DRAFT if draft is None else State.REPLACED), remark
    version.ended_at = None if draft is None else now
    version.save(update_fields=["state", "remark", "ended_at"])
    if draft is None:
        return version
    draft.remark = remark
    draft.save(update_fields=["remark"])
    return draft


def do_approve(version: LocalVersion, *, now: datetime, by: User, may_approve_own: bool, read: str = "") -> None:
    """Publish a version that was sent; `read` is the `sending` that was looked at, empty for whichever it is.

    Raises WrongStateError, OlderThanPublishedError, OwnChangeError.
    """
    local = _at(version, State.IN_REVIEW)
    if read and read != sending(version):
        raise WrongStateError
    if not may_approve_own and is_own(version, by):
        raise OwnChangeError
    if local.published is not None and local.published.number > version.number:
        raise OlderThanPublishedError
    do_publish(version, now=now, by=by)


def is_own(version: LocalVersion, by: User) -> bool:
    """Return whether somebody made, stored or sent any of a version."""
    return by.pk in {version.made_by_id, version.sent_by_id} or version.writers.filter(pk=by.pk).exists()


def do_publish(version: LocalVersion, *, now: datetime, by: User | None = None) -> None:
    """Let a local version be what the authority's citizens read; the one before it is kept, and no longer read."""
    local = _locked(version.local_id)
    local.versions.filter(state=State.PUBLISHED).update(state=State.REPLACED, ended_at=now)
    version.state, version.published_at, version.approved_by = State.PUBLISHED, now, by
    version.save(update_fields=["state", "published_at", "approved_by"])
    local.published, local.held_against = version, version.over
    common = local.guide.published
    if common is not None and not behind(local, version.overlay, common):
        local.held_against = common
    local.save(update_fields=["published", "held_against"])


def do_withdraw(local: LocalGuide, *, now: datetime) -> LocalVersion:
    """Let the authority's citizens read the common text alone; the local one is kept. Raises WrongStateError where nothing is published."""
    locked = _locked(local.pk)
    version = locked.published
    if version is None:
        raise WrongStateError
    version.state, version.ended_at = State.WITHDRAWN, now
    version.save(update_fields=["state", "ended_at"])
    locked.published = None
    locked.save(update_fields=["published"])
    return version


def do_restore(version: LocalVersion, *, now: datetime, by: User) -> LocalVersion:
    """Return a new draft with what an old version said. Raises DraftOpenError where there is a draft."""
    local = _locked(version.local_id)
    if open_draft(local) is not None:
        raise DraftOpenError
    draft = do_draft(local, version.overlay, now=now, by=by, over=version.over)
    draft.writers.add(by)
    if version.published_at is None:
        # Nobody has approved it: who wrote it has a part in the draft.
        draft.writers.add(*version.writers.all(), *([version.made_by] if version.made_by else []))
    return draft


def do_drop(version: LocalVersion) -> None:
    """Throw a draft away. Raises WrongStateError for anything but a draft."""
    _at(version, State.DRAFT)
    version.delete()


def do_hold(local: LocalGuide, common: GuideVersion) -> None:
    """Note that the authority has looked at what changed up to a common version, and that its own text still holds."""
    locked = _locked(local.pk)
    locked.held_against = common
    locked.save(update_fields=["held_against"])
    locked.versions.filter(state__in=(State.DRAFT, State.IN_REVIEW)).update(over=common)


def do_give(local: LocalGuide, keeper: User | None) -> None:
    """Say who keeps a local text, and is told when the common one moves under it; None: all editors of the authority."""
    locked = _locked(local.pk)
    locked.keeper = keeper
    locked.save(update_fields=["keeper"])


def clean_overlay(overlay: Overlay) -> Overlay:
    """Return an overlay with every text cleaned and on one line; what says nothing is gone."""
    facts = (
        replace(each, **{name: one_line(getattr(each, name)) for name in ("label", "value", "label_en", "value_en")})
        for each in overlay.facts
    )
    texts = {language: _clean_text(text) for language, text in overlay.texts.items()}
    words = {language: _items(items) for language, items in overlay.words.items()}
    return Overlay(
        texts={language: text for language, text in texts.items() if text != LocalText()},
        facts=tuple(each for each in facts if each.label or each.value),
        words={language: items for language, items in words.items() if items},
        unit=one_line(overlay.unit),
    )


def _clean_text(text: LocalText) -> LocalText:
    steps = {key: _said(said) for key, said in text.steps.items()}
    added = {name: _items(items) for name, items in text.added.items()}
    return LocalText(
        replaced=_said(text.replaced),
        added={name: items for name, items in added.items() if items},
        steps={key: said for key, said in steps.items() if said},
    )


def _said(texts: Mapping[str, str]) -> dict[str, str]:
    cleaned = {name: one_line(text) for name, text in texts.items()}
    return {name: text for name, text in cleaned.items() if text}


def _items(items: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(item for each in items if (item := one_line(each)))


def _check_no_cpr(overlay: Overlay) -> None:
    for text in parts(overlay).values():
        check_no_cpr(text)


def _over(local: LocalGuide, overlay: Overlay, guide: Guide) -> GuideVersion | None:
    """Return the common version that a new draft is written over: the newest, but where something changed under it that is still to be looked at."""
    if local.published is None or not behind(local, overlay, guide.published):
        return guide.published
    return local.held_against


def _locked_of(guide: Guide, authority: Authority) -> LocalGuide:
    return _locked(LocalGuide.objects.get_or_create(guide=guide, authority=authority)[0].pk)


def _locked(local_id: int) -> LocalGuide:
    # Of itself alone: what is joined can be absent, and is not to be locked.
    joined = ("published", "held_against", "guide__published")
    return LocalGuide.objects.select_for_update(of=("self",)).select_related(*joined).get(pk=local_id)


def _at(version: LocalVersion, state: State) -> LocalGuide:
    """Lock the version's local guide and return it. Raises WrongStateError where the version is gone or elsewhere."""
    local = _locked(version.local_id)
    try:
        version.refresh_from_db()
    except LocalVersion.DoesNotExist as error:
        raise WrongStateError from error
    if version.state != state:
        raise WrongStateError
    return local
