"""Signing in: password, a code from an app, a passkey; and out."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Page

from borgerlinje.demo.sign_ins import SignIn
from borgerlinje.kit import database
from tests.browser import looking
from tests.browser.conftest import Person, sign_in
from tests.support.authenticator import code
from tests.support.product import Product

PASSKEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def auditor(product: Product, sign_in_of: Callable[[str], SignIn]) -> Iterator[SignIn]:
    """Return an account that needs a second factor: an auditor's who is not of the demo, for so long."""
    account = sign_in_of("revisor")
    with psycopg.connect(database.dsn("bl_owner", url=product.running().database_url), autocommit=True) as owner:
        owner.execute("UPDATE staff_user SET is_demo = false WHERE email = %s", (account.email,))
        yield account
        owner.execute("UPDATE staff_user SET is_demo = true WHERE email = %s", (account.email,))


def give_password(page: Page, account: SignIn, *, to: str) -> None:
    """Open a page, and write address and password where one is asked for them."""
    page.goto(to)
    page.fill("input[name=login]", account.email)
    page.fill("input[name=password]", account.password)
    page.press("input[name=password]", "Enter")


def add_device(page: Page) -> None:
    """Give the browser a device with keys that always says yes."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": PASSKEY})


def looked_at(someone: Person, address: str) -> list[str]:
    """Return what is wrong with the page shown, in both languages."""
    wrong = [*someone.faults, *looking.look_in_both(someone.page, address)]
    someone.faults.clear()  # axe itself styles the page it looks at, and the policy says so
    return wrong


def confirm_password(page: Page, account: SignIn) -> None:
    """Type the password again where that is asked for."""
    if "/reauthenticate/" in page.url:
        page.fill("input[name=password]", account.password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/reauthenticate/" not in url)


def sign_out(page: Page) -> None:
    page.click("text=Log af")
    page.wait_for_url(lambda url: "/konsol/" not in url)


def test_wrong_password_is_refused_with_words(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    page = person().page
    page.goto("/konto/login/")
    page.fill("input[name=login]", sign_in_of("revisor").email)
    page.fill("input[name=password]", "forkert-kode-1234")
    page.press("input[name=password]", "Enter")
    page.wait_for_selector("[role=alert], .bl-error")
    assert page.url.endswith("/konto/login/")


def test_code_from_an_app_is_asked_for_once_it_is_set_up(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    account = sign_in_of("planlaegger")
    someone = person()
    page = someone.page
    sign_in(page, account, to="/konsol/konto/")
    page.click('a[href="/konto/2fa/totp/activate/"]')
    confirm_password(page, account)
    secret = page.input_value("#authenticator_secret")
    page.fill("input[name=code]", code(secret))
    page.press("input[name=code]", "Enter")
    page.wait_for_url(lambda url: "totp/activate" not in url)

    page.goto("/konsol/konto/")
    sign_out(page)
    page.goto("/konto/login/?next=/konsol/")
    page.fill("input[name=login]", account.email)
    page.fill("input[name=password]", account.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector("input[name=code]")
    page.goto("/konsol/konto/")
    assert "/konsol/konto/" not in page.url.partition("?")[0], "a password alone is not enough any more"
    page.goto("/konto/2fa/authenticate/")
    page.fill("input[name=code]", code(secret))
    page.press("input[name=code]", "Enter")
    page.wait_for_url(lambda url: "/2fa/authenticate" not in url)
    page.goto("/konsol/konto/")
    assert page.url.endswith("/konsol/konto/")
    someone.check()


def test_passkey_signs_in_without_a_password(
    person: Callable[..., Person], sign_in_of: Callable[[str], SignIn]
) -> None:
    account = sign_in_of("sekretariat")
    someone = person()
    page = someone.page
    add_device(page)
    sign_in(page, account, to="/konsol/konto/")
    page.click('a[href="/konto/2fa/webauthn/add/"]')
    confirm_password(page, account)
    page.fill("input[name=name]", "Min nøgle")
    if page.locator("input[name=passwordless]").count():
        page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "webauthn/add" not in url)
    page.goto("/konsol/konto/")
    sign_out(page)
    page.goto("/konto/login/?next=/konsol/")
    page.click("#passkey_login")
    page.wait_for_url("**/konsol/")
    someone.check()


def test_auditor_sets_a_code_up_before_seeing_anything_and_is_asked_for_it_ever_after(
    person: Callable[..., Person], auditor: SignIn
) -> None:
    someone = person()
    page = someone.page
    wrong: list[str] = []
    give_password(page, auditor, to="/konsol/henvendelse/")
    page.wait_for_url("**/velkommen/to-trin/")
    wrong += looked_at(someone, "/velkommen/to-trin/")
    page.goto("/konsol/")
    page.wait_for_url("**/velkommen/to-trin/")
    page.click("text=Brug en app")
    wrong += looked_at(someone, "/konto/reauthenticate/")
    confirm_password(page, auditor)
    secret = page.input_value("#authenticator_secret")
    page.fill("input[name=code]", code(secret))
    page.press("input[name=code]", "Enter")
    page.wait_for_url("**/recovery-codes/")
    wrong += looked_at(someone, "/konto/2fa/recovery-codes/")
    spare = page.input_value("#recovery_codes").split()[0]
    page.click("text=Fortsæt")
    page.wait_for_url("**/konsol/")

    for recovery in ("", spare):
        sign_out(page)
        give_password(page, auditor, to="/konsol/konto/")
        page.wait_for_selector("input[name=code]")
        wrong += looked_at(someone, "/konto/2fa/authenticate/")
        page.fill("input[name=code]", recovery or code(secret))
        page.press("input[name=code]", "Enter")
        page.wait_for_url("**/konsol/konto/")
    assert wrong == []
    someone.check()


def test_key_is_asked_for_after_the_password(person: Callable[..., Person], auditor: SignIn) -> None:
    someone = person()
    page = someone.page
    add_device(page)
    give_password(page, auditor, to="/konsol/konto/")
    page.wait_for_url("**/velkommen/to-trin/")
    page.click("text=Brug en nøgle")
    confirm_password(page, auditor)
    page.fill("input[name=name]", "Min nøgle")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/")
    page.click("text=Fortsæt")
    page.wait_for_url("**/konsol/konto/")
    sign_out(page)
    give_password(page, auditor, to="/konsol/konto/")
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url("**/konsol/konto/")
    someone.check()


def test_sign_up_is_closed(person: Callable[..., Person]) -> None:
    page = person().page
    page.goto("/konto/signup/")
    assert page.locator("input[name=email]").count() == 0
