"""Checks over hypothesis strategies. Run by test_exam.py under the core environment."""

import os
import tempfile
import threading

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from hypothesis.extra.numpy import arrays

from grader.exam.errors import CheckFailure, NotAttempted
from grader.exam.expect import expect
from grader.exam.generate import for_all
from grader.verdict import Verdict
from tests.grader.exam.stage import judge, raised

LISTS = {"xs": st.lists(st.integers(0, 1000)), "k": st.integers(1, 5)}


def rng(seed=1):
    return np.random.default_rng(seed)


def case_the_smallest_failing_input_is_shown():
    calls = []

    def test(xs, k):
        calls.append(xs)
        expect(len(xs) < 3 or sum(xs) < 100, "three numbers from 100 up")

    failure = raised(CheckFailure, for_all, rng(), LISTS, test)
    assert failure.example == "xs = [0, 0, 100]\nk = 1"
    assert len(calls) <= 200


def case_one_seed_gives_one_story():
    def story(seed):
        seen = []

        def test(xs, k):
            seen.append((xs, k))
            expect(sum(xs) < 500, "500")

        failure = raised(CheckFailure, for_all, rng(seed), LISTS, test)
        return seen, failure.example

    assert story(1) == story(1)
    assert story(1)[0] != story(2)[0]


def case_calls_are_bounded_whatever_happens():
    for limit in (1, 7, 50, 1_000):
        calls = []

        def test(xs, k, calls=calls, limit=limit):
            calls.append(xs)
            expect(len(calls) < 0.3 * min(limit, 200), "fails late, and differently each time")

        raised(CheckFailure, for_all, rng(), LISTS, test, calls=limit)
        assert len(calls) <= min(limit, 200)


def case_arrays_whole_dicts_and_assumptions():
    matrices = arrays(
        float, st.tuples(st.integers(1, 4), st.integers(1, 4)), elements=st.floats(-9, 9)
    )

    def test(matrix):
        assume(matrix.size > 1)
        matrix += 0.5  # on a copy: the example shows what was drawn
        expect(matrix.max() <= 3.5, "too large")

    failure = raised(CheckFailure, for_all, rng(), {"matrix": matrices}, test)
    assert failure.example.startswith("matrix = [[")
    assert "4." in failure.example
    pairs = st.integers(2, 4).flatmap(
        lambda n: st.fixed_dictionaries({"n": st.just(n), "xs": st.lists(st.none(), min_size=n)})
    )
    for_all(rng(), pairs, lambda n, xs: expect(len(xs) >= n, "never"))


def case_what_is_not_attempted_ends_at_once():
    calls = []

    def test(xs, k):
        calls.append(1)
        raise NotAttempted("f is not written yet")

    raised(NotAttempted, for_all, rng(), LISTS, test)
    assert len(calls) == 1


def case_strategies_that_give_nothing_are_the_authors_mistake():
    nothing = {"n": st.integers().filter(lambda n: False)}
    raised(Unsatisfiable, for_all, rng(), nothing, lambda n: None)


def case_answers_that_change_are_still_wrong():
    calls = []

    def test(xs, k):
        calls.append(1)
        expect(len(calls) % 3, "every third call")

    assert str(raised(CheckFailure, for_all, rng(), LISTS, test)) == "every third call"


def case_no_file_and_no_thread():
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for_all(rng(), {"text": st.text()}, lambda text: None, examples=5)
        assert os.listdir(folder) == []
        os.chdir(before)
    assert threading.active_count() == 1


def case_in_a_check():
    checks = """
from hypothesis import strategies as st
@check(points=1, title="Sorted", about="mysort")
def ordered(learner, rng):
    def test(xs):
        expect_equal(learner.mysort(xs), sorted(xs), "not in order")
    for_all(rng, {"xs": st.lists(st.integers(-9, 9))}, test)
"""
    (result,), _, _ = judge("def mysort(xs): return sorted(set(xs))", checks)
    assert result.verdict is Verdict.FAILED
    assert "xs = [0, 0]" in result.example
    (result,), _, _ = judge("def mysort(xs): return sorted(xs)", checks)
    assert result.verdict is Verdict.PASSED
    (result,), _, _ = judge("def mysort(xs): raise NotImplementedError", checks)
    assert result.verdict is Verdict.NOT_ATTEMPTED
    (result,), _, _ = judge(
        "def mysort(xs): return [x + 1 / (len(xs) - 2) for x in sorted(xs)]", checks
    )
    assert result.verdict is not Verdict.PASSED
