"""Learners who have just submitted never wait behind regrades, training runs, or one who submits without end."""

import contextlib
import re
from pathlib import Path

import pytest
import yaml

from grader.sandbox.policy import load_policy
from submissions import services
from submissions.errors import TooManyWaitingError
from submissions.models import Run
from tests.submissions.conftest import Sent, make_report

ROOT = Path(__file__).resolve().parents[2]
FIRST = {Run.Queue.CHECK.value, Run.Queue.SUBMIT.value}


def of_procfile() -> list[str]:
    return re.findall(r"^\w+: (.+/celery .+)$", (ROOT / "Procfile").read_text(), re.M)


def of_compose() -> list[str]:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return [" ".join(map(str, service.get("command") or [])) for service in services.values()]


@pytest.mark.parametrize("commands", [of_procfile(), of_compose()], ids=["Procfile", "compose"])
def test_places_are_kept_free_for_checks_and_submissions(commands: list[str]) -> None:
    workers = {}
    for command in commands:
        if found := re.search(r"--queues (\S+)", command):
            concurrency = re.search(r"--concurrency (\d+)", command)
            workers[frozenset(found[1].split(","))] = int(concurrency[1])
    later = {queues: number for queues, number in workers.items() if not queues & FIRST}

    assert set().union(*workers) == set(Run.Queue.values)
    assert not any(queues & FIRST and queues - FIRST for queues in workers)
    # All may run at once, and whatever runs later leaves most of the places to the first.
    places = load_policy().grading_places
    assert sum(workers.values()) <= places
    assert sum(later.values()) < places / 2


def take_next(sent: Sent, worker: str = "worker/1") -> Run:
    """What a worker begins with: the first of the tasks sent whose run can be claimed."""
    while True:
        public_id, _options = sent.pop(0)
        if run := services.claim_run(public_id=public_id, worker=worker):
            return run


@pytest.mark.django_db(transaction=True)
class TestOneWhoSubmitsWithoutEnd:
    """Counted in turns of workers, since seconds depend on what is submitted."""

    @pytest.fixture
    def flood(self, submit, settings):
        """Hands in until it is refused; nothing but the number of those waiting limits it."""
        settings.SUBMISSIONS_PER_MINUTE = settings.SUBMISSIONS_PER_DAY = 0

        def flood() -> None:
            with contextlib.suppress(TooManyWaitingError):
                for _ in range(50):
                    submit()

        return flood

    @pytest.mark.parametrize("waiting", [1, 3])
    def test_is_before_another_for_a_few_turns_only(
        self, flood, submit, other_learner, sent: Sent, settings, waiting
    ) -> None:
        """With a single worker, and one more handed in as soon as there is room."""
        settings.SUBMISSIONS_WAITING_PER_LEARNER = waiting
        flood()
        first = take_next(sent)
        flood()
        theirs = submit(learner=other_learner)
        services.record_report(run=first, report=make_report(first))
        turns = 1
        while (run := take_next(sent)).submission != theirs:
            flood()
            services.record_report(run=run, report=make_report(run))
            turns += 1
            assert turns <= 1 + waiting

    def test_holds_one_worker_however_slow_its_runs_are(
        self, flood, submit, other_learner, sent: Sent
    ) -> None:
        flood()
        slow = take_next(sent, "worker/1")
        flood()
        theirs = submit(learner=other_learner)
        assert take_next(sent, "worker/2").submission == theirs
        assert Run.objects.running().count() == 2
        assert slow.is_live
