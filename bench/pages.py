"""`make bench ROOM=pages`: what every page costs where the demo's data have become a hundred times as many.

Each address that answers GET (`tests.support.pages`) is asked for in this process, through all of Django's middleware, as the web's own
database role and as the role whose page it is: milliseconds from request to answer, queries (counted apart, so that counting costs
nothing), and the bytes a browser fetches at a page's first visit, as they are sent.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from borgerlinje.kit import embedded, unprivileged
from borgerlinje.kit.home import Home
from borgerlinje.kit.settled import settle
from tests.support.database import Cluster, TestDatabase

if TYPE_CHECKING:
    from django.test import Client

    from tests.support.pages import Page

FACTOR, QUICK_FACTOR = 100, 10
WARM, ROUNDS, QUICK_ROUNDS = 1, 20, 7
# A page that is far outside the limit needs no twenty rounds to say so.
LONGEST_SECONDS, FEWEST_ROUNDS = 6.0, 5
P95_MILLISECONDS, QUERIES, BYTES = 150.0, 20, 300_000


@dataclass
class Cost:
    """What one page came to."""

    name: str
    address: str
    status: int
    queries: int
    weight: int
    milliseconds: list[float] = field(default_factory=list)

    @property
    def p50(self) -> float:
        """The median, in milliseconds."""
        return statistics.median(self.milliseconds)

    @property
    def p95(self) -> float:
        """The 95th percentile, in milliseconds."""
        return statistics.quantiles(self.milliseconds, n=20, method="inclusive")[-1]

    @property
    def is_met(self) -> bool:
        """Tell whether the page keeps within all three limits."""
        return self.status < 400 and self.p95 < P95_MILLISECONDS and self.queries <= QUERIES and self.weight < BYTES


@contextmanager
def database() -> Iterator[TestDatabase]:
    """Run a PostgreSQL of its own until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="bl-bench-"))
    home = Home(folder)
    try:
        unprivileged.give(folder)
        embedded.prepare(home)
        server = embedded.Server(home, die_with_parent=True)
        server.start()
        try:
            yield TestDatabase(Cluster(home), embedded.DATABASE)
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def prepare(base: TestDatabase, factor: int) -> None:
    """Make the tables, the demo and its growth; from here on this process is the web's role."""
    home = base.cluster.home
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "borgerlinje.settings",
        "BORGERLINJE_DATABASE_ROLE": "bl_owner",
        "BORGERLINJE_HOME": str(home.path),
        "BORGERLINJE_SECRET_FILE": str(home.secret_file),
        "BORGERLINJE_SEAL_KEY_FILE": str(home.seal_key_file),
        "DATABASE_URL": base.url(),
    }
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    from borgerlinje.demo import data
    from tests.support.grown import Growth, grow

    call_command("migrate", verbosity=0, interactive=False)
    data.create()
    with base.as_owner() as owner:
        grow(owner, Growth(factor))
        owner.execute("VACUUM ANALYZE")
    connections.close_all()
    connections["default"].settings_dict["USER"] = "bl_web"


def cost(base: TestDatabase, client: "Client", name: str, page: "Page", rounds: int) -> Cost | None:
    """Measure one page; None where the data have none."""
    from django.db import connection

    from tests.support.counting import Counter
    from tests.support.pages import PARTS, address
    from tests.support.weight import weigh

    values: dict[str, Any] = {}
    if page.of:
        with base.as_owner() as owner:
            row = owner.execute(f"{page.of} LIMIT 1").fetchone()
        if row is None:
            return None
        values = dict(row)
    path = address(name, values, page.query)
    headers = {"HX-Request": "true"} if name in PARTS else {}
    for _ in range(WARM):
        answer = client.get(path, headers=headers)
    counter = Counter()
    with connection.execute_wrapper(counter):
        answer = client.get(path, headers=headers)
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    content = b"".join(answer)
    # What is downloaded, a table for a spreadsheet say, is no page's first load.
    weight = sum(weigh(content.decode()).values()) if is_page else 0
    found = Cost(name, path, answer.status_code, counter.count, weight)
    while len(found.milliseconds) < rounds and (
        len(found.milliseconds) < FEWEST_ROUNDS or sum(found.milliseconds) < LONGEST_SECONDS * 1000
    ):
        began = time.perf_counter()
        client.get(path, headers=headers)
        found.milliseconds.append((time.perf_counter() - began) * 1000)
    return found


def report(costs: list[Cost]) -> int:
    """Print the table, the worst first; return 0 when every page keeps within the limits."""
    print(f"\n{'page':34}{'p50 ms':>9}{'p95 ms':>9}{'queries':>9}{'kB':>7}")
    for each in sorted(costs, key=lambda one: -one.p95):
        fault = "" if each.is_met else f"  FAIL {each.status} {each.address}"
        print(f"{each.name:34}{each.p50:9.1f}{each.p95:9.1f}{each.queries:9}{each.weight / 1000:7.0f}{fault}")
    failed = [each for each in costs if not each.is_met]
    print(
        f"\n{len(costs)} pages and parts, {len(failed)} outside the limits "
        f"(p95 < {P95_MILLISECONDS:.0f} ms, queries <= {QUERIES}, first load < {BYTES / 1000:.0f} kB); "
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    print("PASS" if not failed else "FAIL")
    return 1 if failed else 0


def main() -> int:
    """Set up, measure, print, and leave nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the data, fewer rounds")
    parser.add_argument("--only", default="", help="measure the pages whose name holds this")
    options = parser.parse_args()
    factor, rounds = (QUICK_FACTOR, QUICK_ROUNDS) if options.quick else (FACTOR, ROUNDS)
    with database() as base:
        began = time.perf_counter()
        prepare(base, factor)
        print(f"the demo's data times {factor}: made in {time.perf_counter() - began:.0f} s", flush=True)
        from django.db import connections
        from django.urls import get_resolver

        from tests.support.pages import PAGES, PARTS
        from tests.support.visitors import visitors

        browsers = visitors()
        # As the web process does when its pages are loaded (`borgerlinje.web`).
        _ = get_resolver().url_patterns
        settle()
        costs = list[Cost]()
        for name, page in {**PAGES, **PARTS}.items():
            if options.only in name:
                found = cost(base, browsers[page.role], name, page, rounds)
                if found is None:
                    print(f"{name}: nothing to show")
                else:
                    costs.append(found)
                    print(f"{name:34}{found.p50:9.1f} ms", flush=True)
        connections.close_all()
        return report(costs)


if __name__ == "__main__":
    sys.exit(main())
