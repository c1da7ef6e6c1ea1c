"""A guide's way to the citizen in Chromium: one editor sends, another compares and approves, and an old version is called back."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Page

from borgerlinje.demo.sign_ins import SignIn
from borgerlinje.kit import database
from tests.browser import looking
from tests.browser.conftest import Person, sign_in
from tests.browser.test_pages import check_page
from tests.support.product import Product

SLUG = "hundetegn"
PAGE = f"/konsol/guider/{SLUG}/"
TITLE = "Registrér din nye hund"


@pytest.fixture
def title(product: Product) -> Iterator[str]:
    """Let the first editor have a draft with another title; return the one that is read, and leave no trace."""
    with psycopg.connect(database.dsn("bl_owner", url=product.running().database_url), autocommit=True) as owner:
        found = owner.execute("SELECT id, title FROM guides_guide WHERE slug = %s", (SLUG,)).fetchone()
        assert found is not None
        guide_id, before = found
        owner.execute(
            """
            INSERT INTO guides_guideversion (guide_id, number, state, content, note, based_on_id, made_at, made_by_id, revision, remark, review_on)
            SELECT v.guide_id, 2, 'draft', jsonb_set(v.content, '{texts,da,title}', to_jsonb(%s::text)), '', v.id, now(), u.id, 0, '', v.review_on
              FROM guides_guideversion v, staff_user u
             WHERE v.guide_id = %s AND v.number = 1 AND u.email LIKE 'guideredaktoer@%%'
            """,
            (TITLE, guide_id),
        )
        yield before
        # The first version is read again, and nothing else was ever written.
        owner.execute("UPDATE guides_guideversion SET state = 'replaced' WHERE guide_id = %s", (guide_id,))
        owner.execute(
            """
            WITH first AS (UPDATE guides_guideversion SET state = 'published', ended_at = NULL
                            WHERE guide_id = %s AND number = 1 RETURNING id, guide_id)
            UPDATE guides_guide g SET published_id = first.id, title = %s FROM first WHERE g.id = first.guide_id
            """,
            (guide_id, before),
        )
        owner.execute(
            "DELETE FROM guides_guidesave WHERE version_id IN (SELECT id FROM guides_guideversion WHERE guide_id = %s)",
            (guide_id,),
        )
        owner.execute("DELETE FROM guides_guideversion WHERE guide_id = %s AND number > 1", (guide_id,))


def test_one_editor_sends_another_approves_and_the_citizen_reads_it(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn], title: str
) -> None:
    writer, approver, citizen = person(), person(), person()
    one, other, reader = writer.page, approver.page, citizen.page
    sign_in(one, sign_in_of("guideredaktoer"), to=PAGE)
    assert look_at(one, "", "opsaetning/", "traek-tilbage/", "udgave/2/kasser/") == []
    send(one, "Ny titel")
    assert "en anden redaktør skal godkende den" in one.inner_text("main")
    assert not one.locator("button:has-text('Godkend og udgiv')").count()
    assert not check_page(one, f"{PAGE}sendt")
    writer.faults.clear()  # axe itself styles the page it looks at, and the policy says so

    sign_in(other, sign_in_of("guideredaktoer2"), to="/konsol/")
    assert not check_page(other, "start-guideredaktoer")
    other.click(".bl-nav a:has-text('Guider')")
    other.wait_for_selector("h1:has-text('Guider')")
    assert not check_page(other, "/konsol/guider/")
    other.goto("/konsol/")
    other.click("a:has-text('Se, hvad der er ændret')")
    other.wait_for_selector("h1:has-text('Til godkendelse')")
    assert not check_page(other, "/konsol/guider/godkend/")
    approver.faults.clear()
    other.click(f"th a:has-text('{title}')")
    other.click("a:has-text('Se forskellen')")
    other.wait_for_selector("ins:has-text('Registrér')")
    assert look_at(other, "", "sammenlign/") == []
    other.click("a:has-text('Tilbage til guiden')")
    assert other.locator("button:has-text('Godkend og udgiv')").is_visible()
    approve(other)

    reader.goto(f"/guide/{SLUG}/")
    assert reader.inner_text("h1") == TITLE

    # The first version is called back as a draft, and goes the same way.
    one.goto(PAGE)
    one.click("button:has-text('Gendan')")
    one.wait_for_url("**/ret/")
    one.goto(PAGE)
    send(one, "Den gamle titel igen")
    other.goto(PAGE)
    approve(other)
    reader.reload()
    assert reader.inner_text("h1") == title

    # Withdrawn in haste, and back.
    other.click("a:has-text('Træk tilbage')")
    other.click("button:has-text('Træk tilbage')")
    other.wait_for_selector("[role=status]:has-text('Du trak guiden tilbage')")
    answer = reader.reload()
    assert answer is not None
    assert answer.status == 404
    other.click("button:has-text('Fortryd')")
    other.wait_for_selector("h1 + p:has-text('Udgivet')")
    reader.reload()
    assert reader.inner_text("h1") == title
    for each in (writer, approver):
        each.check()


def look_at(page: Page, *paths: str) -> list[str]:
    """Return what is wrong with pages of the guide, seen in every way in a window of their own."""
    window, found = page.context.new_page(), []
    for path in paths:
        window.goto(PAGE + path)
        found += looking.look_in_both(window, PAGE + path)
    window.close()
    return found


def send(page: Page, note: str) -> None:
    """Send the draft of the guide's page to approval."""
    page.fill("#id_note", note)
    page.click("button:has-text('Send til godkendelse')")
    page.wait_for_selector("h2:has-text('Til godkendelse')")


def approve(page: Page) -> None:
    """Approve the version of the guide's page."""
    page.click("button:has-text('Godkend og udgiv')")
    page.wait_for_selector("h1 + p:not(:has-text('Til godkendelse'))")
