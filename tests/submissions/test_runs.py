"""A run's way: claimed once, renewed, put back, given up."""

import logging
import threading
from datetime import timedelta

import pytest
from django.db import connection

from common.clock import now
from grader.errors import HostBusyError, HostUnavailableError, RunLostError
from submissions import services
from submissions.errors import NotCancellableError
from submissions.models import Grade, Report, Run, Submission
from submissions.services.runs import LEASE, backoff
from tests.submissions.conftest import Sent, claim, make_report, reload

pytestmark = pytest.mark.django_db(transaction=True)


def expire(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(lease_expires_at=now() - timedelta(seconds=1))


def make_due(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(due_at=now() - timedelta(seconds=1))


def test_of_many_workers_one_gets_the_run(submit) -> None:
    run_id = submit().latest_run.public_id
    claimed: list[Run] = []

    def work(name: str) -> None:
        try:
            run = services.claim_run(public_id=run_id, worker=name)
            if run:
                claimed.append(run)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(f"worker/{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == 1
    assert claimed[0].state == "running"
    assert claimed[0].lease_expires_at > now()


def test_a_learner_has_one_submission_running_and_the_next_is_announced(submit, sent: Sent) -> None:
    first, second = submit(), submit()
    run = claim(first)
    assert services.claim_run(public_id=second.latest_run.public_id, worker="b") is None

    sent.clear()
    services.record_report(run=run, report=make_report(run))
    assert sent.run_ids == [str(second.latest_run.public_id)]
    assert services.claim_run(public_id=second.latest_run.public_id, worker="b")


def test_another_learner_is_not_held_up(submit, other_learner) -> None:
    claim(submit())
    claim(submit(learner=other_learner))


def test_only_the_holder_renews_and_reports_progress(submit) -> None:
    run = claim(submit())
    before = run.lease_expires_at
    assert services.renew_lease(run=run)
    assert services.record_progress(run=run, progress={"phase": "cells"})
    assert reload(run).lease_expires_at > before
    assert reload(run).progress == {"phase": "cells"}

    run.worker = "somebody else"
    assert not services.renew_lease(run=run)
    assert not services.record_progress(run=run, progress={})


@pytest.mark.parametrize("error", [HostBusyError("full"), HostUnavailableError("away")])
def test_a_host_that_is_away_is_waited_for_without_end(submit, error) -> None:
    submission = submit()
    for _ in range(5):
        run = claim(submission)
        assert services.return_run(run=run, error=error)
        make_due(run)
    run = reload(run)
    assert (run.state, run.lost_count, run.returned_count) == ("queued", 0, 5)
    assert "our side" in run.message


def test_a_run_put_back_is_not_due_at_once(submit, sent: Sent) -> None:
    submission = submit()
    services.return_run(run=claim(submission), error=RunLostError("gone"))
    assert services.claim_run(public_id=submission.latest_run.public_id, worker="w") is None
    sent.clear()
    assert services.requeue_lost_runs() == 0

    make_due(submission.latest_run)
    assert services.requeue_lost_runs() == 1
    assert len(sent) == 1


def test_waits_grow_and_end() -> None:
    seconds = [backoff(count).total_seconds() for count in (1, 2, 3, 4, 50, 10_000)]
    assert seconds == [1, 2, 4, 8, 30, 30]


def test_the_third_lost_run_is_given_up_with_an_alarm(submit, caplog) -> None:
    submission = submit()
    for _ in range(3):
        run = claim(submission)
        expire(run)
        with caplog.at_level(logging.ERROR):
            services.requeue_lost_runs()
        make_due(run)

    run = reload(run)
    assert (run.state, run.lost_count) == ("failed", 3)
    assert run.report.verdict == "platform"
    assert not run.report.is_applied
    assert run.report.load().points == 0
    assert "given up" in caplog.text
    assert not Grade.objects.exists()
    assert not Submission.objects.costing_an_attempt().exists()


def test_a_lost_worker_is_replaced_and_its_late_report_dropped(submit) -> None:
    submission = submit()
    slow = claim(submission, "slow")
    expire(slow)
    services.requeue_lost_runs()
    make_due(slow)
    quick = claim(submission, "quick")

    assert not services.renew_lease(run=slow)
    assert services.record_report(run=slow, report=make_report(slow)) is None
    assert not services.return_run(run=slow, error=RunLostError("late"))
    assert services.record_report(run=quick, report=make_report(quick)) is not None
    assert Report.objects.count() == 1


def test_a_lease_that_holds_is_left_alone(submit) -> None:
    run = claim(submit())
    services.requeue_lost_runs()
    assert reload(run).state == "running"
    assert timedelta() < LEASE < timedelta(minutes=1)


def test_a_task_that_the_broker_lost_is_sent_again_but_not_at_once(submit, sent: Sent) -> None:
    run = submit().latest_run
    sent.clear()
    assert services.requeue_lost_runs() == 0
    Run.objects.update(enqueued_at=now() - timedelta(seconds=11))
    assert services.requeue_lost_runs() == 1
    assert sent.run_ids == [str(run.public_id)]
    assert services.requeue_lost_runs() == 0


def test_places_in_the_queue(submit, other_learner) -> None:
    first, second = submit().latest_run, submit(learner=other_learner).latest_run
    assert [services.place_in_queue(run) for run in (first, second)] == [1, 2]
    first = services.claim_run(public_id=first.public_id, worker="w")
    assert [services.place_in_queue(run) for run in (first, second)] == [None, 1]


def test_cancelling_takes_the_run_from_its_worker(submit) -> None:
    run = claim(submit())
    services.cancel_run(run=run)
    assert not services.renew_lease(run=run)
    assert services.record_report(run=run, report=make_report(run)) is None
    with pytest.raises(NotCancellableError):
        services.cancel_run(run=run)


@pytest.mark.parametrize("run_id", ["00000000-0000-0000-0000-000000000000", "; drop", None, 3])
def test_a_forged_task_does_nothing(submit, run_id) -> None:
    from submissions.tasks import grade_run

    submit()
    grade_run(run_id)
    assert Run.objects.get().state == "queued"
