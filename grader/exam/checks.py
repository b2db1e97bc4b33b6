"""How a file of checks is written and read.

A check is a function that takes what it names among ``learner``, ``rng`` (a NumPy generator drawn for this
grading), ``data`` (the exercise's public files as bytes) and ``source`` (the learner's cells by id)::

    @check(points=2, title="U, s and Vt rebuild the matrix", about="svd")
    def rebuilds(learner, rng):
        A = rng.normal(size=(4, 3))
        U, s, Vt = learner.svd(A)
        expect_close(U @ np.diag(s) @ Vt, A, "U·diag(s)·Vt differs from A", A=A)
"""

from __future__ import annotations

import inspect
import linecache
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from grader.errors import ExerciseError, Problem

PARAMETERS = frozenset(("learner", "rng", "data", "source"))

_collected: list[Check] | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One check of an exercise. ``about`` names the function or the cell that it concerns."""

    title: str
    points: float
    about: str
    visible: bool
    hints: tuple[str, ...]
    function: Callable[..., None]
    parameters: tuple[str, ...]


def check(
    *,
    points: float,
    title: str,
    about: str = "",
    visible: bool = True,
    hints: Sequence[str] = (),
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Mark a function as a check.

    Args:
        points: what it earns, all or nothing; 0 for advice only.
        title: what is true when it passes, as learners read it; unique in the exercise.
        about: the function, class or cell that it concerns.
        visible: whether learners may have it made as often as they like before they hand in; of a hidden
            one nothing is told before, not even its title.
        hints: a ladder, from a nudge to nearly the answer, shown one by one.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        if _collected is not None:
            names = tuple(inspect.signature(function).parameters)
            hint_ladder = (hints,) if isinstance(hints, str) else tuple(hints)
            found = Check(title, points, about, visible, hint_ladder, function, names)
            _collected.append(found)
        return function

    return register


def load_checks(source: str, filename: str = "checks.py") -> list[Check]:
    """Run a file of checks and return what it registered, in order.

    Raises:
        ExerciseError: the file does not run, or a check is not well-formed. Every mistake is named.
    """
    global _collected
    from grader import exam  # at call time: it re-exports this module

    namespace: dict[str, Any] = {name: getattr(exam, name) for name in exam.__all__}
    namespace["__name__"] = "checks"
    lines = source.splitlines(keepends=True)
    linecache.cache[filename] = (len(source), None, lines, filename)
    _collected = []
    try:
        exec(
            compile(source, filename, "exec", dont_inherit=True), namespace
        )  # the author's own code
        found = _collected
    except Exception as error:
        raise ExerciseError([_problem(error, filename)]) from error
    finally:
        _collected = None
    problems = _problems_of(found, filename)
    if problems:
        raise ExerciseError(problems)
    return found


def _problem(error: Exception, filename: str) -> Problem:
    line = error.lineno if isinstance(error, SyntaxError) else None
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == filename:
            line = frame.lineno
    where = f"{filename}:{line}" if line else filename
    return Problem(where, f"{type(error).__name__}: {error}")


def _problems_of(checks: list[Check], filename: str) -> list[Problem]:
    problems = [] if checks else [Problem(filename, "there is no check in this file")]
    seen: set[str] = set()
    for item in checks:
        where = f"{filename}:{item.function.__code__.co_firstlineno}"
        if not item.title.strip():
            problems.append(Problem(where, "a check needs a title"))
        elif item.title in seen:
            problems.append(Problem(where, f"two checks are called “{item.title}”"))
        seen.add(item.title)
        if (
            isinstance(item.points, bool)
            or not isinstance(item.points, int | float)
            or item.points < 0
        ):
            problems.append(
                Problem(where, f"points must be a number from 0 up, not {item.points!r}")
            )
        unknown = [name for name in item.parameters if name not in PARAMETERS]
        if unknown or "learner" not in item.parameters:
            allowed = ", ".join(sorted(PARAMETERS))
            problems.append(
                Problem(where, f"a check takes learner and any of {allowed}, not {unknown}")
            )
    return problems
