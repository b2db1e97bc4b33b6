"""What ``checks.py`` is written with, and the examiner that runs it.

Loaded under the kernels' interpreters only: it needs NumPy.
"""

import numpy as np

from grader.exam.checks import check
from grader.exam.errors import CheckFailure, LearnerRaised, NotAttempted, UnusableAnswer
from grader.exam.expect import (
    expect,
    expect_close,
    expect_equal,
    expect_raises,
    expect_shape,
    expect_type,
    expect_unchanged,
)
from grader.exam.generate import for_all, smallest_failing
from grader.exam.learner import Learner, Remote, observe

__all__ = [
    "CheckFailure",
    "Learner",
    "LearnerRaised",
    "NotAttempted",
    "Remote",
    "UnusableAnswer",
    "check",
    "expect",
    "expect_close",
    "expect_equal",
    "expect_raises",
    "expect_shape",
    "expect_type",
    "expect_unchanged",
    "for_all",
    "np",
    "observe",
    "smallest_failing",
]
