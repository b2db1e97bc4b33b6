"""One run from claim to report, with a stand-in for the kernel host."""

import time

import pytest
from django.db import OperationalError

from grader.errors import ExerciseError, HostBusyError, HostUnavailableError, Problem, RunLostError
from submissions import services
from submissions.models import Report, Run
from submissions.services import grading, leases
from submissions.services.progress import Progress
from tests.submissions.conftest import StandIn, make_report, reload

EVENTS = (
    {"event": "phase", "phase": "kernel"},
    {"event": "cell", "id": "double", "index": 1, "of": 2, "state": "ok"},
    {
        "event": "check",
        "index": 1,
        "of": 2,
        "title": "Doubles ints",
        "about": "double",
        "verdict": "passed",
        "points": 1.0,
        "max_points": 1.0,
        "message": "",
    },
)


def grade(run: Run, client: StandIn, worker: str = "w/1") -> Report | None:
    return services.grade_run(public_id=run.public_id, worker=worker, client=client)


@pytest.mark.django_db(transaction=True)
class TestGradeRun:
    def test_the_job_carries_version_answers_and_seed(self, submit) -> None:
        submission = submit("def double(x): return x * 2")
        client = StandIn(make_report)
        report = grade(submission.latest_run, client)

        assert report is not None
        assert report.is_passed
        job = client.jobs[0]
        assert job["seed"] == submission.latest_run.seed
        assert job["exercise"]["digest"] == submission.version.digest
        assert "def double(x): return x * 2" in str(job["notebook"])

    def test_a_task_that_comes_twice_grades_once(self, submit) -> None:
        client = StandIn(make_report)
        run = submit().latest_run
        grade(run, client)
        assert grade(run, client) is None
        assert len(client.jobs) == Report.objects.count() == 1

    def test_what_the_platform_fails_at_goes_back(self, submit, sent) -> None:
        run = submit().latest_run
        sent.clear()
        assert grade(run, StandIn(HostUnavailableError("away"))) is None
        assert reload(run).state == "queued"
        assert reload(run).lost_count == 0
        assert not sent

    def test_a_busy_host_is_asked_again_soon(self, submit, sent) -> None:
        run = submit().latest_run
        sent.clear()
        grade(run, StandIn(HostBusyError("full")))
        ((run_id, options),) = sent
        assert run_id == str(run.public_id)
        assert 0 < options["countdown"] <= 1

    def test_a_mistake_of_ours_goes_back_and_is_counted(self, submit, caplog) -> None:
        run = submit().latest_run
        grade(run, StandIn(ZeroDivisionError()))
        assert (reload(run).state, reload(run).lost_count) == ("queued", 1)
        assert "mistake of ours" in caplog.text

    def test_broken_checks_are_tried_once_and_told_once(self, submit, caplog) -> None:
        run = submit().latest_run
        grade(run, StandIn(ExerciseError([Problem("checks.py", "SyntaxError")])))
        assert (reload(run).state, reload(run).lost_count) == ("failed", 0)
        assert reload(run).report.verdict == "platform"
        (said,) = [record for record in caplog.records if record.levelname == "ERROR"]
        assert str(run.public_id) in said.getMessage()
        assert "checks.py" in said.getMessage()

    def test_a_database_that_is_away_for_a_moment_costs_no_report(
        self, submit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        record, failures = grading.record_report, [OperationalError("restarting")] * 2

        def record_later(**fields):
            if failures:
                raise failures.pop()
            return record(**fields)

        monkeypatch.setattr(grading, "record_report", record_later)
        monkeypatch.setattr(grading, "RECORD_AGAIN_SECONDS", 0.01)
        assert grade(submit().latest_run, StandIn(make_report)) is not None
        assert not failures

    def test_after_cancelling_what_runs_the_next_is_announced(self, submit, sent) -> None:
        first, second = submit(), submit()
        sent.clear()

        class Cancelled(StandIn):
            def grade(self, job, *, on_event=None, should_stop=None):
                services.cancel_run(run=first.latest_run)
                raise RunLostError("stopped")

        grade(first.latest_run, Cancelled(make_report))
        assert sent.run_ids == [str(second.latest_run.public_id)]

    def test_progress_shows_and_the_lease_is_kept_while_cells_are_silent(
        self, submit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(leases, "WRITE_SECONDS", 0.02)
        monkeypatch.setattr(leases, "RENEW_SECONDS", 0.05)
        run = submit().latest_run
        seen: list[Run] = []

        def is_shown_and_kept() -> bool:
            held = reload(run)
            seen.extend([held] if held.progress else [])
            return bool(seen) and held.lease_expires_at > seen[0].lease_expires_at

        class Slow(StandIn):
            def grade(self, job, *, on_event=None, should_stop=None):
                for event in EVENTS:
                    on_event(event)
                deadline = time.monotonic() + 20
                while not is_shown_and_kept() and time.monotonic() < deadline:
                    time.sleep(0.01)
                    assert not should_stop()
                return make_report(reload(run))

        grade(run, Slow(make_report))
        assert seen[-1].progress["checks"][0]["title"] == "Doubles ints"
        assert seen[-1].progress["cells"] == [{"id": "double", "index": 1, "state": "ok"}]
        assert seen[-1].lease_expires_at > seen[0].lease_expires_at

    def test_who_lost_the_lease_stops(self, submit, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(leases, "WRITE_SECONDS", 0.02)
        monkeypatch.setattr(leases, "RENEW_SECONDS", 0.02)
        run = submit().latest_run

        class Slow(StandIn):
            def grade(self, job, *, on_event=None, should_stop=None):
                Run.objects.filter(pk=run.pk).update(worker="another")
                deadline = time.monotonic() + 5
                while not should_stop() and time.monotonic() < deadline:
                    time.sleep(0.01)
                assert should_stop()
                raise RunLostError("stopped")

        assert grade(run, Slow(make_report)) is None
        assert (reload(run).state, reload(run).worker) == ("running", "another")


class TestProgress:
    def test_folds_events_into_bounded_json(self) -> None:
        progress = Progress()
        for index in range(2000):
            progress.add(
                {"event": "cell", "id": f"c{index}", "index": index, "of": 9, "state": "ok"}
            )
            progress.add({"event": "check", "index": index, "of": 9, "title": "t" * 10_000})
        shown = progress.to_json()
        assert shown["phase"] == "checks"
        assert len(shown["cells"]) == len(shown["checks"]) == 500
        assert len(shown["checks"][0]["title"]) == 300

    @pytest.mark.parametrize(
        "event",
        [
            {},
            {"event": "phase", "phase": 3},
            {"event": "cell"},
            {"event": "cell", "id": 3, "index": "x", "of": None},
            {"event": "check", "index": 1},
            {"event": "unknown"},
        ],
    )
    def test_passes_over_what_it_does_not_know(self, event) -> None:
        progress = Progress()
        progress.add(event)
        assert progress.to_json() == Progress().to_json()

    def test_a_fresh_kernel_starts_the_cells_again(self) -> None:
        progress = Progress()
        for event in (*EVENTS, EVENTS[0]):
            progress.add(event)
        assert progress.to_json()["cells"] == []
        assert len(progress.to_json()["checks"]) == 1
