"""Handing in by program and reading the report."""

import io
import json
from typing import Any

import pytest
from redis.exceptions import ConnectionError as NoRedis
from rest_framework.test import APIClient

from accounts.models import User
from curriculum.models import Exercise
from grader.exercises import Answers, learner_notebook
from grader.report import CellResult, CheckResult, Report
from grader.verdict import Verdict
from submissions import services
from submissions.models import Run, Submission
from tests.workbench.sample import STARTER, definition, release

MINE = "def double(x):\n    return x + x"
URL = "/api/v1/exercises/doubling/submissions/"
PROBLEM = "application/problem+json"


def notebook(**cells: str) -> dict[str, Any]:
    return learner_notebook(definition(), Answers(cells))


def send(program: APIClient, body: Any, **headers: str) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return program.post(URL, data, content_type="application/json", headers=headers)


def grade(submission: Submission, verdict: Verdict = Verdict.FAILED) -> None:
    """What a worker would do."""
    run = services.claim_run(public_id=submission.latest_run.public_id, worker="a worker")
    assert run is not None
    check = CheckResult(
        "Twice three", "double", 1, 3, verdict, "double(3) was 9", "x = 3", ("Add.",), False, 0.1
    )
    report = Report(
        exercise="doubling",
        exercise_digest="d" * 64,
        environment="core",
        environment_digest="e" * 64,
        seed=run.seed,
        verdict=verdict,
        points=1,
        max_points=3,
        checks=(check,),
        cells=(CellResult("double", Verdict.PASSED),),
        notes=("Output was cut.",),
        phases={"kernel": 0.1},
        notebook=notebook(double=MINE),
    )
    assert services.record_report(run=run, report=report)


# -- Handing in ----------------------------------------------------------------------------------------


def test_a_notebook_is_taken_and_waits(
    program: APIClient, learner: User, exercise: Exercise
) -> None:
    answer = send(program, {"notebook": notebook(double=MINE)})
    submission = Submission.objects.get()
    assert answer.status_code == 202
    assert answer["Location"] == f"http://testserver/api/v1/submissions/{submission.public_id}/"
    assert submission.learner == learner
    assert submission.source == "api"
    assert submission.answers["cells"] == {"double": MINE, "halve": "half = None"}
    told = answer.json()
    assert told["public_id"] == str(submission.public_id)
    assert (told["state"], told["place_in_queue"], told["report"]) == ("queued", 1, None)
    assert told["progress"] is None
    assert told["notebook_url"] is None


def test_answers_alone_are_enough(program: APIClient, exercise: Exercise) -> None:
    assert send(program, {"answers": {"double": MINE}}).status_code == 202
    assert Submission.objects.get().answers["cells"]["double"] == MINE


def test_a_file_in_a_form_and_a_file_as_the_body(program: APIClient, exercise: Exercise) -> None:
    content = json.dumps(notebook(double=MINE)).encode()
    form = program.post(URL, {"notebook": io.BytesIO(content)}, format="multipart")
    bare = program.post(URL, content, content_type="application/x-ipynb+json")
    assert (form.status_code, bare.status_code) == (202, 202)
    assert {s.answers["cells"]["double"] for s in Submission.objects.all()} == {MINE}


def test_what_was_ignored_is_said(program: APIClient, exercise: Exercise) -> None:
    sent = notebook(double=MINE)
    sent["cells"][1]["source"] = "import os"
    notes = send(program, {"notebook": sent}).json()["notes"]
    assert any("code-1" in note for note in notes)


def test_the_same_key_gives_the_same_submission(program: APIClient, exercise: Exercise) -> None:
    body = {"answers": {"double": MINE}}
    first, second = (send(program, body, **{"Idempotency-Key": "once"}) for _time in range(2))
    assert first["Location"] == second["Location"]
    assert Submission.objects.count() == 1
    assert send(program, body)["Location"] != first["Location"], "without a key each is new"


REFUSED = {
    "no JSON": (b"{", 400, "line 1, column 2"),
    "nothing": (b"", 400, "notebook"),
    "a list": (b"[]", 400, "body"),
    "an empty object": (b"{}", 400, "body"),
    "both": (b'{"notebook": {}, "answers": {}}', 400, "body"),
    "a foreign field": (b'{"answers": {}, "score": 1}', 400, "body"),
    "NUL": (b'{"answers": {"double": "\\u0000"}}', 400, "file"),
    "a lone surrogate": (b'{"answers": {"double": "\\ud800"}}', 400, "file"),
    "not UTF-8": (b'{"answers": {"double": "\xff"}}', 400, "file"),
    "deep": (b'{"notebook": ' + b"[" * 50_000, 400, "file"),
    "a huge number": (b'{"notebook": {"nbformat": ' + b"9" * 5000 + b"}}", 400, "file"),
    "no notebook": (b'{"notebook": 4}', 400, "notebook"),
    "nbformat 3": (
        b'{"notebook": {"nbformat": 3, "nbformat_minor": 0, "cells": []}}',
        400,
        "nbformat",
    ),
    "no cells": (b'{"notebook": {"nbformat": 4, "nbformat_minor": 5, "cells": []}}', 400, "cells"),
    "an unknown cell": (b'{"answers": {"triple": "x"}}', 400, "answers.triple"),
    "no text": (b'{"answers": {"double": 3}}', 400, "answers.double"),
    "too large": (b'{"answers": {"double": "' + b"x" * 5_300_000 + b'"}}', 413, None),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_named_by_its_place(
    program: APIClient, exercise: Exercise, name: str
) -> None:
    body, status, where = REFUSED[name]
    answer = send(program, body)
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)
    problem = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert where is None or where in [error["where"] for error in problem["errors"]]
    assert not Submission.objects.exists()


def test_a_form_without_a_file_and_a_foreign_type(program: APIClient, exercise: Exercise) -> None:
    form = program.post(URL, {"notebook": "text"}, format="multipart")
    assert (form.status_code, form.json()["errors"][0]["where"]) == (400, "notebook")
    foreign = program.post(URL, b"x", content_type="text/plain")
    assert (foreign.status_code, foreign["Content-Type"]) == (415, PROBLEM)


def test_a_large_file_in_a_form_is_too_large(program: APIClient, exercise: Exercise) -> None:
    content = io.BytesIO(b" " * (5 * 1024 * 1024 + 1))
    answer = program.post(URL, {"notebook": content}, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_too_many_waiting(program: APIClient, exercise: Exercise, settings: Any) -> None:
    settings.SUBMISSIONS_WAITING_PER_LEARNER = 1
    send(program, {"answers": {}})
    answer = send(program, {"answers": {}})
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-waiting")
    assert int(answer["Retry-After"]) > 0


def test_no_attempt_left(program: APIClient, exercise: Exercise) -> None:
    release(exercise, definition(attempts=1))
    send(program, {"answers": {}})
    answer = send(program, {"answers": {}})
    assert (answer.status_code, answer.json()["code"]) == (409, "attempts-used")


def test_a_key_that_cannot_be_kept(program: APIClient, exercise: Exercise) -> None:
    answer = send(program, {"answers": {}}, **{"Idempotency-Key": "k" * 101})
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (400, "key")


# -- Reading ---------------------------------------------------------------------------------------------


@pytest.fixture
def submission(program: APIClient, exercise: Exercise) -> Submission:
    send(program, {"answers": {"double": MINE}})
    return Submission.objects.get()


def test_progress_is_told_while_it_runs(program: APIClient, submission: Submission) -> None:
    run = services.claim_run(public_id=submission.latest_run.public_id, worker="a worker")
    assert run is not None
    progress = services.Progress()
    progress.add({"event": "cell", "id": "double", "index": 2, "of": 4, "state": "running"})
    services.record_progress(run=run, progress=progress.to_json())
    told = program.get(f"/api/v1/submissions/{submission.public_id}/").json()
    assert (told["state"], told["place_in_queue"]) == ("running", None)
    assert told["sentence"] == "Running cell 2 of 4."
    assert told["progress"]["cells"] == [{"id": "double", "index": 2, "state": "running"}]


def test_the_report_is_told_check_by_check(program: APIClient, submission: Submission) -> None:
    grade(submission)
    told = program.get(f"/api/v1/submissions/{submission.public_id}/").json()
    report = told["report"]
    assert told["state"] == "done"
    assert (report["verdict"], report["points"], report["max_points"]) == ("failed", 1.0, 3.0)
    assert report["score"] == pytest.approx(1 / 3)
    assert report["checks"] == [
        {
            "title": "Twice three",
            "about": "double",
            "points": 1.0,
            "max_points": 3.0,
            "verdict": "failed",
            "message": "double(3) was 9",
            "example": "x = 3",
            "hints": ["Add."],
            "seconds": 0.1,
        }
    ]
    assert report["phases"] == {"kernel": 0.1}
    assert report["seed"] == str(Run.objects.get().seed)
    assert told["notes"] == ["Output was cut."]
    executed = program.get(told["notebook_url"])
    assert executed["Content-Type"] == "application/x-ipynb+json"
    assert executed.json()["nbformat"] == 4


def test_the_list_is_mine_newest_first_and_asks_little(
    program: APIClient,
    client_of: Any,
    other_learner: User,
    submission: Submission,
    django_assert_max_num_queries: Any,
) -> None:
    send(client_of(other_learner), {"answers": {}})
    grade(submission)
    send(program, {"answers": {}})
    with django_assert_max_num_queries(5):
        page = program.get("/api/v1/submissions/").json()
    assert [(item["number"], item["state"], item["points"]) for item in page["results"]] == [
        (2, "queued", None),
        (1, "done", 1.0),
    ]
    assert program.get("/api/v1/submissions/?exercise=doubling").json()["count"] == 2
    assert program.get("/api/v1/submissions/?exercise=other").json()["count"] == 0


def test_without_the_cache_requests_are_let_through(
    program: APIClient, submission: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise NoRedis

    monkeypatch.setattr("rest_framework.throttling.SimpleRateThrottle.allow_request", fail)
    assert program.get("/api/v1/submissions/").status_code == 200


def test_the_starter_is_what_is_handed_in_without_answers(
    program: APIClient, exercise: Exercise
) -> None:
    send(program, {"answers": {}})
    assert Submission.objects.get().answers["cells"]["double"] == STARTER


# -- Cancelling ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_running", [False, True])
def test_what_waits_or_runs_is_cancelled(
    program: APIClient, exercise: Exercise, is_running: bool
) -> None:
    url = send(program, {"answers": {"double": MINE}})["Location"]
    submission = Submission.objects.get()
    if is_running:
        services.claim_run(public_id=submission.latest_run.public_id, worker="a worker")
    answer = program.post(f"{url}cancel/")
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["place_in_queue"]) == ("cancelled", None)
    assert answer.json()["sentence"] == "You cancelled this submission."
    assert program.get(url).json() == answer.json()
    assert Run.objects.get().state == "cancelled"


def test_what_has_ended_is_not(program: APIClient, exercise: Exercise) -> None:
    url = send(program, {"answers": {"double": MINE}})["Location"]
    grade(Submission.objects.get())
    answer = program.post(f"{url}cancel/")
    assert (answer.status_code, answer["Content-Type"]) == (409, PROBLEM)
    assert answer.json()["code"] == "already-ended"
    assert program.get(url).json()["state"] == "done"


def test_what_somebody_else_handed_in_is_not_there(
    program: APIClient, exercise: Exercise, client_of: Any, other_learner: User, operator: User
) -> None:
    url = send(program, {"answers": {"double": MINE}})["Location"]
    for user, status in ((other_learner, 404), (operator, 404), (None, 401)):
        assert client_of(user).post(f"{url}cancel/").status_code == status
    assert Run.objects.get().state == "queued"
