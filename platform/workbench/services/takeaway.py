"""A learner's work as a notebook file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.exercises import learner_notebook
from workbench.services.drafts import get_work
from workbench.services.outputs import get_outputs
from workbench.services.worksheets import load_exercise

if TYPE_CHECKING:
    from accounts.models import User
    from curriculum.models import Exercise


def build_notebook(*, learner: User, exercise: Exercise) -> dict[str, Any]:
    """The learner's draft as a notebook (nbformat 4.5), with what its cells showed last."""
    work = get_work(exercise=exercise, learner=learner)
    notebook = learner_notebook(load_exercise(exercise), work.answers)
    shown = get_outputs(exercise=exercise, learner=learner)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and (found := shown.get(cell["id"])):
            cell["outputs"] = list(found.outputs)
            cell["execution_count"] = found.execution_count
    return notebook
