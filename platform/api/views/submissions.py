"""Handing in, and reading what came of it."""

import uuid
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.models import User
from api.access import get_learner
from api.problems import PROBLEM_TYPE
from api.serializers import (
    FileParser,
    HandingIn,
    NotebookParser,
    RequestParser,
    SubmissionSerializer,
    SubmissionSummarySerializer,
)
from api.views.base import ENDED, MISSING, NO_WORK, NOTEBOOK, UNSIGNED, WORK, View, refusal
from curriculum.models import Exercise
from grader.exercises import read_sources
from notebooks.download import notebook_response
from submissions.access import get_submission
from submissions.models import Submission
from submissions.services import cancel_run, submit_answers, submit_notebook
from submissions.views.state import SubmissionState
from workbench.access import get_exercise
from workbench.services import load_exercise


class Submit(View):
    parser_classes = (RequestParser, NotebookParser, FileParser)

    @extend_schema(
        operation_id="exercises_submit",
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                description="Up to 100 characters. The same key again gives the same submission.",
            )
        ],
        request=WORK,
        responses={
            202: SubmissionSerializer,
            **NO_WORK,
            **UNSIGNED,
            **MISSING,
            (409, PROBLEM_TYPE): refusal("No attempt is left, or the key belongs elsewhere."),
            (429, PROBLEM_TYPE): refusal(
                "Too many wait, or you submit too often; `Retry-After` says when to come back."
            ),
        },
    )
    def post(self, request: Request, slug: str) -> Response:
        """Hand in a notebook, or only the answers. Grading goes on by itself; ask at `Location`."""
        submission = _hand_in(
            get_learner(request),
            get_exercise(slug),
            HandingIn.read(request),
            request.headers.get("Idempotency-Key") or str(uuid.uuid4()),
        )
        location = reverse("api:submission", [submission.public_id], request=request)
        return Response(
            _show(submission, request),
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": location},
        )


def _hand_in(learner: User, exercise: Exercise, sent: HandingIn, key: str) -> Submission:
    if sent.answers is None:
        return submit_notebook(
            learner=learner, exercise=exercise, notebook=sent.notebook, source="api", key=key
        )
    answers = read_sources(load_exercise(exercise), sent.answers)
    return submit_answers(
        learner=learner, exercise=exercise, answers=answers, source="api", key=key
    )


@extend_schema(
    parameters=[
        OpenApiParameter("exercise", OpenApiTypes.STR, description="Only of this exercise (slug).")
    ]
)
class SubmissionList(View, ListAPIView):
    """Your submissions, newest first."""

    serializer_class = SubmissionSummarySerializer
    queryset = Submission.objects.none()

    def get_queryset(self) -> QuerySet[Submission]:
        mine = Submission.objects.filter(learner=get_learner(self.request)).with_outcome()
        slug = self.request.query_params.get("exercise")
        return mine.filter(exercise__slug=slug) if slug else mine


class SubmissionDetail(View):
    @extend_schema(
        operation_id="submissions_retrieve",
        responses={200: SubmissionSerializer, **UNSIGNED, **MISSING},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        """Where a submission of yours stands, and its report once it is graded."""
        return Response(_show(_get_own(request, public_id), request))


class Cancel(View):
    @extend_schema(
        operation_id="submissions_cancel",
        request=None,
        responses={200: SubmissionSerializer, **UNSIGNED, **MISSING, **ENDED},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        """Stop the grading of a submission of yours that waits or runs. It costs no attempt."""
        cancel_run(run=_get_own(request, public_id).latest_run)
        return Response(_show(_get_own(request, public_id), request))


class ExecutedNotebook(View):
    @extend_schema(
        operation_id="submissions_notebook", responses={**NOTEBOOK, **UNSIGNED, **MISSING}
    )
    def get(self, request: Request, public_id: UUID) -> HttpResponse:
        """The notebook as it ran, with its outputs."""
        submission = _get_own(request, public_id)
        notebook = SubmissionState(submission).notebook
        if not notebook:
            raise Http404
        name = f"{submission.exercise.slug}-{submission.number}-executed"
        return notebook_response(notebook, name)


def _get_own(request: Request, public_id: UUID) -> Submission:
    """A token gives its owner's own submissions only, whatever the owner may see on the pages."""
    learner = get_learner(request)
    submission = get_submission(learner, public_id)
    if submission.learner_id != learner.pk:
        raise Http404
    return submission


def _show(submission: Submission, request: Request) -> dict[str, Any]:
    state = SubmissionState(submission)
    return SubmissionSerializer(state, context={"request": request}).data
