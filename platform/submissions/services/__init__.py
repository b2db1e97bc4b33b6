"""Everything that changes submissions, runs, reports and grades.

The database is the truth, the broker's queue only a hint: every task may be lost, or run twice. One lock,
on the learner's row, orders whatever concerns several of a learner's rows.
"""

from submissions.services.changes import Change, ChangeKind, list_changes
from submissions.services.checking import check_answers, check_notebook, remove_old_trials
from submissions.services.grading import Grader, grade_run
from submissions.services.handing_in import submit_answers, submit_notebook
from submissions.services.progress import Progress
from submissions.services.queue import enqueue_run, place_in_queue, requeue_lost_runs
from submissions.services.regrades import (
    apply_regrade,
    cancel_regrade,
    start_regrade,
    undo_regrade,
)
from submissions.services.reports import record_report
from submissions.services.runs import (
    cancel_run,
    claim_run,
    give_up_run,
    record_progress,
    renew_lease,
    return_run,
)

__all__ = [
    "Change",
    "ChangeKind",
    "Grader",
    "Progress",
    "apply_regrade",
    "cancel_regrade",
    "cancel_run",
    "check_answers",
    "check_notebook",
    "claim_run",
    "enqueue_run",
    "give_up_run",
    "grade_run",
    "list_changes",
    "place_in_queue",
    "record_progress",
    "record_report",
    "remove_old_trials",
    "renew_lease",
    "requeue_lost_runs",
    "return_run",
    "start_regrade",
    "submit_answers",
    "submit_notebook",
    "undo_regrade",
]
