"""Drafts: what is written is kept, and what is replaced can be had back."""

import threading

import pytest
from django.db import connection

from accounts.models import User
from curriculum.models import Exercise
from grader.errors import NotebookError
from grader.exercises import Answers, Extra, learner_notebook
from submissions.models import Submission
from tests.workbench.sample import STARTER, definition, make_exercise, release
from workbench import services
from workbench.access import list_versions
from workbench.errors import DraftConflictError
from workbench.models import Draft, KeptVersion

MINE = "def double(x):\n    return x + x"
OTHER = "def double(x):\n    return x * 2"


def save(learner: User, exercise: Exercise, revision: int, text: str = MINE, **more: bool):
    answers = Answers({"double": text})
    return services.save_draft(
        learner=learner, exercise=exercise, answers=answers, revision=revision, **more
    )


def kept_texts(learner: User, exercise: Exercise) -> list[str]:
    return [kept.answers["cells"]["double"] for kept in list_versions(learner, exercise)]


def test_nobody_and_a_newcomer_see_the_starter(exercise: Exercise, learner: User) -> None:
    for somebody in (None, learner):
        work = services.get_work(exercise=exercise, learner=somebody)
        assert work.revision == 0
        assert work.saved_at is None
        assert work.answers.cells == {"double": STARTER, "halve": "half = None"}
    assert not Draft.objects.exists()


def test_a_saved_text_is_there_again_and_other_cells_stay(
    exercise: Exercise, learner: User, other_learner: User
) -> None:
    first = save(learner, exercise, 0)
    services.save_draft(
        learner=learner, exercise=exercise, answers=Answers({"halve": "half = 1"}), revision=1
    )
    work = services.get_work(exercise=exercise, learner=learner)
    assert (first.revision, work.revision) == (1, 2)
    assert work.answers.cells == {"double": MINE, "halve": "half = 1"}
    assert work.saved_at is not None
    other = services.get_work(exercise=exercise, learner=other_learner)
    assert other.answers.cells["double"] == STARTER


def test_the_same_text_again_changes_nothing(exercise: Exercise, learner: User) -> None:
    save(learner, exercise, 0)
    assert save(learner, exercise, 1).revision == 1
    assert save(learner, exercise, 0).revision == 1, "the same text is no conflict either"


def test_a_text_from_an_old_page_is_refused_and_nothing_lost(
    exercise: Exercise, learner: User
) -> None:
    save(learner, exercise, 0, MINE)
    with pytest.raises(DraftConflictError):
        save(learner, exercise, 0, OTHER)
    assert services.get_work(exercise=exercise, learner=learner).answers.cells["double"] == MINE


def test_keeping_mine_sets_the_other_version_aside(exercise: Exercise, learner: User) -> None:
    save(learner, exercise, 0, MINE)
    work = save(learner, exercise, 0, OTHER, overwrite=True)
    assert work.answers.cells["double"] == OTHER
    assert kept_texts(learner, exercise) == [MINE]


def test_loading_theirs_sets_mine_aside(exercise: Exercise, learner: User) -> None:
    save(learner, exercise, 0, MINE)
    for _twice in range(2):
        work = services.set_aside_text(
            learner=learner, exercise=exercise, answers=Answers({"double": OTHER})
        )
    assert work.answers.cells["double"] == MINE
    assert kept_texts(learner, exercise) == [OTHER], "kept once, however often it is sent"


def test_resetting_one_cell_leaves_the_other(exercise: Exercise, learner: User) -> None:
    answers = Answers({"double": MINE, "halve": "half = 1"})
    services.save_draft(learner=learner, exercise=exercise, answers=answers, revision=0)
    work = services.reset_draft(learner=learner, exercise=exercise, cell_id="double")
    assert work.answers.cells == {"double": STARTER, "halve": "half = 1"}
    assert kept_texts(learner, exercise) == [MINE]


def test_resetting_everything_removes_own_cells_and_can_be_undone(
    exercise: Exercise, learner: User
) -> None:
    answers = Answers({"double": MINE}, (Extra("double", "code", "double(3)"),))
    services.save_draft(learner=learner, exercise=exercise, answers=answers, revision=0)
    work = services.reset_draft(learner=learner, exercise=exercise)
    assert work.answers.extras == ()
    assert work.answers.cells["double"] == STARTER
    kept = list_versions(learner, exercise).get()
    assert work.undo == kept.pk
    work = services.restore_version(learner=learner, exercise=exercise, version=kept)
    assert work.answers.cells["double"] == MINE
    assert [extra.source for extra in work.answers.extras] == ["double(3)"]
    assert kept_texts(learner, exercise) == [STARTER, MINE], "and the undoing can be undone"


@pytest.mark.parametrize(
    ("cells", "where"),
    [
        ({"nothing": "x"}, "answers.nothing"),
        ({"double": "a\0b"}, "answers.double"),
        ({"double": "half a \ud800 pair"}, "answers.double"),
        ({"double": "x" * 1_000_001}, "answers.double"),
    ],
)
def test_what_cannot_be_kept_is_named_and_the_draft_stays(
    exercise: Exercise, learner: User, cells: dict[str, str], where: str
) -> None:
    save(learner, exercise, 0)
    with pytest.raises(NotebookError) as raised:
        services.save_draft(learner=learner, exercise=exercise, answers=Answers(cells), revision=1)
    assert [problem.where for problem in raised.value.problems] == [where]
    assert services.get_work(exercise=exercise, learner=learner).answers.cells["double"] == MINE


def test_an_upload_becomes_the_draft_and_says_what_it_ignored(
    exercise: Exercise, learner: User
) -> None:
    save(learner, exercise, 0, OTHER)
    notebook = learner_notebook(definition(), Answers({"double": MINE, "halve": "half = 2"}))
    notebook["cells"][1]["source"] = "import os"
    notes = services.upload_notebook(learner=learner, exercise=exercise, notebook=notebook)
    assert any("code-1" in note for note in notes)
    work = services.get_work(exercise=exercise, learner=learner)
    assert work.answers.cells == {"double": MINE, "halve": "half = 2"}
    assert kept_texts(learner, exercise) == [OTHER]


def test_a_useless_upload_leaves_the_draft(exercise: Exercise, learner: User) -> None:
    save(learner, exercise, 0)
    with pytest.raises(NotebookError):
        services.upload_notebook(
            learner=learner, exercise=exercise, notebook={"nbformat": 3, "cells": []}
        )
    assert services.get_work(exercise=exercise, learner=learner).answers.cells["double"] == MINE
    assert not KeptVersion.objects.exists()


def test_a_new_version_keeps_the_text_of_a_cell_that_has_left(
    exercise: Exercise, learner: User
) -> None:
    answers = Answers({"double": MINE, "halve": "half = 7"})
    services.save_draft(learner=learner, exercise=exercise, answers=answers, revision=0)
    release(exercise, definition(cells=definition().cells[:3]))
    work = services.get_work(exercise=exercise, learner=learner)
    assert work.answers.cells == {"double": MINE}
    save(learner, exercise, 1, OTHER)
    assert list_versions(learner, exercise).get().answers["cells"]["halve"] == "half = 7"


def submit(
    learner: User, exercise: Exercise, text: str, revision: int, key: str = "k"
) -> Submission:
    return services.submit_work(
        learner=learner,
        exercise=exercise,
        answers=Answers({"double": text}),
        revision=revision,
        form_key=key,
    )


def test_a_double_click_makes_one_submission(exercise: Exercise, learner: User) -> None:
    first = submit(learner, exercise, MINE, 0)
    assert submit(learner, exercise, MINE, 0) == first
    assert first.answers["cells"]["double"] == MINE
    assert first.source == "page"


def test_a_changed_text_from_the_same_page_is_a_new_submission(
    exercise: Exercise, learner: User
) -> None:
    first = submit(learner, exercise, MINE, 0)
    assert submit(learner, exercise, OTHER, 1) != first


def test_nothing_is_handed_in_over_a_conflict(exercise: Exercise, learner: User) -> None:
    save(learner, exercise, 0, OTHER)
    with pytest.raises(DraftConflictError):
        submit(learner, exercise, MINE, 0)
    assert not Submission.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_first_saves_at_once_make_one_draft_and_one_conflict(learner: User) -> None:
    exercise = make_exercise()
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def first_save(text: str) -> None:
        barrier.wait()
        try:
            save(learner, exercise, 0, text)
            outcomes.append("saved")
        except DraftConflictError:
            outcomes.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=first_save, args=(text,)) for text in (MINE, OTHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "saved"]
    assert Draft.objects.count() == 1
