"""Drawn inputs, from small to large, and the smallest one that fails.

Bounded by the number of tries and never by a clock, so that the same seed gives the same report.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from grader.exam import strategies
from grader.exam.errors import CheckFailure, ConnectionLost, NotAttempted
from grader.exam.show import show_inputs

MAX_CALLS = 200

Inputs = dict[str, Any]
Draw = Callable[[np.random.Generator, int], Inputs]
Strategies = Mapping[str, Any]  # of hypothesis, by the name of the input
Test = Callable[..., None]


def for_all(
    rng: np.random.Generator,
    draw: Draw | Strategies,
    test: Test,
    *,
    examples: int = 100,
    sizes: Sequence[int] = (1, 2, 3, 4, 5, 6, 8, 10),
    repeats: int = 3,
    simplify: Sequence[str] = (),
    calls: int = MAX_CALLS,
) -> None:
    """Test inputs drawn from small to large; fail with the smallest failing ones that are found.

    Args:
        draw: strategies of hypothesis by input, ``{"k": st.integers(1, 5)}``, or one strategy of such
            dicts; or a function that makes the inputs of one size, as
            ``lambda rng, n: {"A": rng.normal(size=(n, n))}``.
        test: takes the inputs by name and fails as a check does.
        examples: draws from strategies, before shrinking.
        sizes, repeats: sizes for a function, and draws of each.
        simplify: names of a function's inputs whose entries may be replaced by simpler ones; leave out
            those that must keep a property, such as a symmetric matrix. Strategies keep theirs anyway.
        calls: at most so many tries in all, shrinking included, up to 200.
    """
    left = min(calls, MAX_CALLS)
    if not callable(draw):
        found = strategies.search(draw, _copying(test), int(rng.integers(2**63)), examples, left)
        if found is not None:
            raise _with_inputs(found[1], found[0])
        return
    for size in sizes:
        for _ in range(repeats):
            if not left:
                return
            left -= 1
            inputs = draw(rng, size)
            failure = _failure(test, inputs)
            if failure is not None:
                inputs, failure = smallest_failing(test, inputs, failure, simplify, left)
                raise _with_inputs(failure, inputs)


def smallest_failing(
    test: Test, inputs: Inputs, failure: Exception, names: Sequence[str], calls: int
) -> tuple[Inputs, Exception]:
    """Make failing inputs simpler as long as the test fails in the same way, with at most ``calls`` tries."""
    is_simpler = True
    while is_simpler:
        is_simpler = False
        for candidate in _simpler(inputs, names):
            if calls <= 0:
                return inputs, failure
            calls -= 1
            found = _failure(test, candidate)
            if type(found) is type(failure) and found is not None:
                inputs, failure, is_simpler = candidate, found, True
                break
    return inputs, failure


def _copying(test: Test) -> Callable[[Inputs], None]:
    """The test on a copy of its inputs, so that they can be shown as they were."""
    return lambda inputs: test(**{name: _copy(value) for name, value in inputs.items()})


def _failure(test: Test, inputs: Inputs) -> Exception | None:
    try:
        _copying(test)(inputs)
    except (ConnectionLost, NotAttempted):
        raise  # nothing to be learnt from a smaller input
    except Exception as error:
        return error
    return None


def _copy(value: Any) -> Any:
    return value if callable(value) else copy.deepcopy(value)


def _simpler(inputs: Inputs, names: Sequence[str]) -> Iterator[Inputs]:
    for name in names:
        for value in _simpler_values(inputs[name]):
            yield {**inputs, name: value}


def _simpler_values(value: Any) -> Iterator[Any]:
    """Simpler values, boldest first. Each is strictly simpler, so that shrinking ends."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "if" and value.size:
        with np.errstate(all="ignore"):
            whole = (np.zeros_like(value), np.sign(value), np.round(value), np.round(value, 1))
        yield from (array for array in whole if _weight(array) < _weight(value))
        for place in np.ndindex(value.shape):
            for entry in (0, 1, np.round(value[place])):
                simpler = value.copy()
                simpler[place] = entry
                if _weight(simpler) < _weight(value):
                    yield simpler
    elif type(value) in (int, float) and value not in (0, 1):
        yield from (kind for kind in (type(value)(0), type(value)(1)) if kind != value)
    elif type(value) in (list, str, tuple):
        yield from (value[:n] + value[n + 1 :] for n in range(len(value)))


def _weight(array: Any) -> tuple[int, int, float]:
    """How complicated: entries that are not whole, entries that are not 0, and their size."""
    fractions = int((array != np.round(array)).sum())
    return fractions, int((array != 0).sum()), float(np.abs(array).sum())


def _with_inputs(failure: Exception, inputs: Inputs) -> Exception:
    """Show the inputs with a failure that doesn't yet."""
    if not isinstance(failure, CheckFailure):
        return failure
    missing = {name: item for name, item in inputs.items() if f"{name} = " not in failure.example}
    failure.example = "\n".join(filter(None, (show_inputs(missing), failure.example)))
    return failure
