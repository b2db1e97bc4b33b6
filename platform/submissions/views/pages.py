"""Lists, the submission's page, and the fragment of it that follows the grading."""

import zlib
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import require_learner
from common.request import Request
from curriculum.models import Exercise
from notebooks.download import notebook_response
from submissions import services
from submissions.access import get_submission
from submissions.models import Grade, Submission
from submissions.views.following import follow_run
from submissions.views.state import SubmissionState

ON_A_PAGE = 25
# Seconds until the page asks again: often at first, since most reports are there within one second.
DELAYS = (0.3, 0.3, 0.5, 1, 2)
PATIENT_AFTER = 30
PATIENT_DELAY = 5

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """Send strangers to sign in and back; a fragment's request makes the whole page go there."""

    @wraps(view)
    def check(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if not request.htmx:
            return redirect_to_login(request.get_full_path())
        here = request.htmx.current_url_abs_path or reverse("submissions:list")
        return HttpResponseClientRedirect(redirect_to_login(here).url)

    return check


@require_safe
@signed_in
@never_cache
def list_submissions(request: Request) -> HttpResponse:
    submissions = Submission.objects.filter(learner_id=request.user.pk).with_outcome()
    page = Paginator(submissions, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "submissions/list.html", {"page": page})


@require_safe
@signed_in
@never_cache
def list_attempts(request: Request, slug: str) -> HttpResponse:
    exercise = get_object_or_404(Exercise.objects.select_related("section__module"), slug=slug)
    submissions = Submission.objects.of(request.user, exercise).with_outcome()
    context = {
        "exercise": exercise,
        "grade": Grade.objects.of(request.user).filter(exercise=exercise).first(),
        "page": Paginator(submissions, ON_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "submissions/attempts.html", context)


@require_safe
@signed_in
@never_cache
def show(request: Request, public_id: UUID) -> HttpResponse:
    submission = get_submission(request.user, public_id)
    context = {**_state_context(submission, asked=0), "attempts": _other_attempts(submission)}
    return render(request, "submissions/detail.html", context)


@require_safe
@signed_in
@never_cache
def show_status(request: Request, public_id: UUID) -> HttpResponse:
    """The page's own fragment, with when to ask again until there is a report."""
    submission = get_submission(request.user, public_id)
    if not request.htmx:
        return redirect(submission)
    context = _state_context(submission, asked=_asked(request) + 1)
    context["is_news"] = str(context["said"]) != request.GET.get("said")
    context["is_fragment"] = True
    return render(request, "submissions/_state.html", context)


@require_safe
@never_cache
def show_state(request: Request, public_id: UUID) -> JsonResponse:
    """The same for scripts, with when to ask again until there is a report."""
    submission = get_submission(require_learner(request), public_id)
    state = follow_run(submission.latest_run)
    return JsonResponse({**state, "page": submission.get_absolute_url()})


@require_safe
@signed_in
def download(request: Request, public_id: UUID) -> HttpResponse:
    """The notebook as it was executed, for the learner's own Jupyter."""
    submission = get_submission(request.user, public_id)
    notebook = SubmissionState(submission).notebook
    if not notebook:
        raise Http404
    name = f"{submission.exercise.slug}-{submission.number}-executed"
    return notebook_response(notebook, name)


@require_POST
@signed_in
def cancel(request: Request, public_id: UUID) -> HttpResponse:
    submission = get_submission(request.user, public_id)
    services.cancel_run(run=submission.latest_run)
    return redirect(submission)


def _state_context(submission: Submission, *, asked: int) -> dict[str, Any]:
    state = SubmissionState(submission)
    delay = PATIENT_DELAY if asked > PATIENT_AFTER else DELAYS[min(asked, len(DELAYS) - 1)]
    return {
        "submission": submission,
        "state": state,
        "asked": asked,
        "delay": f"{delay}s",
        "said": zlib.crc32(str(state.sentence).encode()),
    }


def _asked(request: Request) -> int:
    given = request.GET.get("asked", "")
    return min(int(given), 10_000) if given.isascii() and given.isdigit() and len(given) < 9 else 0


def _other_attempts(submission: Submission) -> Any:
    mine = Submission.objects.of(submission.learner_id, submission.exercise_id)
    return mine.with_outcome()[:10]
