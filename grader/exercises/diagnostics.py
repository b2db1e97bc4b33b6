"""Authors' mistakes, collected: one run shows everything that is wrong, each with its file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import ValidationError

from grader.errors import ExerciseError, Problem

# Our words for what Pydantic finds most often; everything else keeps Pydantic's.
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
}


class Problems:
    """A collector that is handed down while loading; nothing is raised until the end.

    A scope names a file; what is added through it is found in the whole collection as well. Paths are
    shown relative to ``root``, where they lie below it.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._root = root
        self._where = ""
        self._parent: Problems | None = None
        self._found: list[Problem] = []

    def at(self, path: Path) -> Problems:
        """A scope for one file or folder."""
        scope = Problems(self._root)
        scope._where = self._shown(path)
        scope._parent = self
        return scope

    def add(self, message: str, *, field: str = "", line: int | None = None) -> None:
        """Note one mistake: a sentence that says what to do, the field or the line (from 1) it stands in."""
        place = self._where if line is None else f"{self._where}:{line}"
        where = ": ".join(part for part in (place, field) if part)
        self._note(Problem(where, message))

    def add_validation(
        self,
        error: ValidationError,
        line_of: Callable[[Sequence[object]], int | None] = lambda field: None,
    ) -> None:
        """Note every mistake of a Pydantic model, one by one; ``line_of`` knows the line of a field."""
        for item in error.errors():
            message = _WORDS.get(item["type"], item["msg"][:1].lower() + item["msg"][1:])
            field = item["loc"]
            self.add(message, field=".".join(map(str, field)), line=line_of(field))

    @property
    def found(self) -> tuple[Problem, ...]:
        """What was added through this scope and the ones made from it."""
        return tuple(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __bool__(self) -> bool:
        """Always true, so that an empty collector is never taken for none."""
        return True

    def raise_if_any(self) -> None:
        """Raises:
        ExerciseError: if anything was added, naming all of it.
        """
        if self._found:
            raise ExerciseError(self._found)

    def _note(self, problem: Problem) -> None:
        self._found.append(problem)
        if self._parent is not None:
            self._parent._note(problem)

    def _shown(self, path: Path) -> str:
        if self._root is not None and path.is_relative_to(self._root):
            return path.relative_to(self._root).as_posix()
        return str(path)
