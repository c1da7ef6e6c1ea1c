"""The way of a guide's common text from a draft to what is read, and back. Each inside the caller's transaction.

All editors of a guide work in the same draft. Each function locks the guide first, so that of two at once the second finds what the first
one did.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from borgerlinje.guides.actions import do_draft, do_publish
from borgerlinje.guides.clean import clean_content
from borgerlinje.guides.content import LANGUAGES, Content, Text
from borgerlinje.guides.merging import Conflict, Merged, merge
from borgerlinje.guides.models import Guide, GuideSave, GuideVersion, LocalVersion, State
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.kit.personal_data import check_no_cpr
from borgerlinje.staff.models import User

_EMPTY: Final = Content({LANGUAGES[0]: Text("", "")})


class OwnChangeError(BorgerlinjeError):
    """Somebody would approve what they wrote themselves."""

    code = "own_change"
    status = 403
    message = _("Du har selv skrevet i den. Bed en anden redaktør om at godkende den.")


class WrongStateError(BorgerlinjeError):
    """A version is not where it would have to be for what is asked."""

    code = "wrong_state"
    status = 409
    message = _("Udgaven er et andet sted nu: en anden har sendt, udgivet eller slettet den. Se guidens side.")


class OlderThanPublishedError(WrongStateError):
    """A newer version than the one to be approved is read already."""

    message = _(
        "En nyere udgave er udgivet i mellemtiden. Hent den gamle tekst frem i en ny kladde, hvis den skal gælde."
    )


class DraftOpenError(WrongStateError):
    """There is a draft already."""

    message = _("Der er allerede en kladde til guiden. Send den til godkendelse, eller slet den, og prøv igen.")


class IncompleteError(BorgerlinjeError):
    """A draft lacks something that a guide cannot be read without; `details["faults"]` says what."""

    code = "incomplete"
    status = 422
    message = _("Guiden mangler noget, før den kan sendes til godkendelse.")


class Fault(StrEnum):
    """What a guide lacks."""

    TITLE = "title"
    INTRO = "intro"
    STEPS = "steps"
    STEP_TEXT = "step_text"
    PICTURE_ALT = "picture_alt"
    CHANNELS = "channels"
    ENGLISH_TITLE = "english_title"
    ENGLISH_INTRO = "english_intro"


FAULT_TEXTS: Final = {
    Fault.TITLE: _("Guiden mangler en titel."),
    Fault.INTRO: _("Guiden mangler en indledning."),
    Fault.STEPS: _("Guiden skal have mindst ét trin, eller en tekst om, hvorfor det ikke kan ske digitalt."),
    Fault.STEP_TEXT: _("Et trin mangler sin tekst: hvad borgeren skal gøre."),
    Fault.PICTURE_ALT: _("Et billede mangler en tekst, der siger, hvad det viser."),
    Fault.CHANNELS: _("Vælg mindst én vej: selvbetjening, telefon eller personligt fremmøde."),
    Fault.ENGLISH_TITLE: _("Den engelske tekst mangler en titel."),
    Fault.ENGLISH_INTRO: _("Den engelske tekst mangler en indledning."),
}


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a save.

    `version` is where the text is now, another one than was meant where that was no draft any more (`is_moved`). `is_new`: anything was
    stored. `others` are the names of those whose work it was brought together with, `taken` the parts ("da:intro") that are theirs.
    """

    version: GuideVersion
    content: Content
    is_new: bool = True
    is_moved: bool = False
    conflicts: tuple[Conflict, ...] = ()
    taken: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def revision(self) -> int:
        """Return the revision that the next save begins from."""
        return self.version.revision


def check_complete(content: Content) -> list[Fault]:
    """Return everything that the text lacks before it can be read; `FAULT_TEXTS` says it in words."""
    danish, english = content.texts.get("da", Text("", "")), content.texts.get("en")
    steps = [step for text in content.texts.values() for step in text.steps]
    lacks = {
        Fault.TITLE: not danish.title,
        Fault.INTRO: not danish.intro,
        Fault.STEPS: not danish.steps and not danish.not_digital,
        Fault.STEP_TEXT: any(not step.text for step in steps),
        Fault.PICTURE_ALT: any(step.picture and not step.picture_alt for step in steps),
        Fault.CHANNELS: not content.channels,
        Fault.ENGLISH_TITLE: english is not None and not english.title,
        Fault.ENGLISH_INTRO: english is not None and not english.intro,
    }
    return [fault for fault, is_lacking in lacks.items() if is_lacking]


def open_draft(guide: Guide) -> GuideVersion | None:
    """Return the draft that is worked in; None where there is none."""
    return guide.versions.filter(state=State.DRAFT).order_by("-number").first()


def source_of(guide: Guide) -> GuideVersion | None:
    """Return the version that an editor goes on from: the draft, else what `do_start_draft` begins with; None for a guide without any."""
    return open_draft(guide) or _source(guide)


def do_start_draft(guide: Guide, *, now: datetime, by: User) -> GuideVersion:
    """Return the draft that is worked in, or a new one: from what is to be approved, else what is published, else the newest version."""
    locked = _locked(guide.pk)
    draft = open_draft(locked)
    if draft is not None:
        return draft
    source = _source(locked)
    content = source.content if source is not None else _EMPTY
    return do_draft(locked, content, now=now, by=by, based_on=source)


def do_save(version: GuideVersion, content: Content, *, base: int, now: datetime, by: User) -> Saved:
    """Store a draft that was begun from the revision `base`, cleaned, together with what others stored since.

    The same content again stores nothing. Where the version is no draft any more the text goes into the guide's draft, or into a new one.
    Raises CprInTextError.
    """
    content = clean_content(content)
    _check_no_cpr(content)
    guide = _locked(version.guide_id)
    version.refresh_from_db()
    begun_from = _revision(version, base)
    if version.state != State.DRAFT and content == begun_from and open_draft(guide) is None:
        return Saved(version, content, is_new=False)
    target = version if version.state == State.DRAFT else open_draft(guide) or do_start_draft(guide, now=now, by=by)
    is_moved = target.pk != version.pk
    stored = target.content
    merged = merge(begun_from, content, stored) if is_moved or base != version.revision else Merged(content)
    others = _others(target, after=0 if is_moved else base, by=by) if merged.taken or merged.conflicts else ()
    if merged.conflicts:
        # What was sent is kept as well: the page that shows it may never arrive.
        _do_store(target, content, now=now, by=by)
    is_new = merged.content != stored
    if is_new or merged.conflicts:
        _do_store(target, merged.content, now=now, by=by)
        _do_name(guide, merged.content)
    return Saved(target, merged.content, is_new, is_moved, merged.conflicts, merged.taken, others)


def do_send(version: GuideVersion, *, note: str, now: datetime, by: User) -> None:
    """Ask for a draft to be approved; `note` says what is changed. Raises WrongStateError, IncompleteError, CprInTextError."""
    check_no_cpr(note)
    _at(version, State.DRAFT)
    faults = check_complete(version.content)
    if faults:
        words = " ".join(str(FAULT_TEXTS[fault]) for fault in faults)
        raise IncompleteError(f"{IncompleteError.message} {words}", faults=faults)
    version.state, version.note, version.remark = State.IN_REVIEW, note, ""
    version.sent_at, version.sent_by = now, by
    version.save(update_fields=["state", "note", "remark", "sent_at", "sent_by"])


def do_return(version: GuideVersion, *, remark: str, now: datetime, by: User) -> GuideVersion:
    """Send a version back with what is to be changed. Returns the draft that carries on: another one where it was begun meanwhile.

    Raises WrongStateError, CprInTextError.
    """
    del by  # Everybody who writes may send back; the remark stands in the draft without a name.
    check_no_cpr(remark)
    guide = _at(version, State.IN_REVIEW)
    draft = open_draft(guide)
    version.state, version.remark = (State.DRAFT if draft is None else State.REPLACED), remark
    version.ended_at = None if draft is None else now
    version.save(update_fields=["state", "remark", "ended_at"])
    if draft is None:
        return version
    draft.remark = remark
    draft.save(update_fields=["remark"])
    return draft


def sending(version: GuideVersion | LocalVersion) -> str:
    """Return what tells one sending of a version from the next: what was read is what is approved."""
    return f"{version.pk}-{version.sent_at.isoformat() if version.sent_at else ''}"


def do_approve(version: GuideVersion, *, now: datetime, by: User, may_approve_own: bool, read: str = "") -> None:
    """Publish a version that was sent; `read` is the `sending` that was looked at, empty for whichever it is.

    Raises WrongStateError, OlderThanPublishedError, OwnChangeError.
    """
    guide = _at(version, State.IN_REVIEW)
    if read and read != sending(version):
        raise WrongStateError
    if not may_approve_own and is_own(version, by):
        raise OwnChangeError
    if guide.published is not None and guide.published.number > version.number:
        raise OlderThanPublishedError
    do_publish(version, now=now, by=by)


def is_own(version: GuideVersion, by: User) -> bool:
    """Return whether somebody made, stored or sent any of a version, or of one never published that it was begun from."""
    each: GuideVersion | None = version
    while each is not None and each.published_at is None:
        if by.pk in {each.made_by_id, each.sent_by_id} or each.saves.filter(saved_by=by).exists():
            return True
        each = each.based_on
    return False


def do_withdraw(guide: Guide, *, now: datetime, by: User) -> GuideVersion:
    """Let a guide be read no more; its text is kept. Raises WrongStateError where nothing is published."""
    del by
    locked = _locked(guide.pk)
    version = locked.published
    if version is None:
        raise WrongStateError
    version.state, version.ended_at = State.WITHDRAWN, now
    version.save(update_fields=["state", "ended_at"])
    locked.published = None
    locked.save(update_fields=["published"])
    guide.published = None
    return version


def do_restore(version: GuideVersion, *, now: datetime, by: User) -> GuideVersion:
    """Return a new draft with what an old version said. Raises DraftOpenError where there is a draft."""
    guide = _locked(version.guide_id)
    if open_draft(guide) is not None:
        raise DraftOpenError
    return do_draft(guide, version.content, now=now, by=by, based_on=version)


def do_drop(version: GuideVersion) -> None:
    """Throw a draft away, with all that was stored in it. Raises WrongStateError for anything but a draft."""
    guide = _at(version, State.DRAFT)
    guide.versions.filter(based_on=version).update(based_on=version.based_on_id)
    version.delete()


def _locked(guide_id: int) -> Guide:
    # Of itself alone: what is joined can be absent, and is not to be locked.
    return Guide.objects.select_for_update(of=("self",)).select_related("published").get(pk=guide_id)


def _at(version: GuideVersion, state: State) -> Guide:
    """Lock the version's guide and return it. Raises WrongStateError where the version is gone or elsewhere."""
    guide = _locked(version.guide_id)
    try:
        version.refresh_from_db()
    except GuideVersion.DoesNotExist as error:
        raise WrongStateError from error
    if version.state != state:
        raise WrongStateError
    return guide


def _source(guide: Guide) -> GuideVersion | None:
    sent = guide.versions.filter(state=State.IN_REVIEW).order_by("-number").first()
    return sent or guide.published or guide.versions.order_by("-number").first()


def _revision(version: GuideVersion, number: int) -> Content:
    """Return what a draft said at a revision; nothing at all for one that is not kept, so that no text counts as unchanged."""
    if number == version.revision:
        return version.content
    save = version.saves.filter(revision=number).first()
    return Content.of(save.stored) if save is not None else _EMPTY


def _others(version: GuideVersion, *, after: int, by: User) -> tuple[str, ...]:
    saves = version.saves.filter(revision__gt=after).exclude(saved_by=by).select_related("saved_by")
    names = [str(save.saved_by) for save in saves if save.saved_by is not None]
    return tuple(dict.fromkeys(names))


def _do_store(version: GuideVersion, content: Content, *, now: datetime, by: User) -> None:
    if version.revision == 0:
        # What the draft was begun with, for whoever opened it before it was stored the first time.
        GuideSave.objects.create(
            version=version, revision=0, stored=version.stored, saved_at=version.made_at, saved_by=version.made_by
        )
    version.revision, version.stored = version.revision + 1, content.stored()
    version.save(update_fields=["revision", "stored"])
    GuideSave.objects.create(
        version=version, revision=version.revision, stored=version.stored, saved_at=now, saved_by=by
    )


def _do_name(guide: Guide, content: Content) -> None:
    """Let a guide that was never read be called as its draft is."""
    title, english = content.text("da").title, content.texts.get("en")
    title_en = english.title if english is not None else ""
    if guide.published_id is None and title and (guide.title, guide.title_en) != (title, title_en):
        guide.title, guide.title_en = title, title_en
        guide.save(update_fields=["title", "title_en"])


def _check_no_cpr(content: Content) -> None:
    for text in content.texts.values():
        for step in text.steps:
            for each in (step.text, step.say, step.sees, step.picture_alt):
                check_no_cpr(each)
        for each in (text.title, text.intro, text.not_digital, *text.have, *text.mistakes):
            check_no_cpr(each)
    for each in (
        content.unit,
        content.legal_basis,
        content.facts_from,
        *(w for ws in content.words.values() for w in ws),
    ):
        check_no_cpr(each)
