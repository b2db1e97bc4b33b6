"""Profile, token, sessions, and that every account page keeps to our frame."""

import re
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from rest_framework.authtoken.models import Token

from accounts.middleware import TimezoneMiddleware
from accounts.models import Role, User
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client, learner: User) -> Client:
    client.post(reverse("account_login"), {"login": learner.username, "password": PASSWORD})
    return client


@pytest.fixture
def proven(signed_in: Client) -> Client:
    """Signed in, and has given the password once more for what matters most."""
    signed_in.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return signed_in


# -- Profile ---------------------------------------------------------------------------------------


def test_the_profile_keeps_name_and_time_zone(signed_in: Client, learner: User) -> None:
    answers = {"display_name": "Ada L.", "timezone": "Europe/Zurich", "role": "operator"}
    assert signed_in.post(reverse("accounts:profile"), answers).status_code == 302
    learner.refresh_from_db()
    assert (learner.name, learner.timezone) == ("Ada L.", "Europe/Zurich")
    assert learner.role == Role.LEARNER


def test_an_unknown_time_zone_is_refused(signed_in: Client, learner: User) -> None:
    page = signed_in.post(reverse("accounts:profile"), {"timezone": "Mars/Olympus_Mons"})
    assert b"errorlist" in page.content
    learner.refresh_from_db()
    assert learner.timezone == "UTC"


def test_requests_run_in_the_time_zone_of_their_user(learner: User, rf: RequestFactory) -> None:
    seen = []
    middleware = TimezoneMiddleware(
        lambda request: seen.append(timezone.get_current_timezone_name())  # type: ignore[arg-type,func-returns-value]
    )
    request = rf.get("/")
    request.user = learner
    for name in ["Asia/Tokyo", "Gone/Forever"]:
        learner.timezone = name
        middleware(request)
    assert seen == ["Asia/Tokyo", "UTC"]
    assert timezone.get_current_timezone_name() == "UTC"


# -- Token -----------------------------------------------------------------------------------------


def test_a_token_is_shown_once(proven: Client, learner: User) -> None:
    url = reverse("accounts:token")
    proven.get(url)
    assert not Token.objects.exists()
    page = proven.post(url)
    key = Token.objects.get(user=learner).key
    assert key in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert key not in proven.get(url).content.decode()


def test_a_new_token_replaces_the_old_one(proven: Client, learner: User) -> None:
    old = Token.objects.create(user=learner).key
    proven.post(reverse("accounts:token"))
    assert Token.objects.get(user=learner).key != old


def test_revoking_takes_only_ones_own(
    signed_in: Client, learner: User, other_learner: User
) -> None:
    Token.objects.create(user=learner)
    Token.objects.create(user=other_learner)
    signed_in.post(reverse("accounts:revoke_token"))
    assert list(Token.objects.values_list("user", flat=True)) == [other_learner.pk]


def test_a_token_asks_for_the_password_once_more(signed_in: Client, learner: User) -> None:
    asked = signed_in.post(reverse("accounts:token"))
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert not Token.objects.exists()
    page = signed_in.post(asked.url, {"password": PASSWORD})
    assert Token.objects.get(user=learner).key in page.content.decode()


# -- Every page ------------------------------------------------------------------------------------

ENTRANCE = [
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
]
OWN = [
    "accounts:profile",
    "accounts:token",
    "account_email",
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "usersessions_list",
    "socialaccount_connections",
]


@pytest.mark.parametrize("name", ENTRANCE)
def test_pages_for_strangers_are_in_our_frame(client: Client, name: str) -> None:
    _assert_our_frame(client.get(reverse(name)))


@pytest.mark.parametrize("name", OWN)
def test_pages_for_members_are_in_our_frame(proven: Client, name: str) -> None:
    _assert_our_frame(proven.get(reverse(name)))


@pytest.mark.parametrize("name", ["accounts:profile", "accounts:token"])
def test_our_pages_ask_strangers_to_sign_in(client: Client, name: str) -> None:
    assert client.get(reverse(name)).url.startswith(reverse("account_login"))


def _assert_our_frame(page: Any) -> None:
    text = page.content.decode()
    assert page.status_code == 200
    assert 'class="page-head"' in text
    assert len(re.findall(r"<h1[ >]", text)) == 1
    # What the content security policy would refuse: style attributes and scripts in the page.
    assert " style=" not in text
    assert not re.findall(r"\son\w+=", text)
    assert all(
        "src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", text)
    )
