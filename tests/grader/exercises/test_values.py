"""An exercise travels as JSON and is named by its digest."""

import dataclasses
import json

import pytest

from grader.errors import ExerciseError
from grader.exercises import Exercise


def test_payload_round_trip(exercise: Exercise):
    payload = json.loads(json.dumps(exercise.payload()))
    again = Exercise.from_payload(payload)
    assert again == exercise
    assert again.digest == exercise.digest
    assert again.data["small.csv"] == exercise.data["small.csv"]


def test_binary_data_survives(exercise: Exercise):
    binary = dataclasses.replace(exercise, data={"x.bin": bytes(range(256))})
    assert Exercise.from_payload(binary.payload()).data == binary.data


@pytest.mark.parametrize(
    "change", [{"checks": "pass"}, {"title": "Other"}, {"data": {}}, {"wrong": ()}, {"points": 4.0}]
)
def test_whatever_grades_changes_the_digest(exercise: Exercise, change: dict):
    assert dataclasses.replace(exercise, **change).digest != exercise.digest


def test_moving_an_exercise_is_no_new_version(exercise: Exercise):
    assert dataclasses.replace(exercise, position=99).digest == exercise.digest


@pytest.mark.parametrize(
    "spoil", [{"points": "many"}, {"unknown": 1}, {"data": {"a": "not base64!"}}]
)
def test_a_payload_that_is_none_is_refused(exercise: Exercise, spoil: dict):
    with pytest.raises(ExerciseError):
        Exercise.from_payload({**exercise.payload(), **spoil})
