"""Reading notebooks that nobody vouches for."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import NotebookError
from grader.exercises import (
    Answers,
    Exercise,
    Extra,
    assemble,
    read_answers,
    read_sources,
    solution_answers,
    starter_answers,
    starter_notebook,
)


@pytest.fixture
def notebook(exercise: Exercise) -> dict[str, Any]:
    """The solution as a learner would hand it in."""
    return assemble(exercise, solution_answers(exercise))


def cell(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    return next(item for item in notebook["cells"] if item["id"] == name)


def test_answers_are_found(exercise, notebook):
    assert read_answers(exercise, notebook) == solution_answers(exercise)


def test_source_may_be_a_list_of_lines(exercise, notebook):
    for item in notebook["cells"]:
        item["source"] = item["source"].splitlines(keepends=True)
    assert read_answers(exercise, notebook) == solution_answers(exercise)


def test_without_ids_our_metadata_finds_the_cells(exercise, notebook):
    notebook["nbformat_minor"] = 4
    for item in notebook["cells"]:
        del item["id"]
    assert read_answers(exercise, notebook) == solution_answers(exercise)


def test_without_our_metadata_ids_find_the_cells(exercise, notebook):
    for item in notebook["cells"]:
        item["metadata"] = {}
    assert read_answers(exercise, notebook) == solution_answers(exercise)


def test_an_edited_locked_cell_is_ours_again_and_said(exercise, notebook):
    cell(notebook, "code-3")["source"] = "import sys"
    answers = read_answers(exercise, notebook)
    assert answers.notes == ("Your change to the locked cell “code-3” was left out; ours is used.",)
    assert "import sys" not in json.dumps(assemble(exercise, answers))


def test_trailing_space_is_no_edit(exercise, notebook):
    cell(notebook, "text-1")["source"] += "  \n"
    assert read_answers(exercise, notebook).notes == ()


def test_a_deleted_locked_cell_comes_back(exercise, notebook):
    notebook["cells"].remove(cell(notebook, "text-4"))
    answers = read_answers(exercise, notebook)
    assert answers.cells == solution_answers(exercise).cells
    assert answers.notes == ("The locked cell “text-4” was missing and has been put back.",)


def test_a_deleted_answer_counts_as_not_attempted(exercise, notebook):
    notebook["cells"].remove(cell(notebook, "scale"))
    answers = read_answers(exercise, notebook)
    assert answers.cells["scale"] == starter_answers(exercise).cells["scale"]
    assert "“scale” is missing" in answers.notes[0]


def test_a_deleted_answer_can_stay_what_it_was(exercise, notebook):
    notebook["cells"].remove(cell(notebook, "scale"))
    answers = read_answers(exercise, notebook, keep={"scale": "# mine", "centre": "# older"})
    assert answers.cells["scale"] == "# mine"
    assert answers.cells["centre"] == solution_answers(exercise).cells["centre"]
    assert answers.notes == ("The answer cell “scale” is missing; what you had in it stays.",)


def test_moved_cells_go_back(exercise, notebook):
    notebook["cells"].reverse()
    answers = read_answers(exercise, notebook)
    assert answers.cells == solution_answers(exercise).cells
    assert answers.notes == ("The exercise's cells were put back in their own order.",)


def test_of_two_cells_with_one_id_the_first_counts(exercise, notebook):
    second = {**cell(notebook, "centre"), "source": "def centre(x): return 0"}
    notebook["cells"].append(second)
    answers = read_answers(exercise, notebook)
    assert answers.cells == solution_answers(exercise).cells
    assert answers.extras == (Extra("try-it", "code", "def centre(x): return 0"),)
    assert "second copy of the cell “centre”" in answers.notes[0]


def test_a_pasted_copy_above_the_original_does_not_take_its_place(exercise, notebook):
    pasted = {**cell(notebook, "centre"), "id": "0a1b2c3d", "source": "# an old try"}
    notebook["cells"].insert(0, pasted)
    answers = read_answers(exercise, notebook)
    assert answers.cells == solution_answers(exercise).cells
    assert answers.extras == (Extra("", "code", "# an old try"),)


def test_added_cells_are_kept_after_the_cell_above(exercise, notebook):
    at = notebook["cells"].index(cell(notebook, "centre"))
    notebook["cells"][at + 1 : at + 1] = [
        {"cell_type": "code", "metadata": {}, "source": "centre(1)", "outputs": []},
        {"cell_type": "markdown", "metadata": {}, "source": "a thought"},
        {"cell_type": "raw", "metadata": {}, "source": "raw"},
        {"cell_type": "code", "metadata": {}, "source": " \n"},
    ]
    answers = read_answers(exercise, notebook)
    assert answers.extras == (
        Extra("centre", "code", "centre(1)"),
        Extra("centre", "markdown", "a thought"),
    )
    assert answers.notes == ("Cell 7 is a raw cell and was left out.",)


def test_an_answer_turned_into_markdown_is_read_as_code(exercise, notebook):
    cell(notebook, "scale")["cell_type"] = "markdown"
    answers = read_answers(exercise, notebook)
    assert answers.cells == solution_answers(exercise).cells
    assert "had become markdown" in answers.notes[0]


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        ({"nbformat": 3}, "nbformat"),
        ({"nbformat": True}, "nbformat"),
        ({"nbformat": None}, "nbformat"),
        ({"nbformat_minor": 6}, "nbformat_minor"),
        ({"nbformat_minor": "5"}, "nbformat_minor"),
        ({"cells": []}, "cells"),
        ({"cells": {}}, "cells"),
        ({"cells": None}, "cells"),
        ({"cells": [{"cell_type": "code", "source": ""}] * 501}, "cells"),
        ({"cells": ["x"]}, "cells[0]"),
        ({"cells": [{"cell_type": "heading", "source": ""}]}, "cells[0].cell_type"),
        ({"cells": [{"cell_type": ["code"], "source": ""}]}, "cells[0].cell_type"),
        ({"cells": [{"cell_type": "code"}]}, "cells[0].source"),
        ({"cells": [{"cell_type": "code", "source": [1]}]}, "cells[0].source"),
        ({"cells": [{"cell_type": "code", "source": "\0"}]}, "cells[0].source"),
        ({"cells": [{"cell_type": "code", "source": "\ud800"}]}, "cells[0].source"),
        ({"cells": [{"cell_type": "code", "source": "x" * 1_000_001}]}, "cells[0].source"),
        ({"cells": [{"cell_type": "code", "source": "x" * 600_000}] * 2}, "cells"),
        ({"cells": [{"cell_type": "code", "source": "1"}]}, "cells"),
    ],
)
def test_what_is_no_notebook_of_this_exercise_is_refused(exercise, notebook, spoil, where):
    with pytest.raises(NotebookError) as raised:
        read_answers(exercise, {**notebook, **spoil})
    assert where in [problem.where for problem in raised.value.problems]


def test_every_bad_cell_is_named(exercise, notebook):
    notebook["cells"][0]["source"] = None
    notebook["cells"][2]["cell_type"] = "heading"
    with pytest.raises(NotebookError) as raised:
        read_answers(exercise, notebook)
    places = [problem.where for problem in raised.value.problems]
    assert places == ["cells[0].source", "cells[2].cell_type"]


@pytest.mark.parametrize("notebook", [None, [], "x", 1])
def test_what_is_no_object_is_refused(exercise, notebook):
    with pytest.raises(NotebookError):
        read_answers(exercise, notebook)


def test_sources_from_a_form(exercise):
    answers = read_sources(exercise, {"centre": "a\r\nb\rc"})
    assert answers.cells == {**starter_answers(exercise).cells, "centre": "a\nb\nc"}


@pytest.mark.parametrize("sources", [{"text-1": "x"}, {"centre": 1}, {"centre": "\0"}])
def test_sources_that_are_none_are_refused(exercise, sources):
    with pytest.raises(NotebookError) as raised:
        read_sources(exercise, sources)
    assert raised.value.problems[0].where == f"answers.{next(iter(sources))}"


# -- Random input ------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(centre=TEXT, scale=TEXT, extras=st.lists(TEXT.filter(str.strip), max_size=3))
def test_whatever_a_learner_writes_comes_back(exercise, centre, scale, extras):
    answers = Answers(
        {"centre": centre, "scale": scale}, tuple(Extra("scale", "code", text) for text in extras)
    )
    notebook = json.loads(json.dumps(assemble(exercise, answers)))
    assert read_answers(exercise, notebook) == answers


@st.composite
def edits(draw) -> list[tuple[int, str, Any]]:
    """Changes to anything but the type and text of answer cells: (cell, field, value)."""
    field = st.sampled_from(
        ["source", "metadata", "outputs", "attachments", "execution_count", "x"]
    )
    value = st.one_of(JSON, TEXT)
    return draw(st.lists(st.tuples(st.integers(0, 6), field, value), max_size=8))


@settings(max_examples=300)
@given(changes=edits(), metadata=JSON, order=st.permutations(range(7)))
def test_edits_outside_answers_never_change_the_notebook(exercise, changes, metadata, order):
    honest = assemble(exercise, solution_answers(exercise))
    theirs = copy.deepcopy(honest)
    for index, name, value in changes:
        item = theirs["cells"][index]
        if name != "source" or (item["id"] not in ("centre", "scale") and isinstance(value, str)):
            item[name] = value
    theirs["metadata"] = metadata
    theirs["cells"] = [theirs["cells"][index] for index in order]
    assert assemble(exercise, read_answers(exercise, theirs)) == honest


@settings(max_examples=200)
@given(
    index=st.integers(0, 6),
    name=st.sampled_from(["id", "metadata", "source", "cell_type"]),
    value=JSON,
)
def test_one_wild_field_never_crashes(exercise, index, name, value):
    notebook = starter_notebook(exercise)
    notebook["cells"][index][name] = value
    try:
        answers = read_answers(exercise, notebook)
    except NotebookError:
        return
    ours = assemble(exercise, answers)
    assert {item["id"] for item in ours["cells"]} >= {item.id for item in exercise.cells}


@given(value=JSON)
def test_any_json_is_read_or_refused(exercise, value):
    with pytest.raises(NotebookError):
        read_answers(exercise, value)
