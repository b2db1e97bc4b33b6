"""The buttons of the page's form: each sends the text along, so that nothing typed is lost."""

import uuid
from collections.abc import Callable
from functools import wraps

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import User
from common.errors import LearnerError, NotAllowedError, Problem, translate_error
from curriculum.models import Exercise
from grader.errors import NotebookError
from notebooks.upload import read_upload
from workbench import services
from workbench.access import get_exercise
from workbench.forms import UploadForm, WorkForm
from workbench.views.exercise import show_page

Action = Callable[[HttpRequest, User, Exercise, WorkForm], HttpResponse]


def _writes(action: Action) -> Callable[[HttpRequest, str], HttpResponse]:
    """A view that receives the page's text. When it is refused, the page comes back with the text in it.

    Programs that do not take HTML get the refusal as problem details.
    """

    @require_POST
    @never_cache
    @wraps(action)
    def view(request: HttpRequest, slug: str) -> HttpResponse:
        found = get_exercise(slug)
        form = WorkForm(services.get_worksheet(found), request.POST)
        try:
            if not isinstance(request.user, User):
                raise NotAllowedError(
                    _("You are signed out. Sign in in another tab, then try again.")
                )
            _require_valid(form)
            return action(request, request.user, found, form)
        except (LearnerError, NotebookError) as refusal:
            error = translate_error(refusal)
            if error is None or not request.accepts("text/html"):
                raise
            return show_page(request, found, form=form, error=error)

    return view


@_writes
def draft(request: HttpRequest, learner: User, exercise: Exercise, form: WorkForm) -> HttpResponse:
    """Keep what is on the page."""
    if form.cleaned_data["set_aside"]:
        services.set_aside_text(learner=learner, exercise=exercise, answers=form.answers())
        messages.info(request, _("Your other text is kept among the earlier versions."))
        return redirect(exercise)
    _save(learner, exercise, form, overwrite=form.cleaned_data["overwrite"])
    messages.success(request, _("Saved."))
    return redirect(exercise)


@_writes
def reset(request: HttpRequest, learner: User, exercise: Exercise, form: WorkForm) -> HttpResponse:
    """One cell, or all, back to the start."""
    _save(learner, exercise, form, overwrite=True)
    cell = form.cleaned_data["cell"]
    services.reset_draft(learner=learner, exercise=exercise, cell_id=cell)
    messages.info(request, _("Reset. What you had is kept among the earlier versions."))
    return redirect(f"{exercise.get_absolute_url()}{f'#cell-{cell}' if cell else ''}")


@_writes
def upload(request: HttpRequest, learner: User, exercise: Exercise, form: WorkForm) -> HttpResponse:
    """The cells of a notebook from elsewhere go into the draft."""
    file = UploadForm(request.POST, request.FILES)
    _require_valid(file)
    _save(learner, exercise, form, overwrite=True)
    notes = services.upload_notebook(
        learner=learner,
        exercise=exercise,
        notebook=read_upload(file.cleaned_data["notebook"]),
    )
    messages.success(
        request, _("Your notebook is loaded. What was here is kept among the earlier versions.")
    )
    for note in notes:
        messages.warning(request, note)
    return redirect(exercise)


@_writes
def submit(request: HttpRequest, learner: User, exercise: Exercise, form: WorkForm) -> HttpResponse:
    """Hand in what is on the page, or what is saved, and go to where its report will appear."""
    submission = services.submit_work(
        learner=learner,
        exercise=exercise,
        answers=form.answers() if form.has_text else None,
        revision=form.cleaned_data["revision"],
        form_key=str(form.cleaned_data["key"] or uuid.uuid4()),
    )
    return redirect(submission)


def _save(learner: User, exercise: Exercise, form: WorkForm, *, overwrite: bool) -> None:
    if not form.has_text:
        return
    services.save_draft(
        learner=learner,
        exercise=exercise,
        answers=form.answers(),
        revision=form.cleaned_data["revision"],
        overwrite=overwrite,
    )


def _require_valid(form: forms.Form) -> None:
    if not form.is_valid():
        problems = [
            Problem("" if field == "__all__" else field, str(message))
            for field, found in form.errors.items()
            for message in found
        ]
        raise LearnerError(problems=problems)
