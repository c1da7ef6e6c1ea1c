"""Listening to a citizen's message at the desk: heard, faster, and not stopped by the desk's own news."""

from collections.abc import Callable
from uuid import UUID

import numpy as np
import psycopg
import pytest
from playwright.sync_api import Page

from borgerlinje.channels.phone.recording import recorded, recordings
from borgerlinje.contacts.actions import do_arrive
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.demo.sign_ins import SignIn
from borgerlinje.dispatch.actions import do_event
from borgerlinje.kit import clock, database, sealed
from borgerlinje.kit.database import run
from borgerlinje.kit.ids import uuid7
from tests.browser.conftest import Person, sign_in
from tests.browser.test_pages import check_page
from tests.support.product import Product

HERTZ = 600
SECONDS = 8
READ_ANEW = """
new Promise((done) => {
  document.addEventListener("htmx:afterSettle", () => done(true), { once: true });
  htmx.trigger(document.getElementById("desk"), "bl:read");
})
"""


def connect(product: Product) -> "psycopg.Connection[psycopg.rows.DictRow]":
    url = database.dsn("bl_engine", url=product.running().database_url)
    return psycopg.connect(url, autocommit=True, row_factory=psycopg.rows.dict_row)


@pytest.fixture
def contact_id(product: Product, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """Leave a message of some seconds on the demo's line."""
    monkeypatch.setenv(sealed.VARIABLE, str(product.home.seal_key_file))
    times = np.arange(SECONDS * recorded.RATE) / recorded.RATE
    sound = recorded.seal(recorded.as_wave((np.sin(2 * np.pi * HERTZ * times) * 9000).astype(np.int16)))
    now = clock.now()
    contact_id = uuid7(now)
    with connect(product) as connection, connection.transaction():
        cursor = connection.cursor()
        run(do_arrive(contact_id, dialled="46313020", caller="46120000", channel_ref="", now=now), cursor)
        for event in (Event.VOICEMAIL_STARTED, Event.MESSAGE_LEFT):
            run(do_event(contact_id, event, now=now), cursor)
        run(
            recordings.do_leave_message(contact_id, sound.sealed, seconds=sound.seconds, begun_at=now, now=now),
            cursor,
        )
    return contact_id


def wait_for(page: Page, condition: str) -> None:
    """Wait until something holds in the page; its own policy forbids the usual way, which makes code out of a text."""
    page.evaluate(f"async () => {{ while (!({condition})) await new Promise((go) => setTimeout(go, 50)); }}")


def playing(page: Page) -> float:
    """Return how far the player has come in seconds."""
    return float(page.evaluate("document.getElementById('message-sound')?.currentTime ?? -1"))


def test_a_message_is_heard_at_the_desk_and_goes_on_while_the_desk_reads_itself_anew(
    product: Product, person: Callable[..., Person], sign_in_of: Callable[[str], SignIn], contact_id: UUID
) -> None:
    listener = person()
    page = listener.page
    sign_in(page, sign_in_of("medarbejder"), to="/bord/")
    page.wait_for_selector('#desk[data-phone-state="ready"]')
    page.click(f"#tilbage-{contact_id} button")
    page.click("#listen")
    page.wait_for_selector("#message-sound")
    wait_for(page, "document.getElementById('message-sound').duration > 7")
    wait_for(page, "document.getElementById('message-sound').currentTime > 0.3")
    listener.check()
    assert check_page(page, "message") == []
    listener.faults.clear()  # axe itself styles the page it looks at, and the policy says so
    page.click('[data-speed="2"]')
    assert page.evaluate("document.getElementById('message-sound').playbackRate") == 2
    assert page.get_attribute('[data-speed="2"]', "aria-pressed") == "true"
    page.evaluate("document.getElementById('message-sound').pause()")
    page.evaluate("document.getElementById('message-sound').currentTime = 6.5")
    page.evaluate(READ_ANEW)
    assert playing(page) >= 6
    page.click("[data-skip]")
    wait_for(page, "document.getElementById('message-sound').currentTime < 5")
    listener.check()
    with connect(product) as connection, connection.transaction():
        (noted,) = connection.execute(
            "SELECT a.purpose FROM phone_recordingaccess a JOIN phone_recording r ON r.id = a.recording_id WHERE r.contact_id = %s",
            (contact_id,),
        ).fetchall()
        assert noted["purpose"] == recordings.ANSWERING
        cursor = connection.cursor()
        for event in (Event.SETTLED, Event.COMPLETED):
            run(do_event(contact_id, event, now=clock.now()), cursor)
