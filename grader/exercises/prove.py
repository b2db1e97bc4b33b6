"""An exercise proves itself: its solution earns everything, the blank nothing, each wrong answer is caught."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from grader.errors import ExerciseError, GraderError, Problem
from grader.exercises.assemble import job
from grader.exercises.judging import judge
from grader.exercises.trials import Plan, Trial, plans
from grader.exercises.values import Exercise
from grader.report import Report


class Grader(Protocol):
    """Whoever takes a job and gives back a report: a kernel host's client, or a stand-in in tests."""

    def grade(self, job: dict[str, Any]) -> Report:
        """The report on one job, or a :class:`PlatformError`."""
        ...


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of one exercise folder; it is proven if nothing was found."""

    slug: str
    trials: tuple[Trial, ...]
    problems: tuple[Problem, ...]

    @property
    def is_proven(self) -> bool:
        return not self.problems

    @property
    def seconds(self) -> float:
        """Wall seconds of all runs, one after another."""
        return sum(trial.seconds for trial in self.trials)


def prove(
    exercises: Iterable[tuple[Path, Exercise]], client: Grader, *, threads: int = 2
) -> Iterator[Proof]:
    """Prove exercises, ``threads`` runs at a time; proofs come in the order given, each when it is done."""
    with ThreadPoolExecutor(threads) as pool:
        started: list[tuple[Path, Exercise, list[Future[Trial]]]] = [
            (
                folder,
                exercise,
                [pool.submit(_run, exercise, plan, client) for plan in plans(exercise)],
            )
            for folder, exercise in exercises
        ]
        try:
            for folder, exercise, futures in started:
                trials = tuple(future.result() for future in futures)
                yield Proof(exercise.slug, trials, judge(folder, exercise, trials))
        finally:
            # Whoever stops listening, or presses Ctrl-C, waits for the runs under way and no others.
            pool.shutdown(cancel_futures=True)


def _run(exercise: Exercise, plan: Plan, client: Grader) -> Trial:
    started = time.perf_counter()
    try:
        report = client.grade(job(exercise, plan.answers, seed=plan.seed))
    except ExerciseError as error:
        return Trial(plan, None, time.perf_counter() - started, broken=error.problems)
    except GraderError as error:
        return Trial(plan, None, time.perf_counter() - started, failure=str(error))
    return Trial(plan, report, time.perf_counter() - started)
