"""What learners are told besides right and wrong. Run by test_exam.py under the core environment."""

import builtins

from grader.exam.preparation import preparation
from grader.sandbox import guard
from grader.verdict import Verdict
from tests.grader.exam.stage import judge, raised

CHECKS = """
@check(points=2, title="Twice", about="twice", hints=["A nudge", "A push", "Nearly the answer"])
def twice(learner):
    expect_equal(learner.twice(2), 4, "twice(2) should be 4")
"""


def case_hints_are_a_ladder_in_order():
    (result,), _, (event,) = judge("def twice(x): return x", CHECKS)
    assert result.hints == ("A nudge", "A push", "Nearly the answer")
    assert event["hints"] == ["A nudge", "A push", "Nearly the answer"]
    (result,), _, (event,) = judge("def twice(x): return 2 * x", CHECKS)
    assert (result.hints, event["hints"]) == ((), [])


def case_not_attempted_is_not_wrong():
    for code in ("", "def twice(x):\n    raise NotImplementedError"):
        (result,), _, _ = judge(code, CHECKS)
        assert result.verdict is Verdict.NOT_ATTEMPTED
        assert result.hints
    (result,), _, _ = judge("def twice(x): return None", CHECKS)
    assert result.verdict is Verdict.FAILED


def case_what_is_missing_is_named_although_another_function_was_asked():
    code = "def helper(x):\n    raise NotImplementedError\ndef twice(x): return helper(x)"
    (result,), _, _ = judge(code, CHECKS)
    assert result.verdict is Verdict.NOT_ATTEMPTED
    assert result.message == "twice needs helper, which is not written yet."


def case_warnings_and_stderr_cost_nothing():
    code = """
import sys, warnings
warnings.simplefilter("always")
def twice(x):
    warnings.warn("deprecated", DeprecationWarning)
    warnings.warn("careful")
    print("noise", file=sys.stderr)
    np.float64(1) / 0
    np.log(np.zeros(1))
    return 2 * x
"""
    (result,), author, _ = judge(code, CHECKS)
    assert (result.verdict, result.points) == (Verdict.PASSED, 2)
    assert author["errors"] == []


def case_the_guard_teaches_where_the_import_is_written():
    rules = {
        "forbidden_imports": ["json.decoder", "csv"],
        "instead": {"csv": "Read it line by line."},
    }
    code = preparation({}, rules)
    assert compile(code, "setup", "exec")
    namespace = {"__name__": "__main__", "__builtins__": builtins}
    original = builtins.__import__
    try:
        guard.install(namespace, rules["forbidden_imports"], rules["instead"])
        error = raised(ImportError, exec, "import csv", namespace)
        assert str(error) == ("this exercise asks you to do without csv. Read it line by line.")
        for text in ("from csv import reader", "def f():\n  import csv\nf()",
                     "import json.decoder", "from json import decoder"):  # fmt: skip
            raised(ImportError, exec, text, namespace)
        exec("import json, math\nfrom json import dumps", namespace)
        exec("import csv", {"__name__": "a library"})
    finally:
        builtins.__import__ = original


def case_nothing_is_prepared_where_nothing_is_needed():
    assert preparation({}, {}) == ""
    assert preparation({}, {"forbidden_imports": []}) == ""
