"""An exercise with two answer cells, as a folder and as a value."""

from pathlib import Path

import pytest

from grader.exercises import Exercise, Problems, load_exercise

FILES = {
    "exercise.yaml": """\
title: Centre and scale
summary: Subtract the mean, divide by the spread.
minutes: 15
difficulty: 2
points: 5
skills: [numpy]
sources: ["Made for these tests"]
rules: {forbidden_calls: [scipy.stats.zscore]}
rows: ["1.1-P2"]
position: 7
""",
    "notebook.py": '''\
# %% [markdown]
# # Centre and scale
# %% [markdown]
# Two functions, $x - \\bar x$ first.
# %%
import numpy as np
%matplotlib inline
# %% id="centre"
def centre(x):
    """x less its mean."""
    ### BEGIN SOLUTION
    return x - x.mean()
    ### END SOLUTION

# %% [markdown]
# Now the spread.

# %% id="scale"
def scale(x):
    spread = None
    ### BEGIN SOLUTION
    spread = x.std()
    ### END SOLUTION
    return x / spread
# %% id="try-it"
scale(centre(np.arange(3.0)))
''',
    "checks.py": """\
from grader.exam import check, expect_close


@check(points=2, title="The mean is 0", about="centre")
def centred(learner, rng):
    expect_close(learner.centre(rng.normal(size=3)).mean(), 0, "the mean is not 0")


@check(points=3, title="The spread is 1", about="scale", visible=False)
def scaled(learner, rng):
    expect_close(learner.scale(rng.normal(size=3)).std(), 1, "the spread is not 1")
""",
    "wrong/no-centre.py": """\
# rejects: The mean is 0
# because: subtracting the median
#   centres just as well

# %% id="centre"
def centre(x):
    return x - np.median(x)
""",
    "data/small.csv": "a,b\n1,2\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The exercise's folder, to be spoilt at will."""
    folder = tmp_path / "centre-and-scale"
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def exercise(tmp_path_factory: pytest.TempPathFactory) -> Exercise:
    """The exercise as a value."""
    folder = tmp_path_factory.mktemp("content") / "centre-and-scale"
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    problems = Problems()
    exercise = load_exercise(folder, problems)
    assert exercise is not None, problems.found
    return exercise
