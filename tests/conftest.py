"""The cast of the tests, and settings that keep them apart."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, transaction
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from accounts.models import Role, User

PASSWORD = "correct-horse-battery"
# What Django fills in after each migration and no test changes.
KEPT = (ContentType, Permission)

# How fast a machine makes up input, beside another process of tests, is no property of ours.
hypothesis_settings.register_profile(
    "ours", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("ours")


def delete_all_rows() -> None:
    """Leave no row, as Django's flush does, but without making ``KEPT`` anew, which took most of its time.

    Keys are checked at the commit, so the order of the tables does not matter. A thread that outlives its test
    is waited for, as TRUNCATE does: otherwise what it commits between two DELETEs would survive.
    """
    found = connection.introspection.django_table_names(only_existing=True, include_views=False)
    kept = {model._meta.db_table for model in KEPT}
    tables = [connection.ops.quote_name(name) for name in sorted(set(found) - kept)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")
        cursor.execute(";".join(f"DELETE FROM {table}" for table in tables))


@pytest.fixture(autouse=True, scope="session")
def _quick_end_of_transactional_tests() -> Iterator[None]:
    """``django_db(transaction=True)`` ends with ``delete_all_rows``; no other tests have this teardown."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: delete_all_rows())
        yield


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
