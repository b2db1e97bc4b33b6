"""How much is taken at once, how often, and in which queue. Every limit is an answer, at both doors."""

from datetime import timedelta

import pytest
from django.urls import reverse
from rest_framework.authtoken.models import Token

from common.clock import now
from grader.exercises import Limits
from submissions import services
from submissions.errors import QueueFullError, TooOftenError
from submissions.models import Run, Submission
from tests.submissions.conftest import claim, make_report

pytestmark = pytest.mark.django_db(transaction=True)


SCRIPT = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def small(settings) -> None:
    settings.SUBMISSIONS_WAITING_PER_LEARNER = 100
    settings.SUBMISSIONS_PER_MINUTE = 2
    settings.SUBMISSIONS_PER_DAY = 4


def age(**ago: float) -> None:
    """All submissions so far were made so long ago."""
    Submission.objects.update(submitted_at=now() - timedelta(**ago))


def test_so_many_a_minute_and_no_more(submit) -> None:
    submit(), submit()
    with pytest.raises(TooOftenError, match="2 submissions a minute") as caught:
        submit()
    assert 0 < caught.value.retry_seconds <= 60
    age(seconds=61)
    submit()


def test_so_many_a_day_and_no_more(submit) -> None:
    for _ in range(4):
        submit()
        age(hours=23)
    with pytest.raises(TooOftenError, match="4 times within a day") as caught:
        submit()
    assert 3000 < caught.value.retry_seconds <= 3600
    age(hours=25)
    submit()


def test_another_learner_s_submissions_do_not_count(submit, other_learner) -> None:
    submit(), submit()
    submit(learner=other_learner)


def test_the_same_key_again_is_no_submission(submit) -> None:
    first = submit(key="once")
    submit()
    assert submit(key="once") == first


def test_what_we_failed_to_grade_does_not_count(submit) -> None:
    for _ in range(2):
        services.give_up_run(run=claim(submit()), reason="for the test")
    submit()


def test_zero_is_no_limit(submit, settings) -> None:
    settings.SUBMISSIONS_PER_MINUTE = settings.SUBMISSIONS_PER_DAY = 0
    for _ in range(10):
        submit()


def test_over_a_depth_nobody_is_made_to_wait(submit, other_learner, settings, sent) -> None:
    settings.SUBMISSIONS_QUEUE_DEPTH = 2
    submit(), submit()
    with pytest.raises(QueueFullError, match="2 submissions are waiting"):
        submit(learner=other_learner)
    assert len(sent) == Run.objects.count() == 2


def test_one_queue_s_depth_is_not_another_s(submit, make_exercise, settings) -> None:
    settings.SUBMISSIONS_QUEUE_DEPTH = 1
    training = make_exercise("training", limits=Limits(total_seconds=600))
    submit()
    assert submit(exercise=training).latest_run.queue == "long"


def test_a_long_run_waits_only_for_long_ones(submit, make_exercise, sent) -> None:
    training = make_exercise("training", limits=Limits(total_seconds=600))
    long, short = submit(exercise=training), submit()
    claim(long), claim(short)
    age(minutes=2)
    waiting = submit(exercise=training)
    sent.clear()
    run = Run.objects.running().get(submission=short)
    services.record_report(run=run, report=make_report(run))
    assert not sent
    run = Run.objects.running().get(submission=long)
    services.record_report(run=run, report=make_report(run))
    assert sent.run_ids == [str(waiting.latest_run.public_id)]


class TestAtTheDoors:
    def test_the_api_says_when_to_come_back(self, submit, client, learner, exercise) -> None:
        submit(), submit()
        token = Token.objects.create(user=learner)
        response = client.post(
            f"/api/v1/exercises/{exercise.slug}/submissions/",
            {"answers": {"double": "x = 1"}},
            "application/json",
            headers={"Authorization": f"Token {token.key}"},
        )
        assert response.status_code == 429
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["code"] == "too-often"
        assert 0 < int(response["Retry-After"]) <= 60

    def test_the_page_keeps_the_text(self, submit, signed_in, exercise) -> None:
        submit(), submit()
        form = {"cell-double": "def double(x): return x + x  # mine", "revision": 0}
        response = signed_in.post(reverse("workbench:submit", args=[exercise.slug]), form)
        assert response.status_code == 429
        text = response.content.decode()
        assert "2 submissions a minute" in text
        assert "return x + x  # mine" in text


class TestCancelling:
    def cancel(self, client, submission):
        return client.post(reverse("submissions:cancel", args=[submission.public_id]))

    def test_a_learner_cancels_what_waits(self, submit, signed_in) -> None:
        submission = submit()
        assert self.cancel(signed_in, submission).status_code == 302
        assert Run.objects.get().state == "cancelled"
        assert "You cancelled" in signed_in.get(submission.get_absolute_url()).content.decode()
        assert not Submission.objects.costing_an_attempt().exists()

    def test_and_what_runs(self, submit, signed_in) -> None:
        submission = submit()
        run = claim(submission)
        self.cancel(signed_in, submission)
        assert services.record_report(run=run, report=make_report(run)) is None
        assert not services.renew_lease(run=run)

    def test_but_nothing_of_somebody_else(self, submit, other_learner, signed_in) -> None:
        assert self.cancel(signed_in, submit(learner=other_learner)).status_code == 404
        assert Run.objects.get().state == "queued"

    def test_a_script_is_told_where_it_stands_now(self, submit, signed_in) -> None:
        submission = submit()
        address = reverse("submissions:cancel", args=[submission.public_id])
        answer = signed_in.post(address, headers=SCRIPT)
        assert answer.status_code == 200
        assert (answer.json()["state"], answer.json()["done"]) == ("cancelled", True)
        assert answer.json()["page"] == submission.get_absolute_url()
        again = signed_in.post(address, headers=SCRIPT)
        assert (again.status_code, again.json()["code"]) == (409, "already-ended")
        assert again["Content-Type"] == "application/problem+json"

    def test_and_that_it_is_signed_out(self, submit, client) -> None:
        address = reverse("submissions:cancel", args=[submit().public_id])
        answer = client.post(address, headers=SCRIPT)
        assert (answer.status_code, answer.json()["code"]) == (401, "signed-out")
        assert Run.objects.get().state == "queued"

    def test_and_nothing_that_is_graded(self, submit, signed_in) -> None:
        submission = submit()
        run = claim(submission)
        services.record_report(run=run, report=make_report(run))
        assert self.cancel(signed_in, submission).status_code == 409
        assert Run.objects.get().state == "done"
