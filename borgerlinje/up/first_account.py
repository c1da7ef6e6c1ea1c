"""The link to the first account, as long as there is none."""

from pathlib import Path

import psycopg

from borgerlinje.kit import database
from borgerlinje.kit.home import Home
from borgerlinje.kit.running import Running
from borgerlinje.staff.set_up_link import PATH, token


def link(running: Running, home: Home) -> str:
    """Return the whole address by which the first account is made; empty once there is an account."""
    with psycopg.connect(database.dsn("bl_owner", running.database_url), autocommit=True) as connection:
        row = connection.execute("SELECT EXISTS (SELECT FROM staff_user)").fetchone()
    if row is None or row[0]:
        return ""
    secret = Path(running.environment(home)["BORGERLINJE_SECRET_FILE"]).read_text().strip()
    return f"{running.web_url}{PATH}{token(secret)}/"
