"""What checks expect and what they tell. Run by test_exam.py under the core environment."""

import ast

import numpy as np
import pandas as pd

from grader.exam import (
    CheckFailure,
    LearnerRaised,
    NotAttempted,
    expect,
    expect_close,
    expect_equal,
    expect_raises,
    expect_shape,
    expect_type,
    expect_unchanged,
    for_all,
)
from grader.exam.show import clean, describe, show
from tests.grader.exam.stage import learner, raised


def case_close_numbers_pass_in_every_form():
    for actual, desired in [
        (1.0, 1),
        (np.float32(0.1), 0.1 + 1e-9),
        ([1, 2], np.array([1.0, 2.0])),
        (np.eye(2), [[1, 0], [0, 1]]),
        (pd.Series([1.0, 2.0]), [1, 2]),
        (1 + 2j, 1 + 2j),
        (np.inf, np.inf),
        (np.zeros((0, 3)), np.zeros((0, 3))),
    ]:
        expect_close(actual, desired, "differs")
    expect_close([np.nan], [np.nan], "differs", equal_nan=True)


def case_numbers_that_differ_are_shown_side_by_side():
    right, wrong = np.zeros((2, 3)), np.zeros((2, 3))
    wrong[1, 2] = 0.5
    failure = raised(CheckFailure, expect_close, wrong, right, "A differs", A=np.eye(2))
    assert failure.message == "A differs"
    assert failure.example.startswith("A = [[1., 0.],\n     [0., 1.]]")
    assert "1 of 6 entries differ" in failure.example
    assert "[1, 2]  expected 0, got 0.5" in failure.example
    assert "→0.5←" in failure.example


def case_large_arrays_are_shown_in_short():
    failure = raised(
        CheckFailure, expect_close, np.ones((500, 500)), np.zeros((500, 500)), "differs"
    )
    assert len(failure.example) < 4_000
    assert "250000 of 250000" in failure.example
    assert "more" in failure.example


def case_what_is_no_number_is_named():
    for actual, told in [
        (None, "got None"),
        ("3", "got the text '3'"),
        ({"a": 1}, "got a dict of 1"),
        (np.zeros(2), "got an array of shape (2,)"),
        (3.5, "got the number 3.5"),
        ([[1], [2, 3]], "got a list of 2"),
        (np.array(["a", "b", "c"]), "array of shape (3,)"),
    ]:
        failure = raised(CheckFailure, expect_close, actual, np.zeros(3), "s is wrong")
        assert failure.message.startswith("s is wrong: expected an array of shape (3,)")
        assert told in failure.message, failure.message


def case_nan_is_not_close():
    raised(CheckFailure, expect_close, np.nan, 1.0, "differs")
    raised(CheckFailure, expect_close, np.nan, np.nan, "differs")
    raised(CheckFailure, expect_close, np.inf, 1e308, "differs")


def case_equality_looks_inside():
    for actual, desired in [
        ([1, (2, {"a": {3}})], [1, (2, {"a": {3}})]),
        ({"a": np.ones(2)}, {"a": np.ones(2)}),
        (np.int64(3), 3),
        (float("nan"), float("nan")),
        ([1, 2], np.array([1, 2])),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1]})),
        ("x", "x"),
        (None, None),
    ]:
        expect_equal(actual, desired, "differs")
    for actual, desired, told in [
        ([1, 2, 4], [1, 2, 3], "first difference at [2]: expected 3, got 4"),
        ([1], [1, 2], "expected 2 items, got 1"),
        ((1, 2), [1, 2], "expected a list of 2, got a tuple of 2"),
        ({"a": 1}, {"b": 1}, "missing keys: ['b']"),
        ({"a": 1}, {"a": 2}, "first difference at ['a']: expected 2, got 1"),
        (True, 1, "expected = 1"),
        (np.array([1, 5]), np.array([1, 2]), "[1]  expected 2, got 5"),
        (None, 3, "got      = None"),
    ]:
        failure = raised(CheckFailure, expect_equal, actual, desired, "differs")
        assert told in failure.example, failure.example
    raised(CheckFailure, expect_equal, None, np.ones(2), "differs")
    raised(CheckFailure, expect_equal, np.array(["a", "b"]), np.array([1, 2]), "differs")


def case_other_expectations():
    expect(np.bool_(True), "fine")
    raised(CheckFailure, expect, False, "no", x=3)
    raised(TypeError, expect, np.array([True, False]), "two truth values")
    expect_shape(np.ones((2, 3)), (2, 3))
    assert "(2, 3)" in raised(CheckFailure, expect_shape, [1], (2, 3)).message
    expect_type(3, int)
    told = raised(CheckFailure, expect_type, "3", (int, float), "k").message
    assert told == "k: expected int or float, got the text '3'"


def case_raising_is_expected_by_class_or_name():
    code = "class Own(ValueError): pass\ndef f(x):\n    if x < 0: raise Own('x must not be negative')\n    return x\ndef g(x): raise NotImplementedError"
    found = learner(code)
    assert "negative" in expect_raises(ValueError, found.f, -1).message
    expect_raises("Own", found.f, -1)
    assert (
        "returned the number 3"
        in raised(CheckFailure, expect_raises, ValueError, found.f, 3).message
    )
    assert "raised Own" in raised(CheckFailure, expect_raises, KeyError, found.f, -1).message
    raised(NotAttempted, expect_raises, Exception, found.g, 1)


def case_inputs_must_not_change():
    code = "def good(A, b): return A + b\ndef bad(A, *, b):\n    b[0] = 9\n    return A"
    found = learner(code)
    assert expect_unchanged(found.good, np.ones(2), np.ones(2)).tolist() == [2, 2]
    failure = raised(CheckFailure, expect_unchanged, found.bad, 1, b=[1, 2])
    assert failure.message == "bad changed its input (b); work on a copy"
    assert "before = [1, 2]" in failure.example
    expect_unchanged(found.good, np.float64("nan"), 1)


def case_the_smallest_failing_input_is_found_within_the_calls():
    tried = []

    def test(x):
        tried.append(x.shape)
        expect(x.sum() < 3, "the sum is large")

    def draw(rng, size):
        return {"x": rng.uniform(0.5, 2, size=size)}

    failure = raised(CheckFailure, for_all, np.random.default_rng(0), draw, test, simplify=["x"])
    assert len(tried) <= 200
    assert failure.example.startswith("x = [")
    entries = np.array(ast.literal_eval(failure.example[4:]))
    assert (entries == np.round(entries)).all()
    assert entries.size <= 4

    def never(x):
        expect(x.size < 0, "always wrong")

    failure = raised(CheckFailure, for_all, np.random.default_rng(0), draw, never, simplify=["x"])
    assert failure.example == "x = [0.]"


def case_all_inputs_passing_is_quiet_and_missing_code_ends_at_once():
    calls = []
    for_all(np.random.default_rng(0), lambda rng, n: {"n": n}, lambda n: calls.append(n))
    assert calls[0] == 1
    found = learner("def f(x): raise NotImplementedError\ndef g(x): return 1 / 0")
    raised(
        NotAttempted, for_all, np.random.default_rng(0), lambda r, n: {"x": n}, lambda x: found.f(x)
    )
    raised(
        LearnerRaised,
        for_all,
        np.random.default_rng(0),
        lambda r, n: {"x": n},
        lambda x: found.g(x),
    )


def case_text_is_clean_and_bounded():
    assert clean("a\0b\ud800c\x1b[31m\u202e") == "a�b�c�[31m�"
    assert clean("line\nline\ttab") == "line\nline\ttab"
    assert len(clean("x" * 10_000)) == 2_000
    assert clean(None) == ""
    for value in (
        list(range(10_000)),
        "x" * 10_000,
        {n: n for n in range(999)},
        2**4000,
        np.ones(10**5),
    ):
        assert len(show(value)) <= 600
    assert describe(np.float64(2)) == "the number 2"
    assert describe(pd.DataFrame({"a": [1]})) == "a DataFrame of shape (1, 1)"
    assert describe(True) == "True"
