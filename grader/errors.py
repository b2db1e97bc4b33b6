"""Errors of the grader, sorted by who must act.

An answer that is wrong, slow or crashes is not among them: that is a :class:`grader.verdict.Verdict`.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class GraderError(Exception):
    """Base of every error that the grader raises on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it stands and what to do about it."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class ProblemsError(GraderError):
    """An error that names every mistake found, not just the first one."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class NotebookError(ProblemsError):
    """The learner must act: the notebook that was handed in cannot be used."""


class ExerciseError(ProblemsError):
    """The author must act: the exercise's own files are wrong."""


class PlatformError(GraderError):
    """We must act. The run is repeated later and costs the learner no attempt."""


class HostUnavailableError(PlatformError):
    """No kernel host answers at the socket."""


class HostBusyError(PlatformError):
    """The kernel host has no free place; ask again later."""


class RunLostError(PlatformError):
    """The run ended without a report: a process of ours died or sent nonsense."""
