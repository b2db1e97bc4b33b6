"""What an exercise is: read from its folder, put together with a learner's answers, and proved."""

from grader.exercises.answers import (
    EXTRA_ID,
    Answers,
    Extra,
    read_answers,
    read_sources,
    solution_answers,
    starter_answers,
)
from grader.exercises.assemble import assemble, job, learner_notebook, starter_notebook
from grader.exercises.diagnostics import Problems
from grader.exercises.loader import discover, load_exercise
from grader.exercises.manifest import ExerciseKind, Limits, Rules, read_model, read_text
from grader.exercises.values import Cell, Exercise, WrongAnswer

__all__ = [
    "EXTRA_ID",
    "Answers",
    "Cell",
    "Exercise",
    "ExerciseKind",
    "Extra",
    "Limits",
    "Problems",
    "Rules",
    "WrongAnswer",
    "assemble",
    "discover",
    "job",
    "learner_notebook",
    "load_exercise",
    "read_answers",
    "read_model",
    "read_sources",
    "read_text",
    "solution_answers",
    "starter_answers",
    "starter_notebook",
]
