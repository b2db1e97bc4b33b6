"""The exercise page itself."""

import uuid
from dataclasses import dataclass

from csp.constants import UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import User
from common.errors import KilohourError
from curriculum.models import Exercise
from grader.exercises import Answers
from notebooks.render import RenderedOutput, render_outputs
from workbench import services
from workbench.access import get_exercise, get_history
from workbench.errors import DraftConflictError
from workbench.forms import WorkForm
from workbench.views.notebook import notebook_urls

# The script has all outputs besides; these are for reading before it, and without it.
OUTPUT_CHARACTERS = 3_000_000
# Names the notebook's script that a browser has lately run, see frontend/notebook/src/known.ts.
SCRIPT_COOKIE = "notebook"


@require_GET
@never_cache
def exercise(request: HttpRequest, slug: str) -> HttpResponse:
    """The exercise, for anybody; with the learner's own work for who is signed in."""
    return show_page(request, get_exercise(slug))


def show_page(
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
    outputs = services.get_outputs(exercise=exercise, learner=learner)
    history = get_history(learner, exercise, sheet.attempts) if learner else None
    shown = _typed_over(work.answers, form)
    not_kept = shown != work.answers
    boot = None
    if learner and history and not error:
        boot = services.build_boot(
            learner=learner,
            exercise=exercise,
            work=work,
            outputs=outputs,
            attempts_left=history.attempts_left,
            urls=notebook_urls(exercise),
        )
    context = {
        "exercise": exercise,
        "sheet": sheet,
        "blocks": _blocks(services.page_cells(sheet, shown), outputs),
        "is_editable": learner is not None or form is not None,
        "work": work,
        # A text that was not kept still stands on the revision that it began from.
        "revision": form["revision"].value() if form and not_kept else work.revision,
        "key": uuid.uuid4(),
        "error": error,
        "is_conflict": isinstance(error, DraftConflictError),
        "theirs": _differing(sheet, work.answers, shown) if not_kept else [],
        "history": history,
        "boot": boot,
        "is_known": request.COOKIES.get(SCRIPT_COOKIE) == _script_name(),
    }
    status = error.status if error else 200
    response = render(request, "workbench/exercise.html", context, status=status)
    # Editors, formulas and widgets set styles; no other page may. It is what django-csp's decorator does.
    response._csp_update = {"style-src": UNSAFE_INLINE}  # type: ignore[attr-defined]
    return response


def _script_name() -> str:
    return static("notebook/nb.js").rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Block:
    """A cell with what it showed last."""

    cell: services.PageCell
    count: int | None
    outputs: tuple[RenderedOutput, ...]


def _blocks(cells: list[services.PageCell], outputs: dict[str, services.Shown]) -> list[Block]:
    shown = [outputs.get(cell.id, services.Shown()) for cell in cells]
    given = [
        (cell.id, number, list(found.outputs))
        for number, (cell, found) in enumerate(zip(cells, shown, strict=True), start=1)
    ]
    rendered = render_outputs(given, OUTPUT_CHARACTERS)
    return [
        Block(cell, found.execution_count, rendered[cell.id])
        for cell, found in zip(cells, shown, strict=True)
    ]


def _typed_over(saved: Answers, form: WorkForm | None) -> Answers:
    if form is None or not form.has_text:
        return saved
    typed = form.answers()
    return Answers({**saved.cells, **typed.cells}, typed.extras)


def _differing(
    sheet: services.Worksheet, saved: Answers, shown: Answers
) -> list[tuple[services.SheetCell, str]]:
    """Answer cells whose saved text is another than the shown one, with the saved text."""
    return [
        (cell, saved.cells[cell.id])
        for cell in sheet.answer_cells
        if saved.cells[cell.id] != shown.cells[cell.id]
    ]
