"""Version 1 of the API."""

from api.views.checks import Check, CheckState
from api.views.docs import Docs, Schema
from api.views.exercises import ExerciseDetail, ExerciseList, Starter
from api.views.submissions import ExecutedNotebook, SubmissionDetail, SubmissionList, Submit

__all__ = [
    "Check",
    "CheckState",
    "Docs",
    "ExecutedNotebook",
    "ExerciseDetail",
    "ExerciseList",
    "Schema",
    "Starter",
    "SubmissionDetail",
    "SubmissionList",
    "Submit",
]
