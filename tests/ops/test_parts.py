"""What ``bin/test`` makes of its words."""

import pytest

from bin.ops.say import PlainError
from bin.ops.test import ALL, LINTERS, pytest_arguments


def test_parts_become_paths() -> None:
    assert pytest_arguments(["grader", "ops/test_parts.py", "lint", "-x"]) == [
        "tests/grader",
        "tests/ops/test_parts.py",
        LINTERS,
        "-x",
    ]


@pytest.mark.parametrize("words", [[], ["-x"], ["-k", "walls"], ["-x", "-m", "kernels"]])
def test_without_parts_all_tests_run_several_at_once(words: list[str]) -> None:
    arguments = pytest_arguments(words)
    assert arguments[: len(ALL)] == list(ALL)
    assert arguments[len(ALL)].startswith("--numprocesses=")
    assert arguments[len(ALL) + 1 :] == words


def test_the_value_of_an_option_is_no_part() -> None:
    assert pytest_arguments(["ops", "-k", "grader"]) == ["tests/ops", "-k", "grader"]


def test_an_unknown_part_is_told_with_the_known_ones() -> None:
    with pytest.raises(PlainError, match="no part 'grade'; there are: lint, accounts"):
        pytest_arguments(["grade"])
