"""An exercise proves itself: its solution earns everything, the blank nothing, each wrong answer is caught."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from grader.errors import GraderError, Problem
from grader.exercises.answers import Answers, solution_answers, starter_answers
from grader.exercises.assemble import job
from grader.exercises.diagnostics import Problems
from grader.exercises.values import Exercise, WrongAnswer
from grader.report import CheckResult, Report
from grader.verdict import Verdict

# The solution must stand up to more than one draw of inputs; a check that wants luck is found here.
SOLUTION_SEEDS = (1, 2)
SEED = 1
_TOLERANCE = 1e-9


class Grader(Protocol):
    """Whoever takes a job and gives back a report: a kernel host's client, or a stand-in in tests."""

    def grade(self, job: dict[str, Any]) -> Report:
        """The report on one job, or a :class:`PlatformError`."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """One run to be made: ``name`` is "solution", "blank" or that of a wrong answer."""

    name: str
    role: Literal["solution", "blank", "wrong"]
    answers: Answers
    seed: int = SEED


@dataclass(frozen=True, slots=True)
class Trial:
    """One run that was made, in wall seconds.

    Without a report, ``failure`` says why.
    """

    plan: Plan
    report: Report | None
    seconds: float
    failure: str = ""


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


def plans(exercise: Exercise) -> list[Plan]:
    """The runs that prove an exercise."""
    solution = solution_answers(exercise)
    return [
        *(Plan("solution", "solution", solution, seed) for seed in SOLUTION_SEEDS),
        Plan("blank", "blank", starter_answers(exercise)),
        *(
            Plan(wrong.name, "wrong", Answers({**solution.cells, **wrong.answers}))
            for wrong in exercise.wrong
        ),
    ]


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


def judge(folder: Path, exercise: Exercise, trials: Iterable[Trial]) -> tuple[Problem, ...]:
    """Everything in the trials that an exercise must not do, with the file that has to change."""
    problems = Problems()
    trials = tuple(trials)
    _no_check_crashes(trials, problems.at(folder / "checks.py"))
    for trial in trials:
        file = _file(folder, trial.plan)
        if trial.report is None:
            problems.at(file).add(f"could not be run: {trial.failure}", field=trial.plan.name)
            continue
        if trial.plan.role == "solution":
            _earns_everything(exercise, trial.report, problems.at(file))
            _points_add_up(exercise, trial.report, problems.at(folder / "checks.py"))
        elif trial.plan.role == "blank":
            _earns_nothing(trial.report, problems.at(file))
        else:
            wrong = next(item for item in exercise.wrong if item.name == trial.plan.name)
            _is_caught(wrong, trial.report, problems.at(file))
    # Two seeds mostly find the same.
    return tuple(dict.fromkeys(problems.found))


def _run(exercise: Exercise, plan: Plan, client: Grader) -> Trial:
    started = time.perf_counter()
    try:
        report = client.grade(job(exercise, plan.answers, seed=plan.seed))
    except GraderError as error:
        return Trial(plan, None, time.perf_counter() - started, failure=str(error))
    return Trial(plan, report, time.perf_counter() - started)


def _file(folder: Path, plan: Plan) -> Path:
    return folder / ("notebook.py" if plan.role != "wrong" else f"wrong/{plan.name}.py")


def _no_check_crashes(trials: Iterable[Trial], problems: Problems) -> None:
    """One crash mostly meets every run; it is told once, with the runs that it met."""
    crashes: dict[str, list[str]] = {}
    for trial in trials:
        if trial.report is None:
            continue
        errors = trial.report.author_errors
        if not errors and trial.report.verdict is Verdict.PLATFORM:
            errors = (trial.report.message or "no verdict",)
        for error in errors:
            crashes.setdefault(error, []).append(trial.plan.name)
    for error, names in crashes.items():
        problems.add(f"crashes on {', '.join(dict.fromkeys(names))}: {error}")


def _earns_everything(exercise: Exercise, report: Report, problems: Problems) -> None:
    for cell in report.cells:
        if not cell.verdict.is_pass:
            problems.add(f"cell “{cell.id}” of the solution: {_said(cell.verdict, cell.message)}")
    for check in report.checks:
        if not check.verdict.is_pass:
            problems.add(
                f"the solution fails “{check.title}”: {_said(check.verdict, check.message)}"
            )
    if report.points < exercise.points - _TOLERANCE:
        problems.add(
            f"the solution earns {report.points:g} of {exercise.points:g} points. {report.message}".strip()
        )


def _points_add_up(exercise: Exercise, report: Report, problems: Problems) -> None:
    total = sum(check.max_points for check in report.checks)
    if abs(total - exercise.points) > _TOLERANCE:
        problems.add(
            f"the checks give {total:g} points, exercise.yaml promises {exercise.points:g}"
        )
    titles = [check.title for check in report.checks]
    for title in dict.fromkeys(title for title in titles if titles.count(title) > 1):
        problems.add(f"the title “{title}” stands twice")


def _earns_nothing(report: Report, problems: Problems) -> None:
    for check in report.checks:
        if check.verdict.is_pass:
            problems.add(f"the blank notebook passes “{check.title}”")
    if report.points > 0:
        problems.add(f"the blank notebook earns {report.points:g} points")


def _is_caught(wrong: WrongAnswer, report: Report, problems: Problems) -> None:
    results = {check.title: check for check in report.checks}
    for title in wrong.rejects:
        reason = _not_rejected(title, results.get(title))
        if reason:
            problems.add(reason, field="rejects")
    if report.points >= report.max_points > 0:
        problems.add("this wrong answer earns everything")


def _not_rejected(title: str, check: CheckResult | None) -> str:
    if check is None:
        return f"no check is titled “{title}”"
    if check.verdict.is_pass:
        return f"“{title}” passes this wrong answer"
    if check.verdict is Verdict.NOT_ATTEMPTED:
        return f"“{title}” finds nothing to judge here: {_said(check.verdict, check.message)}"
    if not check.message.strip() and check.verdict is not Verdict.PLATFORM:
        return f"“{title}” rejects this wrong answer without a message"
    return ""


def _said(verdict: Verdict, message: str) -> str:
    return f"{message} ({verdict.value})" if message.strip() else verdict.value
