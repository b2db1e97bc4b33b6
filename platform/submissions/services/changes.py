"""What a regrade would change: each of its runs beside the report that counts today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from grader.verdict import Verdict
from submissions.models import Regrade, Report, Run

# Of a report's body what may differ without telling the learner anything new.
TIMINGS = ("phases", "seconds")
ORIGIN = ("environment_digest", "exercise_digest", "limits_hit")
CHUNK = 100


class ChangeKind(StrEnum):
    WAITING = "waiting"
    NOT_GRADED = "not graded"  # we failed at it, or it was cancelled
    SUPERSEDED = "superseded"  # another report counts by now
    SAME = "same"
    FEEDBACK = "feedback"  # the same points, told otherwise
    HIGHER = "higher"
    LOWER = "lower"
    APPLIED = "applied"

    @property
    def is_a_change(self) -> bool:
        return self in (ChangeKind.FEEDBACK, ChangeKind.HIGHER, ChangeKind.LOWER)


@dataclass(frozen=True, slots=True)
class Change:
    """One run of a regrade. ``before`` is the report that it would replace, ``after`` its own."""

    run: Run
    kind: ChangeKind
    before: Report
    after: Report | None

    @property
    def has_other_environment(self) -> bool:
        return self._differs("environment_digest")

    @property
    def has_other_version(self) -> bool:
        return self._differs("exercise_digest")

    def _differs(self, name: str) -> bool:
        return self.after is not None and self.after.body.get(name) != self.before.body.get(name)


def list_changes(*, regrade: Regrade) -> Iterator[Change]:
    """Each of the regrade's runs, by exercise, learner and submission. Changes nothing."""
    runs = regrade.runs.select_related(
        "submission__learner", "submission__exercise", "replaces", "report"
    )
    by_work = ("submission__exercise__slug", "submission__learner__username", "submission__number")
    runs = runs.defer("report__notebook", "replaces__notebook", "submission__answers")
    for run in runs.order_by(*by_work).iterator(chunk_size=CHUNK):
        yield compare(run)


def compare(run: Run) -> Change:
    """What applying this run of a regrade would do."""
    before = run.replaces
    assert before is not None
    after: Report | None = getattr(run, "report", None)
    return Change(run, _kind(run, before, after), before, after)


def _kind(run: Run, before: Report, after: Report | None) -> ChangeKind:
    if run.is_live:
        return ChangeKind.WAITING
    if after is None or after.verdict == Verdict.PLATFORM:
        return ChangeKind.NOT_GRADED
    if after.is_applied:
        return ChangeKind.APPLIED
    if not before.is_applied:
        return ChangeKind.SUPERSEDED
    ranks = [(report.is_passed, round(report.score, 9)) for report in (before, after)]
    if ranks[0] != ranks[1]:
        # Less in either respect is less: nobody loses a pass for a better share.
        is_less = any(new < old for old, new in zip(*ranks, strict=True))
        return ChangeKind.LOWER if is_less else ChangeKind.HIGHER
    same = (before.points, before.max_points) == (after.points, after.max_points)
    return (
        ChangeKind.SAME if same and told(before.body) == told(after.body) else ChangeKind.FEEDBACK
    )


def told(body: Mapping[str, Any]) -> dict[str, Any]:
    """A report's body without timings and without where it was made."""
    left_out = (*TIMINGS, *ORIGIN)
    return {name: _untimed(value) for name, value in body.items() if name not in left_out}


def _untimed(value: Any) -> Any:
    match value:
        case dict():
            return {name: _untimed(inner) for name, inner in value.items() if name not in TIMINGS}
        case list() | tuple():
            return [_untimed(inner) for inner in value]
    return value
