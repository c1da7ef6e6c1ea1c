"""The demo's guides: read from the files beside, as an editor would carry them in. Those that are there already stay as they are."""

from pathlib import Path
from typing import Final

from borgerlinje.demo import guide_figures, kle, local_guides
from borgerlinje.guides.actions import do_add_guide, do_publish
from borgerlinje.guides.markdown import read
from borgerlinje.guides.models import Guide
from borgerlinje.kit import clock
from borgerlinje.kit.errors import BorgerlinjeError

FOLDER: Final = Path(__file__).parent / "guide_files"


class GuideFileError(BorgerlinjeError):
    """One of the demo's own files is no guide."""

    code = "guide_file"


def create() -> None:
    """Store and publish every guide and every member's local text that is missing. Raises GuideFileError for a file that cannot be read."""
    kle.create()
    known = set(Guide.objects.values_list("slug", flat=True))
    now = clock.now()
    for file in sorted(FOLDER.glob("*.md")):
        if file.stem in known:
            continue
        guide, faults = read(file.read_text(encoding="utf-8"))
        if guide is None:
            raise GuideFileError(f"{file.name}: " + " ".join(f"{fault.line}: {fault.says}" for fault in faults))
        do_publish(do_add_guide(kle.numbered(guide), now=now, is_demo=True), now=now)
    local_guides.create(now=now)
    guide_figures.create(now=now)
