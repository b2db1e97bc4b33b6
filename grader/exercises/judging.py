"""What the runs of an exercise must not show, each with the file and line that has to change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.errors import Problem
from grader.exercises.diagnostics import Problems
from grader.exercises.places import cell_lines, check_line, crash_line, field_line, rejects_line
from grader.exercises.trials import Trial
from grader.exercises.values import Exercise, WrongAnswer
from grader.report import CheckResult, Report
from grader.verdict import Verdict

_TOLERANCE = 1e-9
_PLACE = re.compile(r"checks\.py(?::([0-9]+))?: ")


def judge(folder: Path, exercise: Exercise, trials: Iterable[Trial]) -> tuple[Problem, ...]:
    """Everything in the trials that an exercise must not do, with the file and line that has to change."""
    problems = Problems()
    trials = tuple(trials)
    judging = _Judging(folder, exercise, problems)
    judging.no_check_crashes(trials)
    for trial in trials:
        judging.judge(trial)
    # Two seeds mostly find the same, and checks that do not load are found by every run.
    return tuple(dict.fromkeys(problems.found))


class _Judging:
    """One exercise's trials and where its mistakes stand."""

    def __init__(self, folder: Path, exercise: Exercise, problems: Problems) -> None:
        self._exercise = exercise
        self._manifest = folder / "exercise.yaml"
        self._notebook = folder / "notebook.py"
        self._checks = folder / "checks.py"
        self._wrong = {wrong.name: wrong for wrong in exercise.wrong}
        self._folder = folder
        self._problems = problems

    def judge(self, trial: Trial) -> None:
        plan, report = trial.plan, trial.report
        wrong = self._wrong[plan.name] if plan.role == "wrong" else None
        if trial.broken:
            for problem in trial.broken:
                self._does_not_load(problem.message)
        elif report is None:
            path = self._path(wrong) if wrong else self._notebook
            self._problems.at(path).add(f"could not be run: {trial.failure}", field=plan.name)
        elif wrong is not None:
            self._is_caught(wrong, report)
        elif plan.role == "solution":
            self._earns_everything(report)
            self._points_add_up(report)
        else:
            self._earns_nothing(report)

    def no_check_crashes(self, trials: Iterable[Trial]) -> None:
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
            line = crash_line(self._exercise.checks, error)
            message = f"crashes on {', '.join(dict.fromkeys(names))}: {error}"
            self._problems.at(self._checks).add(message, line=line)

    def _does_not_load(self, text: str) -> None:
        """The examiner's words: ``checks.py:12: NameError: …``, a line or more for each mistake."""
        for line, message in _told_by_line(text):
            self._problems.at(self._checks).add(message, line=line)

    def _earns_everything(self, report: Report) -> None:
        scope = self._problems.at(self._notebook)
        for cell in report.cells:
            if not cell.verdict.is_pass:
                message = f"cell “{cell.id}” of the solution: {_said(cell.verdict, cell.message)}"
                scope.add(message, line=self._cell_line(cell.id))
        for check in report.checks:
            if not check.verdict.is_pass:
                self._of_check(
                    check.title,
                    f"the solution fails “{check.title}”: {_said(check.verdict, check.message)}",
                )
        total = self._exercise.points
        if report.points < total - _TOLERANCE:
            message = f"the solution earns {report.points:g} of {total:g} points. {report.message}"
            self._of_points(message.strip())

    def _points_add_up(self, report: Report) -> None:
        total = sum(check.max_points for check in report.checks)
        if abs(total - self._exercise.points) > _TOLERANCE:
            promised = f"exercise.yaml promises {self._exercise.points:g}"
            self._of_points(f"the checks give {total:g} points, {promised}")
        titles = [check.title for check in report.checks]
        for title in dict.fromkeys(title for title in titles if titles.count(title) > 1):
            self._of_check(title, f"the title “{title}” stands twice")

    def _earns_nothing(self, report: Report) -> None:
        for check in report.checks:
            if check.verdict.is_pass:
                self._of_check(check.title, f"the blank notebook passes “{check.title}”")
        if report.points > 0:
            self._of_points(f"the blank notebook earns {report.points:g} points")

    def _is_caught(self, wrong: WrongAnswer, report: Report) -> None:
        path = self._path(wrong)
        scope = self._problems.at(path)
        results = {check.title: check for check in report.checks}
        for title in wrong.rejects:
            reason = _not_rejected(title, results.get(title))
            if reason:
                scope.add(reason, field="rejects", line=rejects_line(path, title))
        if report.points >= report.max_points > 0:
            line = rejects_line(path, wrong.rejects[0]) if wrong.rejects else None
            scope.add("this wrong answer earns everything", line=line)

    def _of_check(self, title: str, message: str) -> None:
        line = check_line(self._exercise.checks, title)
        self._problems.at(self._checks).add(message, line=line)

    def _of_points(self, message: str) -> None:
        line = field_line(self._manifest, "points")
        self._problems.at(self._manifest).add(message, field="points", line=line)

    def _path(self, wrong: WrongAnswer) -> Path:
        return self._folder / "wrong" / f"{wrong.name}.py"

    def _cell_line(self, name: str) -> int | None:
        """Of a cell with that id; ids that were not given stand nowhere in the file, but the order does."""
        lines, ids = cell_lines(self._notebook), [cell.id for cell in self._exercise.cells]
        return lines[ids.index(name)] if len(lines) == len(ids) and name in ids else None


def _told_by_line(text: str) -> Iterator[tuple[int | None, str]]:
    """Each mistake with its line; what begins with no place belongs to the one before."""
    found: list[tuple[int | None, str]] = []
    for told in text.splitlines():
        place = _PLACE.match(told)
        if place:
            found.append((int(place[1]) if place[1] else None, told[place.end() :]))
        elif found:
            found[-1] = (found[-1][0], f"{found[-1][1]}\n{told}")
        else:
            found.append((None, told))
    yield from found


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
