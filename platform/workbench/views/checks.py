"""Check and submit for the script of the notebook page: what is saved, by its revision."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from curriculum.models import Exercise
from submissions.access import get_trial
from submissions.views.following import follow_run
from workbench import services
from workbench.access import count_attempts_left
from workbench.forms import CheckBody, SubmitBody, read_body
from workbench.views.scripts import for_script


@require_POST
@for_script
def check(request: HttpRequest, learner: User, exercise: Exercise) -> HttpResponse:
    """Have the visible checks made."""
    body = read_body(request, CheckBody)
    trial = services.check_draft(learner=learner, exercise=exercise, revision=body.revision)
    place = [exercise.slug, trial.public_id]
    answer = {
        "id": str(trial.public_id),
        "url": reverse("workbench:check-state", args=place),
        "cancel": reverse("submissions:cancel-check", args=place),
    }
    return JsonResponse(answer, status=202)


@require_GET
@for_script
def check_state(
    request: HttpRequest, learner: User, exercise: Exercise, public_id: UUID
) -> HttpResponse:
    """Where a check stands, and what it has found so far."""
    return JsonResponse(follow_run(get_trial(learner, public_id).run))


@require_POST
@for_script
def submit(request: HttpRequest, learner: User, exercise: Exercise) -> HttpResponse:
    """Hand in."""
    body = read_body(request, SubmitBody)
    submission = services.submit_work(
        learner=learner,
        exercise=exercise,
        answers=None,
        revision=body.revision,
        form_key=body.key,
    )
    attempts = services.get_worksheet(exercise).attempts
    answer = {
        "id": str(submission.public_id),
        "url": reverse("submissions:state", args=[submission.public_id]),
        "cancel": reverse("submissions:cancel", args=[submission.public_id]),
        "page": submission.get_absolute_url(),
        "attempts_left": count_attempts_left(learner, exercise, attempts),
    }
    return JsonResponse(answer, status=202)
