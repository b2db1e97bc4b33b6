"""Every kind of value, loan and rule through real walls, where nothing of ours can be imported any more."""

import pytest

from grader.verdict import Verdict
from tests.running import ANSWER, core_host, job, printed

pytestmark = pytest.mark.kernels
host = pytest.fixture(core_host, scope="module", name="host")

CODE = """
import warnings
import matplotlib.pyplot as plt, numpy as np, pandas as pd, scipy.sparse, sympy
from collections import namedtuple
from datetime import datetime
from zoneinfo import ZoneInfo
from PIL import Image
Point = namedtuple("Point", "x y")
fig, ax = plt.subplots()
ax.plot([1, 2], [3, 4], label="a")
def values():
    warnings.warn("noise")
    return [Point(1, 2), pd.Period("2024-03", "M"), datetime(2024, 7, 1, tzinfo=ZoneInfo("Asia/Tokyo")),
            np.zeros(2, [("a", "i4")]), scipy.sparse.csr_array(np.eye(2)), Image.new("RGB", (2, 2))]
def derivative(f, x): return sympy.diff(f, x)
def draw(x): plt.plot(x, x ** 2)
def draw_into(ax): ax.hist([1, 2, 2])
def order(a): return sorted(a)
def head(items): return [next(items), next(items)]
"""
CHECKS = """
from hypothesis import strategies as st
import sympy

@check(points=1, title="Values")
def values(learner):
    point, period, moment, nested, sparse, image = learner.values()
    expect_equal([point.y, period.month, moment.hour, nested["a"].tolist()], [2, 3, 0, [0, 0]], "values")
    expect_close(sparse, np.eye(2), "sparse")
    expect_shape(np.asarray(image), (2, 2, 3))

@check(points=1, title="Symbols")
def symbols(learner, rng):
    x = sympy.Symbol("x")
    expect_expression(learner.derivative(x ** 3, x), 3 * x ** 2, "derivative", rng)

@check(points=1, title="Figures")
def figures(learner):
    expect_equal(learner.figure("fig").axes[0].lines[0].label, "a", "label")
    learner.draw(np.arange(3))
    expect_close(learner.figure().axes[0].lines[0].y, [0, 1, 4], "current")
    axes = learner.axes()
    learner.draw_into(axes)
    expect_close(learner.figure(axes).axes[0].bars[0].height.sum(), 3, "into")

@check(points=1, title="Loans")
def loans(learner):
    tally = Tally()
    expect_equal(learner.order(tally.numbers([3, 1, 2])), [1, 2, 3], "order")
    expect(0 < tally.comparisons <= 4, f"{tally.comparisons} comparisons")
    expect_equal(learner.head(n * n for n in range(9)), [0, 1], "head")

@check(points=1, title="Strategies")
def strategies(learner, rng):
    def test(xs):
        expect_equal(learner.order(xs), sorted(xs), "order")
    for_all(rng, {"xs": st.lists(st.text(max_size=3) )}, test, examples=20)
"""


def test_values_loans_figures_and_strategies(host):
    report = host.grade(job(CODE, checks=CHECKS))
    assert report.author_errors == ()
    assert [check.message for check in report.checks] == [""] * 5
    assert report.verdict is Verdict.PASSED


def test_a_forbidden_import_is_told_in_the_kernel_and_judged_outside(host):
    task = job("import sklearn.svm\ndef double(x):\n    return 2 * x", "import statistics")
    task["exercise"]["rules"] = {
        "forbidden_imports": ["sklearn"],
        "instead": {"sklearn": "Write the model yourself."},
    }
    report = host.grade(task)
    assert "do without sklearn. Write the model yourself." in printed(report)
    assert report.cells[1].verdict is Verdict.PASSED
    assert report.verdict is Verdict.FORBIDDEN
    assert report.points == 0


FORBIDDEN = {"forbidden_calls": ["np.linalg.svd"]}
SVD = "def double(x):\n    np.linalg.svd(np.eye(2))\n    return 2 * x"


@pytest.mark.parametrize("line", ["", "_ = %pwd", "_ = !true", "np.sum?", "%%time", "%%capture"])
def test_no_line_of_ipythons_switches_the_rules_off(host, line):
    task = job("import numpy as np", f"{line}\n{SVD}")
    assert host.grade(task).points == 3
    task["exercise"]["rules"] = FORBIDDEN
    report = host.grade(task)
    assert (report.verdict, report.points) == (Verdict.FORBIDDEN, 0)
    assert "uses np.linalg.svd" in report.checks[0].message


def test_a_cell_that_runs_by_a_trick_of_ipythons_earns_nothing(host):
    trick = job("import numpy as np", "%autocall 2", "np.linalg.svd np.eye(2)", ANSWER)
    assert host.grade(trick).points == 3
    trick["exercise"]["rules"] = FORBIDDEN
    report = host.grade(trick)
    assert report.cells[2].verdict is Verdict.PASSED
    assert (report.verdict, report.points) == (Verdict.FORBIDDEN, 0)
    assert report.checks[0].message.startswith("Cell 3 (cell-3) cannot be read as Python")


def test_a_slip_in_a_cell_of_ones_own_costs_nothing(host):
    slip = job("np.sum np", "def f(:", "ls", ANSWER)
    slip["exercise"]["rules"] = FORBIDDEN
    assert host.grade(slip).points == 3


def test_the_same_seed_gives_the_same_search(host):
    wrong = CODE.replace("return sorted(a)", "return sorted(set(a))")
    examples = [host.grade(job(wrong, checks=CHECKS, seed=5)).checks[4].example for _ in range(2)]
    assert examples[0] == examples[1]
    assert "xs = ['', '']" in examples[0]
