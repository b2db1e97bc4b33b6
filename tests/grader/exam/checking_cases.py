"""A check before anything is handed in: visible checks only. Run by test_exam.py under the core environment."""

import json
from dataclasses import replace

from grader.exam import examiner
from grader.exam.examiner import overall
from grader.exam.judge import run_checks
from grader.report import Report
from grader.verdict import Verdict
from grader.wire import frames
from tests.grader.exam.stage import job, serve

CODE = "def f(x):\n    return x\n"
CHECKS = """
@check(points=1, title="Visible", about="f", hints=["Look at zero."])
def visible(learner, rng):
    expect_equal(learner.f(0), 1, "f(0) is not 1", x=0)

@check(points=2, title="Secret", about="g", visible=False, hints=["A secret hint."])
def hidden(learner, rng):
    expect_equal(learner.f(1), 1, "never told")
"""


def examine(kind: str, checks: str = CHECKS, **options) -> tuple[list, list]:
    """The results and the events."""
    events: list = []
    task = {**job(CODE, checks, **options), "kind": kind}
    results, _author = run_checks(task, lambda: serve(CODE), events.append, 1e12)
    return results, events


def case_only_visible_checks_are_made() -> None:
    results, events = examine("check")
    assert [result.title for result in results] == ["Visible"]
    assert [(event["index"], event["of"]) for event in events] == [(1, 1)]
    assert "ecret" not in json.dumps(events)


def case_a_submission_makes_all() -> None:
    results, _events = examine("submit")
    assert [result.title for result in results] == ["Visible", "Secret"]


def case_events_hold_what_learners_are_to_see() -> None:
    _results, [event] = examine("check")
    assert (event["verdict"], event["hints"]) == ("failed", ["Look at zero."])
    assert "x = 0" in event["example"]


def case_a_broken_rule_on_a_hidden_check_s_subject_does_not_fail_a_visible_one() -> None:
    rules = {"required": ["g(x)"]}
    results, _events = examine(
        "check", CHECKS.replace("learner.f(0), 1", "learner.f(0), 0"), rules=rules
    )
    assert [result.verdict for result in results] == [Verdict.PASSED]


def case_without_a_visible_check_the_notebook_ran_and_that_is_all() -> None:
    results, _events = examine(
        "check", CHECKS.replace('title="Visible"', 'title="V", visible=False')
    )
    assert results == []
    assert overall(results, None, "check") == Verdict.PASSED
    assert overall(results, Verdict.TIME_LIMIT, "check") == Verdict.TIME_LIMIT
    assert overall([], None) == Verdict.PLATFORM


def case_a_report_that_is_too_large_is_sent_without_its_notebook():
    report = Report("s", "d", "core", "e", 1, Verdict.PASSED, 1, 1, notes=("cut",))
    report = replace(report, notebook={"cells": ["é\ud800" * 10_000]})
    assert json.loads(examiner.written_out(report))["notebook"] == report.notebook
    most, frames.MAX_BUFFER_BYTES = frames.MAX_BUFFER_BYTES, 10_000
    try:
        sent = json.loads(examiner.written_out(report))
    finally:
        frames.MAX_BUFFER_BYTES = most
    assert sent["notebook"] == {}
    assert sent["notes"] == ["cut", examiner.TOO_LARGE]
    assert sent["points"] == 1
