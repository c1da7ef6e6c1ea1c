"""Every page keeps within its bounds: it is on the lists that the walks go by, asks few questions, and is light at first load."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from borgerlinje.demo import data
from borgerlinje.staff.roles import Role
from tests.support.counting import Counter
from tests.support.database import as_web
from tests.support.grown import Growth, grow
from tests.support.pages import ELSEWHERE, PAGES, PARTS, Page, address
from tests.support.visitors import visitors
from tests.support.weight import weigh
from tests.test_routes import routes

QUERIES, BYTES = 20, 300_000
# Enough of everything that one query for each of a list's rows breaks the bound.
GROWTH = Growth(factor=5, days=10)


def test_every_route_that_answers_get_is_on_a_list() -> None:
    listed = PAGES.keys() | PARTS.keys() | ELSEWHERE.keys()
    known = {name for name, _ in routes()}
    assert listed - known == set(), "no longer there: take it off the list"
    with_get = {name for name in known - listed if takes_get(name)}
    assert with_get == set(), (
        "write it in tests/support/pages.py: as a page that the walks visit, as a part, or with a reason"
    )


def takes_get(name: str) -> bool:
    """Tell whether a view lets GET through: what `require_POST` and the like keep out says so before it looks at anything."""
    view: Any = next(each for known, each in routes() if known == name).callback
    while view is not None:
        for cell in getattr(view, "__closure__", None) or ():
            held = cell.cell_contents
            if isinstance(held, list | tuple) and held and all(str(each).isupper() for each in held):
                return "GET" in held
        view = getattr(view, "__wrapped__", None)
    return True


@dataclass(frozen=True)
class Visit:
    """What came of one look at a page."""

    status: int
    statements: list[str]
    weight: Mapping[str, int]


def visit(client: Client, path: str, *, is_part: bool) -> Visit:
    counter = Counter()
    with as_web(), connection.execute_wrapper(counter):
        answer = client.get(path, headers={"HX-Request": "true"} if is_part else {})
        is_page = answer.headers.get("Content-Type", "").startswith("text/html")
        html = answer.content.decode() if is_page else ""
    return Visit(answer.status_code, counter.asked, weigh(html))


@pytest.fixture
def browsers(db: None) -> Mapping[Role | None, Client]:
    del db
    data.create()
    with connection.cursor() as cursor:
        grow(cursor, GROWTH)
    return visitors()


def path_of(name: str, page: Page) -> str:
    if not page.of:
        return address(name, {}, page.query)
    with connection.cursor() as cursor:
        cursor.execute(f"{page.of} LIMIT 1")
        row = cursor.fetchone()
        assert row is not None, f"{name}: the grown data have none"
        columns = [column.name for column in cursor.description or ()]
    return address(name, dict(zip(columns, row, strict=True)), page.query)


def test_no_page_asks_many_questions_or_is_heavy(browsers: Mapping[Role | None, Client]) -> None:
    wrong = []
    for name, page in {**PAGES, **PARTS}.items():
        path = path_of(name, page)
        # The first look at the desk brings an employee to work.
        visit(browsers[page.role], path, is_part=name in PARTS)
        found = visit(browsers[page.role], path, is_part=name in PARTS)
        if found.status != HTTPStatus.OK:
            wrong.append(f"{name}: {found.status} at {path}")
        if len(found.statements) > QUERIES:
            most = max(set(found.statements), key=found.statements.count)
            wrong.append(f"{name}: {len(found.statements)} queries, {found.statements.count(most)} times {most[:200]}")
        if sum(found.weight.values()) >= BYTES:
            heaviest = sorted(found.weight.items(), key=lambda item: -item[1])[:4]
            wrong.append(f"{name}: {sum(found.weight.values())} bytes, of them {heaviest}")
    assert not wrong, "\n".join(wrong)
