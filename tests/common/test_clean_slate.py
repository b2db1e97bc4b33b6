"""What a transactional test writes is gone before the next one; what Django itself filled in is not."""

import time
from collections.abc import Callable
from threading import Event, Thread

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction
from django.db.models import Model
from django.test import TransactionTestCase

from accounts.models import User
from curriculum.models import Exercise
from tests.conftest import KEPT, PASSWORD
from tests.progress.conftest import exercises, hand_in, write_on  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db(transaction=True)


def end_a_test() -> None:
    """What pytest-django does after a transactional test."""
    TransactionTestCase("__init__")._fixture_teardown()


def filled() -> set[type[Model]]:
    """Whose tables have rows."""
    models = apps.get_models(include_auto_created=True)
    return {model for model in models if model._base_manager.exists()}


def test_no_row_is_left(
    learner: User,
    exercises: list[Exercise],  # noqa: F811
    hand_in: Callable,  # noqa: F811
    write_on: Callable,  # noqa: F811
) -> None:
    hand_in(learner, exercises[0], points=3.0)
    write_on(learner, exercises[1])
    group = Group.objects.create(name="readers")
    group.permissions.set(Permission.objects.all())
    learner.groups.add(group)
    assert len(filled() - set(KEPT)) > 12
    kept = [set(model.objects.values_list("pk", flat=True)) for model in KEPT]
    end_a_test()
    assert filled() == set(KEPT)
    assert [set(model.objects.values_list("pk", flat=True)) for model in KEPT] == kept


def test_a_thread_that_still_writes_is_waited_for() -> None:
    has_written = Event()

    def write() -> None:
        try:
            with transaction.atomic():
                User.objects.create_user("late", "late@example.org", PASSWORD)
                has_written.set()
                time.sleep(0.3)
        finally:
            connection.close()

    thread = Thread(target=write)
    thread.start()
    assert has_written.wait(30)
    end_a_test()
    thread.join()
    assert not User.objects.exists()
