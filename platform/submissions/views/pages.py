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
from common.errors import SignedOutError
from common.request import Request
from curriculum.models import Exercise
from notebooks.download import notebook_response
from submissions import services
from submissions.access import get_submission, get_trial
from submissions.models import Grade, Submission
from submissions.views.following import follow_run, seconds_until_next
from submissions.views.state import SubmissionState

ON_A_PAGE = 25

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """Send strangers to sign in and back; a fragment's request makes the whole page go there.

    Scripts, which want no page, are told so.
    """

    @wraps(view)
    def check(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if not request.accepts("text/html"):
            raise SignedOutError
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
    context = {**_state_context(submission), "attempts": _other_attempts(submission)}
    return render(request, "submissions/detail.html", context)


@require_safe
@signed_in
@never_cache
def show_status(request: Request, public_id: UUID) -> HttpResponse:
    """The page's own fragment, with when to ask again until there is a report."""
    submission = get_submission(request.user, public_id)
    if not request.htmx:
        return redirect(submission)
    context = _state_context(submission)
    context["is_news"] = str(context["said"]) != request.GET.get("said")
    context["is_fragment"] = True
    return render(request, "submissions/_state.html", context)


@require_safe
@never_cache
def show_state(request: Request, public_id: UUID) -> JsonResponse:
    """The same for scripts, with when to ask again until there is a report."""
    return _tell(get_submission(require_learner(request), public_id))


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
@never_cache
def cancel(request: Request, public_id: UUID) -> HttpResponse:
    """Leads a form back to the submission's page, and tells a script what :func:`show_state` would."""
    submission = get_submission(request.user, public_id)
    services.cancel_run(run=submission.latest_run)
    if request.accepts("text/html"):
        return redirect(submission)
    return _tell(get_submission(request.user, public_id))


@require_POST
@never_cache
def cancel_check(request: Request, slug: str, public_id: UUID) -> JsonResponse:
    """For scripts: of what is not handed in there is no page. Answers where the check stands now."""
    learner = require_learner(request)
    trial = get_trial(learner, public_id)
    if trial.exercise.slug != slug:
        raise Http404
    services.cancel_run(run=trial.run)
    return JsonResponse(follow_run(get_trial(learner, public_id).run))


def _tell(submission: Submission) -> JsonResponse:
    state = follow_run(submission.latest_run)
    return JsonResponse({**state, "page": submission.get_absolute_url()})


def _state_context(submission: Submission) -> dict[str, Any]:
    state = SubmissionState(submission)
    return {
        "submission": submission,
        "state": state,
        "delay": f"{seconds_until_next(state.run)}s",
        "said": zlib.crc32(str(state.sentence).encode()),
    }


def _other_attempts(submission: Submission) -> Any:
    mine = Submission.objects.of(submission.learner_id, submission.exercise_id)
    return mine.with_outcome()[:10]
