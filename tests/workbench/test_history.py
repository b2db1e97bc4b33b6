"""Earlier versions: which are kept, how they are shown, and the way back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from accounts.models import User
from curriculum.models import Exercise
from grader.exercises import Answers, Extra
from tests.workbench.sample import STARTER, definition, release
from workbench import services
from workbench.access import list_versions
from workbench.models import KeptVersion
from workbench.services import drafts, versions

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A function that sets the clock to so much after the start."""

    def set_to(**after: float) -> None:
        for module in (drafts, versions):
            monkeypatch.setattr(module, "now", lambda: START + timedelta(**after))

    set_to()
    return set_to


@pytest.fixture
def write(learner: User, exercise: Exercise) -> Callable[..., Any]:
    """A function that saves a text of the first answer cell, whatever was there."""

    def save(text: str, *extras: Extra) -> Any:
        return services.save_draft(
            learner=learner,
            exercise=exercise,
            answers=Answers({"double": text}, extras),
            revision=services.get_work(exercise=exercise, learner=learner).revision,
        )

    return save


@pytest.fixture
def kept(learner: User, exercise: Exercise) -> Callable[[], list[str]]:
    return lambda: [v.answers["cells"]["double"] for v in list_versions(learner, exercise)]


# -- Which are kept ------------------------------------------------------------------------------------


def test_while_writing_one_is_kept_about_every_ten_minutes(
    at: Callable[..., None], write: Any, kept: Any
) -> None:
    for minute in range(30):
        at(minutes=minute)
        write(f"# {minute}")
    assert kept() == ["# 27", "# 18", "# 9", "# 0"]


def test_the_text_of_the_day_before_is_kept_before_it_is_changed(
    at: Callable[..., None], write: Any, kept: Any
) -> None:
    write("# good")
    at(days=1)
    write("# broken")
    assert kept() == ["# good"]
    assert KeptVersion.objects.get().created_at == START, "it says when the text was written"


def test_the_blank_is_no_version(at: Callable[..., None], write: Any, kept: Any) -> None:
    write("# first")
    assert kept() == []


def test_what_is_handed_in_is_kept_once(
    write: Any, kept: Any, learner: User, exercise: Exercise
) -> None:
    work = write("# handed in")
    for key in ("a", "b"):
        services.submit_work(
            learner=learner, exercise=exercise, answers=None, revision=work.revision, form_key=key
        )
    assert kept() == ["# handed in"]
    assert KeptVersion.objects.get().reason == KeptVersion.Reason.SUBMIT


def test_older_versions_are_thinned_out() -> None:
    at = datetime(2026, 6, 30, 12, 30, tzinfo=UTC)
    # One every ten minutes for 100 days, newest first.
    dated = [(n, at - timedelta(minutes=10 * n)) for n in range(100 * 24 * 6)]
    gone = set(versions.superfluous(dated, at))
    left = [(pk, when) for pk, when in dated if pk not in gone]
    assert [pk for pk, _when in left[:10]] == list(range(10))
    ages = [at - when for _pk, when in left[10:]]
    assert sum(age < timedelta(days=1) for age in ages) == 23
    assert 29 <= sum(timedelta(days=1) <= age < timedelta(days=30) for age in ages) <= 31
    assert 3 <= sum(age >= timedelta(days=30) for age in ages) <= 4
    for _pk, when in left[10:33]:
        assert when.minute >= 50, "of each hour the last one stays"
    assert not versions.superfluous(left, at), "what has stayed stays"


def test_thinning_is_done_as_versions_come(
    at: Callable[..., None], learner: User, exercise: Exercise, kept: Any
) -> None:
    for number in range(14):
        at(seconds=number)
        services.set_aside_text(
            learner=learner, exercise=exercise, answers=Answers({"double": f"# {number}"})
        )
    assert kept() == [f"# {n}" for n in range(13, 3, -1)]


# -- The pages -----------------------------------------------------------------------------------------


def read(client: Client, name: str, *args: Any) -> BeautifulSoup:
    answer = client.get(reverse(f"workbench:{name}", args=args))
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


@pytest.fixture
def reset(client: Client, write: Any, learner: User, exercise: Exercise) -> KeptVersion:
    """A version from before a reset: an answer, and a cell of the learner's own."""
    client.force_login(learner)
    write("def double(x):\n    return x + x  # <mine>", Extra("double", "code", "double(2)"))
    services.reset_draft(learner=learner, exercise=exercise)
    return KeptVersion.objects.get()


def test_the_history_leads_to_each_version(
    client: Client, exercise: Exercise, reset: KeptVersion
) -> None:
    entry = read(client, "history", exercise.slug).select_one(".versions li")
    assert entry.a["href"] == reverse("workbench:version", args=[exercise.slug, reset.pk])
    assert "before a reset" in entry.get_text()
    assert "2 cells differ from now" in entry.get_text()


def test_a_version_says_what_differs_line_by_line(
    client: Client, exercise: Exercise, reset: KeptVersion
) -> None:
    page = read(client, "version", exercise.slug, reset.pk)
    answer, extra = page.select(".change")
    assert [(li["class"], li.get_text(" ", strip=True)) for li in answer.select("li")] == [
        (["is-same"], "def double(x):"),
        (["is-old"], "Then: return x + x  # <mine>"),
        (["is-new"], "Now: raise NotImplementedError"),
    ]
    assert answer.select_one("del").get_text() == "    return x + x  # <mine>"
    assert "not there now" in extra.get_text()
    assert not page.select("script:not([src]), style, [style]")


def test_restoring_works_without_a_script_and_keeps_what_was_there(
    client: Client, learner: User, exercise: Exercise, reset: KeptVersion, kept: Any
) -> None:
    form = read(client, "version", exercise.slug, reset.pk).select_one("main form")
    fields = {field["name"]: field["value"] for field in form.select("input")}
    answer = client.post(form["action"], fields, follow=True)
    assert "Your earlier text is back" in answer.content.decode()
    work = services.get_work(exercise=exercise, learner=learner)
    assert "x + x" in work.answers.cells["double"]
    assert [extra.source for extra in work.answers.extras] == ["double(2)"]
    assert kept()[0] == STARTER
    page = read(client, "version", exercise.slug, reset.pk)
    assert "the same as this version" in page.get_text()


def test_an_answer_that_left_the_exercise_can_still_be_read(
    client: Client, learner: User, exercise: Exercise, write: Any
) -> None:
    services.save_draft(
        learner=learner, exercise=exercise, answers=Answers({"halve": "half = 7"}), revision=0
    )
    release(exercise, definition(cells=definition().cells[:3]))
    write("# new")
    client.force_login(learner)
    version = KeptVersion.objects.get()
    assert version.reason == KeptVersion.Reason.COURSE
    text = read(client, "version", exercise.slug, version.pk).get_text(" ", strip=True)
    assert "no longer asks for halve" in text
    assert "half = 7" in text


def test_versions_are_their_learner_s_alone(
    client: Client, exercise: Exercise, reset: KeptVersion, other_learner: User
) -> None:
    address = reverse("workbench:version", args=[exercise.slug, reset.pk])
    restore = reverse("workbench:restore", args=[exercise.slug])
    client.force_login(other_learner)
    assert client.get(address).status_code == 404
    assert client.post(restore, {"version": reset.pk}).status_code == 404
    assert client.post(restore, {"version": "first"}).status_code == 404
    assert not read(client, "history", exercise.slug).select(".versions")
    client.logout()
    assert client.get(address)["Location"].startswith(reverse("account_login"))
    assert client.post(restore, {"version": reset.pk}).status_code == 302


def test_the_history_asks_few_questions(
    client: Client, exercise: Exercise, reset: KeptVersion, django_assert_max_num_queries: Any
) -> None:
    # Session, user, exercise, draft, versions.
    with django_assert_max_num_queries(5):
        client.get(reverse("workbench:history", args=[exercise.slug]))
