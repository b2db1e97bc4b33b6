"""A learner's work as a file that Jupyter, VS Code and Colab open, and back again."""

import json
from typing import Any

import nbformat
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from curriculum.models import Exercise
from grader.exercises import Answers, Cell, Extra
from tests.workbench.sample import definition, make_exercise
from workbench import services

MINE = "def double(x):\n    return x + x"
PICTURE = {
    "output_type": "display_data",
    "data": {"image/png": "aGk=", "text/plain": "<Figure>"},
    "metadata": {"image/png": {"width": 10, "height": 20}},
}
NOTE = Extra("double", "markdown", "# Mine", "x-note01")
CELL = Extra("double", "code", "double(2)", "x-cell01")


@pytest.fixture
def taken(client: Client, learner: User, exercise: Exercise) -> dict[str, Any]:
    """The file of a draft with cells of the learner's own and saved outputs."""
    services.save_draft(
        learner=learner,
        exercise=exercise,
        answers=Answers({"double": MINE}, (NOTE, CELL)),
        revision=0,
    )
    outputs = {
        name: {"execution_count": 4, "outputs": [PICTURE]} for name in ("code-1", "double", CELL.id)
    }
    services.save_outputs(learner=learner, exercise=exercise, outputs=outputs)
    client.force_login(learner)
    answer = client.get(f"{exercise.get_absolute_url()}mine.ipynb")
    assert answer["Content-Type"] == "application/x-ipynb+json"
    return json.loads(answer.content)


def test_it_is_a_valid_notebook_for_python(taken: dict[str, Any]) -> None:
    nbformat.validate(taken)
    assert (taken["nbformat"], taken["nbformat_minor"]) == (4, 5)
    assert taken["metadata"]["kernelspec"]["name"] == "python3"
    assert taken["metadata"]["language_info"]["name"] == "python"


def test_saved_outputs_are_in_it(taken: dict[str, Any]) -> None:
    cells = {cell["id"]: cell for cell in taken["cells"]}
    for name in ("code-1", "double", CELL.id):
        assert cells[name]["outputs"] == [PICTURE]
        assert cells[name]["execution_count"] == 4
    assert cells["halve"]["outputs"] == []
    assert "outputs" not in cells[NOTE.id]


def test_it_comes_back_as_it_was(
    client: Client, learner: User, exercise: Exercise, taken: dict[str, Any]
) -> None:
    before = services.get_work(exercise=exercise, learner=learner).answers
    services.reset_draft(learner=learner, exercise=exercise)
    file = SimpleUploadedFile("mine.ipynb", json.dumps(taken).encode())
    client.post(f"{exercise.get_absolute_url()}upload/", {"notebook": file, "revision": 0})
    assert services.get_work(exercise=exercise, learner=learner).answers == before


def test_a_pasted_copy_gets_a_name_of_its_own(
    learner: User, exercise: Exercise, taken: dict[str, Any]
) -> None:
    own = next(cell for cell in taken["cells"] if cell["id"] == CELL.id)
    taken["cells"].append({**own, "id": "0a1b2c3d"})
    services.upload_notebook(learner=learner, exercise=exercise, notebook=taken)
    extras = services.get_work(exercise=exercise, learner=learner).answers.extras
    assert [extra.source for extra in extras] == ["# Mine", "double(2)", "double(2)"]
    assert len({extra.id for extra in extras}) == 3


# -- Answers in Markdown -------------------------------------------------------------------------------


@pytest.fixture
def essay(db: None) -> Exercise:
    """An exercise with a text to write."""
    cells = (
        *definition().cells,
        Cell("why", "markdown", "*Say why.*", True, "Because $2x = x + x$."),
    )
    return make_exercise(cells=cells)


def test_a_markdown_answer_goes_all_the_way(client: Client, learner: User, essay: Exercise) -> None:
    client.force_login(learner)
    url = essay.get_absolute_url()
    page = client.get(url).content.decode()
    assert 'name="cell-why"' in page
    boot = client.get(f"{url}notebook/").json()
    cell = boot["cells"][-1]
    assert {key: cell[key] for key in ("id", "type", "role", "number", "starter")} == {
        "id": "why",
        "type": "markdown",
        "role": "answer",
        "number": 3,
        "starter": "*Say why.*",
    }
    body = {
        "revision": 0,
        "cells": [{"id": "why", "type": "markdown", "source": "It is *linear*."}],
    }
    assert client.put(f"{url}notebook/", body, content_type="application/json").status_code == 200
    taken = json.loads(client.get(f"{url}mine.ipynb").content)
    nbformat.validate(taken)
    last = taken["cells"][-1]
    assert (last["cell_type"], last["source"]) == ("markdown", "It is *linear*.")
    assert last["metadata"]["kilohour"] == {"id": "why", "role": "answer"}
    client.post(f"{url}submit/", {"revision": 1, "cell-why": "By form."})
    assert services.get_work(exercise=essay, learner=learner).answers.cells["why"] == "By form."


def test_strangers_read_a_markdown_answer_s_starter(client: Client, essay: Exercise) -> None:
    page = client.get(essay.get_absolute_url()).content.decode()
    assert "<em>Say why.</em>" in page
    assert "Because" not in page
