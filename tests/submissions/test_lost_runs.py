"""Notebooks and checks that bring our own processes down, through a real kernel host: each run ends."""

import json
from datetime import timedelta

import pytest

from common.clock import now
from grader.exercises import Limits
from grader.kernels.client import KernelClient
from submissions import services
from submissions.models import Run
from tests.running import CHECKS, core_host

pytestmark = [pytest.mark.kernels, pytest.mark.django_db(transaction=True)]
host = pytest.fixture(core_host, scope="module", name="host")

SEGFAULT = '@check(points=3, title="t")\ndef t(learner):\n    import ctypes; ctypes.string_at(0)'
LIMITS = Limits(cell_seconds=25)


def grade(run, host):
    Run.objects.filter(pk=run.pk).update(due_at=now() - timedelta(seconds=1))
    client = KernelClient(host._path)
    return services.grade_run(public_id=run.public_id, worker="worker", client=client)


def test_an_examiner_that_is_killed_three_times_is_the_end_of_the_run(
    host, make_exercise, submit, caplog
):
    run = submit(exercise=make_exercise("killing", checks=SEGFAULT)).latest_run
    for lost in (1, 2, 3):
        assert Run.objects.live().count() == 1
        assert grade(run, host) is None
        run.refresh_from_db()
        assert run.lost_count == lost
    assert run.state == "failed"
    assert run.report.verdict == "platform"
    assert not Run.objects.live().exists()
    assert "status -11" in caplog.text


@pytest.mark.parametrize(
    "code",
    [
        'raise ValueError("é" * 3_000_000)',
        'raise ValueError("x" * 25_000_000)',
        'k = get_ipython().kernel\nfor n in range(100): k.send_response(k.iopub_socket, "error", '
        '{"ename": "E", "evalue": "x" * 10**6, "traceback": []})',
    ],
    ids=["cut", "too-much-at-once", "flood"],
)
def test_a_poisonous_notebook_has_one_report(host, make_exercise, submit, code):
    exercise = make_exercise("poison", checks=CHECKS, limits=LIMITS)
    run = submit(code, exercise=exercise).latest_run
    report = grade(run, host)
    assert report is not None
    assert report.verdict in ("not_attempted", "output_limit")
    assert len(json.dumps([report.body, report.notebook])) < 2 << 20
    assert not Run.objects.live().exists()
