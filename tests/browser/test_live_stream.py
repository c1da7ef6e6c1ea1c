"""The stream itself: one for all tabs, and whoever was cut off reads everything when it is back."""

import os
import re
import signal
import urllib.request
from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Page

from borgerlinje.demo.sign_ins import SignIn
from borgerlinje.dispatch.attendance import do_sign_in, do_sign_out
from borgerlinje.kit import clock
from borgerlinje.kit.database import run
from tests.browser.conftest import Person
from tests.support.product import Product
from tests.support.telephone import wait_until
from tests.support.wire import Wire

PAGE = "/konsol/lige-nu/"
LONG_MS = 60_000
# Only what the stream brings is counted: the page's own timer reads without this event.
COUNT_READS = """
window.reads = 0;
document.addEventListener("bl:read", () => { window.reads += 1; });
"""
NO_SHARED_WORKER = "delete window.SharedWorker;"
COUNT_LOSSES = """
window.losses = 0;
window.EventSource = class extends EventSource {
  constructor(address) {
    super(address);
    this.addEventListener("error", () => { window.losses += 1; });
  }
};
"""


@pytest.fixture
def wire(product: Product) -> Iterator[Wire]:
    """Stand between the browser and the product."""
    with Wire(product.port) as wire:
        yield wire


@pytest.fixture
def watch(
    product: Product, person: Callable[..., Person], sign_in_of: Callable[[str], SignIn], wire: Wire
) -> Callable[..., Page]:
    """Return a maker of signed-in browsers that show the live view through the wire and have read what they show."""
    wait_until(lambda: streams(product) == 0, within=30)

    def open_view(*, scripts: str = "") -> Page:
        page = person().page
        page.context.add_init_script(COUNT_READS + scripts)
        sign_in_at(page, wire, sign_in_of("revisor"))
        return page

    return open_view


@pytest.fixture
def colleague(product: Product) -> Iterator["Colleague"]:
    """Hold an employee who comes to work without anybody being told."""
    colleague = Colleague(product.running().database_url)
    colleague.go()
    yield colleague
    colleague.go()


class Colleague:
    """Somebody whose row in the live view is looked for. Connects anew each time: the database may have been restarted."""

    def __init__(self, url: str) -> None:
        self._url = url
        with psycopg.connect(url) as connection:
            found = connection.execute(
                "SELECT e.id FROM staff_employee e JOIN staff_user u ON u.id = e.user_id"
                " WHERE u.email LIKE 'medarbejder@%'"
            ).fetchone()
        assert found
        self._pk = found[0]
        self.selector = f"#folk-{self._pk}"

    def come(self) -> None:
        """Be at work; no page hears of it."""
        with psycopg.connect(self._url) as connection:
            run(do_sign_in(self._pk, now=clock.now()), connection.cursor())

    def go(self) -> None:
        """Be at home."""
        with psycopg.connect(self._url) as connection:
            run(do_sign_out(self._pk, now=clock.now()), connection.cursor())

    def say(self, topic: str) -> None:
        """Let every page hear that something changed."""
        with psycopg.connect(self._url) as connection:
            connection.execute("SELECT pg_notify('bl_hint', %s)", [topic])


def sign_in_at(page: Page, wire: Wire, account: SignIn) -> None:
    page.goto(wire.url + PAGE)
    page.fill("input[name=login]", account.email)
    page.fill("input[name=password]", account.password)
    page.press("input[name=password]", "Enter")
    wait_for_reads(page, 1)


def wait_for_reads(page: Page, least: int) -> None:
    page.wait_for_function("least => document.querySelector('[data-live]') && window.reads >= least", arg=least)


def reads(page: Page) -> int:
    return int(page.evaluate("window.reads"))


def streams(product: Product) -> int:
    """Return how many streams of browsers the product holds open."""
    with urllib.request.urlopen(f"{product.url}/metrics", timeout=10) as reply:
        found = re.search(r"^borgerlinje_live_streams (\S+)", reply.read().decode(), re.MULTILINE)
    return int(float(found[1])) if found else 0


def test_two_tabs_share_one_stream_and_the_last_one_ends_it(
    watch: Callable[..., Page], product: Product, wire: Wire, colleague: Colleague
) -> None:
    first = watch()
    second = first.context.new_page()
    second.goto(wire.url + PAGE)
    before = reads(first)
    colleague.say("queue")
    wait_for_reads(first, before + 1)
    wait_for_reads(second, 1)
    assert streams(product) == 1
    first.close()
    before = reads(second)
    colleague.come()
    colleague.say("queue")
    wait_for_reads(second, before + 1)
    second.wait_for_selector(colleague.selector)
    assert streams(product) == 1
    second.close()
    wait_until(lambda: streams(product) == 0, within=30)


def test_page_that_was_cut_off_reads_everything_when_it_is_back(
    watch: Callable[..., Page], wire: Wire, colleague: Colleague
) -> None:
    page = watch()
    wire.cut()
    page.wait_for_selector("body.is-offline")
    before = reads(page)
    colleague.come()
    wire.mend()
    wait_for_reads(page, before + 1)
    page.wait_for_selector(colleague.selector)
    page.wait_for_selector("body:not(.is-offline)")


def test_browser_that_was_offline_reads_everything_when_it_is_back(
    watch: Callable[..., Page], colleague: Colleague
) -> None:
    page = watch()
    page.context.set_offline(True)
    before = reads(page)
    colleague.come()
    page.context.set_offline(False)
    wait_for_reads(page, before + 1)
    page.wait_for_selector(colleague.selector)


def test_restarted_web_process_is_found_again_and_what_changed_is_read(
    watch: Callable[..., Page], product: Product, colleague: Colleague
) -> None:
    page = watch()
    os.kill(product.pid("web"), signal.SIGKILL)
    page.wait_for_selector("body.is-offline")
    before = reads(page)
    colleague.come()
    page.set_default_timeout(LONG_MS)
    wait_for_reads(page, before + 1)
    page.wait_for_selector(colleague.selector)
    assert streams(product) == 1


def test_restarted_database_makes_the_page_read_everything(
    watch: Callable[..., Page], product: Product, colleague: Colleague
) -> None:
    page = watch()
    before = reads(page)
    colleague.come()
    os.kill(product.pid("postgres"), signal.SIGINT)  # a fast shutdown; `up` starts it again
    page.set_default_timeout(LONG_MS)
    wait_for_reads(page, before + 1)
    page.wait_for_selector(colleague.selector)
    assert page.locator("body.is-offline").count() == 0


def test_browser_without_shared_workers_has_a_stream_of_its_own(
    watch: Callable[..., Page], product: Product, wire: Wire, colleague: Colleague
) -> None:
    page = watch(scripts=NO_SHARED_WORKER)
    other = page.context.new_page()
    other.goto(wire.url + PAGE)
    wait_for_reads(other, 1)
    assert streams(product) == 2
    before = reads(page)
    colleague.say("queue")
    wait_for_reads(page, before + 1)
    other.close()
    wait_until(lambda: streams(product) == 1, within=30)


def test_tab_that_answers_no_ping_is_forgotten(watch: Callable[..., Page]) -> None:
    page = watch(scripts=NO_SHARED_WORKER)
    page.clock.install()
    page.reload()
    wait_for_reads(page, 1)
    page.evaluate("""() => {
        const { port1, port2 } = new MessageChannel();
        window.pings = 0;
        port1.onmessage = ({ data }) => { if (data === "ping") window.pings += 1; };
        window.blServeLive(port2);
        port1.postMessage({ who: document.body.dataset.liveWho, since: 0 });
    }""")
    for pings in range(1, 7):
        page.clock.run_for(10_000)
        page.wait_for_function("pings => window.pings === pings", arg=pings)
    page.clock.run_for(60_000)
    assert page.evaluate("window.pings") == 6


def test_signed_out_browser_asks_ever_more_seldom(watch: Callable[..., Page], wire: Wire) -> None:
    page = watch(scripts=NO_SHARED_WORKER + COUNT_LOSSES)
    page.clock.install()
    page.reload()
    wait_for_reads(page, 1)
    # Else the page's own timer would find out that nobody is signed in, and go there.
    page.route("**/lige-nu/**", lambda route: route.abort())
    page.clock.pause_at(page.evaluate("new Date(Date.now() + 1000).toISOString()"))
    answers: list[int] = []
    page.on("response", lambda reply: answers.append(reply.status) if reply.url.endswith("/live/") else None)
    page.context.clear_cookies()
    wire.cut()
    page.wait_for_selector("body.is-offline")
    wire.mend()
    for tries, longest in enumerate((1_500, 3_000, 6_000, 12_000, 24_000), 1):
        page.clock.run_for(longest)
        page.wait_for_function("losses => window.losses === losses", arg=tries + 1)
    page.clock.run_for(10_000)
    assert answers == [401] * 5


def test_other_person_in_the_same_browser_gets_pages_and_stream_of_their_own(
    watch: Callable[..., Page], product: Product, wire: Wire, sign_in_of: Callable[[str], SignIn]
) -> None:
    first = watch()
    first.evaluate("window.isOld = true")
    before = first.get_attribute("body", "data-live-who")
    second = first.context.new_page()
    second.goto(wire.url + PAGE)
    second.click("text=Log af")
    second.wait_for_url(lambda url: "/konsol/" not in url)
    sign_in_at(second, wire, sign_in_of("medarbejder"))
    first.wait_for_function("!window.isOld && document.body.dataset.liveWho")
    after = first.get_attribute("body", "data-live-who")
    assert before
    assert after
    assert before.partition(".")[0] != after.partition(".")[0]
    assert after == second.get_attribute("body", "data-live-who")
    wait_until(lambda: streams(product) == 1, within=30)
