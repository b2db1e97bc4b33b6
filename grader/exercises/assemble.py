"""Our text plus a learner's answers make a notebook; a notebook plus checks make the examiner's job."""

from __future__ import annotations

import base64
from typing import Any, Literal

from grader.exercises.answers import Answers, Extra, starter_answers
from grader.exercises.values import Cell, Exercise, Kind

SEED_BITS = 63


def assemble(exercise: Exercise, answers: Answers) -> dict[str, Any]:
    """A notebook (nbformat 4.5, plain data) in which all but answers and added cells is the exercise's own.

    Every cell says in ``metadata.kilohour`` what it is: locked, answer or extra.
    """
    extras = _by_place(exercise, answers.extras)
    cells = list(extras[""])
    for cell in exercise.cells:
        cells.append(_own(cell, answers))
        cells.extend(extras[cell.id])
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
            "kilohour": {"exercise": exercise.slug, "version": exercise.digest},
        },
        "cells": cells,
    }


def starter_notebook(exercise: Exercise) -> dict[str, Any]:
    """What a learner begins with."""
    return assemble(exercise, starter_answers(exercise))


def learner_notebook(exercise: Exercise, answers: Answers) -> dict[str, Any]:
    """A learner's own work, to take away and to hand in again."""
    return assemble(exercise, answers)


def job(
    exercise: Exercise, answers: Answers, *, seed: int, kind: Literal["submit", "check"] = "submit"
) -> dict[str, Any]:
    """What the examiner needs to judge these answers, as plain JSON; no solution is in it.

    Raises:
        ValueError: the seed is not a whole number of 63 bits.
    """
    if not 0 <= seed < 2**SEED_BITS:
        raise ValueError(f"the seed must lie between 0 and 2**{SEED_BITS} - 1")
    return {
        "exercise": {
            "slug": exercise.slug,
            "digest": exercise.digest,
            "title": exercise.title,
            "environment": exercise.environment,
            "checks": exercise.checks,
            "rules": exercise.rules.model_dump(mode="json"),
            "limits": exercise.limits.model_dump(mode="json"),
            "points": exercise.points,
            "files": dict(exercise.files),
            "data": {
                name: base64.b64encode(content).decode("ascii")
                for name, content in exercise.data.items()
            },
        },
        "notebook": assemble(exercise, answers),
        "answer_ids": [cell.id for cell in exercise.answer_cells],
        "starters": dict(starter_answers(exercise).cells),
        "seed": seed,
        "kind": kind,
    }


def _by_place(exercise: Exercise, extras: tuple[Extra, ...]) -> dict[str, list[dict[str, Any]]]:
    places: dict[str, list[dict[str, Any]]] = {"": [], **{cell.id: [] for cell in exercise.cells}}
    taken = {cell.id for cell in exercise.cells}
    for number, extra in enumerate(extras, start=1):
        # A cell that this version no longer has: the extra goes to the end, not away.
        place = extra.after if extra.after in places else exercise.cells[-1].id
        name = extra.id if extra.id and extra.id not in taken else f"extra-{number}"
        taken.add(name)
        places[place].append(_cell(name, extra.kind, extra.source, "extra"))
    return places


def _own(cell: Cell, answers: Answers) -> dict[str, Any]:
    if cell.answer:
        return _cell(cell.id, cell.kind, answers.cells.get(cell.id, cell.source), "answer")
    return _cell(cell.id, cell.kind, cell.source, "locked")


def _cell(
    name: str, kind: Kind, source: str, role: Literal["locked", "answer", "extra"]
) -> dict[str, Any]:
    metadata: dict[str, Any] = {"kilohour": {"id": name, "role": role}}
    # Jupyter's own flags: it then keeps learners from slips that would be undone here anyway.
    if role != "extra":
        metadata["deletable"] = False
    if role == "locked":
        metadata["editable"] = False
    cell: dict[str, Any] = {"id": name, "cell_type": kind, "metadata": metadata, "source": source}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell
