"""What a learner wrote, taken out of a notebook that nobody vouches for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from grader.errors import NotebookError, Problem
from grader.exercises.hostile import FoundCell, as_source, read_notebook
from grader.exercises.values import Exercise, Kind

# What a page may call a cell that a learner adds.
EXTRA_ID = re.compile(r"x-[a-z0-9]{6,32}")


@dataclass(frozen=True, slots=True)
class Extra:
    """A cell that the learner added; ``after`` is the id of the exercise's cell above it, "" if none.

    ``id`` fits :data:`EXTRA_ID`; "" where nobody has named the cell yet.
    """

    after: str
    kind: Kind
    source: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """The learner's part of a notebook.

    ``cells`` maps each answer cell's id to its source; ``notes`` are sentences for the learner about what
    was ignored or put right.
    """

    cells: Mapping[str, str]
    extras: tuple[Extra, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Plain data, ready for :func:`json.dumps`."""
        return {
            "cells": dict(self.cells),
            "extras": [asdict(extra) for extra in self.extras],
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Answers:
        """The answers that :meth:`to_json` wrote; for our own rows, not for what comes from outside."""
        return cls(
            cells=dict(data["cells"]),
            extras=tuple(Extra(**extra) for extra in data.get("extras", ())),
            notes=tuple(data.get("notes", ())),
        )


def starter_answers(exercise: Exercise) -> Answers:
    """The blank: every answer cell as it is handed out."""
    return Answers({cell.id: cell.source for cell in exercise.answer_cells})


def solution_answers(exercise: Exercise) -> Answers:
    """The exercise's own solution."""
    return Answers({cell.id: cell.solution or "" for cell in exercise.answer_cells})


def read_sources(exercise: Exercise, sources: Mapping[str, Any]) -> Answers:
    """Answers from a form or an API call, ``{answer cell id: source}``; what is not named stays the starter.

    Raises:
        NotebookError: an id that is no answer cell, or a source that is no text.
    """
    problems: list[Problem] = []
    known = starter_answers(exercise).cells
    given: dict[str, str] = {}
    for name, value in sources.items():
        if name not in known:
            problems.append(Problem(f"answers.{name}", "this exercise has no such answer cell"))
        elif (source := as_source(value, f"answers.{name}", problems)) is not None:
            given[name] = source
    if problems:
        raise NotebookError(problems)
    return Answers({**known, **given})


def read_answers(
    exercise: Exercise, notebook: Mapping[str, Any], *, keep: Mapping[str, str] | None = None
) -> Answers:
    """The learner's cells of an untrusted notebook (nbformat 4.0 to 4.5, as parsed JSON).

    Only text is taken: order, locked cells, metadata, outputs and attachments are the exercise's own.
    An answer cell that the notebook lacks is the starter, or what ``keep`` has for it.

    Raises:
        NotebookError: it is no such notebook, or none of its cells belongs to this exercise's answers;
            every reason found is named.
    """
    found = read_notebook(notebook)
    places = _locate(exercise, found)
    if not any(cell.id in places for cell in exercise.answer_cells):
        wanted = ", ".join(f"“{cell.id}”" for cell in exercise.answer_cells)
        message = (
            f"none of this exercise's answer cells ({wanted}) is in the notebook. "
            "Start from the exercise's own notebook and keep its cells."
        )
        raise NotebookError([Problem("cells", message)])
    extras, ignored = _extras(places, found)
    kept = keep or {}
    notes = [*_notes(exercise, places, found, kept), *ignored]
    cells = {
        cell.id: found[places[cell.id]].source
        if cell.id in places
        else kept.get(cell.id, cell.source)
        for cell in exercise.answer_cells
    }
    return Answers(cells, tuple(extras), tuple(notes))


def _locate(exercise: Exercise, found: list[FoundCell]) -> dict[str, int]:
    """Where each cell of the exercise is: by its id, else by the name that we wrote in its metadata.

    Jupyter gives a pasted copy a new id but leaves the metadata, so an id that fits goes first.
    """
    known = {cell.id for cell in exercise.cells}
    places: dict[str, int] = {}
    for index, cell in enumerate(found):
        if cell.id in known:
            places.setdefault(cell.id, index)
    taken = set(places.values())
    for index, cell in enumerate(found):
        if index not in taken and cell.id not in known and cell.label in known:
            places.setdefault(cell.label, index)
    return places


def _extras(places: Mapping[str, int], found: list[FoundCell]) -> tuple[list[Extra], list[str]]:
    at = {index: name for name, index in places.items()}
    extras: list[Extra] = []
    notes: list[str] = []
    named: set[str] = set()
    after = ""
    for index, cell in enumerate(found):
        after = at.get(index, after)
        if index in at or not cell.source.strip():
            continue
        if cell.kind == "raw":
            notes.append(f"Cell {index + 1} is a raw cell and was left out.")
            continue
        for name in (cell.id, cell.label):
            if name in places:
                notes.append(
                    f"Cell {index + 1} is a second copy of the cell “{name}”. "
                    "The first counts; the copy is kept as a cell of your own."
                )
                break
        kind: Kind = "markdown" if cell.kind == "markdown" else "code"
        extras.append(Extra(after, kind, cell.source, _own_id(cell, {*places, *named})))
        named.add(extras[-1].id)
    return extras, notes


def _own_id(cell: FoundCell, taken: Collection[str]) -> str:
    """The name that a page gave the cell, unless another cell has it."""
    return next(
        (name for name in (cell.id, cell.label) if EXTRA_ID.fullmatch(name) and name not in taken),
        "",
    )


def _notes(
    exercise: Exercise,
    places: Mapping[str, int],
    found: list[FoundCell],
    kept: Mapping[str, str],
) -> list[str]:
    notes: list[str] = []
    for cell in exercise.cells:
        if cell.id not in places:
            notes.append(_missing(cell.id, cell.answer, cell.id in kept))
            continue
        theirs = found[places[cell.id]]
        if cell.answer and theirs.kind != cell.kind:
            notes.append(
                f"The answer cell “{cell.id}” had become {theirs.kind}; it was read as {cell.kind}."
            )
        elif not cell.answer and not _same(cell.source, theirs.source):
            notes.append(f"Your change to the locked cell “{cell.id}” was left out; ours is used.")
    order = [places[cell.id] for cell in exercise.cells if cell.id in places]
    if order != sorted(order):
        notes.append("The exercise's cells were put back in their own order.")
    return notes


def _missing(name: str, answer: bool, kept: bool) -> str:
    if answer and kept:
        return f"The answer cell “{name}” is missing; what you had in it stays."
    if answer:
        return f"The answer cell “{name}” is missing; it counts as not attempted."
    return f"The locked cell “{name}” was missing and has been put back."


def _same(ours: str, theirs: str) -> bool:
    return ours == theirs or [line.rstrip() for line in ours.strip().splitlines()] == [
        line.rstrip() for line in theirs.strip().splitlines()
    ]
