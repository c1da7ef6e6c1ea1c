"""Real browsers against the whole product: one copy for all tests of this folder, a browser per person.

A browser's microphone is a file with one tone, so that a page can tell who it hears.
"""

import math
import struct
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from borgerlinje.demo import sign_ins
from borgerlinje.demo.sign_ins import SignIn
from borgerlinje.kit import database, parts
from tests.support.product import Product
from tests.support.telephone import is_available

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
)
CITIZEN_HZ, EMPLOYEE_HZ = 440, 1000
WIDE, NARROW = (1280, 800), (360, 740)
SETTLE_MS = 30_000
# As a browser answers when the person said no.
NO_MICROPHONE = """
navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError"));
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium() -> str:
    """Return the machine's Chromium, or skip and say that it is missing."""
    found = parts.find("chromium")
    if found is None:
        pytest.skip("no Chromium here: make test fetches it where it can")
    return found[0]


@pytest.fixture(scope="package")
def product(chromium: str) -> Iterator[Product]:
    """Run the whole product with the demo; its robots stay at home, so that calls reach the tests' own people."""
    del chromium
    if not is_available():
        pytest.skip("no Asterisk on this machine")
    with Product(demo=True, BORGERLINJE_DEMO_ROBOTS="0") as running:
        yield running.start()


@pytest.fixture(autouse=True)
def empty(product: Product) -> None:
    """Let nobody wait and nobody be at work, for each test: the one before may have closed its browsers in the middle of a call."""
    # Each by itself: the product takes its locks in another order meanwhile.
    with psycopg.connect(database.dsn("bl_owner", url=product.running().database_url), autocommit=True) as owner:
        owner.execute("UPDATE dispatch_transfer SET ended_at = now(), ended_as = 'cancelled' WHERE ended_at IS NULL")
        owner.execute("UPDATE dispatch_offer SET ended_at = now(), ended_as = 'withdrawn' WHERE ended_at IS NULL")
        owner.execute(
            "UPDATE contacts_contact SET state = 'closed', closed_as = 'answered', closed_at = now() WHERE state <> 'closed'"
        )
        owner.execute("UPDATE dispatch_presence SET state = 'signed_out', pause_after = false, pause_reason = ''")
        # Who has set up a second factor to sign in with is asked for it from then on.
        owner.execute("DELETE FROM mfa_authenticator")
        # One address calls more often here than any citizen may.
        owner.execute("DELETE FROM kit_throttle")


@pytest.fixture(scope="package")
def sign_in_of(product: Product) -> Callable[[str], SignIn]:
    """Return the demo's sign-in of an account, by the first part of its address."""
    known = {one.email.partition("@")[0]: one for one in sign_ins.read(product.home)}
    return known.__getitem__


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Drive browsers."""
    with sync_playwright() as driver:
        yield driver


@dataclass(frozen=True)
class Person:
    """Somebody with a browser of their own."""

    page: Page
    faults: list[str]

    def check(self) -> None:
        """Fail when the page reported an error of its own or a breach of the Content-Security-Policy."""
        assert not self.faults, "\n".join(self.faults)


@pytest.fixture(scope="package")
def browser_with_tone(
    playwright: Playwright, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[int], Browser]]:
    """Return a maker of browsers whose microphone gives one tone."""
    open_browsers: dict[int, Browser] = {}

    def browser(hertz: int) -> Browser:
        if hertz not in open_browsers:
            tone = write_tone(tmp_path_factory.mktemp("tone") / f"{hertz}.wav", hertz)
            flags = [*FLAGS, f"--use-file-for-fake-audio-capture={tone}"]
            open_browsers[hertz] = playwright.chromium.launch(executable_path=chromium, args=flags)
        return open_browsers[hertz]

    yield browser
    for each in open_browsers.values():
        each.close()


@pytest.fixture
def person(product: Product, browser_with_tone: Callable[[int], Browser]) -> Iterator[Callable[..., Person]]:
    """Return a maker of people: `hertz` is what their microphone gives, `size` their window."""
    contexts: list[BrowserContext] = []

    def make(
        *, hertz: int = CITIZEN_HZ, size: tuple[int, int] = WIDE, language: str = "da", has_microphone: bool = True
    ) -> Person:
        context = browser_with_tone(hertz).new_context(
            base_url=product.url,
            viewport={"width": size[0], "height": size[1]},
            locale="da-DK",
            timezone_id="Europe/Copenhagen",
            permissions=["microphone"],
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(SETTLE_MS)
        if not has_microphone:
            page.add_init_script(NO_MICROPHONE)
        found = Person(page, listen_for_faults(page))
        if language != "da":
            page.goto("/")
            page.click(f'.bl-language button[value="{language}"]')
        return found

    yield make
    for context in contexts:
        context.close()


def listen_for_faults(page: Page) -> list[str]:
    """Gather what the page's console calls an error, and scripts that failed."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda said: faults.append(f"{page.url}: {said.text}") if said.type == "error" else None,
    )
    return faults


def write_tone(path: Path, hertz: int, *, seconds: int = 10, rate: int = 48_000) -> Path:
    """Write a tone as a 16-bit mono file. A whole number of periods, so that it repeats without a click."""
    samples = (int(12_000 * math.sin(2 * math.pi * hertz * index / rate)) for index in range(seconds * rate))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return path


def sign_in(page: Page, account: SignIn, *, to: str) -> None:
    """Sign in through the form, on the way to a page."""
    page.goto(to)
    page.fill("input[name=login]", account.email)
    page.fill("input[name=password]", account.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"**{to}")
