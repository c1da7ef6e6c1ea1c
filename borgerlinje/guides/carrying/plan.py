"""What guides from files would make and change, shown first and then carried out. The writing is inside the caller's transaction.

Nothing from a file is published here: a new guide is a draft, and what a file says of a known one goes into that guide's draft, together with
what others wrote in it meanwhile.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from borgerlinje.guides.actions import do_add_guide, with_pictures
from borgerlinje.guides.carrying.files import FileFault, Taken
from borgerlinje.guides.clean import clean_content
from borgerlinje.guides.comparing import Part, compare
from borgerlinje.guides.content import Content, Text
from borgerlinje.guides.drafting import IncompleteError, do_save, do_send, do_start_draft
from borgerlinje.guides.markdown import Read
from borgerlinje.guides.merging import merge
from borgerlinje.guides.models import Guide, GuidePicture, GuideVersion, Solution, State
from borgerlinje.lines.models import Subject
from borgerlinje.staff.models import User

_NOTHING = Content({"da": Text("", "")})


@dataclass(frozen=True, slots=True)
class Change:
    """What a file does to one guide. `guide` None: a new one; `parts` are those that differ; `notes` what an editor should know."""

    file: str
    read: Read
    content: Content
    guide: Guide | None
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether the guide says all of it already."""
        return self.guide is not None and not self.parts


@dataclass(frozen=True, slots=True)
class Plan:
    """What files do, or every fault in them."""

    changes: tuple[Change, ...]
    faults: tuple[FileFault, ...] = ()

    @property
    def new(self) -> list[Change]:
        """The guides that are made."""
        return [change for change in self.changes if change.guide is None]

    @property
    def changed(self) -> list[Change]:
        """The guides that are there and change."""
        return [change for change in self.changes if change.guide is not None and change.parts]

    @property
    def same(self) -> list[Change]:
        """The guides that stay as they are."""
        return [change for change in self.changes if change.is_same]

    @property
    def digest(self) -> str:
        """A mark of what was shown, by which storing it knows that nothing has changed since."""
        told = [(each.read.slug, each.guide is None, [*each.parts], each.notes) for each in self.changes]
        return sha256(repr(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a plan. `unsent` are titles of guides that lack something and stayed drafts."""

    new: int
    changed: int
    sent: int
    unsent: tuple[str, ...]


def plan(taken: Taken, *, may_write: Callable[[Guide | None], bool]) -> Plan:
    """Return what files would do, or everything that is wrong with them; `may_write` tells whose guides the person may write (None: new ones)."""
    faults = [*taken.faults]
    slugs = [read.slug for _file, read in taken.guides]
    guides = _guides(slugs)
    subjects = set(
        Subject.objects.filter(code__in=[read.subject for _file, read in taken.guides]).values_list("code", flat=True)
    )
    named = {(read.solution or {}).get("name") for _file, read in taken.guides} - {None}
    names = dict(Solution.objects.filter(name__in=named).values_list("name", "slug"))
    pictures = set(GuidePicture.objects.filter(guide__slug__in=slugs).values_list("guide__slug", "key"))
    changes = []
    for file, read in taken.guides:
        guide = guides.get(read.slug)
        faults += (
            FileFault(file, read.slug, says) for says in _refused(read, guide, names, pictures, may_write=may_write)
        )
        if guide is None and read.solution:
            # The first guide that names a solution makes it; the next one of the same file finds it there.
            names.setdefault(read.solution["name"], read.solution["slug"])
        changes.append(_change(file, read, guide, is_subject=not read.subject or read.subject in subjects))
    return Plan((), tuple(faults)) if faults else Plan(tuple(changes))


def do_carry_in(found: Plan, *, is_sent: bool, note: str, now: datetime, by: User) -> Done:
    """Store what a plan shows as drafts, and ask for their approval where `is_sent`. Raises CprInTextError."""
    versions = [(change, _do_store(change, now=now, by=by)) for change in found.changes if not change.is_same]
    unsent: list[str] = []
    for change, version in versions if is_sent else ():
        try:
            do_send(version, note=note, now=now, by=by)
        except IncompleteError:
            unsent.append(change.content.text("da").title)
    sent = len(versions) - len(unsent) if is_sent else 0
    return Done(len(found.new), len(found.changed), sent, tuple(unsent))


def _do_store(change: Change, *, now: datetime, by: User) -> GuideVersion:
    if change.guide is None:
        return do_add_guide(change.read, now=now, by=by)
    read = _read_now(change.guide)
    draft = do_start_draft(change.guide, now=now, by=by)
    # Where others wrote the same part meanwhile, what the file says is taken: it was shown, and theirs is kept among what was stored before.
    merged = merge(read, mine=clean_content(draft.content), theirs=change.content)
    return do_save(draft, merged.content, base=draft.revision, now=now, by=by).version


def _guides(slugs: Iterable[str]) -> dict[str, Guide]:
    drafts = GuideVersion.objects.filter(state__in=(State.DRAFT, State.IN_REVIEW))
    open_ones = Prefetch("versions", drafts, to_attr="open_versions")
    found = Guide.objects.filter(slug__in=list(slugs)).select_related("published", "owner").prefetch_related(open_ones)
    return {guide.slug: guide for guide in found}


def _refused(
    read: Read,
    guide: Guide | None,
    names: dict[str, str],
    pictures: set[tuple[str, str]],
    *,
    may_write: Callable[[Guide | None], bool],
) -> Iterable[str]:
    if not may_write(guide):
        yield _("Du kan ikke ændre fællesteksten i »%(slug)s«. Slet den i filen, eller spørg dens ejer.") % {
            "slug": read.slug
        }
    name = (read.solution or {}).get("name")
    if guide is None and name in names and names[name] != (read.solution or {}).get("slug"):
        words = {"name": name, "slug": names[name]}
        yield _("Løsningen »%(name)s« findes allerede med slug %(slug)s. Brug den.") % words
    for text in read.content.texts.values():
        for step in text.steps:
            if step.picture and (read.slug, step.picture) not in pictures:
                yield _(
                    "Billedet »%(key)s« findes ikke i guiden. Slet det i filen, og læg det ind på guidens side."
                ) % {"key": step.picture}


def _change(file: str, read: Read, guide: Guide | None, *, is_subject: bool) -> Change:
    notes = []
    if guide is None:
        if not is_subject:
            notes.append(_("Emnet »%(code)s« findes ikke her: guiden får intet emne.") % {"code": read.subject})
        return Change(file, read, read.content, None, tuple(compare(_NOTHING, read.content)), tuple(notes))
    there = _read_now(guide)
    content = with_pictures(read.content, there)
    parts = tuple(part for part in compare(there, content) if part.is_changed)
    if parts and any(version.state == State.DRAFT for version in getattr(guide, "open_versions", ())):
        notes.append(_("Der er en kladde i gang. Det, andre har skrevet andre steder i den, bliver."))
    return Change(file, read, content, guide, parts, tuple(notes))


def _read_now(guide: Guide) -> Content:
    """Return what a file is compared with: what is read now, else the newest that is worked on."""
    if guide.published is not None:
        return clean_content(guide.published.content)
    newest = guide.versions.order_by("-number").first()
    return clean_content(newest.content) if newest is not None else _NOTHING
