"""Recording what a run found, and what that makes of the grade."""

import math
from dataclasses import replace

import pytest

from grader.report import CellResult
from grader.verdict import Verdict
from submissions import services
from submissions.models import Grade, Report
from submissions.signals import submission_graded
from tests.submissions.conftest import claim, make_report, reload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def news():
    """Reports and grades that the other rooms heard of."""
    heard = []

    def hear(sender, report, grade, **_more) -> None:
        heard.append((report, grade))

    submission_graded.connect(hear)
    yield heard
    submission_graded.disconnect(hear)


def graded(submit, points: float, **fields) -> Report:
    run = claim(submit())
    report = services.record_report(run=run, report=make_report(run, points, **fields))
    assert report is not None
    return report


def test_a_report_ends_the_run_and_makes_a_grade(submit, learner, exercise, news) -> None:
    report = graded(submit, 3.0)

    run = reload(report.run)
    assert (run.state, run.lease_expires_at, run.progress) == ("done", None, {})
    grade = Grade.objects.get(learner=learner, exercise=exercise)
    assert (grade.points, grade.max_points, grade.is_passed, grade.attempts) == (3, 3, True, 1)
    assert news == [(report, grade)]
    assert "notebook" not in report.body
    assert report.load().notebook["cells"][0]["id"] == "double"


def test_the_best_counts(submit, news) -> None:
    for points in (1.0, 2.5, 2.0):
        graded(submit, points)
    grade = Grade.objects.get()
    assert (grade.points, grade.attempts, grade.is_passed) == (2.5, 3, False)
    assert len(news) == 3


def test_the_best_is_a_share_whatever_a_version_was_worth(submit) -> None:
    graded(submit, 2.0)
    graded(submit, 4.0, max_points=10.0)
    assert Grade.objects.get().max_points == 3.0


def test_of_equals_the_earliest_counts(submit) -> None:
    first = graded(submit, 2.0)
    graded(submit, 2.0)
    assert Grade.objects.get().report == first


def test_a_report_counts_once(submit, news) -> None:
    run = claim(submit())
    assert services.record_report(run=run, report=make_report(run)) is not None
    assert services.record_report(run=run, report=make_report(run)) is None
    assert Report.objects.count() == len(news) == 1


def test_a_platform_verdict_costs_nothing(submit, news, caplog) -> None:
    report = graded(submit, 0.0, verdict=Verdict.PLATFORM, message="Our check broke.")
    assert reload(report.run).state == "failed"
    assert not report.is_applied
    assert not Grade.objects.exists()
    assert not news
    (said,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "platform verdict" in said.getMessage()
    assert str(report.run.public_id) in said.getMessage()


def test_seed_digests_and_limits_hit_are_kept(submit) -> None:
    run = claim(submit())
    found = make_report(run, 1.0)
    cells = (CellResult("double", Verdict.OUTPUT_LIMIT, "printed too much"),)
    checks = (replace(found.checks[0], verdict=Verdict.TIME_LIMIT), found.checks[1])
    services.record_report(run=run, report=replace(found, cells=cells, checks=checks))
    body = Report.objects.get().body
    assert (body["seed"], body["environment_digest"]) == (run.seed, "e" * 64)
    assert body["exercise_digest"] == run.version.digest
    assert body["limits_hit"] == ["time_limit", "output_limit"]


def test_a_receiver_that_fails_harms_nobody(submit, news, caplog) -> None:
    def fail(sender, **_more) -> None:
        raise RuntimeError("leaderboard is broken")

    submission_graded.connect(fail)
    try:
        graded(submit, 3.0)
    finally:
        submission_graded.disconnect(fail)
    assert len(news) == 1
    assert Grade.objects.exists()
    assert "failed on a graded submission" in caplog.text


def test_outputs_that_the_database_refuses_are_made_fit(submit) -> None:
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": "a\0b\ud800c"},
        {"output_type": "display_data", "data": {"application/json": [math.nan, 10**5000]}},
    ]
    cell = {"id": "double", "cell_type": "code", "source": "", "outputs": outputs}
    report = graded(submit, 3.0, notebook={"cells": [cell], "key\0": 1})
    report.refresh_from_db()
    assert report.notebook["cells"][0]["outputs"][0]["text"] == "a�b�c"


def test_points_beyond_the_most_are_the_most(submit) -> None:
    assert graded(submit, 3.0 + 1e-9).points == 3.0


def test_deleting_an_account_takes_its_grades_along(submit, learner) -> None:
    graded(submit, 3.0)
    learner.delete()
    assert not Report.objects.exists()
