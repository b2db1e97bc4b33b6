"""A small exercise with every kind of cell, as rows of the course."""

from django.utils import timezone

from curriculum.models import Exercise, ExerciseVersion, Module, Section
from grader.exercises import Cell, Limits, Rules
from grader.exercises import Exercise as Definition

STARTER = "def double(x):\n    raise NotImplementedError"
SECRET = "secret-of-the-solution"
HIDDEN = "secret-of-the-checks"


def definition(**changes: object) -> Definition:
    """The exercise ``doubling``: two answer cells, maths in the statement, forbidden calls."""
    fields = {
        "slug": "doubling",
        "title": "Doubling",
        "summary": "Twice as much of everything.",
        "minutes": 15,
        "difficulty": 2,
        "points": 3.0,
        "environment": "core",
        "limits": Limits(cell_seconds=20, total_seconds=60, memory_mb=2048),
        "attempts": None,
        "rules": Rules(forbidden_imports=("sklearn",), forbidden_calls=("np.double",)),
        "skills": ("arithmetic",),
        "sources": ("Euclid, Elements, book VII",),
        "rows": (),
        "cells": (
            Cell("text-1", "markdown", "# Doubling\n\nWrite $2x$ without **np.double**."),
            Cell("code-1", "code", "import numpy as np"),
            Cell("double", "code", STARTER, True, f"def double(x):\n    return 2 * x  # {SECRET}"),
            Cell("text-2", "markdown", "Now *halve*."),
            Cell("halve", "code", "half = None", True, "half = 0.5"),
        ),
        "checks": f"# {HIDDEN}",
        "wrong": (),
        "data": {"numbers.csv": b"1,2,4\n"},
    }
    return Definition(**{**fields, **changes})  # type: ignore[arg-type]


def release(exercise: Exercise, changed: Definition) -> ExerciseVersion:
    """Make ``changed`` the exercise's current version."""
    version = ExerciseVersion.objects.create(
        exercise=exercise,
        digest=changed.digest,
        payload=changed.payload(),
        released_at=timezone.now(),
    )
    exercise.current_version = version
    exercise.save()
    return version


def make_exercise(**changes: object) -> Exercise:
    """The exercise with its section and module, released."""
    module, _ = Module.objects.get_or_create(
        slug="foundations",
        defaults={"number": 1, "title": "Foundations", "headline_hours": 10, "summary": "First."},
    )
    section, _ = Section.objects.get_or_create(
        module=module,
        slug="sums",
        defaults={"number": "1.1", "title": "Sums", "total_hours": 5, "summary": "Sums."},
    )
    value = definition(**changes)
    exercise = Exercise.objects.create(
        section=section,
        slug=value.slug,
        title=value.title,
        summary=value.summary,
        minutes=value.minutes,
        difficulty=value.difficulty,
        points=value.points,
        environment=value.environment,
    )
    release(exercise, value)
    return exercise
