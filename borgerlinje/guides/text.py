"""`borgerlinje guides`: guides found, carried in and carried out on the command line."""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import transaction

from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.actions import as_file, do_import
from borgerlinje.guides.carrying.files import take_files, write_file
from borgerlinje.guides.carrying.plan import plan
from borgerlinje.guides.kle import read_plan
from borgerlinje.guides.kle_plan import do_take_plan
from borgerlinje.guides.markdown import write
from borgerlinje.guides.models import Guide
from borgerlinje.guides.search.finder import finder
from borgerlinje.guides.search.index import Hit
from borgerlinje.guides.search.words import fold
from borgerlinje.kit import clock


def run(options: argparse.Namespace) -> int:
    """Do what `options.what` says; returns the exit code."""
    return {"search": search, "import": take, "export": give, "kle": take_plan}[options.what](options)


def take(options: argparse.Namespace) -> int:
    """Store and publish the guides of files, all of them or none; 2 when anything is wrong, with every fault by its place."""
    files, unread = _read(options.files)
    taken = take_files(files)
    faults = [*unread, *(str(fault) for fault in plan(taken, may_write=lambda _guide: True).faults)]
    if faults:
        print(*faults, "borgerlinje: nothing was stored", sep="\n", file=sys.stderr)
        return 2
    with transaction.atomic():
        changed = [do_import(guide, now=clock.now()) for _file, guide in taken.guides]
    print(f"{sum(changed)} guides published, {len(changed) - sum(changed)} as they were")
    return 0


def give(options: argparse.Namespace) -> int:
    """Write each published guide to FOLDER/SLUG.md, or all to FOLDER/guides.FORMAT, in the place of a file of that name."""
    options.folder.mkdir(parents=True, exist_ok=True)
    found = Guide.objects.filter(published__isnull=False).select_related("published", "solution", "subject")
    guides = [as_file(guide) for guide in found.order_by("slug")]
    if options.format == "md":
        for guide in guides:
            (options.folder / f"{guide.slug}.md").write_text(write(guide), encoding="utf-8")
    else:
        (options.folder / f"guides.{options.format}").write_bytes(b"".join(write_file(guides, options.format)))
    print(f"{len(guides)} guides written to {options.folder}")
    return 0


def take_plan(options: argparse.Namespace) -> int:
    """Take a subject plan into use; 2 when the file is none, with everything that is wrong with it."""
    files, faults = _read(options.files)
    found = None
    if files:
        found, wrong = read_plan(files[0][1])
        faults += (f"{files[0][0]}: {each}" for each in wrong)
    if found is None:
        print(*faults, "borgerlinje: nothing was stored", sep="\n", file=sys.stderr)
        return 2
    with transaction.atomic():
        change = do_take_plan(found, today=clock.today())
    print(
        f"{len(found.entries)} numbers: {len(change.new)} new, {len(change.changed)} renamed, {len(change.gone)} gone"
    )
    for guide in change.guides:
        print(f"{guide.slug}: {guide.kle} is gone")
    return 0


def _read(paths: Iterable[Path]) -> tuple[list[tuple[str, bytes]], list[str]]:
    files, faults = [], []
    for path in paths:
        try:
            files.append((str(path), path.read_bytes()))
        except OSError as error:
            faults.append(f"{path}: {error.strerror or error}")
    return files, faults


def search(options: argparse.Namespace) -> int:
    """Print what answers `options.text`, the best first; 2 for options that make no sense."""
    if options.limit < 1:
        print("borgerlinje: --limit must be 1 or more", file=sys.stderr)
        return 2
    code = ""
    if options.authority:
        found = _authorities(options.authority)
        if len(found) != 1:
            several = f"more than one authority is called {options.authority}: {_listed(found)}"
            none = f"no authority is called {options.authority}; known: {_listed(Authority.objects.all()) or 'none'}"
            print(f"borgerlinje: {several if found else none}", file=sys.stderr)
            return 2
        code = found[0].code
    hits = finder.search(options.text, authority=code, limit=options.limit)
    if options.json:
        print(json.dumps(hits_json(hits), ensure_ascii=False, indent=2))
    else:
        print("\n".join(hits_lines(hits)) or "Nothing found.")
    return 0


def hits_json(hits: list[Hit]) -> list[dict[str, Any]]:
    """Return what was found as values for JSON, the best first."""
    titles = dict(Guide.objects.filter(slug__in=[hit.key for hit in hits]).values_list("slug", "title"))
    return [
        {
            "title": titles.get(hit.key, hit.key),
            "slug": hit.key,
            "score": round(hit.score, 4),
            "matches": [each for each in (hit.phrase, *hit.words) if each],
        }
        for hit in hits
    ]


def hits_lines(hits: list[Hit]) -> list[str]:
    """Return what was found as lines to read, the best first."""
    return [f"{each['score']:.2f}  {each['title']}  ({each['slug']})" for each in hits_json(hits)]


def _authorities(name: str) -> list[Authority]:
    """Return those called by a code, a name or a full name, spelt with Danish letters or without; where there is none, those with it in their name."""
    asked, known = _folded(name), Authority.objects.all()
    found = [each for each in known if asked in {_folded(part) for part in (each.code, each.name, each.full_name)}]
    return found or [each for each in known if asked and asked in _folded(each.full_name)]


def _listed(authorities: Iterable[Authority]) -> str:
    return ", ".join(f"{each.full_name} ({each.code})" for each in authorities)


def _folded(text: str) -> str:
    return " ".join(fold(text).split())
