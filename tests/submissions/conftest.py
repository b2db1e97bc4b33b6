"""One exercise, somebody who stands in for the kernel host, and a broker that only remembers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from common.clock import now
from config import celery_app
from curriculum.models import Exercise, ExerciseVersion, Module, Section
from grader.exercises import Answers, Cell, Limits, Rules
from grader.exercises import Exercise as Definition
from grader.report import CellResult, CheckResult, Report
from grader.verdict import Verdict
from submissions import services
from submissions.models import Run, Submission

STATEMENT = "# Twice\n\nWrite `double`, so that $f(x) = 2x$."
STARTER = "def double(x):\n    raise NotImplementedError\n"


def make_definition(slug: str = "double", **fields: Any) -> Definition:
    values: dict[str, Any] = {
        "slug": slug,
        "title": "Twice",
        "summary": "Doubling",
        "minutes": 5,
        "difficulty": 1,
        "points": 3.0,
        "environment": "core",
        "limits": Limits(),
        "attempts": None,
        "rules": Rules(),
        "skills": (),
        "sources": (),
        "rows": (),
        "cells": (
            Cell("text-1", "markdown", STATEMENT),
            Cell("double", "code", STARTER, True, "def double(x):\n    return 2 * x\n"),
        ),
        "checks": "HIDDEN-CHECKS",
        "wrong": (),
    }
    return Definition(**{**values, **fields})


@pytest.fixture
def make_exercise(db: None) -> Callable[..., Exercise]:
    """A function that releases an exercise in a small course."""

    def make(slug: str = "double", **fields: Any) -> Exercise:
        definition = make_definition(slug, **fields)
        module, _made = Module.objects.get_or_create(
            slug="foundations", defaults={"number": 1, "title": "Foundations", "headline_hours": 9}
        )
        section, _made = Section.objects.get_or_create(
            module=module,
            slug="sums",
            defaults={"number": "1.1", "title": "Sums", "total_hours": 9},
        )
        exercise = Exercise.objects.create(
            slug=slug,
            section=section,
            title=definition.title,
            minutes=5,
            difficulty=1,
            points=definition.points,
            environment="core",
        )
        exercise.current_version = ExerciseVersion.objects.create(
            exercise=exercise,
            digest=definition.digest,
            payload=definition.payload(),
            released_at=now(),
        )
        exercise.save()
        return exercise

    return make


@pytest.fixture
def exercise(make_exercise: Callable[..., Exercise]) -> Exercise:
    return make_exercise()


class Sent(list):
    """What was sent to the broker: run ids in order; ``is_down`` makes it refuse."""

    is_down = False

    def send_task(self, name: str, args: list[str], **options: Any) -> None:
        if self.is_down:
            raise ConnectionRefusedError("no broker")
        assert name == "submissions.tasks.grade_run"
        self.append((args[0], options))

    @property
    def run_ids(self) -> list[str]:
        return [run_id for run_id, _options in self]


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """The broker."""
    sent = Sent()
    monkeypatch.setattr(celery_app, "send_task", sent.send_task)
    return sent


@pytest.fixture
def submit(learner: Any, exercise: Exercise) -> Callable[..., Submission]:
    """A function that hands in an answer; a new key each time unless one is given."""
    keys = iter(range(1000))

    def submit_one(source: str = "def double(x):\n    return 2 * x\n", **fields: Any) -> Submission:
        values = {
            "learner": learner,
            "exercise": exercise,
            "answers": Answers({"double": source}),
            "source": "page",
            "key": f"key-{next(keys)}",
        }
        return services.submit_answers(**{**values, **fields})

    return submit_one


def make_report(run: Run, points: float = 3.0, **fields: Any) -> Report:
    """What the kernel host would say; all points unless told."""
    passed = points == 3.0
    verdict = Verdict.PASSED if passed else Verdict.FAILED
    values: dict[str, Any] = {
        "exercise": "double",
        "exercise_digest": run.version.digest,
        "environment": "core",
        "environment_digest": "e" * 64,
        "seed": run.seed,
        "verdict": verdict,
        "points": points,
        "max_points": 3.0,
        "checks": (
            CheckResult("Doubles ints", "double", 1.0, 1.0, Verdict.PASSED),
            CheckResult(
                "Doubles arrays",
                "double",
                points - 1.0,
                2.0,
                verdict,
                "" if passed else "double([1, 2]) gave [1, 2, 1, 2]",
                "" if passed else "x = [1, 2]",
                ("What does * do to a list?",),
            ),
        ),
        "cells": (CellResult("double", Verdict.PASSED),),
        "phases": {"kernel": 0.1, "checks": 0.02},
        "notebook": {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {},
            "cells": [
                {
                    "id": "double",
                    "cell_type": "code",
                    "source": "print(double(2))",
                    "execution_count": 1,
                    "metadata": {"kilohour": {"id": "double", "role": "answer"}},
                    "outputs": [{"output_type": "stream", "name": "stdout", "text": "4\n"}],
                }
            ],
        },
    }
    return Report(**{**values, **fields})


class StandIn:
    """Stands in for the kernel host: says ``events``, then does what ``end`` says."""

    def __init__(self, end: Callable[[Run], Report] | Exception, events: tuple = ()) -> None:
        self.end = end
        self.events = events
        self.jobs: list[dict[str, Any]] = []

    def grade(self, job: dict[str, Any], *, on_event=None, should_stop=None) -> Report:
        self.jobs.append(job)
        for event in self.events:
            on_event(event)
        if isinstance(self.end, Exception):
            raise self.end
        return self.end(Run.objects.running().get(seed=job["seed"]))


def claim(submission: Submission, worker: str = "worker/1") -> Run:
    run = services.claim_run(public_id=submission.latest_run.public_id, worker=worker)
    assert run is not None
    return run


def reload(run: Run) -> Run:
    return Run.objects.get(pk=run.pk)


@pytest.fixture
def signed_in(client: Client, learner: Any) -> Client:
    client.force_login(learner)
    return client
