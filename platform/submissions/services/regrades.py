"""Grading again what was handed in before: a preview, then applied, and back again if need be.

Every step may be interrupted and repeated: whether a report counts stands in its own row, and a step
passes over what is done already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from cohorts.models import Cohort
from common.clock import now
from curriculum.models import Exercise
from submissions.errors import NothingToRegradeError, RegradeStateError
from submissions.models import Regrade, Report, Run
from submissions.services.changes import ChangeKind, compare
from submissions.services.grades import let_count, tell_graded
from submissions.services.locks import lock_learner
from submissions.services.queue import announce_waiting

CHUNK = 200


def start_regrade(
    *,
    exercise: Exercise | None = None,
    cohort: Cohort | None = None,
    learners: Collection[User] | None = None,
    uses_current_version: bool = False,
    reason: str = "",
) -> Regrade:
    """Queue every graded submission of an exercise, a cohort and some learners (``None``: all) once more.

    A cohort stands for those who are its learners at this moment, whatever the cohort they submitted in;
    who joins or leaves later changes nothing about the regrade.

    With the seed of the report that counts, and on that report's version of the exercise unless
    ``uses_current_version``. Nothing changes for learners before :func:`apply_regrade`. Left out is what
    another regrade is grading at this moment.

    Raises:
        NothingToRegradeError: nothing chosen has been graded.
    """
    scope = {
        "exercise": exercise.slug if exercise else None,
        "cohort": cohort.slug if cohort else None,
        "learners": None if learners is None else sorted(user.username for user in learners),
    }
    with transaction.atomic():
        regrade = Regrade.objects.create(
            scope=scope, uses_current_version=uses_current_version, reason=reason
        )
        reports = _reports(exercise, cohort, learners)
        runs = _runs(regrade, reports)
        Run.objects.bulk_create(runs, batch_size=CHUNK, ignore_conflicts=True)
        if not regrade.runs.exists():
            raise NothingToRegradeError
        transaction.on_commit(lambda: announce_waiting(Run.Queue.REGRADE), robust=True)
    return regrade


def _reports(
    exercise: Exercise | None, cohort: Cohort | None, learners: Collection[User] | None
) -> QuerySet[Report]:
    """What counts now of whatever meets all that is given."""
    reports = Report.objects.applied().defer("body", "notebook").order_by("pk")
    if exercise is not None:
        reports = reports.filter(run__submission__exercise=exercise)
    if cohort is not None:
        members = cohort.memberships.active().learners()
        reports = reports.filter(run__submission__learner__in=members.values("user"))
    if learners is not None:
        reports = reports.filter(run__submission__learner__in=learners)
    return reports.select_related("run__submission__exercise")


def _runs(regrade: Regrade, reports: QuerySet[Report]) -> Iterator[Run]:
    for report in reports.iterator(chunk_size=CHUNK):
        submission = report.run.submission
        assert submission is not None  # what is only checked is never applied
        other_version = report.run.other_version_id
        if regrade.uses_current_version:
            current = submission.exercise.current_version_id
            other_version = current if current != submission.version_id else None
        yield Run(
            submission=submission,
            regrade=regrade,
            replaces=report,
            other_version_id=other_version,
            kind=Run.Kind.REGRADE,
            queue=Run.Queue.REGRADE,
            seed=report.run.seed,
        )


def apply_regrade(*, regrade: Regrade, allow_lower: bool = False) -> Counter[ChangeKind]:
    """Let the regrade's reports count wherever they change something; says how many were what.

    A report with fewer points than the one that counts is left aside unless ``allow_lower``.

    Raises:
        RegradeStateError: it is still grading, or was cancelled.
    """
    _require_graded(regrade)
    seen: Counter[ChangeKind] = Counter()
    for pk in _run_keys(regrade):
        seen[_apply_one(pk, allow_lower)] += 1
    Regrade.objects.filter(pk=regrade.pk).update(state=Regrade.State.APPLIED, applied_at=now())
    regrade.refresh_from_db()
    return seen


def _apply_one(pk: int, allow_lower: bool) -> ChangeKind:
    """What this run was found to be; ``APPLIED`` when its report counts now."""
    with transaction.atomic():
        change = compare(_lock_run(pk))
        if not change.kind.is_a_change or (change.kind == ChangeKind.LOWER and not allow_lower):
            return change.kind
        assert change.after is not None
        _replace(change.after)
    return ChangeKind.APPLIED


def undo_regrade(*, regrade: Regrade) -> int:
    """Let the earlier reports count again, and with them the earlier grades; says how many.

    Left alone is what a later regrade has replaced since.

    Raises:
        RegradeStateError: nothing of it was ever applied.
    """
    keys = _run_keys(regrade)
    is_done = regrade.state == Regrade.State.UNDONE
    if not is_done and not keys.filter(report__is_applied=True).exists():
        raise RegradeStateError(_("Nothing of this regrade is applied."))
    count = sum(_undo_one(pk) for pk in keys)
    Regrade.objects.filter(pk=regrade.pk).update(state=Regrade.State.UNDONE, undone_at=now())
    regrade.refresh_from_db()
    return count


def _undo_one(pk: int) -> bool:
    with transaction.atomic():
        run = _lock_run(pk)
        if not Report.objects.applied().filter(run=run).exists():
            return False
        assert run.replaces is not None
        _replace(run.replaces)
    return True


def cancel_regrade(*, regrade: Regrade) -> int:
    """Stop a preview; says how many runs it ended.

    Raises:
        RegradeStateError: it is past that.
    """
    with transaction.atomic():
        held = Regrade.objects.select_for_update().get(pk=regrade.pk)
        if held.state != Regrade.State.PREVIEW:
            raise RegradeStateError(_("Only a preview can be cancelled."))
        held.state = Regrade.State.CANCELLED
        held.save(update_fields=["state"])
        runs = Run.objects.live().filter(regrade=regrade)
        count = runs.update(state=Run.State.CANCELLED, lease_expires_at=None, finished_at=now())
    regrade.refresh_from_db()
    return count


def _require_graded(regrade: Regrade) -> None:
    if regrade.state == Regrade.State.CANCELLED:
        raise RegradeStateError(_("This regrade was cancelled."))
    waiting = regrade.runs.live().count()
    if waiting:
        raise RegradeStateError(_("%(count)d runs are still to be graded.") % {"count": waiting})


def _run_keys(regrade: Regrade) -> QuerySet[Run, int]:
    return regrade.runs.order_by("pk").values_list("pk", flat=True)


def _lock_run(pk: int) -> Run:
    """The run, read after its learner is locked."""
    run = Run.objects.select_related("submission").get(pk=pk)
    lock_learner(run.learner_id)
    rows = Run.objects.select_related("submission", "replaces__run__submission", "report")
    return rows.defer("report__notebook", "replaces__notebook").get(pk=pk)


def _replace(report: Report) -> None:
    grade = let_count(report)
    transaction.on_commit(lambda: tell_graded(report, grade), robust=True)
