"""Compile the English texts of the screens; the Danish ones are the source itself."""

import os
from pathlib import Path

from borgerlinje.kit import parts
from setup import stamps
from setup.commands import run
from setup.progress import Step


def make(root: Path, step: Step) -> None:
    """Compile every message file below ``borgerlinje`` that changed since the last time."""
    sources = sorted((root / "borgerlinje").rglob("locale/*/LC_MESSAGES/*.po"))
    if not sources:
        step.say("none yet")
        return
    compiled = [source.with_suffix(".mo") for source in sources]
    stamp = root / ".venv" / ".stamp-texts"
    key = stamps.digest(*map(str, sources), *sources)
    if stamps.is_current(stamp, key, made=compiled):
        step.say("unchanged")
        return
    msgfmt = parts.find("msgfmt")
    if msgfmt is None:
        step.warn("msgfmt of gettext; the screens are in Danish only")
        return
    folder = str(Path(msgfmt[0]).parent)
    run(
        [root / ".venv/bin/python", "-m", "django", "compilemessages"],
        cwd=root / "borgerlinje",
        # Without settings Django looks for locale folders below where it stands.
        env={"PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}", "DJANGO_SETTINGS_MODULE": ""},
        why="the texts cannot be compiled",
    )
    stamps.write(stamp, key)
    step.say(f"{len(sources)} compiled")
