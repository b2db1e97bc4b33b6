"""A small exercise that already proves, for an author to change piece by piece."""

from __future__ import annotations

from pathlib import Path

from grader.errors import ExerciseError
from grader.exercises.diagnostics import Problems
from grader.exercises.loader import MANIFEST, SLUG

_MANIFEST = """\
title: {title}
summary: Write a weighted mean, and meet the two slips that nearly everybody makes.
minutes: 10
difficulty: 1
points: 4
environment: core
skills: [numpy]
sources:
  - "Where method, numbers or data come from"
limits: {{cell_seconds: 10, total_seconds: 30, memory_mb: 1024}}
attempts: null
rules:
  forbidden_imports: []
  forbidden_calls: [np.average]
rows: []
position: 100
"""

_NOTEBOOK = '''\
# %% [markdown]
# # {title}
#
# The weighted mean of $x_1, …, x_n$ with weights $w_1, …, w_n$ is
#
# $$\\bar x = \\frac{{\\sum_i w_i x_i}}{{\\sum_i w_i}}.$$
#
# Write it with NumPy, but without `np.average`.

# %%
import numpy as np

# %% id="weighted-mean"
def weighted_mean(x, w):
    """The mean of x weighted by w, as a float. Both are arrays of shape (n,)."""
    ### BEGIN SOLUTION
    return float(np.sum(w * x) / np.sum(w))
    ### END SOLUTION

# %% [markdown]
# Try it: three ones and a five make 2.

# %%
weighted_mean(np.array([1.0, 5.0]), np.array([3.0, 1.0]))
'''

_CHECKS = """\
from grader.exam import check, expect_close


@check(
    points=1,
    title="Equal weights give the ordinary mean",
    about="weighted_mean",
    hints=["What is the sum of n weights that are all 1?"],
)
def equal_weights(learner, rng):
    x = rng.normal(size=5).round(2)
    w = np.ones(5)
    expect_close(learner.weighted_mean(x, w), x.mean(), "With equal weights the result is not the mean of x", x=x, w=w)


@check(
    points=3,
    title="Weights count",
    about="weighted_mean",
    hints=["A value with weight 3 counts like three such values."],
)
def weights_count(learner, rng):
    for n in (2, 3, 10):
        x = rng.normal(size=n).round(2)
        w = rng.integers(2, 6, size=n).astype(float)
        desired = np.repeat(x, w.astype(int)).mean()
        expect_close(learner.weighted_mean(x, w), desired, "A value of weight k must count like k such values", x=x, w=w)
"""

_WRONG = {
    "ignores-weights": """\
# rejects: Weights count
# because: a mean is a mean; the weights look like decoration

# %% id="weighted-mean"
def weighted_mean(x, w):
    return float(np.mean(x))
""",
    "divides-by-count": """\
# rejects: Weights count
# because: a mean divides by the number of values, so this one does too

# %% id="weighted-mean"
def weighted_mean(x, w):
    return float(np.sum(w * x) / len(x))
""",
}


def write_skeleton(folder: Path) -> list[Path]:
    """Make ``folder`` a small working exercise; the files written.

    Raises:
        ExerciseError: its name cannot be an address, something is there already, or it cannot be written.
    """
    problems = Problems()
    scope = problems.at(folder)
    if not SLUG.fullmatch(folder.resolve().name):
        scope.add("the folder's name is the exercise's address: lower case, digits and single -")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        scope.add("is there already, and not empty")
    problems.raise_if_any()
    title = folder.resolve().name.replace("-", " ").capitalize()
    files = {
        MANIFEST: _MANIFEST.format(title=title),
        "notebook.py": _NOTEBOOK.format(title=title),
        "checks.py": _CHECKS,
        **{f"wrong/{name}.py": text for name, text in _WRONG.items()},
    }
    try:
        return [_write(folder / name, text) for name, text in files.items()]
    except OSError as error:
        scope.add(f"cannot be written: {error.strerror}")
        raise ExerciseError(problems.found) from error


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
