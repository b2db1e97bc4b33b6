"""The trusted side of one grading: takes the job, runs the notebook, judges it and writes the report.

Runs in a sandbox of its own. Its two descriptors are the channel to the worker, which carries the job in
and events and the report out, and the line to the kernel host. All of the score is computed here.
"""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.errors import ExerciseError
from grader.exam import reading, strategies
from grader.exam.judge import KernelGoneError, run_checks
from grader.exam.kernel import Emit, LearnerKernel, new_loop, rehearse_notebook
from grader.exam.outputs import POLICY
from grader.exam.protocols import hide_labels
from grader.exam.provisioner import HostLine, NoKernelError
from grader.report import CheckResult, Report
from grader.verdict import Verdict
from grader.wire import frames

JOB_SECONDS = 20.0
SEND_SECONDS = 20.0
TOO_LARGE = "The notebook as it ran is too large to be kept. Points and messages are complete."


def main(arguments: dict[str, Any], descriptors: Sequence[int]) -> None:
    """Grade the one job that comes over the channel."""
    channel = socket.socket(fileno=descriptors[0])
    line = HostLine(socket.socket(fileno=descriptors[1]))

    def emit(event: dict[str, Any]) -> None:
        frames.send(channel, event, [], time.monotonic() + SEND_SECONDS)

    _, buffers = frames.receive(channel, time.monotonic() + JOB_SECONDS)
    job = json.loads(bytes(buffers[0]))
    loop = new_loop()
    try:
        report = Examination(job, line, loop, emit, arguments["environment_digest"]).report()
        body = written_out(report)
    except NoKernelError as error:
        # Nothing that a notebook can cause: the run waits until the host can serve it.
        emit({"event": "unserved", "reason": str(error)})
        return
    except ExerciseError as error:
        emit({"event": "broken", "reason": str(error)})
        return
    except BaseException as error:
        # A fault of ours, or a notebook that brings us down: the worker's log shall name it, the run is lost.
        emit({"event": "failed", "reason": f"the examiner failed: {error!r}"})
        raise
    frames.send(channel, {"event": "report"}, [body], time.monotonic() + SEND_SECONDS)


def written_out(report: Report) -> bytes:
    """The report as JSON; without its notebook if that is more than can be sent."""
    body = _to_bytes(report)
    if len(body) > frames.MAX_BUFFER_BYTES:
        body = _to_bytes(replace(report, notebook={}, notes=(*report.notes, TOO_LARGE)))
    return body


def _to_bytes(report: Report) -> bytes:
    return json.dumps(report.to_json(), ensure_ascii=False).encode("utf-8", "surrogatepass")


class Examination:
    """One job: a first run that the learner sees, and fresh kernels where the first one is lost."""

    def __init__(
        self,
        job: Mapping[str, Any],
        line: HostLine,
        loop: asyncio.AbstractEventLoop,
        emit: Emit,
        environment_digest: str,
    ) -> None:
        self._job = job
        self._exercise = job["exercise"]
        self._limits = self._exercise["limits"]
        self._kind = job.get("kind", "submit")
        self._line = line
        self._loop = loop
        self._emit = emit
        self._environment_digest = environment_digest
        self._deadline = time.monotonic() + self._limits["total_seconds"]
        self._phases: dict[str, float] = {}
        self._kernels: list[LearnerKernel] = []

    def report(self) -> Report:
        """Raises:
        NoKernelError: the kernel host could not give a kernel; the run must be repeated.
        """
        started = time.monotonic()
        first = self._run_notebook(self._emit)
        self._emit({"event": "phase", "phase": "checks"})
        before = time.monotonic()
        checks, author = run_checks(
            self._job,
            self._connect,
            self._emit,
            self._deadline,
            lambda: self._kernels[-1].fate(),
            first.ran,
        )
        self._phases["checks"] = time.monotonic() - before
        self._phases["total"] = time.monotonic() - started
        self._loop.run_until_complete(self._kernels[-1].close())
        return self._write(first, checks, author)

    def _run_notebook(self, emit: Emit) -> LearnerKernel:
        emit({"event": "phase", "phase": "kernel"})
        before = time.monotonic()
        kernel = LearnerKernel(self._line, self._job["notebook"], self._limits)
        start = kernel.start(self._exercise.get("data", {}), self._exercise.get("rules"))
        self._loop.run_until_complete(start)
        self._kernels.append(kernel)
        ready = time.monotonic()
        emit({"event": "phase", "phase": "cells"})
        self._loop.run_until_complete(kernel.run(emit, self._deadline))
        if len(self._kernels) == 1:
            self._phases["kernel"] = ready - before
            self._phases["cells"] = time.monotonic() - ready
        return kernel

    def _connect(self) -> socket.socket:
        """The agent of a kernel in which the notebook has run; a fresh kernel from the second call on."""
        kernel = self._kernels[-1]
        if kernel.broken is None and kernel.is_handed_out:
            verdict, reason = kernel.fate()
            self._loop.run_until_complete(kernel.close())
            if len(self._kernels) >= POLICY.grading_kernels or time.monotonic() > self._deadline:
                raise KernelGoneError(verdict, f"A call into the notebook {reason}.")
            kernel = self._run_notebook(lambda _event: None)
        if kernel.broken:
            raise KernelGoneError(
                kernel.broken.verdict,
                f"Cell {self._number(kernel.broken.id)} {kernel.broken.message}.",
            )
        return kernel.hand_out()

    def _number(self, cell_id: str) -> int:
        ids = [cell["id"] for cell in self._job["notebook"]["cells"]]
        return ids.index(cell_id) + 1

    def _write(
        self, first: LearnerKernel, checks: Sequence[CheckResult], author: Mapping[str, Any]
    ) -> Report:
        points = sum(check.points for check in checks)
        notes = [str(note) for note in author.get("notes", ())]
        if first.cut:
            notes.append(first.cut)
        return Report(
            exercise=self._exercise["slug"],
            exercise_digest=self._exercise["digest"],
            environment=self._exercise["environment"],
            environment_digest=self._environment_digest,
            seed=self._job["seed"],
            verdict=overall(checks, first.broken.verdict if first.broken else None, self._kind),
            points=points,
            max_points=sum(check.max_points for check in checks),
            checks=tuple(checks),
            cells=tuple(first.cells),
            notes=tuple(notes),
            phases={name: round(seconds, 4) for name, seconds in self._phases.items()},
            notebook=as_json(first.notebook),
            message=f"Cell {self._number(first.broken.id)} {first.broken.message}."
            if first.broken
            else "",
            author_errors=tuple(str(text) for text in author.get("errors", ())),
        )


def as_json(notebook: Mapping[str, Any]) -> Any:
    """The notebook as plain JSON: NaN and infinity, which Python writes into outputs, are none and become null."""
    return json.loads(json.dumps(notebook), parse_constant=lambda _name: None)


def overall(checks: Sequence[CheckResult], broken: Verdict | None, kind: str = "submit") -> Verdict:
    """The run's verdict: the most telling one among its checks'. There may be no visible check at all."""
    if broken is not None:
        return broken
    verdicts = {check.verdict for check in checks}
    if not verdicts:
        return Verdict.PASSED if kind == "check" else Verdict.PLATFORM
    for verdict in (Verdict.PLATFORM, Verdict.FORBIDDEN):
        if verdict in verdicts:
            return verdict
    if verdicts == {Verdict.PASSED}:
        return Verdict.PASSED
    return verdicts.pop() if len(verdicts) == 1 else Verdict.FAILED


def warm() -> None:
    """Protect the template, and pay in it for the schema of outputs, which nbformat compiles, and for whatever comes first."""
    import nbformat.v4

    hide_labels()
    nbformat.v4.new_output("stream", text="")  # type: ignore[no-untyped-call]
    rehearse_notebook()
    reading.warm()
    strategies.warm()
