"""Signing in: password, a code from an app, a passkey; and out."""

import base64
import hashlib
import hmac
import struct
import time
from collections.abc import Callable

from playwright.sync_api import Page

from borgerlinje.demo.sign_ins import SignIn
from tests.browser.conftest import Person, sign_in

PASSKEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def code(secret: str) -> str:
    """Compute the code an authenticator app shows now (RFC 6238, SHA-1, 30 seconds, six digits)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


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
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": PASSKEY})
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


def test_sign_up_is_closed(person: Callable[..., Person]) -> None:
    page = person().page
    page.goto("/konto/signup/")
    assert page.locator("input[name=email]").count() == 0
