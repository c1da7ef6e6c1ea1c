"""What the demo's editors are in the middle of, so that their pages have something to show. Invented, and done once, as they would do it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from borgerlinje.cooperation.models import Authority
from borgerlinje.demo import facts, guide_drawings, kle
from borgerlinje.guides import drafting, local, pictures
from borgerlinje.guides.actions import do_add_guide, do_publish
from borgerlinje.guides.content import Content, Step, Text
from borgerlinje.guides.markdown import Read
from borgerlinje.guides.models import Guide, GuideVersion, LocalGuide, LocalVersion
from borgerlinje.guides.overlay import Fact, Overlay
from borgerlinje.kit import clock
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.kit.pictures import Flaw
from borgerlinje.staff.models import User

# Who keeps the guides of which subjects.
_KEEPERS: Final = {
    "guideredaktoer": ("mitid", "digital-post", "fuldmagt", "flytning", "pas", "koerekort", "sundhedskort", "natur"),
    "guideredaktoer2": (
        "folkepension",
        "boligstoette",
        "skat",
        "boernepenge",
        "dagtilbud",
        "skole",
        "valg",
        "nemkonto",
    ),
}
_OWNED: Final = ("hul-i-vejen", "lokaler-og-idraetshaller", "madservice", "parkeringstilladelse", "udeservering")
_OWNER, _LOCAL_OWNER = "370", "330"
# Days from today until a guide is to be gone through.
_REVIEWS: Final = {"fisketegn": -20, "jagttegn": 14}

_BEGUN, _SENT, _PICTURED, _LOCAL = "nemkonto", "laegevalg", "digital-post-laes", "lydboeger-og-bibliotek"
_BEGUN_MISTAKE: Final = {"da": "Demo: Man tror, at kommunen kan se, hvilken konto der er NemKonto."}
_SENT_MISTAKE: Final = {
    "da": "Demo: Man tror, at den gamle læge får besked af sig selv.",
    "en": "Demo: Believing that the old doctor is told automatically.",
}
_SENT_NOTE: Final = "Demo: en fejl mere, som mange begår"
_PICTURES_NOTE: Final = "Demo: tegninger af indbakken og af et brev"
_LOCAL_NOTE: Final = "Demo: hvornår biblioteket har åbent"
_LOCAL_FACTS: Final = (Fact("Åbent", "Demo: mandag–lørdag 10–17", "Open", "Demo: Monday–Saturday 10–17"),)
# How each is drawn, its file's name, and what it shows in words.
_DRAWINGS: Final[tuple[tuple[Callable[[], bytes], str, Mapping[str, str]], ...]] = (
    (
        guide_drawings.inbox,
        "demo-indbakke.png",
        {
            "da": "Demo, tegning: en indbakke med fire breve, det øverste er valgt.",
            "en": "Demo, drawing: an inbox with four letters, the first one is chosen.",
        },
    ),
    (
        guide_drawings.letter,
        "demo-brev.png",
        {
            "da": "Demo, tegning: et åbent brev med en vedhæftet fil og knappen Svar.",
            "en": "Demo, drawing: an open letter with an attached file and the button Svar (answer).",
        },
    ),
)
_WITHDRAWN: Final = Read(
    slug="nemid",
    subject="demo-mitid",
    content=Content(
        texts={
            "da": Text(
                "Log på med NemID",
                "Demo: NemID er lukket, og guiden er trukket tilbage. Teksten er gemt.",
                steps=(Step("s1", "Find dit nøglekort."), Step("s2", "Skriv bruger-ID, adgangskode og nøgle.")),
            ),
            "en": Text(
                "Log in with NemID",
                "Demo: NemID is closed, and the guide is withdrawn. The text is kept.",
                steps=(Step("s1", "Find your key card."), Step("s2", "Enter user ID, password and key.")),
            ),
        },
        channels=("self_service",),
    ),
)


class DrawingError(BorgerlinjeError):
    """A drawing of the demo's own is no picture that guides take."""

    code = "demo_drawing"


def create(*, now: datetime) -> None:
    """Leave work half done, where no editor has written anything yet."""
    if any(model.objects.filter(made_by__isnull=False).exists() for model in (GuideVersion, LocalVersion)):
        return
    first, second, at_member = (_user(each) for each in ("guideredaktoer", "guideredaktoer2", "lokalredaktoer"))
    _do_share_out()
    guides = Guide.objects.filter(is_demo=True, published__isnull=False)
    for guide in guides.filter(slug=_BEGUN):
        _do_write(guide, _BEGUN_MISTAKE, now=now, by=first)
    for guide in guides.filter(slug=_SENT):
        drafting.do_send(_do_write(guide, _SENT_MISTAKE, now=now, by=first), note=_SENT_NOTE, now=now, by=first)
    for guide in guides.filter(slug=_PICTURED):
        _do_illustrate(guide, now=now, by=first, approved_by=second)
    for guide in guides.filter(slug=_LOCAL):
        _do_send_local(guide, now=now, by=at_member)
    _do_withdraw(now=now, by=first)


def _do_share_out() -> None:
    """Say who answers for the guides and who keeps them, and when some are to be gone through."""
    guides = Guide.objects.filter(is_demo=True)
    for account, subjects in _KEEPERS.items():
        guides.filter(subject__code__in=[f"demo-{each}" for each in subjects]).update(keeper=_user(account))
    guides.filter(slug__in=_OWNED).update(owner=Authority.objects.get(code=_OWNER))
    LocalGuide.objects.filter(authority__code=_LOCAL_OWNER).update(keeper=_user("lokalredaktoer"))
    for slug, days in _REVIEWS.items():
        read = GuideVersion.objects.filter(guide__slug=slug, state=GuideVersion.State.PUBLISHED)
        read.update(review_on=clock.today() + timedelta(days=days))


def _do_write(guide: Guide, mistake: Mapping[str, str], *, now: datetime, by: User) -> GuideVersion:
    """Return a draft with one more thing that often goes wrong, in the languages that it is told in."""
    draft = drafting.do_start_draft(guide, now=now, by=by)
    texts = {
        language: replace(text, mistakes=(*text.mistakes, mistake[language])) if language in mistake else text
        for language, text in draft.content.texts.items()
    }
    drafting.do_save(draft, replace(draft.content, texts=texts), base=draft.revision, now=now, by=by)
    return draft


def _do_illustrate(guide: Guide, *, now: datetime, by: User, approved_by: User) -> None:
    """Publish a guide with drawings at the first steps that say what is seen."""
    draft = drafting.do_start_draft(guide, now=now, by=by)
    seen = [step.key for step in draft.content.text("da").steps if step.sees]
    shown = {
        key: (_do_keep(guide, draw(), name, now=now, by=by), alt)
        for key, (draw, name, alt) in zip(seen, _DRAWINGS, strict=False)
    }
    texts = {
        language: replace(text, steps=tuple(_illustrated(step, shown, language) for step in text.steps))
        for language, text in draft.content.texts.items()
    }
    drafting.do_save(draft, replace(draft.content, texts=texts), base=draft.revision, now=now, by=by)
    drafting.do_send(draft, note=_PICTURES_NOTE, now=now, by=by)
    drafting.do_approve(draft, now=now, by=approved_by, may_approve_own=False)


def _illustrated(step: Step, shown: Mapping[str, tuple[str, Mapping[str, str]]], language: str) -> Step:
    if step.key not in shown:
        return step
    picture, alt = shown[step.key]
    return replace(step, picture=picture, picture_alt=alt[language])


def _do_keep(guide: Guide, drawing: bytes, name: str, *, now: datetime, by: User) -> str:
    """Store a picture and return its key. Raises DrawingError."""
    drawn = pictures.draw(drawing, name=name, slug=guide.slug)
    if isinstance(drawn, Flaw):
        raise DrawingError(str(pictures.FLAW_TEXTS[drawn]))
    return pictures.do_keep(guide, drawn, now=now, by=by).key


def _do_send_local(guide: Guide, *, now: datetime, by: User) -> None:
    """Ask for a member's local text of a guide to be approved: what it says already, if anything, and when there is open."""
    member = Authority.objects.get(code=_LOCAL_OWNER)
    source = local.source_of(local.local_of(guide, member))
    said = source.overlay if source is not None else Overlay()
    more = replace(said, facts=(*said.facts, *_LOCAL_FACTS))
    saved = local.do_save(guide, member, more, base=local.token(source), now=now, by=by)
    if saved.is_new and saved.version is not None:
        local.do_send(saved.version, note=_LOCAL_NOTE, now=now, by=by)


def _do_withdraw(*, now: datetime, by: User) -> None:
    """Store a guide that was read until a week ago, where there is none by its name."""
    if Guide.objects.filter(slug=_WITHDRAWN.slug).exists():
        return
    begun = now - timedelta(days=400)
    version = do_add_guide(kle.numbered(_WITHDRAWN), now=begun, is_demo=True)
    do_publish(version, now=begun)
    drafting.do_withdraw(version.guide, now=now - timedelta(days=7), by=by)


def _user(account: str) -> User:
    return User.objects.get(email=f"{account}@{facts.MAIL_DOMAIN}")
