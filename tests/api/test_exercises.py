"""Reading the course by program."""

from typing import Any

from rest_framework.test import APIClient

from curriculum.models import Exercise
from tests.workbench.sample import HIDDEN, SECRET, STARTER

URL = "/api/v1/exercises/doubling/"


def test_the_list_names_every_exercise_and_where_it_belongs(
    client: APIClient, exercise: Exercise, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(2):
        page = client.get("/api/v1/exercises/").json()
    assert page["count"] == 1
    found = page["results"][0]
    assert (found["slug"], found["kind"]) == ("doubling", "exercise")
    assert found["section"] == {"slug": "sums", "number": "1.1", "title": "Sums"}
    assert found["module"]["slug"] == "foundations"
    assert found["url"] == f"http://testserver{URL}"
    assert found["page_url"] == "http://testserver/exercises/doubling/"


def test_an_exercise_has_all_that_the_page_shows(client: APIClient, exercise: Exercise) -> None:
    sheet = client.get(URL).json()["worksheet"]
    assert sheet["version"] == exercise.current_version.digest
    assert "$2x$" in sheet["statement"]
    assert [(cell["id"], cell["is_answer"]) for cell in sheet["cells"]] == [
        ("code-1", False),
        ("double", True),
        ("text-2", False),
        ("halve", True),
    ]
    assert sheet["cells"][1]["source"] == STARTER
    assert sheet["limits"] == {"cell_seconds": 20.0, "total_seconds": 60.0, "memory_mb": 2048}
    assert sheet["rules"] == {"forbidden_imports": ["sklearn"], "forbidden_calls": ["np.double"]}
    assert sheet["attempts"] is None


def test_nobody_gets_solutions_or_checks(client: APIClient, exercise: Exercise) -> None:
    for address in ("/api/v1/exercises/", URL, f"{URL}starter.ipynb"):
        content = client.get(address).content.decode()
        assert SECRET not in content
        assert HIDDEN not in content


def test_the_starter_is_a_notebook_whatever_is_accepted(
    client: APIClient, exercise: Exercise
) -> None:
    for accepted in ("*/*", "application/json", "application/x-ipynb+json"):
        answer = client.get(f"{URL}starter.ipynb", headers={"Accept": accepted})
        assert answer["Content-Type"] == "application/x-ipynb+json"
        assert answer["Content-Disposition"] == 'attachment; filename="doubling.ipynb"'
        assert answer.json()["nbformat"] == 4
