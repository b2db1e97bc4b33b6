"""An exercise as a page or a program may show it: rendered, and without anything that must stay hidden."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import dropwhile, takewhile
from typing import Literal

from django.utils.safestring import SafeString

from curriculum import models
from grader.exercises import Answers, Cell, Exercise, Limits, Rules, starter_answers
from notebooks.highlight import highlight_python
from notebooks.markdown import render_markdown

# A notebook names itself in its first line; a page has that as its heading already.
_TITLE = re.compile(r"\A\s*# .*(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class SheetCell:
    """One cell below the statement.

    ``html`` is its text, rendered or coloured. Of an answer cell, ``source`` is the starter and ``number``
    counts from 1.
    """

    id: str
    kind: Literal["markdown", "code"]
    source: str
    is_answer: bool
    number: int
    html: SafeString


@dataclass(frozen=True, slots=True)
class Worksheet:
    """What anybody may know of one version of an exercise.

    ``data`` names the files below ``data/`` with their sizes in bytes; ``opening`` the cells that make up
    the statement, which are not among ``cells``; ``files`` those that the notebook must write, and what each
    must hold.
    """

    slug: str
    digest: str
    title: str
    statement: str
    statement_html: SafeString
    opening: tuple[str, ...]
    cells: tuple[SheetCell, ...]
    limits: Limits
    rules: Rules
    attempts: int | None
    skills: tuple[str, ...]
    sources: tuple[str, ...]
    data: tuple[tuple[str, int], ...]
    files: tuple[tuple[str, str], ...]

    @property
    def answer_cells(self) -> tuple[SheetCell, ...]:
        return tuple(cell for cell in self.cells if cell.is_answer)


# A version never changes, so what was loaded or rendered once stays right. The digest is part of the
# key because a restored database may give the same number to another version.


def load_exercise(exercise: models.Exercise) -> Exercise:
    """Its current version whole, with the solution: for reading answers, never for showing."""
    return _load(*_version(exercise))


def load_starter(exercise: models.Exercise) -> Answers:
    """What a learner begins with."""
    return starter_answers(load_exercise(exercise))


def get_worksheet(exercise: models.Exercise) -> Worksheet:
    """Its current version as it may be shown."""
    return _worksheet(*_version(exercise))


def _version(exercise: models.Exercise) -> tuple[int, str]:
    if exercise.current_version is None:
        raise ValueError(
            f"{exercise.slug} was never released; access.get_exercise knows only others"
        )
    return exercise.current_version.pk, exercise.current_version.digest


@lru_cache(maxsize=64)
def _load(version_pk: int, digest: str) -> Exercise:
    return models.ExerciseVersion.objects.get(pk=version_pk, digest=digest).load()


@lru_cache(maxsize=256)
def _worksheet(version_pk: int, digest: str) -> Worksheet:
    exercise = _load(version_pk, digest)
    return Worksheet(
        slug=exercise.slug,
        digest=digest,
        title=exercise.title,
        statement=exercise.statement,
        statement_html=render_markdown(_TITLE.sub("", exercise.statement)),
        opening=tuple(cell.id for cell in takewhile(_is_locked_text, exercise.cells)),
        cells=_sheet_cells(exercise),
        limits=exercise.limits,
        rules=exercise.rules,
        attempts=exercise.attempts,
        skills=exercise.skills,
        sources=exercise.sources,
        data=tuple((name, len(content)) for name, content in sorted(exercise.data.items())),
        files=tuple(exercise.files.items()),
    )


def _sheet_cells(exercise: Exercise) -> tuple[SheetCell, ...]:
    """The cells after the statement."""
    below = dropwhile(_is_locked_text, exercise.public_cells())
    numbers = {cell.id: number for number, cell in enumerate(exercise.answer_cells, start=1)}
    return tuple(
        SheetCell(
            id=cell.id,
            kind=cell.kind,
            source=cell.source,
            is_answer=cell.answer,
            number=numbers.get(cell.id, 0),
            html=_render(cell),
        )
        for cell in below
    )


def _is_locked_text(cell: Cell) -> bool:
    return cell.kind == "markdown" and not cell.answer


def _render(cell: Cell) -> SafeString:
    return (
        render_markdown(cell.source) if cell.kind == "markdown" else highlight_python(cell.source)
    )
