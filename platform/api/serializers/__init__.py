"""The shapes that come in and go out."""

from api.serializers.checks import CheckRunSerializer
from api.serializers.exercises import ExerciseDetailSerializer, ExerciseSerializer
from api.serializers.problems import ProblemSerializer
from api.serializers.requests import (
    FileParser,
    HandingIn,
    NotebookParser,
    RequestParser,
    SubmissionFileSerializer,
    SubmissionRequestSerializer,
)
from api.serializers.submissions import SubmissionSerializer, SubmissionSummarySerializer

__all__ = [
    "CheckRunSerializer",
    "ExerciseDetailSerializer",
    "ExerciseSerializer",
    "FileParser",
    "HandingIn",
    "NotebookParser",
    "ProblemSerializer",
    "RequestParser",
    "SubmissionFileSerializer",
    "SubmissionRequestSerializer",
    "SubmissionSerializer",
    "SubmissionSummarySerializer",
]
