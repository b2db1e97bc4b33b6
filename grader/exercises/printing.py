"""What the command line shows, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.exercises.outline import outline
from grader.exercises.prove import Proof
from grader.exercises.trials import Trial
from grader.exercises.values import Exercise
from grader.report import CheckResult, Report
from grader.verdict import Verdict

_MARKS = {Verdict.PASSED: "✓", Verdict.NOT_ATTEMPTED: "–", Verdict.PLATFORM: "!"}


def proof_lines(proof: Proof) -> Iterator[str]:
    """One line with the times of all runs, then one for every mistake."""
    head = f"{'proven' if proof.is_proven else 'FAILED':<7} {proof.slug:<28}"
    if proof.trials:
        yield f"{head} {len(proof.trials)} runs, {proof.seconds:.1f} s: {_times(proof.trials)}"
    else:
        yield f"{head} not run"
    for problem in proof.problems:
        first, *rest = str(problem).splitlines()
        yield f"    {first}"
        yield from (f"      {line}" for line in rest)


def report_lines(report: Report) -> Iterator[str]:
    """A report as a learner would read it."""
    yield f"{report.exercise}: {report.points:g} of {report.max_points:g} points, {report.verdict}"
    if report.message:
        yield report.message
    yield from report.notes
    for cell in report.cells:
        if not cell.verdict.is_pass:
            first, *rest = (cell.message or cell.verdict).splitlines() or [""]
            yield f"  cell {cell.id}: {first}"
            yield from (f"      {line}" for line in rest)
    for check in report.checks:
        yield from _check_lines(check)
    for error in report.author_errors:
        yield from (f"  | {line}" for line in error.splitlines())
    phases = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in report.phases.items())
    yield f"seed {report.seed}" + (f"; {phases}" if phases else "")


def explain_lines(exercise: Exercise) -> Iterator[str]:
    """What we understood of a folder: cells, checks, wrong answers."""
    kind = "" if exercise.kind == "exercise" else f" ({exercise.kind}, reviewed by a mentor)"
    yield f"{exercise.slug}: {exercise.title}{kind}"
    yield (
        f"  {exercise.minutes} minutes, difficulty {exercise.difficulty} of 5, "
        f"{exercise.points:g} points, environment {exercise.environment}"
    )
    limits = exercise.limits
    yield (
        f"  limits: {limits.cell_seconds:g} s a cell, {limits.total_seconds:g} s in all, "
        f"{limits.memory_mb} MB; attempts: {exercise.attempts or 'unlimited'}"
    )
    yield from _rule_lines(exercise)
    for name, content in exercise.data.items():
        yield f"  data/{name}: {len(content):,} bytes"
    yield from (f"  must write {name}: {holds}" for name, holds in exercise.files.items())
    yield "cells"
    for cell in exercise.cells:
        first = next((line for line in cell.source.splitlines() if line.strip()), "")
        yield f"  {'answer' if cell.answer else 'locked'}  {cell.id:<20} {first[:60]}"
    yield "checks"
    yield from _outline_lines(exercise)
    yield "wrong answers"
    for wrong in exercise.wrong:
        yield f"  {wrong.name}: {wrong.because}"
        yield from (f"      rejected by: {title}" for title in wrong.rejects)
    yield f"version {exercise.digest}"


def _rule_lines(exercise: Exercise) -> Iterator[str]:
    rules = exercise.rules
    attributes = [f".{name.lstrip('.')}" for name in rules.forbidden_attributes]
    forbidden = [*rules.forbidden_imports, *rules.forbidden_calls, *attributes]
    if forbidden:
        yield f"  must do without: {', '.join(forbidden)}"
    if rules.required:
        yield f"  must define: {', '.join(rules.required)}"
    if rules.no_loops_in:
        yield f"  no loops in: {', '.join(rules.no_loops_in)}"
    yield from (f"  instead of {name}: {advice}" for name, advice in rules.instead.items())


def _outline_lines(exercise: Exercise) -> Iterator[str]:
    checks = outline(exercise.checks)
    if checks is None:
        yield "  (made while running: see the report of `verify`)"
        return
    for check in checks:
        about = f", about {check.about}" if check.about else ""
        yield f"  {check.points:g}  {check.title}{about}{'' if check.visible else ', hidden'}"


def _check_lines(check: CheckResult) -> Iterator[str]:
    mark = _MARKS.get(check.verdict, "✗")
    yield f"  {mark} {check.points:g}/{check.max_points:g}  {check.title}"
    for text in (check.message, check.example):
        yield from (f"      {line}" for line in text.splitlines())
    if not check.verdict.is_pass:
        yield from (f"      hint: {hint}" for hint in check.hints)


def _times(trials: Sequence[Trial]) -> str:
    """Seconds of the runs: each of solution and blank, of the wrong answers the span."""
    wrong = [trial for trial in trials if trial.plan.role == "wrong"]
    parts = [
        f"{trial.plan.name} {trial.seconds:.2f}" for trial in trials if trial.plan.role != "wrong"
    ]
    if wrong:
        slowest = max(wrong, key=lambda trial: trial.seconds)
        fastest = min(trial.seconds for trial in wrong)
        parts.append(
            f"{len(wrong)} wrong {fastest:.2f} to {slowest.seconds:.2f} ({slowest.plan.name})"
        )
    return ", ".join(parts)
