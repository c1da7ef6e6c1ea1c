"""Whether the database is up to date, found without starting Django.

A fingerprint of all migrations (ours, and the versions of the packages that bring some) stands as a comment on
Django's own table of migrations: it travels with the data through dump and restore.
"""

import hashlib
from importlib.metadata import version
from pathlib import Path

import psycopg

from borgerlinje.kit import database

PACKAGES = ("Django", "django-allauth", "procrastinate")
PACKAGE = Path(__file__).resolve().parent.parent


def fingerprint(*, demo: bool) -> str:
    """Return a short name of what the database should hold: all migrations, and the demo's data when wanted."""
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in PACKAGES).encode())
    files = sorted(PACKAGE.glob("**/migrations/*.py"))
    if demo:
        files += sorted(each for each in PACKAGE.glob("demo/**/*") if each.is_file() and each.suffix != ".pyc")
    for file in files:
        digest.update(file.relative_to(PACKAGE).as_posix().encode() + file.read_bytes())
    return f"borgerlinje {'demo ' if demo else ''}{digest.hexdigest()[:16]}"


def up_to_date(url: str, *, demo: bool) -> bool:
    """Tell whether the database holds what it should. Raises psycopg.OperationalError when it does not answer."""
    with psycopg.connect(database.dsn("bl_owner", url), autocommit=True, connect_timeout=10) as connection:
        row = connection.execute("SELECT obj_description(to_regclass('public.django_migrations'))").fetchone()
    return row is not None and row[0] == fingerprint(demo=demo)


def mark(url: str, *, demo: bool) -> None:
    """Write down that the database now holds what it should."""
    with psycopg.connect(database.dsn("bl_owner", url), autocommit=True) as connection:
        # COMMENT takes no parameters; the text is a name of ours and hexadecimal digits.
        connection.execute(f"COMMENT ON TABLE django_migrations IS '{fingerprint(demo=demo)}'")
