"""Rules on what an answer is built of. Run by test_exam.py under the core environment."""

from grader.exam.rules import Cell, broken_rules
from grader.exam.structure import read_signature
from grader.verdict import Verdict
from tests.grader.exam.stage import judge, raised


def broken(code, **rules):
    cells = [Cell("setup", 1, "import numpy as np", False), Cell("answer", 2, code, True)]
    return broken_rules(cells, rules)


def told(code, **rules):
    return [rule.message for rule in broken(code, **rules)]


def case_what_to_do_instead_is_said():
    (message,) = told(
        "x = np.linalg.inv(A)",
        forbidden_calls=["np.linalg.inv"],
        instead={"np.linalg.inv": "Solve the system: np.linalg.solve."},
    )
    assert message == (
        "Line 1 of cell 2 (answer) uses np.linalg.inv. This exercise asks you to do without it. "
        "Solve the system: np.linalg.solve."
    )


def case_attributes_after_a_dot():
    for code in ("A.T", "(A @ B).T", "getattr(A, 'T')", "A.T[0] = 1"):
        assert len(told(code, forbidden_attributes=["T"])) == 1, code
    for code in ("T = 3", "A['T']", "A.Tx", "'A.T'", "# A.T"):
        assert told(code, forbidden_attributes=[".T"]) == [], code


def case_loops_in_every_disguise():
    bodies = [
        "for i in x: pass",
        "while x: pass",
        "return [i for i in x]",
        "return sum(i for i in x)",
        "return {i: 1 for i in x}",
        "return list(map(g, x))",
        "return np.vectorize(g)(x)",
        "return np.apply_along_axis(g, 0, x)",
        "return x.apply(g)",
        "def inner():\n        for i in x: pass\n    return inner()",
    ]
    for body in bodies:
        (first, *_) = broken(f"def f(x):\n    {body}", no_loops_in=["f"])
        assert first.about == "f", body
        assert first.verdict is Verdict.FORBIDDEN
        assert "without loops" in first.message
    for body in ("return x @ x", "return np.add.reduce(x)", "return np.where(x > 0, x, 0)"):
        assert told(f"def f(x):\n    {body}", no_loops_in=["f"]) == [], body


def case_loops_that_are_called_and_loops_elsewhere():
    code = (
        "def g(x):\n    for i in x: pass\ndef f(x):\n    return g(x)\ndef h(x):\n    while x: pass"
    )
    (message,) = told(code, no_loops_in=["f"], instead={"f": "Use broadcasting."})
    assert message == (
        "Line 2 of cell 2 (answer) has a for loop in g, which f calls. "
        "This exercise asks you to write f without loops. Use broadcasting."
    )
    assert told("def f(x): return x + 1\nfor i in range(3): print(f(i))", no_loops_in=["f"]) == []
    method = (
        "class C:\n  def fit(self, x): return self.go(x)\n  def go(self, x):\n    for i in x: pass"
    )
    assert len(told(method, no_loops_in=["C.fit"])) == 1
    assert len(told(method, no_loops_in=["C"])) == 1
    assert told("def map(a, b): return a\ndef f(x): return map(x, x)", no_loops_in=["f"]) == []


def case_required_definitions_and_signatures():
    good = [
        "def svd(A): pass",
        "def svd(A, tol=1e-9): pass",
        "def svd(A, *rest, **options): pass",
        "svd = lambda A: A",
        "svd = functools.partial(g, 1)",
        "from numpy.linalg import svd",
        "if True:\n    def svd(A): pass",
        "@decorated\ndef svd(*args): pass",
        "def svd(A:",
    ]
    for code in good:
        assert broken(code, required=["svd(A)"]) == [], code
    for code, verdict in [
        ("def svd(B): pass", Verdict.FAILED),
        ("def svd(): pass", Verdict.FAILED),
        ("def svd(A, k): pass", Verdict.FAILED),
        ("def SVD(A): pass", Verdict.NOT_ATTEMPTED),
        ("def g():\n    def svd(A): pass", Verdict.NOT_ATTEMPTED),
        ("", Verdict.NOT_ATTEMPTED),
    ]:
        (rule,) = broken(code, required=["svd(A)"])
        assert rule.verdict is verdict, code
        assert rule.about == "svd"
    (message,) = told("def pinv(A, rtol): pass", required=["pinv(A, rtol=0)"])
    assert message.endswith("defines pinv(A, rtol), but it should be pinv(A, rtol=0).")
    code = "class Scaler:\n    def fit(self, X): pass"
    assert broken(code, required=["class Scaler", "Scaler.fit(X)"]) == []
    (rule,) = broken(code, required=["Scaler.transform(X)"])
    assert rule.message == "Your notebook should define Scaler.transform(X)."


def case_what_is_no_signature():
    for text in ("svd", "svd(", "1x(A)", "class", "a.b.c(x)", "f(x))"):
        raised(ValueError, read_signature, text)


CHECKS = """
@check(points=1, title="F", about="f")
def f(learner): expect(learner.f(2) == 4, "four")
@check(points=1, title="G", about="g")
def g(learner): expect(learner.g(2) == 4, "four")
@check(points=1, title="C", about="C.fit")
def c(learner): learner.C().fit(1)
"""
CODE = "def f(x): return 2 * x\ndef g(x): return 2 * x\nclass C:\n    def fit(self, X): pass\n"


def case_a_rule_about_a_function_costs_only_its_checks():
    looping = CODE.replace("def f(x): return 2 * x", "def f(x): return sum(x for _ in range(2))")
    results, _, _ = judge(looping, CHECKS, rules={"no_loops_in": ["f"]})
    assert [r.verdict for r in results] == [Verdict.FORBIDDEN, Verdict.PASSED, Verdict.PASSED]
    results, _, _ = judge(CODE, CHECKS, rules={"required": ["f(y)", "C.predict(X)"]})
    assert [r.verdict for r in results] == [Verdict.FAILED, Verdict.PASSED, Verdict.NOT_ATTEMPTED]
    assert "f(x), but it should be f(y)" in results[0].message


def case_a_named_tuple_cannot_pass_for_an_array():
    checks = """
@check(points=1, title="Shape")
def shape(learner): expect_shape(learner.f(), (3,))
"""
    code = "from collections import namedtuple\ndef f(): return namedtuple('A', 'shape')((3,))"
    assert judge(code, checks)[0][0].verdict is Verdict.FAILED
    code = "from grader.wire.records import StandIn\ndef f(): return StandIn(shape=(3,))"
    assert judge(code, checks)[0][0].verdict is Verdict.KERNEL_DIED


def case_a_rule_about_what_no_check_names_costs_all():
    results, _, _ = judge(
        CODE + "def h(x):\n    while x: pass", CHECKS, rules={"no_loops_in": ["h"]}
    )
    assert {r.verdict for r in results} == {Verdict.FORBIDDEN}
