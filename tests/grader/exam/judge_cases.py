"""Whole gradings without kernels: checks in, results out. Run by test_exam.py under the core environment."""

import base64
import functools
import json
import socket
import time

from grader.errors import ExerciseError
from grader.exam.checks import load_checks
from grader.exam.judge import run_checks
from grader.verdict import Verdict
from tests.grader.exam.stage import job, judge, raised, serve

MEAN = """
@check(points=2, title="The mean is right", about="mean", hints=["Divide by what?"])
def right(learner, rng):
    x = rng.normal(size=4)
    expect_close(learner.mean(x), x.mean(), "The mean differs", x=x)

@check(points=1, title="The input stays", about="mean", visible=False)
def stays(learner, rng):
    expect_unchanged(learner.mean, rng.normal(size=3))
"""


def case_right_answers_earn_everything():
    results, author, events = judge("def mean(x): return x.sum() / len(x)", MEAN)
    assert [(r.verdict, r.points, r.max_points) for r in results] == [
        (Verdict.PASSED, 2.0, 2.0),
        (Verdict.PASSED, 1.0, 1.0),
    ]
    assert results[0].hints == ()
    assert [r.visible for r in results] == [True, False]
    assert author == {"errors": [], "notes": [], "kernels": 1}
    assert [(e["index"], e["of"], e["verdict"]) for e in events] == [
        (1, 2, "passed"),
        (2, 2, "passed"),
    ]
    json.dumps(events)


def case_wrong_answers_are_told_what_is_wrong():
    (result, other), _, events = judge("def mean(x): return x.sum()", MEAN)
    assert result.verdict is Verdict.FAILED
    assert result.points == 0
    assert result.message == "The mean differs."
    assert "x = [" in result.example
    assert "expected" in result.example
    assert result.hints == ("Divide by what?",)
    assert events[0]["hints"] == ["Divide by what?"]
    assert other.points == 1


def case_the_blank_notebook_is_not_attempted():
    for code in ("def mean(x): raise NotImplementedError", ""):
        results, author, _ = judge(code, MEAN)
        assert {r.verdict for r in results} == {Verdict.NOT_ATTEMPTED}
        assert sum(r.points for r in results) == 0
        assert author["errors"] == []


def case_an_exception_names_the_call_and_its_input():
    (result, _), _, _ = judge("def mean(x): return x.average()", MEAN)
    assert result.verdict is Verdict.ERROR
    assert result.message.startswith("mean raised AttributeError: ")
    assert "line 2 of its cell" in result.message
    assert "argument 1 = [" in result.example


def case_an_answer_that_the_check_stumbles_over_is_the_learners():
    checks = """
@check(points=1, title="Three parts")
def parts(learner):
    U, s, Vt = learner.svd(np.eye(2))
    expect_close(U @ np.diag(s) @ Vt, np.eye(2), "differs")
"""
    for code, told in [
        ("def svd(A): pass", "svd gave None, which can't be used here (TypeError"),
        ("def svd(A): return A, A", "svd gave a tuple of 2"),
        ("def svd(A): return 1, 2, 3", "svd gave a tuple of 3"),
        ("class T(tuple):\n  def __len__(self): return 3\ndef svd(A): return T()", ""),
    ]:
        (result,), author, _ = judge(code, checks)
        assert result.verdict is Verdict.FAILED, (code, result)
        assert told in result.message, result.message
        assert len(author["errors"]) == 1
        assert "checks.py" in author["errors"][0]
        assert "checks.py" not in result.message + result.example
    assert judge("def svd(A): return np.linalg.svd(A)", checks)[0][0].points == 1


def case_a_broken_check_is_our_fault_and_says_so():
    checks = """
@check(points=1, title="Broken")
def broken(learner):
    secret = "CANARY"
    raise KeyError(secret)
"""
    (result,), author, _ = judge("", checks)
    assert result.verdict is Verdict.PLATFORM
    assert "our mistake" in result.message
    assert "CANARY" not in result.message + result.example
    assert "CANARY" in author["errors"][0]


def case_plain_and_borrowed_assertions_count_as_failures():
    checks = """
import pandas as pd
@check(points=1, title="Plain")
def plain(learner):
    assert learner.f() == 2, "two was expected"
@check(points=1, title="NumPy's")
def numpys(learner):
    np.testing.assert_allclose(learner.f(), 2.0)
@check(points=1, title="pandas'")
def pandas(learner):
    pd.testing.assert_series_equal(learner.g(), pd.Series([1, 2]))
@check(points=1, title="Silent")
def silent(learner):
    assert learner.f() == 2
"""
    code = "import pandas as pd\ndef f(): return 1.0\ndef g(): return pd.Series([1, 3])"
    results, author, _ = judge(code, checks)
    assert {r.verdict for r in results} == {Verdict.FAILED}
    assert results[0].message == "two was expected."
    assert "tolerance" in results[1].message
    assert "Series" in results[2].message
    assert results[3].message == "What this check expects does not hold."
    assert author["errors"] == []


LOSING = """
@check(points=1, title="First")
def first(learner): expect(learner.f(1) == 1, "one")
@check(points=1, title="Second")
def second(learner): expect(learner.g(1) == 1, "one")
@check(points=1, title="Third")
def third(learner): expect(learner.f(1) == 1, "one")
@check(points=1, title="Fourth")
def fourth(learner): expect(learner.f(1) == 1, "one")
@check(points=1, title="Fifth")
def fifth(learner): expect(learner.g(1) == 1, "one")
"""


def case_after_a_time_limit_the_rest_runs_in_a_fresh_kernel():
    code = "import time\ndef f(x): time.sleep(60)\ndef g(x): return 1"
    started = time.monotonic()
    results, author, _ = judge(code, LOSING, cell_seconds=0.2)
    assert [r.verdict for r in results] == [
        Verdict.TIME_LIMIT,
        Verdict.PASSED,
        Verdict.TIME_LIMIT,
        Verdict.TIME_LIMIT,
        Verdict.TIME_LIMIT,
    ]
    assert results[0].message == "f ran longer than 0.2 s."
    assert author["kernels"] == 3
    assert time.monotonic() - started < 30


def case_the_time_of_many_calls_is_not_blamed_on_the_last():
    checks = """
@check(points=1, title="Many")
def many(learner):
    for _ in range(20): learner.f(0.1)
@check(points=1, title="Lookup")
def lookup(learner):
    learner.f(0.1), learner.f(5)
@check(points=1, title="One")
def one(learner):
    learner.has("f"), learner.f(5)
"""
    code = "import time\ndef f(x): time.sleep(x)"
    results, _, _ = judge(code, checks, cell_seconds=0.5)
    together = "The calls of this check together took longer than 0.5 s; the last one was f."
    assert [r.message for r in results] == [together, together, "f ran longer than 0.5 s."]
    assert {r.verdict for r in results} == {Verdict.TIME_LIMIT}


def case_when_no_kernel_is_left_the_rest_fails_with_the_reason():
    code = "import time\ndef f(x): time.sleep(5)\ndef g(x): return 1"
    results, _, _ = judge(code, LOSING, cell_seconds=0.2, kernels=1)
    assert [r.verdict for r in results] == [Verdict.TIME_LIMIT] + [Verdict.KERNEL_DIED] * 4
    assert results[1].message == "The notebook's process ended."


def case_the_time_for_all_is_kept():
    code = "import time\ndef f(x): time.sleep(5)\ndef g(x): return 1"
    results, _, _ = judge(code, LOSING, total=0.3)
    assert {r.verdict for r in results} == {Verdict.TIME_LIMIT}
    assert "time for all" in results[0].message
    assert "run out" in results[1].message


def case_a_death_is_told_and_its_reason_where_known():
    def dead():
        ours, theirs = socket.socketpair()
        theirs.close()
        return ours

    results, _, _ = judge("", LOSING, connect=dead)
    assert {r.verdict for r in results} == {Verdict.KERNEL_DIED}
    fate = (Verdict.MEMORY_LIMIT, "used more memory than allowed")
    results, _, _ = judge("", LOSING, connect=dead, fate=lambda: fate)
    assert {r.verdict for r in results} == {Verdict.MEMORY_LIMIT}
    assert "used more memory than allowed." in results[0].message


def case_a_forbidden_call_earns_nothing():
    rules = {"forbidden_imports": [], "forbidden_calls": ["np.mean"]}
    results, author, _ = judge("def mean(x):\n    return np.mean(x)", MEAN, rules=rules)
    assert {r.verdict for r in results} == {Verdict.FORBIDDEN}
    assert sum(r.points for r in results) == 0
    assert results[0].message.startswith("Line 2 of cell 2 (answer) uses np.mean.")
    assert author["kernels"] == 0


def case_a_cell_that_ran_but_is_no_python_earns_nothing():
    for ran, verdict in [([], Verdict.PASSED), (["setup", "answer", "own"], Verdict.FORBIDDEN)]:
        task = job("def mean(x): return x.mean()", MEAN, rules={"forbidden_imports": ["sklearn"]})
        own = {"id": "own", "cell_type": "code", "source": "svd A"}
        own["metadata"] = {"kilohour": {"role": "extra"}}
        task["notebook"]["cells"].append(own)
        connect = functools.partial(serve, "def mean(x): return x.mean()")
        results, _ = run_checks(task, connect, lambda _event: None, 1e12, ran=ran)
        assert {r.verdict for r in results} == {verdict}
    assert results[0].message.startswith("Cell 3 (own) cannot be read as Python")


def case_the_same_seed_gives_the_same_report():
    checks = """
@check(points=1, title="Random", about="f")
def random(learner, rng):
    expect_close(learner.f(), rng.normal(), "differs")
"""
    code = "import random\ndef f(): return np.random.rand() + random.random()"

    def report(seed):
        (result,), _, _ = judge(code, checks, seed=seed)
        return result.message + result.example

    assert report(5) == report(5)
    assert report(5) != report(6)


def case_the_checks_own_randomness_cannot_be_had_from_the_learners_seed():
    checks = """
@check(points=1, title="Guess")
def guess(learner, rng):
    expect_close(learner.f(), rng.normal(), "differs")
"""
    code = "def f():\n    seed = int(np.random.get_state()[1][0])\n    return np.random.default_rng(seed).normal()"
    assert judge(code, checks)[0][0].verdict is Verdict.FAILED


def case_public_data_and_sources_reach_the_check():
    checks = """
@check(points=1, title="Data")
def data_is_here(learner, data, source):
    expect(data["a.csv"] == b"1,2", "data")
    expect("def f" in source["answer"], "source")
"""
    data = {"a.csv": base64.b64encode(b"1,2").decode()}
    assert judge("def f(): pass", checks, data=data)[0][0].points == 1


def case_text_of_the_learners_is_clean_in_the_report():
    checks = """
@check(points=1, title="Text")
def text(learner):
    expect_equal(learner.f(), "x", "differs")
@check(points=1, title="Error")
def error(learner):
    learner.g()
"""
    code = "def f(): return '\\ud800\\0' * 9000\ndef g(): raise ValueError('\\0\\x1b' * 9000)"
    results, _, _ = judge(code, checks)
    for result in results:
        told = result.message + result.example
        assert "\0" not in told
        assert "\ud800" not in told
        assert "\x1b" not in told
        assert len(told) < 6_000


def case_every_mistake_in_a_file_of_checks_is_named():
    source = """
from grader.exam import check
@check(points=-1, title="A")
def a(learner): pass
@check(points=1, title="A")
def b(learner, secret): pass
@check(points=1, title=" ")
def c(): pass
"""
    problems = raised(ExerciseError, load_checks, source).problems
    told = [str(problem) for problem in problems]
    assert len(told) == 5, told
    assert told[0].startswith("checks.py:3: points")
    assert "two checks" in told[1]
    assert "secret" in told[2]
    for source, line in [("x = (", "1"), ("\n\n1/0", "3"), ("import nothing_of_that_name", "1")]:
        (problem,) = raised(ExerciseError, load_checks, source).problems
        assert problem.where == f"checks.py:{line}"
    assert "no check" in str(raised(ExerciseError, load_checks, "").problems[0])


def case_names_are_at_hand_without_an_import():
    (found,) = load_checks("@check(points=1, title='A')\ndef a(learner): expect(np.pi > 3, 'pi')")
    assert found.title == "A"
