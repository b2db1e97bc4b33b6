"""Our text and their answers make a notebook, a notebook and checks a job."""

import base64
import json

import nbformat
import pytest

from grader.exercises import (
    Answers,
    Exercise,
    Extra,
    assemble,
    job,
    learner_notebook,
    read_answers,
    solution_answers,
    starter_answers,
    starter_notebook,
)


def roles(notebook: dict) -> list[tuple[str, str]]:
    return [(cell["id"], cell["metadata"]["kilohour"]["role"]) for cell in notebook["cells"]]


def test_the_starter_is_a_valid_notebook_without_answers(exercise: Exercise):
    notebook = starter_notebook(exercise)
    nbformat.validate(nbformat.from_dict(notebook))
    assert "x.mean()" not in json.dumps(notebook)
    assert roles(notebook)[3:5] == [("centre", "answer"), ("text-4", "locked")]


def test_extras_stand_after_their_cell(exercise: Exercise):
    extras = (
        Extra("", "markdown", "top"),
        Extra("centre", "code", "1"),
        Extra("centre", "code", "2"),
        Extra("of another version", "code", "3"),
    )
    notebook = assemble(exercise, Answers({"centre": "mine"}, extras))
    nbformat.validate(nbformat.from_dict(notebook))
    sources = [cell["source"] for cell in notebook["cells"]]
    assert sources[0] == "top"
    assert sources[4:7] == ["mine", "1", "2"]
    assert sources[-1] == "3"
    assert roles(notebook)[0] == ("extra-1", "extra")


def test_extras_keep_the_names_that_a_page_gave_them(exercise: Exercise):
    extras = (
        Extra("centre", "code", "1", "x-abc123"),
        Extra("centre", "code", "2", "x-abc123"),
        Extra("scale", "code", "3", "centre"),
        Extra("scale", "code", "4", "x-note01"),
    )
    notebook = assemble(exercise, Answers({}, extras))
    nbformat.validate(nbformat.from_dict(notebook))
    names = [name for name, role in roles(notebook) if role == "extra"]
    assert names == ["x-abc123", "extra-2", "extra-3", "x-note01"]
    read = read_answers(exercise, notebook).extras
    assert [extra.id for extra in read] == ["x-abc123", "", "", "x-note01"]


def test_a_taken_away_notebook_reads_back_as_the_same_answers(exercise: Exercise):
    answers = Answers(
        {"centre": "def centre(x): ...", "scale": "# mine"}, (Extra("scale", "code", "scale(1)"),)
    )
    assert read_answers(exercise, learner_notebook(exercise, answers)) == answers


def test_a_job_holds_all_the_examiner_needs_and_no_solution(exercise: Exercise):
    order = job(exercise, starter_answers(exercise), seed=5)
    text = json.dumps(order)
    assert "x - x.mean()" not in text
    assert "median" not in text
    assert order["answer_ids"] == ["centre", "scale"]
    assert order["starters"]["centre"].endswith("raise NotImplementedError")
    assert order["exercise"]["digest"] == exercise.digest
    assert order["exercise"]["limits"] == {
        "cell_seconds": 20,
        "total_seconds": 60,
        "memory_mb": 2048,
    }
    assert order["exercise"]["rules"]["forbidden_calls"] == ["scipy.stats.zscore"]
    assert base64.b64decode(order["exercise"]["data"]["small.csv"]) == b"a,b\n1,2\n"
    assert (order["seed"], order["kind"]) == (5, "submit")


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_has_63_bits(exercise: Exercise, seed: int):
    with pytest.raises(ValueError, match="seed"):
        job(exercise, solution_answers(exercise), seed=seed)


def test_answers_travel_as_json():
    answers = Answers({"a": "1"}, (Extra("a", "code", "2"),), ("A note.",))
    assert Answers.from_json(json.loads(json.dumps(answers.to_json()))) == answers
