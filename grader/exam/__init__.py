"""What ``checks.py`` is written with, and the examiner that runs it.

Loaded under the kernels' interpreters only: it needs NumPy.
"""

import numpy as np

from grader.exam.checks import check
from grader.exam.counted import Counted, CountedList, Tally, plain
from grader.exam.doubles import counting, stream
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
from grader.exam.expressions import expect_expression
from grader.exam.generate import for_all, smallest_failing
from grader.exam.learner import Learner, Remote, observe
from grader.exam.prose import expect_headings, expect_words
from grader.exam.rows import expect_rows
from grader.exam.tables import expect_table
from grader.wire.figures import Axes, Figure
from grader.wire.records import StandIn

__all__ = [
    "Axes",
    "CheckFailure",
    "Counted",
    "CountedList",
    "Figure",
    "Learner",
    "LearnerRaised",
    "NotAttempted",
    "Remote",
    "StandIn",
    "Tally",
    "UnusableAnswer",
    "check",
    "counting",
    "expect",
    "expect_close",
    "expect_equal",
    "expect_expression",
    "expect_headings",
    "expect_raises",
    "expect_rows",
    "expect_shape",
    "expect_table",
    "expect_type",
    "expect_unchanged",
    "expect_words",
    "for_all",
    "np",
    "observe",
    "plain",
    "smallest_failing",
    "stream",
]
