"""Having a notebook checked without handing it in."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.models import User
from api.access import get_learner
from api.problems import PROBLEM_TYPE
from api.serializers import (
    CheckRunSerializer,
    FileParser,
    HandingIn,
    NotebookParser,
    RequestParser,
)
from api.views.base import ENDED, MISSING, NO_WORK, UNSIGNED, WORK, View, refusal
from curriculum.models import Exercise
from grader.exercises import read_sources
from submissions.access import get_trial
from submissions.models import Trial
from submissions.services import cancel_run, check_answers, check_notebook
from submissions.views.following import follow_run
from workbench.access import get_exercise
from workbench.services import load_exercise


class Check(View):
    parser_classes = (RequestParser, NotebookParser, FileParser)

    @extend_schema(
        operation_id="exercises_check",
        request=WORK,
        responses={
            202: CheckRunSerializer,
            **NO_WORK,
            **UNSIGNED,
            **MISSING,
            (429, PROBLEM_TYPE): refusal("Too often; `Retry-After` says when to come back."),
        },
    )
    def post(self, request: Request, slug: str) -> Response:
        """Have the visible checks made. It costs no attempt and counts for nothing; ask at `Location`."""
        trial = _check(get_learner(request), get_exercise(slug), HandingIn.read(request))
        return Response(
            _show(trial),
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": reverse("api:check-state", [trial.public_id], request=request)},
        )


class CheckState(View):
    @extend_schema(
        operation_id="checks_retrieve",
        responses={200: CheckRunSerializer, **UNSIGNED, **MISSING},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        """Where a check of yours stands, and what it has found. It is forgotten after a day."""
        return Response(_show(get_trial(get_learner(request), public_id)))


class CancelCheck(View):
    @extend_schema(
        operation_id="checks_cancel",
        request=None,
        responses={200: CheckRunSerializer, **UNSIGNED, **MISSING, **ENDED},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        """Stop a check of yours that waits or runs."""
        learner = get_learner(request)
        cancel_run(run=get_trial(learner, public_id).run)
        return Response(_show(get_trial(learner, public_id)))


def _check(learner: User, exercise: Exercise, sent: HandingIn) -> Trial:
    if sent.answers is None:
        return check_notebook(learner=learner, exercise=exercise, notebook=sent.notebook)
    answers = read_sources(load_exercise(exercise), sent.answers)
    return check_answers(learner=learner, exercise=exercise, answers=answers)


def _show(trial: Trial) -> dict[str, object]:
    return CheckRunSerializer(follow_run(trial.run)).data
