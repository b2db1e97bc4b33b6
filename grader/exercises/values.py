"""What an exercise is, as frozen values that travel as plain JSON."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
)

from grader.errors import ExerciseError, Problem
from grader.exercises.manifest import ExerciseKind, Limits, Rules

Kind = Literal["markdown", "code"]


def _to_bytes(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("is not base64") from error


Blob = Annotated[
    bytes,
    BeforeValidator(_to_bytes),
    PlainSerializer(lambda data: base64.b64encode(data).decode("ascii"), when_used="json"),
]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``source`` is what a learner starts with; an answer cell alone has a ``solution``."""

    id: str
    kind: Kind
    source: str
    answer: bool = False
    solution: str | None = None


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """An answer that learners really give.

    ``rejects`` holds the titles of the checks that must reject it, ``because`` what such a learner
    believes, ``answers`` its cells by id; the other answer cells keep the solution.
    """

    name: str
    rejects: tuple[str, ...]
    because: str
    answers: Mapping[str, str]


@dataclass(frozen=True)
class Exercise:
    """A whole exercise: what learners see, what judges them, and what it proves itself by.

    ``data`` maps the name under ``data/`` to the file's bytes, ``files`` the name of a file that the notebook
    must write to a sentence on what it holds. ``position`` is the place within a section
    and no part of a version: moving an exercise must not release it anew.
    """

    slug: str
    title: str
    summary: str
    minutes: int
    difficulty: int
    points: float
    environment: str
    limits: Limits
    attempts: int | None
    rules: Rules
    skills: tuple[str, ...]
    sources: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[Cell, ...]
    checks: str
    wrong: tuple[WrongAnswer, ...]
    data: Mapping[str, Blob] = field(default_factory=dict)
    position: int = field(default=0, compare=False)
    kind: ExerciseKind = "exercise"
    files: Mapping[str, str] = field(default_factory=dict)

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    def payload(self) -> dict[str, Any]:
        """All of the exercise as plain JSON, for keeping a released version whole."""
        payload: dict[str, Any] = _ADAPTER.dump_python(self, mode="json", exclude={"position"})
        # Fields that came later leave the versions of exercises that do not use them as they are.
        if self.kind == "exercise":
            del payload["kind"]
        if not self.files:
            del payload["files"]
        return payload

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Exercise:
        """The exercise that :meth:`payload` wrote.

        Raises:
            ExerciseError: the data is not such a payload.
        """
        try:
            return _ADAPTER.validate_python(dict(payload))
        except ValidationError as error:
            raise ExerciseError(
                [
                    Problem(".".join(str(part) for part in item["loc"]), item["msg"])
                    for item in error.errors()
                ]
            ) from error

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the payload in one canonical spelling: the name of this version."""
        text = json.dumps(self.payload(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()

    @property
    def statement(self) -> str:
        """The leading Markdown: what is to be done."""
        sources: list[str] = []
        for cell in self.cells:
            if cell.kind != "markdown" or cell.answer:
                break
            sources.append(cell.source)
        return "\n\n".join(sources)

    @property
    def answer_cells(self) -> tuple[Cell, ...]:
        """The cells that learners write, in order."""
        return tuple(cell for cell in self.cells if cell.answer)

    def public_cells(self) -> tuple[Cell, ...]:
        """The cells as learners may see them: no solution."""
        return tuple(Cell(cell.id, cell.kind, cell.source, cell.answer) for cell in self.cells)


_ADAPTER: TypeAdapter[Exercise] = TypeAdapter(Exercise)
