"""What the script of the notebook page asks for and sends, as JSON."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from common.problems import problem_response
from curriculum.models import Exercise
from workbench import services
from workbench.access import count_attempts_left, get_version
from workbench.errors import DraftConflictError
from workbench.forms import (
    DRAFT_BYTES,
    OUTPUTS_BYTES,
    DraftBody,
    OutputsBody,
    ResetBody,
    RestoreBody,
    read_body,
)
from workbench.views.scripts import for_script


def notebook_urls(exercise: Exercise) -> dict[str, str]:
    """Every address that the script uses, by the names in ``Boot.urls``."""
    page = exercise.get_absolute_url()
    return {
        "notebook": f"{page}notebook/",
        "outputs": f"{page}notebook/outputs/",
        "reset": f"{page}notebook/reset/",
        "restore": f"{page}notebook/restore/",
        "history": f"{page}history/",
        "check": f"{page}check/",
        "submit": f"{page}notebook/submit/",
        "login": f"{reverse('account_login')}?next={page}",
        "kernel": f"/kernel/{exercise.slug}/",
        "script_frame": reverse("workbench:script-frame"),
    }


@require_http_methods(["GET", "PUT"])
@for_script
def notebook(request: HttpRequest, learner: User, exercise: Exercise) -> HttpResponse:
    """The whole notebook; or with PUT, a draft of it to be kept."""
    if request.method == "GET":
        return _boot(learner, exercise, services.get_work(exercise=exercise, learner=learner))
    body = read_body(request, DraftBody, DRAFT_BYTES)
    answers = services.read_page(services.get_worksheet(exercise), body.sent_cells())
    if body.set_aside:
        work = services.set_aside_text(learner=learner, exercise=exercise, answers=answers)
        return _kept(work)
    try:
        work = services.save_draft(
            learner=learner,
            exercise=exercise,
            answers=answers,
            revision=body.revision,
            overwrite=body.overwrite,
        )
    except DraftConflictError as conflict:
        return _conflict(conflict, learner, exercise)
    return _kept(work)


@require_http_methods(["PUT"])
@for_script
def outputs(request: HttpRequest, learner: User, exercise: Exercise) -> HttpResponse:
    """What cells show, to be there again after a reload."""
    body = read_body(request, OutputsBody, OUTPUTS_BYTES)
    # Not by model_dump, which copies all of it.
    shown = {
        name: {
            "execution_count": cell.execution_count,
            "outputs": cell.outputs,
            "ran": cell.ran,
        }
        for name, cell in body.outputs.items()
    }
    dropped = services.save_outputs(learner=learner, exercise=exercise, outputs=shown)
    return JsonResponse({"dropped": list(dropped)})


@require_POST
@for_script
def reset(request: HttpRequest, learner: User, exercise: Exercise) -> HttpResponse:
    """One answer cell, or all, back to the start."""
    body = read_body(request, ResetBody)
    work = services.reset_draft(learner=learner, exercise=exercise, cell_id=body.cell)
    return _boot(learner, exercise, work)


@require_POST
@for_script
def restore(request: HttpRequest, learner: User, exercise: Exercise) -> HttpResponse:
    """A kept version becomes the draft again."""
    body = read_body(request, RestoreBody)
    version = get_version(learner=learner, exercise=exercise, pk=body.version)
    work = services.restore_version(learner=learner, exercise=exercise, version=version)
    return _boot(learner, exercise, work)


def _boot(learner: User, exercise: Exercise, work: services.Work) -> JsonResponse:
    attempts = services.get_worksheet(exercise).attempts
    boot = services.build_boot(
        learner=learner,
        exercise=exercise,
        work=work,
        outputs=services.get_outputs(exercise=exercise, learner=learner),
        attempts_left=count_attempts_left(learner, exercise, attempts),
        urls=notebook_urls(exercise),
    )
    return JsonResponse(boot)


def _kept(work: services.Work) -> JsonResponse:
    return JsonResponse(_state(work))


def _state(work: services.Work) -> dict[str, Any]:
    return {"revision": work.revision, "saved_at": work.saved_at and work.saved_at.isoformat()}


def _conflict(conflict: DraftConflictError, learner: User, exercise: Exercise) -> JsonResponse:
    """Says what the other side of the conflict is."""
    work = services.get_work(exercise=exercise, learner=learner)
    cells = services.describe_cells(
        services.get_worksheet(exercise),
        work.answers,
        services.get_outputs(exercise=exercise, learner=learner),
    )
    return problem_response(conflict, cells=cells, **_state(work))
