"""The runs that an exercise proves itself by: which are made, and what came of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grader.errors import Problem
from grader.exercises.answers import Answers, solution_answers, starter_answers
from grader.exercises.values import Exercise
from grader.report import Report

# The solution must stand up to more than one draw of inputs; a check that wants luck is found here.
SOLUTION_SEEDS = (1, 2)
SEED = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """One run to be made: ``name`` is "solution", "blank" or that of a wrong answer."""

    name: str
    role: Literal["solution", "blank", "wrong"]
    answers: Answers
    seed: int = SEED


@dataclass(frozen=True, slots=True)
class Trial:
    """One run that was made, in wall seconds.

    Without a report, ``failure`` says why, or ``broken`` what keeps ``checks.py`` from being loaded.
    """

    plan: Plan
    report: Report | None
    seconds: float
    failure: str = ""
    broken: tuple[Problem, ...] = ()


def plans(exercise: Exercise) -> list[Plan]:
    """The runs that prove an exercise."""
    solution = solution_answers(exercise)
    return [
        *(Plan("solution", "solution", solution, seed) for seed in SOLUTION_SEEDS),
        Plan("blank", "blank", starter_answers(exercise)),
        *(
            Plan(wrong.name, "wrong", Answers({**solution.cells, **wrong.answers}))
            for wrong in exercise.wrong
        ),
    ]
