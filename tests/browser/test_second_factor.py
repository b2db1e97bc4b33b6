"""A passkey and an authenticator app, set up and used as somebody would: with Chromium's own virtual key."""

import base64
import hmac
import struct
import time

import pytest

from tests.browser.conftest import sign_in

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def signed_in(new_page, product):
    def make(name):
        page = new_page()
        sign_in(page, name, product.demo_password(name))
        return page

    return make


def test_a_passkey_signs_in_without_a_password(signed_in, product):
    page = signed_in("demo-mentor")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    open_guarded(page, "/account/2fa/webauthn/add/", product.demo_password("demo-mentor"))
    page.fill("input[name=name]", "This computer")
    page.check("input[name=passwordless]")
    page.get_by_role("button", name="Add").click()
    page.wait_for_url(lambda url: "/add/" not in url)
    sign_out(page)
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/")
    assert page.locator(".menu-name").inner_text().lower().startswith("demo")


def test_an_app_on_the_phone_gives_the_second_proof(signed_in, product):
    page = signed_in("demo-operator")
    open_guarded(page, "/account/2fa/totp/activate/", product.demo_password("demo-operator"))
    secret = page.input_value("#authenticator_secret")
    used = one_time_code(secret)
    page.fill("input[name=code]", used)
    page.get_by_role("button", name="Activate").click()
    page.wait_for_url(lambda url: "/activate/" not in url)
    sign_out(page)
    page.goto("/account/login/")
    page.fill("input[name=login]", "demo-operator")
    page.fill("input[name=password]", product.demo_password("demo-operator"))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/2fa/authenticate/**")
    while one_time_code(secret) == used:  # a code counts once
        page.wait_for_timeout(500)
    page.fill("input[name=code]", one_time_code(secret))
    page.locator("main form").filter(has=page.locator("input[name=code]")).get_by_role(
        "button"
    ).first.click()
    page.wait_for_url("**/")
    assert page.locator(".menu-name").inner_text().lower().startswith("demo")


def open_guarded(page, address, password):
    """What could lock somebody out asks for the password once more."""
    page.goto(address)
    if "/reauthenticate/" in page.url:
        page.fill("input[name=password]", password)
        page.get_by_role("button", name="Confirm").click()
        page.wait_for_url(f"**{address}")


def sign_out(page):
    page.goto("/account/logout/")
    page.locator("main").get_by_role("button").first.click()
    page.wait_for_url("**/")


def one_time_code(secret):
    """RFC 6238 with its usual values: SHA-1, 30 s, six digits."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"
