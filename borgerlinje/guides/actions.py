"""What is done to guides. Each inside the caller's transaction."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from borgerlinje.guides.carrying.solutions import clean_solution
from borgerlinje.guides.clean import clean_content
from borgerlinje.guides.content import Content
from borgerlinje.guides.markdown import Read
from borgerlinje.guides.models import Guide, GuideVersion, LocalGuide, Solution
from borgerlinje.guides.telling import do_tell
from borgerlinje.lines.models import Subject
from borgerlinje.staff.models import User

REVIEW_DAYS: Final = 365
_SOLUTION: Final = ("name_en", "purpose", "purpose_en", "owner", "owner_kind", "address", "per_authority", "sign_in")
_SOLUTION_LISTS: Final = ("at_hand", "at_hand_en", "exempt", "exempt_en")


def do_add_guide(read: Read, *, now: datetime, by: User | None = None, is_demo: bool = False) -> GuideVersion:
    """Store a guide that is not there yet, with its solution where that is not there, as a draft."""
    guide = Guide.objects.create(
        slug=read.slug,
        title=read.content.text("da").title,
        title_en=read.content.text("en").title if "en" in read.content.texts else "",
        subject=Subject.objects.filter(code=read.subject).first() if read.subject else None,
        solution=_solution(read.solution, is_demo=is_demo) if read.solution else None,
        kle=read.kle,
        is_demo=is_demo,
    )
    return do_draft(guide, read.content, now=now, by=by)


def do_import(read: Read, *, now: datetime, by: User | None = None) -> bool:
    """Publish a guide from a file: a new one, or a new version of the one there is. Returns False where that says the same already.

    Pictures stay at the steps that have the same keys.
    """
    guide = Guide.objects.filter(slug=read.slug).select_related("published").first()
    if guide is None:
        do_publish(do_add_guide(read, now=now, by=by), now=now, by=by)
        return True
    content = read.content if guide.published is None else with_pictures(read.content, guide.published.content)
    if guide.published is not None and clean_content(guide.published.content) == content:
        return False
    do_publish(do_draft(guide, content, now=now, by=by, based_on=guide.published), now=now, by=by)
    return True


def with_pictures(content: Content, there: Content) -> Content:
    """Return a content from a file with the pictures that are there already, at the steps of the same keys that name none themselves."""
    texts = {}
    for language, text in content.texts.items():
        pictures = {step.key: step for step in there.texts[language].steps} if language in there.texts else {}
        steps = (
            step
            if step.picture or step.key not in pictures
            else replace(
                step, picture=pictures[step.key].picture, picture_alt=step.picture_alt or pictures[step.key].picture_alt
            )
            for step in text.steps
        )
        texts[language] = replace(text, steps=tuple(steps))
    return replace(content, texts=texts)


def as_file(guide: Guide) -> Read:
    """Return a published guide as a file holds it. Raises ValueError for one that is not published."""
    if guide.published is None:
        raise ValueError(f"{guide.slug} is not published")
    return Read(
        slug=guide.slug,
        subject=guide.subject.code if guide.subject else "",
        content=clean_content(guide.published.content),
        solution=clean_solution(_solution_values(guide.solution)) if guide.solution else None,
        kle=guide.kle,
    )


def do_draft(
    guide: Guide, content: Content, *, now: datetime, by: User | None = None, based_on: GuideVersion | None = None
) -> GuideVersion:
    """Store a new version of a guide, to be worked on. Locks the guide: versions are numbered in their order.

    It holds as long as what is published, and is to be gone through when that is: another word is no going through. The first one: a year from now.
    """
    read = Guide.objects.select_for_update(of=("self",)).select_related("published").get(pk=guide.pk).published
    last = guide.versions.order_by("-number").first()
    in_a_year = (now + timedelta(days=REVIEW_DAYS)).date()
    return GuideVersion.objects.create(
        guide=guide,
        number=last.number + 1 if last else 1,
        stored=content.stored(),
        based_on=based_on,
        made_at=now,
        made_by=by,
        valid_from=read.valid_from if read else None,
        valid_to=read.valid_to if read else None,
        review_on=min(read.review_on or in_a_year, in_a_year) if read else in_a_year,
    )


def do_publish(version: GuideVersion, *, now: datetime, by: User | None = None) -> None:
    """Let a version be what is read; the one before it is kept, and no longer read. Members whose own text it moved under are told."""
    guide = Guide.objects.select_for_update().get(pk=version.guide_id)
    # First of all, as whoever publishes a local text does: neither waits for the other, and no text is looked at that changes meanwhile.
    list(LocalGuide.objects.select_for_update(of=("self",)).filter(guide=guide).order_by("pk"))
    guide.versions.filter(state=GuideVersion.State.PUBLISHED).update(state=GuideVersion.State.REPLACED, ended_at=now)
    version.state, version.published_at, version.approved_by = GuideVersion.State.PUBLISHED, now, by
    version.save(update_fields=["state", "published_at", "approved_by"])
    content = version.content
    guide.published, guide.title = version, content.text("da").title
    guide.title_en = content.texts["en"].title if "en" in content.texts else ""
    guide.save(update_fields=["published", "title", "title_en"])
    do_tell(version)


def _solution(value: Any, *, is_demo: bool) -> Solution:
    given = {name: value[name] for name in (*_SOLUTION, *_SOLUTION_LISTS) if name in value}
    mandatory_on = value.get("mandatory_from") or None
    defaults = {**given, "name": value["name"], "mandatory_on": mandatory_on, "is_demo": is_demo}
    return Solution.objects.get_or_create(slug=value["slug"], defaults=defaults)[0]


def _solution_values(solution: Solution) -> dict[str, Any]:
    names = ("slug", "name", *_SOLUTION, *_SOLUTION_LISTS)
    mandatory = solution.mandatory_on.isoformat() if solution.mandatory_on else ""
    return {**{name: getattr(solution, name) for name in names}, "mandatory_from": mandatory}
