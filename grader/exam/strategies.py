"""Inputs drawn by hypothesis, and its shrinking, bounded by calls of the learner's code.

hypothesis is loaded when a check first draws from a strategy. Time decides nothing: no deadline, no health
check, no database; the same seed draws the same inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grader.exam.errors import ConnectionLost, NotAttempted

Inputs = dict[str, Any]


def search(
    given: Any, test: Callable[[Inputs], None], seed: int, examples: int, calls: int
) -> tuple[Inputs, Exception] | None:
    """Look for inputs on which ``test`` fails; the smallest ones found and how it failed, or None.

    Args:
        given: strategies by input, or one strategy of dicts.
        calls: of ``test``, shrinking included.

    Raises:
        ConnectionLost, NotAttempted: from ``test``, for smaller inputs would tell nothing more.
        hypothesis.errors.HypothesisException: the strategies cannot be drawn from.
    """
    from hypothesis import strategies as st

    strategy = st.fixed_dictionaries(dict(given)) if isinstance(given, Mapping) else given
    run = _Search(test, calls)
    try:
        _property(strategy, run.attempt, seed, examples)()
    except (_OverError, _FailingError):
        pass
    except Exception:
        if run.found is None:  # else it is about answers that change from call to call
            raise
    if run.fatal is not None:
        raise run.fatal
    return run.found


def warm() -> None:
    """Pay the first use in a process that is forked later: texts need a table of all characters."""
    try:
        from hypothesis import strategies as st
    except ModuleNotFoundError:  # an environment may do without
        return
    given = {"text": st.text(), "numbers": st.lists(st.floats() | st.integers())}
    search(given, _fail_on_long, 0, 20, 40)


def _fail_on_long(inputs: Inputs) -> None:
    if len(inputs["numbers"]) > 1:
        raise ValueError


class _OverError(BaseException):
    """Ends hypothesis from within: it lets through what is no Exception."""


class _FailingError(Exception):
    """The one way to fail that hypothesis sees, so that it takes all failures of a kind for one."""


class _Search:
    def __init__(self, test: Callable[[Inputs], None], calls: int) -> None:
        self.found: tuple[Inputs, Exception] | None = None
        self.fatal: Exception | None = None
        self._test = test
        self._left = calls

    def attempt(self, inputs: Inputs) -> None:
        from hypothesis.errors import UnsatisfiedAssumption

        if self._left <= 0:
            raise _OverError
        self._left -= 1
        try:
            self._test(inputs)
        except UnsatisfiedAssumption:
            raise
        except (ConnectionLost, NotAttempted) as error:
            self.fatal = error
            raise _OverError from None
        except Exception as error:
            if self.found is None or type(error) is type(self.found[1]):
                self.found = inputs, error  # while it shrinks, each failure is a smaller one
                raise _FailingError from None


def _property(
    strategy: Any, attempt: Callable[[Inputs], None], number: int, examples: int
) -> Callable[[], None]:
    from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

    _seclude()

    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
    )
    @seed(number)
    @given(strategy)
    def holds(inputs: Inputs) -> None:
        attempt(inputs)

    return holds  # type: ignore[no-any-return]


def _seclude() -> None:
    """Keep hypothesis from writing files, and from drawing constants that it finds in our own source."""
    from hypothesis import configuration
    from hypothesis.internal.conjecture import providers

    configuration.set_hypothesis_home_dir("/dev/null/hypothesis")
    if hasattr(providers, "_get_local_constants"):
        nothing = providers.Constants()
        providers._get_local_constants = lambda: nothing
