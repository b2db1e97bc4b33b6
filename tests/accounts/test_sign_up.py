"""From a stranger to somebody signed in, and what strangers cannot find out on the way."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import Role, User
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
ANSWERS = {"email": "Ada@Example.org", "username": "ada", "password1": PASSWORD}


def sign_up(client: Client, **answers: str) -> Any:
    return client.post(reverse("account_signup"), ANSWERS | answers, follow=True)


def code_from_mail() -> str:
    match = re.search(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", mail.outbox[-1].body, re.MULTILINE)
    assert match, mail.outbox[-1].body
    return match[1]


def enter_code(client: Client, code: str) -> Any:
    return client.post(reverse("account_email_verification_sent"), {"code": code})


def test_the_code_from_the_mail_makes_a_signed_in_learner(client: Client) -> None:
    page = sign_up(client)
    assert page.redirect_chain[-1][0] == reverse("account_email_verification_sent")
    assert mail.outbox[0].to == ["ada@example.org"]
    assert code_from_mail() in mail.outbox[0].subject
    assert "_auth_user_id" not in client.session

    assert enter_code(client, code_from_mail()).status_code == 302

    user = User.objects.get(username="ada")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert user.role == Role.LEARNER
    assert EmailAddress.objects.get(user=user).verified


def test_a_wrong_code_signs_nobody_in(client: Client) -> None:
    sign_up(client)
    page = enter_code(client, "AAAA-AAAA")
    assert page.status_code == 200
    assert b"errorlist" in page.content
    assert "_auth_user_id" not in client.session


def test_an_address_that_is_not_verified_cannot_sign_in(client: Client) -> None:
    sign_up(client)
    cache.clear()  # a second code within ten seconds would be too many
    page = Client().post(reverse("account_login"), {"login": "ada", "password": PASSWORD})
    assert page.url.startswith(reverse("account_email_verification_sent"))


@pytest.mark.parametrize("login", ["learner", "learner@example.org"])
def test_sign_in_takes_username_and_address(client: Client, learner: User, login: str) -> None:
    client.post(reverse("account_login"), {"login": login, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(learner.pk)


def test_the_role_cannot_be_asked_for(client: Client) -> None:
    sign_up(client, role="operator", is_staff="on", is_superuser="on")
    assert User.objects.get(username="ada").role == Role.LEARNER


def test_without_a_mail_server_the_page_says_where_the_mail_lies(
    client: Client, settings: Any
) -> None:
    page = sign_up(client)
    assert settings.EMAIL_FILE_PATH in page.content.decode()
    done = client.post(reverse("account_reset_password"), {"email": "ada@example.org"}, follow=True)
    assert settings.EMAIL_FILE_PATH in done.content.decode()


def test_with_a_mail_server_it_does_not(client: Client, settings: Any) -> None:
    settings.MAIL_IS_REAL = True
    assert "no mail" not in sign_up(client).content.decode()


def test_signing_up_does_not_tell_who_has_an_account(client: Client, learner: User) -> None:
    fresh = sign_up(Client())
    known = sign_up(client, email=learner.email, username="somebody")
    assert known.redirect_chain == fresh.redirect_chain
    assert _without_particulars(known) == _without_particulars(fresh)
    assert "already" in mail.outbox[-1].subject
    assert not User.objects.filter(username="somebody").exists()


def test_resetting_does_not_tell_who_has_an_account(client: Client, learner: User) -> None:
    known = client.post(reverse("account_reset_password"), {"email": learner.email}, follow=True)
    unknown = Client().post(reverse("account_reset_password"), {"email": "x@y.org"}, follow=True)
    assert _without_particulars(known) == _without_particulars(unknown)


def test_signing_in_does_not_tell_who_has_an_account(client: Client, learner: User) -> None:
    wrong = {"login": learner.email, "password": "not-this-one"}
    known = client.post(reverse("account_login"), wrong)
    unknown = Client().post(reverse("account_login"), wrong | {"login": "nobody@example.org"})
    assert _without_particulars(known) == _without_particulars(unknown)


def test_guessing_passwords_is_slowed_down(client: Client, learner: User) -> None:
    wrong = {"login": learner.email, "password": "not-this-one"}
    for _ in range(6):
        page = client.post(reverse("account_login"), wrong)
    assert "Too many" in page.content.decode()
    right = {"login": learner.email, "password": PASSWORD}
    assert client.post(reverse("account_login"), right).status_code == 200


def test_the_link_from_the_mail_sets_a_new_password(client: Client, learner: User) -> None:
    client.post(reverse("account_reset_password"), {"email": learner.email})
    link = re.search(r"https?://[^/]+(\S+)", mail.outbox[-1].body)
    assert link
    page = client.get(link[1], follow=True)
    new = {"password1": "another-horse-battery", "password2": "another-horse-battery"}
    client.post(page.redirect_chain[-1][0], new)
    learner.refresh_from_db()
    assert learner.check_password("another-horse-battery")


def _without_particulars(page: Any) -> str:
    """The page without tokens, addresses and what was typed."""
    text = re.sub(r'value="[^"]*"', "", page.content.decode())
    return re.sub(r"[\w.@-]+@[\w.-]+", "", text)


def test_without_the_server_that_counts_attempts_nobody_is_let_in(
    client: Client, learner: User
) -> None:
    gone = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:1/0",
    }
    client.raise_request_exception = False
    with override_settings(CACHES={"default": gone}):
        answer = client.post("/account/login/", {"login": learner.username, "password": "x"})
    assert answer.status_code == 503
    assert "try again" in answer.content.decode()
