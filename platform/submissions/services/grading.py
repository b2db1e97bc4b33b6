"""One run from claim to report."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

from grader.errors import HostBusyError, PlatformError, RunLostError
from grader.exercises import job
from grader.report import Report as GraderReport
from submissions.models import Report, Run
from submissions.services.leases import LeaseKeeper
from submissions.services.queue import enqueue_run
from submissions.services.reports import record_report
from submissions.services.runs import claim_run, return_run

logger = logging.getLogger(__name__)


class Grader(Protocol):
    """Who does the work: :class:`grader.kernels.client.KernelClient`."""

    def grade(
        self,
        job: dict[str, Any],
        *,
        on_event: Callable[[dict[str, Any]], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> GraderReport: ...


def grade_run(*, public_id: UUID | str, worker: str, client: Grader) -> Report | None:
    """Claim a run, have it graded and record its report.

    ``None`` when there was nothing to claim, or the run went back to the queue because we failed.
    """
    run = claim_run(public_id=public_id, worker=worker)
    if run is None:
        return None
    try:
        report = _grade(run, client)
        return record_report(run=run, report=report)
    except HostBusyError as error:
        # Soon over: announced for when it is due, without waiting for the next beat.
        if return_run(run=run, error=error):
            run.refresh_from_db()
            enqueue_run(run=run, again=True)
    except PlatformError as error:
        return_run(run=run, error=error)
    except Exception:
        logger.exception("run %s failed by a mistake of ours", run.public_id)
        return_run(run=run, error=RunLostError("a mistake of ours"))
    return None


def _grade(run: Run, client: Grader) -> GraderReport:
    submission = run.submission
    order = job(
        submission.version.load(),
        submission.load_answers(),
        seed=run.seed,
        kind="check" if run.kind == Run.Kind.CHECK else "submit",
    )
    with LeaseKeeper(run) as lease:
        return client.grade(order, on_event=lease.note, should_stop=lease.is_lost)
