"""Tables, expressions and figures in checks. Run by test_exam.py under the core environment."""

import numpy as np
import pandas as pd
import sympy

from grader.exam.errors import CheckFailure
from grader.exam.expect import expect_close, expect_equal
from grader.exam.expressions import expect_expression
from grader.exam.tables import expect_table
from grader.verdict import Verdict
from tests.grader.exam.stage import judge, raised

FRAME = pd.DataFrame({"name": ["a", "b", "c"], "mean": [1.0, 2.0, np.nan]})


def example(function, *args, **options):
    return raised(CheckFailure, function, *args, "differs", **options).example


def case_entries_that_differ_are_marked():
    wrong = FRAME.assign(mean=[1.0, 2.5, 0.0])
    for function in (expect_table, expect_equal):
        text = example(function, wrong, FRAME)
        assert "2 of 6 entries differ" in text
        assert "→2.5← (2)" in text
        assert "→0← (nan)" in text
        assert "1" in text.splitlines()[2]
        assert not any(line.lstrip().startswith("0 ") for line in text.splitlines()[2:])
    text = example(expect_equal, wrong["mean"], FRAME["mean"])
    assert "→2.5← (2)" in text


def case_labels_and_shapes_are_told_in_words():
    assert "missing columns: 'mean'" in example(expect_table, FRAME[["name"]], FRAME)
    assert "should not be there: 'extra'" in example(expect_equal, FRAME.assign(extra=1), FRAME)
    assert "expected 3 rows, got 2" in example(expect_table, FRAME.head(2), FRAME)
    moved = FRAME.set_axis([0, 5, 2])
    assert "the label of row 1: expected 1, got 5" in example(expect_table, moved, FRAME)
    expect_table(moved, FRAME, "labels", index=False)
    assert "dtype" in example(expect_equal, FRAME.astype({"mean": "float32"}), FRAME)
    failure = raised(CheckFailure, expect_table, None, FRAME, "differs")
    assert "got None" in failure.message


def case_what_does_not_count():
    expect_table(FRAME[["mean", "name"]], FRAME, "columns in another order")
    expect_table(FRAME.iloc[::-1], FRAME, "rows in another order", any_order=True)
    expect_table(FRAME.assign(mean=[1.0, 2.0 + 1e-9, None]), FRAME, "a little off")
    whole = pd.DataFrame({"n": [1, 2]})
    expect_table(whole.astype(float), whole, "floats for whole numbers")
    assert example(expect_table, FRAME.iloc[[0, 0, 2]], FRAME, any_order=True)


def case_large_tables_show_a_few_rows():
    large = pd.DataFrame(np.zeros((500, 30)))
    text = example(expect_table, large + 1, large)
    assert len(text) < 2_000
    assert "more rows" in text


def case_sparse_matrices_and_named_tuples_compare_by_value():
    import scipy.sparse

    matrix = scipy.sparse.csr_array(np.eye(3))
    expect_close(matrix, np.eye(3), "sparse")
    expect_equal(matrix, matrix.copy(), "sparse")
    assert "entries differ" in example(expect_close, 2 * matrix, np.eye(3))


def case_expressions_are_compared_by_what_they_are_worth():
    x, rng = sympy.Symbol("x"), np.random.default_rng(1)
    positive = sympy.Symbol("x", positive=True)
    expect_expression((x + 1) ** 2, x**2 + 2 * x + 1, "square", rng)
    expect_expression(sympy.sin(positive) ** 2 + sympy.cos(positive) ** 2, 1, "one", rng)
    expect_expression(2, sympy.Integer(2), "two", rng)
    failure = raised(CheckFailure, expect_expression, x**2, 2 * x, "the derivative differs", rng)
    assert "expected = 2*x" in failure.example
    assert "at x = " in failure.example
    for wrong in (None, "2*x", x + sympy.Symbol("y"), sympy.oo, sympy.log(-x) * 0 + x):
        raised(CheckFailure, expect_expression, wrong, 2 * x, "the derivative differs", rng)


CODE = """
import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
import sympy
def draw(x):
    plt.plot(x, x ** 2, label="square")
    plt.title("A parabola")
def draw_into(ax): ax.bar([1, 2], [3, 4])
fig, ax = plt.subplots()
ax.plot([1, 2], [3, 4])
plt.close("all")
def derivative(f, x): return sympy.diff(f, x)
def nothing(): pass
number = 3
"""
CHECKS = """
import sympy
@check(points=1, title="By name")
def by_name(learner):
    (axes,) = learner.figure("fig").axes
    expect_close(axes.lines[0].y, [3, 4], "the line differs")
@check(points=1, title="Current")
def current(learner):
    for n in (3, 4):
        learner.draw(np.arange(n))
        (axes,) = learner.figure().axes
        expect_equal(axes.title, "A parabola", "the title differs")
        expect_shape(axes.lines[0].x, (n,))
@check(points=1, title="Into axes")
def into_axes(learner):
    axes = learner.axes()
    learner.draw_into(axes)
    expect_close(learner.figure(axes).axes[0].bars[0].height, [3, 4], "the bars differ")
@check(points=1, title="Symbols")
def symbols(learner, rng):
    x = sympy.Symbol("x")
    expect_expression(learner.derivative(x ** 3, x), 3 * x ** 2, "the derivative differs", rng)
@check(points=1, title="Nothing drawn")
def nothing(learner):
    learner.nothing()
    learner.figure()
@check(points=1, title="No figure")
def no_figure(learner):
    learner.figure("number")
@check(points=1, title="Missing")
def missing(learner):
    learner.figure("chart")
"""


def case_figures_and_expressions_of_the_learners():
    results, author, _ = judge(CODE, CHECKS)
    assert [r.verdict for r in results[:4]] == [Verdict.PASSED] * 4, results
    assert results[4].message == "Nothing was drawn."
    assert results[5].message == "number is no figure, but the number 3."
    assert results[6].verdict is Verdict.NOT_ATTEMPTED
    assert author["errors"] == []
