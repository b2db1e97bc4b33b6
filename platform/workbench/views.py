"""The exercise page: read, write, hand in. Every button works without JavaScript."""

import uuid
from collections.abc import Callable
from functools import wraps
from io import BytesIO

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from common.errors import KilohourError, LearnerError, NotAllowedError, Problem, translate_error
from curriculum.models import Exercise
from grader.errors import NotebookError
from grader.exercises import Answers, learner_notebook, starter_notebook
from notebooks.download import notebook_response
from notebooks.upload import read_upload
from workbench import services
from workbench.access import get_exercise, get_history, get_set_aside, list_set_aside
from workbench.errors import DraftConflictError
from workbench.forms import UploadForm, WorkForm

Action = Callable[[HttpRequest, User, Exercise, WorkForm], HttpResponse]


@require_GET
@never_cache
def exercise(request: HttpRequest, slug: str) -> HttpResponse:
    """The exercise, for anybody; with the learner's own work for who is signed in."""
    return _page(request, get_exercise(slug))


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
            return _page(request, found, form=form, error=error)

    return view


@_writes
def draft(request: HttpRequest, learner: User, exercise: Exercise, form: WorkForm) -> HttpResponse:
    """Keep what is on the page; by button, or by script while the learner writes."""
    if form.cleaned_data["set_aside"]:
        services.set_aside_text(learner=learner, exercise=exercise, answers=form.answers())
        messages.info(request, _("Your other text is kept under “Earlier texts”."))
        return redirect(exercise)
    work = _save(learner, exercise, form, overwrite=form.cleaned_data["overwrite"])
    if not request.accepts("text/html"):
        return JsonResponse({"revision": work.revision, "saved_at": work.saved_at})
    messages.success(request, _("Saved."))
    return redirect(exercise)


@_writes
def reset(request: HttpRequest, learner: User, exercise: Exercise, form: WorkForm) -> HttpResponse:
    """One cell, or all, back to the start."""
    _save(learner, exercise, form, overwrite=True)
    cell = form.cleaned_data["cell"]
    services.reset_draft(learner=learner, exercise=exercise, cell_id=cell)
    messages.info(request, _("Reset. What you had is kept under “Earlier texts”."))
    return redirect(f"{exercise.get_absolute_url()}{f'#cell-{cell}' if cell else ''}")


@_writes
def bring_back(
    request: HttpRequest, learner: User, exercise: Exercise, form: WorkForm
) -> HttpResponse:
    """An earlier text becomes the draft again."""
    kept = get_set_aside(learner=learner, exercise=exercise, pk=form.cleaned_data["kept"] or 0)
    _save(learner, exercise, form, overwrite=True)
    services.bring_back(learner=learner, exercise=exercise, kept=kept)
    messages.success(request, _("Your earlier text is back."))
    return redirect(exercise)


@_writes
def upload(request: HttpRequest, learner: User, exercise: Exercise, form: WorkForm) -> HttpResponse:
    """A notebook from elsewhere becomes the draft."""
    file = UploadForm(request.POST, request.FILES)
    _require_valid(file)
    _save(learner, exercise, form, overwrite=True)
    notes = services.upload_notebook(
        learner=learner,
        exercise=exercise,
        notebook=read_upload(file.cleaned_data["notebook"]),
    )
    messages.success(request, _("Your notebook is loaded. What was here before is kept below."))
    for note in notes:
        messages.warning(request, note)
    return redirect(exercise)


@_writes
def submit(request: HttpRequest, learner: User, exercise: Exercise, form: WorkForm) -> HttpResponse:
    """Hand in what is on the page and go to where its report will appear."""
    submission = services.submit_work(
        learner=learner,
        exercise=exercise,
        answers=form.answers(),
        revision=form.cleaned_data["revision"],
        form_key=str(form.cleaned_data["key"] or uuid.uuid4()),
    )
    return redirect(submission)


@require_GET
def starter(request: HttpRequest, slug: str) -> HttpResponse:
    """The notebook as it is handed out."""
    found = get_exercise(slug)
    notebook = starter_notebook(services.load_exercise(found))
    return notebook_response(notebook, slug)


@require_GET
def data(request: HttpRequest, slug: str, name: str) -> FileResponse:
    """A file that the notebook reads, for working elsewhere."""
    content = services.load_exercise(get_exercise(slug)).data.get(name)
    if content is None:
        raise Http404
    return FileResponse(
        BytesIO(content),
        as_attachment=True,
        filename=name.rpartition("/")[2],
        content_type="application/octet-stream",
    )


@require_GET
@login_required
@never_cache
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """The learner's own work, to go on with elsewhere."""
    found = get_exercise(slug)
    learner = request.user if isinstance(request.user, User) else None
    work = services.get_work(exercise=found, learner=learner)
    notebook = learner_notebook(services.load_exercise(found), work.answers)
    return notebook_response(notebook, f"{slug}-mine")


def _save(learner: User, exercise: Exercise, form: WorkForm, *, overwrite: bool) -> services.Work:
    return services.save_draft(
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


def _page(
    request: HttpRequest,
    exercise: Exercise,
    *,
    form: WorkForm | None = None,
    error: KilohourError | None = None,
) -> HttpResponse:
    """The whole page. With a ``form`` that was refused, its text stands in the cells instead of the draft."""
    learner = request.user if isinstance(request.user, User) else None
    sheet = services.get_worksheet(exercise)
    work = services.get_work(exercise=exercise, learner=learner)
    shown = _typed_over(work.answers, form)
    not_kept = shown != work.answers
    context = {
        "exercise": exercise,
        "sheet": sheet,
        "blocks": _blocks(sheet, shown),
        "is_editable": learner is not None or form is not None,
        "work": work,
        # A text that was not kept still stands on the revision that it began from.
        "revision": form["revision"].value() if form and not_kept else work.revision,
        "not_kept": not_kept,
        "key": uuid.uuid4(),
        "error": error,
        "is_conflict": isinstance(error, DraftConflictError),
        "theirs": _differing(sheet, work.answers, shown) if not_kept else [],
        "set_aside": list_set_aside(learner, exercise) if learner else [],
        "history": get_history(learner, exercise, sheet.attempts) if learner else None,
    }
    return render(
        request, "workbench/exercise.html", context, status=error.status if error else 200
    )


def _typed_over(saved: Answers, form: WorkForm | None) -> Answers:
    if form is None:
        return saved
    typed = form.answers()
    return Answers({**saved.cells, **typed.cells}, typed.extras)


def _blocks(sheet: services.Worksheet, answers: Answers) -> list[dict]:
    """The cells in the order of the notebook, each with its text and, after it, the learner's own cells."""
    known = {cell.id for cell in sheet.cells}
    extras = list(enumerate(answers.extras))
    # What stood above the first cell, or beside one that has left the exercise.
    blocks = [{"extra": extra, "index": n} for n, extra in extras if extra.after not in known]
    for cell in sheet.cells:
        blocks.append({"cell": cell, "source": answers.cells.get(cell.id, "")})
        blocks += [{"extra": extra, "index": n} for n, extra in extras if extra.after == cell.id]
    return blocks


def _differing(
    sheet: services.Worksheet, saved: Answers, shown: Answers
) -> list[tuple[services.SheetCell, str]]:
    """Answer cells whose saved text is another than the shown one, with the saved text."""
    return [
        (cell, saved.cells[cell.id])
        for cell in sheet.answer_cells
        if saved.cells[cell.id] != shown.cells[cell.id]
    ]
