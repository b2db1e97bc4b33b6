"""Runs the checks of one grading and says what each of them found.

The points are computed here, from values alone: no output, status or file of the learner's kernel counts.
"""

from __future__ import annotations

import base64
import socket
import time
import traceback
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np

from grader.exam.checks import Check, load_checks
from grader.exam.counted import hide_hashes
from grader.exam.errors import AnswerError, CheckFailure, ConnectionLost, KernelGoneError
from grader.exam.feedback import Finding, of_exception, of_rules, passed
from grader.exam.learner import Learner
from grader.exam.rules import BrokenRule, Cell, broken_rules
from grader.exam.show import clean
from grader.exam.written import Written, written_in
from grader.report import CheckResult
from grader.verdict import Verdict

MAX_TRACEBACK = 4_000  # characters
MAX_CONNECTIONS = 3  # the first kernel and two reruns

Connect = Callable[[], socket.socket]
Emit = Callable[[dict[str, Any]], None]
Fate = Callable[[], tuple[Verdict, str]]

__all__ = ["KernelGoneError", "run_checks"]


def run_checks(
    job: Mapping[str, Any],
    connect: Connect,
    emit: Emit,
    deadline: float,
    fate: Fate | None = None,
    ran: Collection[str] = (),
) -> tuple[list[CheckResult], dict[str, Any]]:
    """Judge a notebook that has run.

    Args:
        job: the examiner's job, as ``grader.exercises.job`` makes it; of the kind "check", only visible
            checks are made.
        connect: gives a socket to the agent of a kernel in which the notebook has run, a fresh kernel from
            the second call on; raises :class:`KernelGoneError` when there is none.
        emit: takes an event for each finished check.
        deadline: when all must be over, an instant of :func:`time.monotonic`.
        fate: tells why the last kernel died, if that is known: a verdict and the end of a sentence.
        ran: the ids of the cells that the kernel could run; the others were no Python.

    Returns:
        The results in the file's order, and a dict for authors: ``errors`` (tracebacks of checks that
        crashed), ``notes`` (sentences for the learner), ``kernels`` (how many were used).

    Raises:
        ExerciseError: ``checks.py`` itself does not load.
    """
    judge = _Judge(job, connect, deadline, fate, ran)
    # Of a hidden check, not even its title is told before something is handed in.
    wanted = [check for check in judge.checks if check.visible or job.get("kind") != "check"]
    results = []
    for index, check in enumerate(wanted, 1):
        result = judge.run(check)
        results.append(result)
        emit(_event(result, index, len(wanted)))
    judge.close()
    return results, {"errors": judge.errors, "notes": [], "kernels": judge.connections}


class _Judge:
    def __init__(
        self,
        job: Mapping[str, Any],
        connect: Connect,
        deadline: float,
        fate: Fate | None,
        ran: Collection[str],
    ) -> None:
        exercise = job["exercise"]
        self.checks: list[Check] = load_checks(exercise["checks"])
        self.errors: list[str] = []
        self.connections = 0
        self._seed = int(job["seed"])
        self._seconds = float(exercise["limits"]["cell_seconds"])
        self._data = {name: base64.b64decode(text) for name, text in exercise["data"].items()}
        self._sources = _sources(job)
        self._written: Written = written_in(job)
        self._broken: list[BrokenRule] = broken_rules(_cells(job, ran), exercise["rules"])
        self._connect = connect
        self._deadline = deadline
        self._fate = fate
        self._learner: Learner | None = None
        self._gone: Finding | None = None
        self._last_loss: Finding | None = None

    def run(self, check: Check) -> CheckResult:
        """Run one check. Whatever happens becomes a verdict."""
        started = time.monotonic()
        broken = self._broken_for(check)
        finding = of_rules(broken) if broken else self._examine(check)
        return CheckResult(
            title=check.title,
            about=check.about,
            points=float(check.points) if finding.verdict.is_pass else 0.0,
            max_points=float(check.points),
            verdict=finding.verdict,
            message=finding.message,
            example=finding.example,
            hints=() if finding.verdict.is_pass else check.hints,
            visible=check.visible,
            seconds=round(time.monotonic() - started, 4),
        )

    def _broken_for(self, check: Check) -> list[BrokenRule]:
        """What stands in this check's way: rules on all of the answer, and on what the check is about."""
        subjects = {_subject(other.about) for other in self.checks}
        return [
            rule
            for rule in self._broken
            if _subject(rule.about) == _subject(check.about)
            or not rule.about
            or _subject(rule.about) not in subjects
        ]

    def close(self) -> None:
        """End the conversation with the last kernel."""
        if self._learner is not None:
            self._learner._link.close()
            self._learner = None

    def _examine(self, check: Check) -> Finding:
        learner = self._reach_learner()
        if learner is None:
            return self._gone or Finding(Verdict.KERNEL_DIED)
        try:
            self._prepare(learner, check)
            check.function(**self._arguments(learner, check))
        except Exception as error:
            return self._find(error, learner, check)
        return passed()

    def _reach_learner(self) -> Learner | None:
        if time.monotonic() >= self._deadline:
            self._gone = Finding(Verdict.TIME_LIMIT, "The time for the whole notebook had run out.")
            return None
        if self._learner is None and self._gone is None:
            if self.connections >= MAX_CONNECTIONS:
                self._gone = self._last_loss
                return None
            try:
                self.connections += 1
                self._learner = Learner(self._connect(), self._written)
            except KernelGoneError as error:
                self._gone = Finding(error.verdict, error.reason)
        return self._learner

    def _prepare(self, learner: Learner, check: Check) -> None:
        """The check's time, and global random states from a seed that tells nothing of the check's own."""
        end = time.monotonic() + self._seconds
        if end < self._deadline:
            together = f"The calls of this check together took longer than {self._seconds:g} s"
            learner._link.start(end, f"ran longer than {self._seconds:g} s", together)
        else:
            learner._link.start(self._deadline, "was still running when the time for all was over")
        hide_hashes(f"hashes {self._seed} {zlib.crc32(check.title.encode())}".encode()[:64])
        seed = zlib.crc32(f"learner {self._seed} {check.title}".encode())
        learner._link.ask("seed", {}, (seed,), called="your notebook")
        learner._link.forget()

    def _arguments(self, learner: Learner, check: Check) -> dict[str, Any]:
        rng = np.random.default_rng([self._seed, zlib.crc32(check.title.encode())])
        known = {"learner": learner, "rng": rng, "data": self._data, "source": self._sources}
        return {name: known[name] for name in check.parameters}

    def _find(self, error: Exception, learner: Learner, check: Check) -> Finding:
        finding = of_exception(error, learner._link.last)
        if not isinstance(error, AnswerError | CheckFailure | AssertionError):
            self.errors.append(f"{check.title}\n{_author_traceback(error)}")
        if isinstance(error, ConnectionLost):
            finding = self._refine(error, finding)
            self._last_loss = finding
            self.close()
        return finding

    def _refine(self, error: ConnectionLost, finding: Finding) -> Finding:
        """Name the limit where the kernel's end is known to be one."""
        if self._fate is None or error.verdict is not Verdict.KERNEL_DIED:
            return finding
        verdict, reason = self._fate()
        if verdict is Verdict.KERNEL_DIED:
            return finding
        return Finding(verdict, f"{error.called} {reason}.", finding.example)


def _cells(job: Mapping[str, Any], ran: Collection[str] = ()) -> list[Cell]:
    """The code cells; a learner's are the answer cells and those that they added."""
    answers = set(job["answer_ids"])
    cells = []
    for number, cell in enumerate(job["notebook"]["cells"], 1):
        if cell["cell_type"] == "code":
            role = cell.get("metadata", {}).get("kilohour", {}).get("role")
            is_learners = cell["id"] in answers or role in ("answer", "extra")
            source = _text(cell["source"])
            cells.append(Cell(cell["id"], number, source, is_learners, cell["id"] in ran))
    return cells


def _subject(about: str) -> str:
    """The function or class: a rule on ``Scaler.fit`` concerns checks about ``Scaler``."""
    return about.partition(".")[0]


def _sources(job: Mapping[str, Any]) -> dict[str, str]:
    return {cell.id: cell.source for cell in _cells(job) if cell.is_learners}


def _text(source: str | Sequence[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def _author_traceback(error: Exception) -> str:
    text = "".join(traceback.format_exception(error, limit=-6))[-MAX_TRACEBACK:]
    return clean(text, MAX_TRACEBACK)  # it quotes what the learner's code gave


def _event(result: CheckResult, index: int, total: int) -> dict[str, Any]:
    return {
        "event": "check",
        "index": index,
        "of": total,
        "title": result.title,
        "about": result.about,
        "verdict": str(result.verdict),
        "points": result.points,
        "max_points": result.max_points,
        "message": result.message,
        "example": result.example,
        "hints": list(result.hints),
    }
