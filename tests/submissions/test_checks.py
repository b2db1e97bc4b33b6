"""Checks of what is not handed in: quick, limited, without a trace in what counts."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.http import Http404
from django.test import Client
from django.urls import reverse

from common.clock import now
from grader.errors import HostUnavailableError, NotebookError, RunLostError
from grader.exercises import Answers, Limits
from grader.report import CellResult
from grader.verdict import Verdict
from submissions import services
from submissions.access import get_trial
from submissions.errors import ExerciseClosedError, TooManyWaitingError, TooOftenError
from submissions.models import Grade, Report, Run, Submission, Trial
from submissions.signals import submission_graded
from submissions.views.following import follow_run
from tests.submissions.conftest import Sent, StandIn, claim, make_report, reload

pytestmark = pytest.mark.django_db(transaction=True)

SOURCE = "def double(x):\n    return 2 * x\n"


@pytest.fixture
def check(learner: Any, exercise: Any) -> Callable[..., Trial]:
    """A function that asks for a check; of another text each time unless one is given."""
    numbers = iter(range(1000))

    def check_one(source: str = "", **fields: Any) -> Trial:
        answers = Answers({"double": source or f"{SOURCE}# {next(numbers)}"})
        return services.check_answers(
            **{"learner": learner, "exercise": exercise, "answers": answers, **fields}
        )

    return check_one


@pytest.fixture
def signals() -> Iterator[list]:
    heard: list = []

    def hear(**news: Any) -> None:
        heard.append(news)

    submission_graded.connect(hear)
    yield heard
    submission_graded.disconnect(hear)


def take(trial: Trial, worker: str = "worker/1") -> Run:
    run = services.claim_run(public_id=trial.run.public_id, worker=worker)
    assert run is not None
    return run


def grade(trial: Trial, client: StandIn) -> Report | None:
    return services.grade_run(public_id=trial.run.public_id, worker="w", client=client)


def report_of(run: Run, **fields: Any) -> Any:
    return make_report(run, **fields)


class TestAsking:
    def test_queues_one_run_in_the_queue_of_checks(self, check, sent: Sent) -> None:
        trial = check(SOURCE)
        run = trial.run
        assert (run.kind, run.queue, run.state) == ("check", "check", "queued")
        assert run.submission is None
        assert sent.run_ids == [str(run.public_id)]
        assert sent[0][1]["queue"] == "check"

    def test_a_training_run_waits_with_its_like(self, check, make_exercise) -> None:
        training = make_exercise("training", limits=Limits(total_seconds=600))
        assert check(exercise=training).run.queue == "long"

    def test_the_same_text_again_is_the_same_check(self, check, sent: Sent) -> None:
        assert check(SOURCE) == check(SOURCE)
        assert len(sent) == Trial.objects.count() == 1

    def test_another_text_cancels_the_older_one(self, check) -> None:
        older, newer = check(), check()
        assert [reload(trial.run).state for trial in (older, newer)] == ["cancelled", "queued"]

    def test_one_text_is_kept_however_often_they_check(self, check) -> None:
        older, newer = check(), check()
        older.refresh_from_db()
        newer.refresh_from_db()
        assert not older.load_answers().cells
        assert newer.load_answers().cells
        assert follow_run(reload(older.run))["state"] == "cancelled"

    def test_even_while_it_runs(self, check) -> None:
        older = check()
        run = take(older)
        newer = check()
        assert services.record_report(run=run, report=report_of(run)) is None
        assert reload(older.run).state == "cancelled"
        assert take(newer)

    def test_one_waits_for_each_learner(
        self, check, make_exercise, other_learner, settings
    ) -> None:
        check()
        with pytest.raises(TooManyWaitingError):
            check(exercise=make_exercise("triple"))
        check(learner=other_learner)
        assert Run.objects.queued().count() == 2

    def test_so_many_a_minute(self, check, settings) -> None:
        settings.CHECKS_PER_MINUTE = 2
        check(), check()
        with pytest.raises(TooOftenError, match="2 checks a minute") as caught:
            check()
        assert 0 < caught.value.retry_seconds <= 60
        assert Run.objects.queued().count() == 1  # what was refused cancelled nothing
        Trial.objects.update(requested_at=now() - timedelta(seconds=61))
        check()

    def test_what_cannot_be_kept_is_refused(self, check) -> None:
        with pytest.raises(NotebookError):
            check("x = '\0'")

    def test_a_retired_exercise_takes_none(self, check, exercise) -> None:
        exercise.retired_at = now()
        with pytest.raises(ExerciseClosedError):
            check()

    def test_checks_and_submissions_leave_each_other_their_limits(
        self, check, submit, settings
    ) -> None:
        settings.SUBMISSIONS_PER_MINUTE = settings.CHECKS_PER_MINUTE = 1
        settings.SUBMISSIONS_WAITING_PER_LEARNER = 1
        check(), submit()
        assert Run.objects.queued().count() == 2


class TestRunning:
    def test_only_visible_checks_are_ordered(self, check) -> None:
        client = StandIn(report_of)
        grade(check(), client)
        assert client.jobs[0]["kind"] == "check"

    def test_nothing_counts(self, check, learner, exercise, signals) -> None:
        grade(check(), StandIn(report_of))
        report = Report.objects.get()
        assert (report.run.state, report.is_applied, report.notebook) == ("done", False, {})
        assert not signals
        assert not Grade.objects.exists()
        assert not Submission.objects.exists()
        assert not Report.objects.of(learner, exercise).exists()

    def test_attempts_and_numbers_know_nothing_of_checks(
        self, check, submit, make_exercise, learner, signed_in
    ) -> None:
        single = make_exercise("single", attempts=1)
        for _ in range(3):
            grade(check(exercise=single), StandIn(report_of))
        submission = submit(exercise=single)
        services.record_report(run=claim(submission), report=report_of(claim_of(submission)))
        assert submission.number == 1
        assert Grade.objects.get().attempts == 1
        assert Submission.objects.of(learner, single).costing_an_attempt().count() == 1
        page = signed_in.get(reverse("submissions:attempts", args=["single"])).content.decode()
        assert str(submission.public_id) in page
        assert str(Trial.objects.first().public_id) not in page

    def test_a_learner_s_submission_and_check_take_turns(self, check, submit, sent: Sent) -> None:
        run = claim(submit())
        trial = check()
        assert services.claim_run(public_id=trial.run.public_id, worker="other") is None
        sent.clear()
        services.record_report(run=run, report=report_of(run))
        assert sent.run_ids == [str(trial.run.public_id)]

    def test_a_task_that_comes_twice_does_nothing_twice(self, check) -> None:
        trial, client = check(), StandIn(report_of)
        grade(trial, client), grade(trial, client)
        assert len(client.jobs) == Report.objects.count() == 1

    def test_a_lost_worker_is_replaced(self, check, sent: Sent) -> None:
        trial = check()
        take(trial)
        Run.objects.update(lease_expires_at=now() - timedelta(seconds=1))
        services.requeue_lost_runs()
        run = reload(trial.run)
        assert (run.state, run.lost_count) == ("queued", 1)
        assert "check" in run.message
        assert "attempt" not in run.message

    def test_what_we_fail_at_is_told_as_our_fault(self, check) -> None:
        trial = check()
        for _ in range(3):
            Run.objects.update(due_at=now())
            grade(trial, StandIn(RunLostError("the host ended")))
        state = follow_run(reload(trial.run))
        assert (state["state"], state["verdict"], state["done"]) == ("failed", "platform", True)
        assert "our fault" in state["message"]
        assert state["poll_after_seconds"] is None

    def test_a_host_that_is_away_is_waited_for(self, check) -> None:
        trial = check()
        grade(trial, StandIn(HostUnavailableError("no host")))
        state = follow_run(reload(trial.run))
        assert (state["state"], state["done"]) == ("queued", False)
        assert "our side" in state["message"]

    def test_the_database_holds_each_run_to_one_work(self, check, submit) -> None:
        trial = check()
        with pytest.raises(IntegrityError):
            Run.objects.filter(pk=trial.run.pk).update(kind="submit")
        submission = submit()
        with pytest.raises(IntegrityError):
            Run.objects.filter(submission=submission).update(kind="check")


def claim_of(submission: Submission) -> Run:
    return Run.objects.select_related("submission__version").get(submission=submission)


EVENTS = (
    {"event": "phase", "phase": "checks"},
    {
        "event": "check",
        "index": 1,
        "of": 2,
        "title": "Doubles arrays",
        "about": "double",
        "verdict": "failed",
        "points": 0.0,
        "max_points": 2.0,
        "message": "double([1]) gave [1, 1]",
        "example": "x = [1]",
        "hints": ["What does * do to a list?", "Use NumPy."],
    },
)


class TestFollowing:
    def test_in_the_queue(self, check, other_learner) -> None:
        check()
        state = follow_run(check(learner=other_learner).run)
        assert (state["state"], state["place"], state["done"]) == ("queued", 2, False)
        assert state["poll_after_seconds"] == 0.3
        Run.objects.update(queued_at=now() - timedelta(minutes=1))
        assert follow_run(Run.objects.queued()[0])["poll_after_seconds"] == 5

    def test_results_come_one_by_one(self, check) -> None:
        run = take(check())
        progress = services.Progress()
        for event in EVENTS:
            progress.add(event)
        services.record_progress(run=run, progress=progress.to_json())
        state = follow_run(reload(run))
        assert (state["phase"], state["checks_of"]) == ("checks", 2)
        assert state["results"] == [
            {
                "title": "Doubles arrays",
                "about": "double",
                "verdict": "failed",
                "passed": False,
                "cell": "double",
                "points": 0.0,
                "max_points": 2.0,
                "message": "double([1]) gave [1, 1]",
                "example": "x = [1]",
                "hints": ["What does * do to a list?", "Use NumPy."],
            }
        ]

    def test_the_running_cell(self, check) -> None:
        run = take(check())
        progress = services.Progress()
        progress.add({"event": "cell", "id": "double", "index": 2, "of": 9, "state": "running"})
        services.record_progress(run=run, progress=progress.to_json())
        assert follow_run(reload(run))["cell"] == {"index": 2, "of": 9}

    def test_the_end(self, check) -> None:
        trial = check()
        failed = CellResult("double", Verdict.ERROR, "raised NameError")
        unwritten = CellResult(
            "code-1", Verdict.ERROR, "NotImplementedError: "
        )  # its checks say so
        cells = (unwritten, failed)
        grade(trial, StandIn(lambda run: report_of(run, points=1.0, cells=cells)))
        state = follow_run(reload(trial.run))
        assert (state["state"], state["done"], state["verdict"]) == ("done", True, "failed")
        assert (state["points"], state["max_points"]) == (1.0, 3.0)
        assert [result["passed"] for result in state["results"]] == [True, False]
        assert state["cells"] == [
            {"id": "double", "verdict": "error", "message": "raised NameError"}
        ]

    @pytest.mark.parametrize(
        ("source", "about", "cell"),
        [
            ("def triple(x): ...", "triple", "double"),  # by what the learner wrote
            ("", "double", "double"),  # by what the exercise asks for
            ("class Scaler:\n    ...", "Scaler.fit", "double"),
            ("rate: float = 0.1", "rate", "double"),
            ("x = 1", "somewhere else", None),
            ("if a == 1: pass", "a", None),
        ],
    )
    def test_each_result_knows_its_cell(self, check, source, about, cell) -> None:
        trial = check(source or "# nothing yet")
        grade(trial, StandIn(lambda run: renamed(report_of(run), about)))
        assert {r["cell"] for r in follow_run(reload(trial.run))["results"]} == {cell}

    def test_submissions_are_followed_alike(self, submit, signed_in) -> None:
        submission = submit()
        url = reverse("submissions:state", args=[submission.public_id])
        state = signed_in.get(url).json()
        assert (state["state"], state["place"], state["done"]) == ("queued", 1, False)
        assert state["page"] == submission.get_absolute_url()
        run = claim(submission)
        services.record_report(run=run, report=report_of(run))
        assert len(signed_in.get(url).json()["results"]) == 2

    def test_strangers_and_others_see_nothing(self, submit, client, other_learner) -> None:
        url = reverse("submissions:state", args=[submit().public_id])
        answer = client.get(url, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (401, "signed-out")
        client.force_login(other_learner)
        assert client.get(url).status_code == 404

    def test_a_trial_is_its_learner_s_own(self, check, learner, other_learner, operator) -> None:
        trial = check()
        assert get_trial(learner, trial.public_id) == trial
        for user in (other_learner, operator):
            with pytest.raises(Http404):
                get_trial(user, trial.public_id)


class TestCancelling:
    """By the notebook's script."""

    def ask(self, client: Any, trial: Trial, slug: str = "") -> Any:
        address = [slug or trial.exercise.slug, trial.public_id]
        url = reverse("submissions:cancel-check", args=address)
        return client.post(url, headers={"Accept": "application/json"})

    @pytest.mark.parametrize("is_running", [False, True])
    def test_what_waits_or_runs(self, check, signed_in, is_running) -> None:
        trial = check()
        run = take(trial) if is_running else trial.run
        answer = self.ask(signed_in, trial)
        assert answer.status_code == 200
        assert (answer.json()["id"], answer.json()["state"]) == (str(trial.public_id), "cancelled")
        assert answer.json()["done"]
        assert services.record_report(run=run, report=report_of(run)) is None

    def test_what_has_ended_is_a_conflict(self, check, signed_in) -> None:
        trial = check()
        grade(trial, StandIn(report_of))
        answer = self.ask(signed_in, trial)
        assert (answer.status_code, answer.json()["code"]) == (409, "already-ended")
        assert reload(trial.run).state == "done"

    def test_only_by_its_learner_and_at_its_exercise(
        self, check, make_exercise, client, other_learner, signed_in
    ) -> None:
        trial = check()
        make_exercise("triple")
        assert self.ask(signed_in, trial, "triple").status_code == 404
        client.force_login(other_learner)
        assert self.ask(client, trial).status_code == 404
        client.logout()
        assert self.ask(client, trial).status_code == 401
        assert reload(trial.run).state == "queued"

    def test_it_needs_the_token_against_forgery(self, check, learner) -> None:
        forger = Client(enforce_csrf_checks=True)
        forger.force_login(learner)
        assert self.ask(forger, check()).status_code == 403


def renamed(report: Any, about: str) -> Any:
    from dataclasses import replace

    return replace(report, checks=tuple(replace(check, about=about) for check in report.checks))


class TestForgetting:
    def test_after_a_day_nothing_is_left(self, check, submit) -> None:
        old, new = check(), check()
        grade(new, StandIn(report_of))
        submit()
        Trial.objects.filter(pk=old.pk).update(requested_at=now() - timedelta(hours=25))
        assert services.remove_old_trials() == 1
        assert services.remove_old_trials() == 0
        assert Trial.objects.get() == new
        assert Run.objects.count() == 2

    def test_what_runs_is_left_alone(self, check) -> None:
        take(check())
        Trial.objects.update(requested_at=now() - timedelta(hours=25))
        assert services.remove_old_trials() == 0

    def test_beat_does_it(self, settings) -> None:
        tasks = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
        assert "submissions.tasks.remove_old_trials" in tasks
