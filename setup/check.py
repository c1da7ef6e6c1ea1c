"""Checks of the sources that no linter makes: missing migrations, incomplete translations, pictures that differ from the code.

Run in the project's own environment: `.venv/bin/python -m setup.check`. Prints what is missing; exit code 1 when anything is.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from setup import diagram

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "borgerlinje"
LANGUAGES = ("en",)


def django(
    *arguments: str, cwd: Path = ROOT, settings: str = "borgerlinje.settings"
) -> subprocess.CompletedProcess[str]:
    """Run a command of Django's with our settings, or with none, and no database."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": settings, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "django", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def missing_migrations() -> list[str]:
    """Return what the models have that no migration makes."""
    done = django("makemigrations", "--check", "--dry-run")
    return [] if done.returncode == 0 else ["Models and migrations differ:", done.stdout.strip() or done.stderr.strip()]


def missing_translations() -> list[str]:
    """Return the Danish texts that have no translation, or an uncertain one, in each other language."""
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "borgerlinje"
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("static_built", "__pycache__", "static"))
        (copy / "locale").mkdir(exist_ok=True)
        locales = [f"--locale={code}" for code in LANGUAGES]
        # Without our settings, whose path to the texts is the real one.
        made = django("makemessages", "--no-obsolete", *locales, cwd=copy, settings="")
        if made.returncode != 0:
            return ["The texts could not be collected:", made.stderr.strip()]
        for code in LANGUAGES:
            catalogue = copy / "locale" / code / "LC_MESSAGES" / "django.po"
            for option, what in (("--untranslated", "without"), ("--only-fuzzy", "with an uncertain")):
                found = subprocess.run(
                    ["msgattrib", option, "--no-wrap", str(catalogue)], capture_output=True, text=True, check=True
                ).stdout
                texts = [line for line in found.splitlines() if line.startswith("msgid ") and line != 'msgid ""']
                faults += [f"{code}: {what} translation: {line.removeprefix('msgid ')}" for line in texts]
    return faults


def main() -> int:
    """Print every fault; return the exit code."""
    faults = [*diagram.stale(), *missing_migrations(), *missing_translations()]
    print("\n".join(faults) or "migrations and translations are complete, the pictures are as the code is")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
