"""Version 1 of the API."""

from api.views.checks import CancelCheck, Check, CheckState
from api.views.docs import Docs, Schema
from api.views.exercises import ExerciseDetail, ExerciseList, Starter
from api.views.submissions import (
    Cancel,
    ExecutedNotebook,
    SubmissionDetail,
    SubmissionList,
    Submit,
)

__all__ = [
    "Cancel",
    "CancelCheck",
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
