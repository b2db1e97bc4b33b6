"""What can become of an answer, a cell, or a whole submission."""

from enum import StrEnum


class Verdict(StrEnum):
    """One closed list for checks, cells and reports.

    A wrong, slow or crashing answer is no error of ours but one of these values. ``PLATFORM`` alone
    means that we failed; it costs the learner nothing.
    """

    PASSED = "passed"
    FAILED = "failed"  # the answer is wrong
    ERROR = "error"  # the learner's code raised
    NOT_ATTEMPTED = "not_attempted"  # still the starter, or nothing of that name
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    KERNEL_DIED = "kernel_died"  # the Python process ended by itself
    FORBIDDEN = "forbidden"  # a rule of the exercise was broken
    PLATFORM = "platform"

    @property
    def is_pass(self) -> bool:
        return self is Verdict.PASSED
