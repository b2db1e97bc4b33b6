"""One run from claim to report."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection

from grader.errors import ExerciseError, HostBusyError, PlatformError, RunLostError
from grader.exercises import job
from grader.report import Report as GraderReport
from submissions.models import Report, Run
from submissions.services.leases import LeaseKeeper
from submissions.services.queue import enqueue_next_run, enqueue_run
from submissions.services.reports import record_report
from submissions.services.runs import LEASE, claim_run, give_up_run, return_run

logger = logging.getLogger(__name__)

RECORD_AGAIN_SECONDS = 0.5


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
        return _record(run, report)
    except HostBusyError as error:
        # Soon over: announced for when it is due, without waiting for the next beat.
        if return_run(run=run, error=error):
            run.refresh_from_db()
            enqueue_run(run=run, again=True)
    except ExerciseError as error:
        give_up_run(run=run, reason=f"the exercise's own checks are broken: {error}")
    except PlatformError as error:
        if not return_run(run=run, error=error):  # cancelled: the learner's next may go on
            enqueue_next_run(run.learner_id, run.queue)
    except Exception:
        logger.exception("run %s failed by a mistake of ours", run.public_id)
        return_run(run=run, error=RunLostError("a mistake of ours"))
    return None


def _grade(run: Run, client: Grader) -> GraderReport:
    order = job(
        run.version.load(),
        run.work.load_answers(),
        seed=run.seed,
        kind="check" if run.kind == Run.Kind.CHECK else "submit",
    )
    lease = LeaseKeeper(run)
    return client.grade(order, on_event=lease.note, should_stop=lease.is_lost)


def _record(run: Run, report: GraderReport) -> Report | None:
    """A database that is being restarted must not cost the report: wait for as long as the lease may last."""
    deadline = time.monotonic() + LEASE.total_seconds()
    while True:
        try:
            return record_report(run=run, report=report)
        except (OperationalError, InterfaceError):
            if time.monotonic() > deadline:
                raise
            logger.warning("run %s: the database is away", run.public_id, exc_info=True)
            connection.close()
            time.sleep(RECORD_AGAIN_SECONDS)
