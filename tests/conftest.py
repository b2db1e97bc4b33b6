"""The cast of the tests, and settings that keep them apart."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from accounts.models import Role, User

PASSWORD = "correct-horse-battery"

# How fast a machine makes up input, beside another process of tests, is no property of ours.
hypothesis_settings.register_profile(
    "ours", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("ours")


@pytest.fixture(autouse=True)
def _test_settings(settings: Any) -> Any:
    """Static files without a manifest, a cache that belongs to one test, quick password hashes."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    yield
    cache.clear()


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """A function that makes a user whose e-mail address is verified; the password is ``PASSWORD``."""

    def make(username: str, **fields: Any) -> User:
        user = User.objects.create_user(username, f"{username}@example.org", PASSWORD, **fields)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    return make


@pytest.fixture
def learner(make_user: Callable[..., User]) -> User:
    return make_user("learner")


@pytest.fixture
def other_learner(make_user: Callable[..., User]) -> User:
    return make_user("other-learner")


@pytest.fixture
def mentor(make_user: Callable[..., User]) -> User:
    return make_user("mentor", role=Role.MENTOR)


@pytest.fixture
def operator(make_user: Callable[..., User]) -> User:
    return make_user("operator", role=Role.OPERATOR)
