"""SymPy expressions in checks: two are the same if they agree wherever they are tried."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from grader.exam.failing import fail
from grader.exam.show import describe, labelled, show

TRIES = 12
_DIGITS = 30


def expect_expression(
    actual: Any,
    desired: Any,
    message: str,
    rng: np.random.Generator,
    *,
    rtol: float = 1e-9,
    **inputs: Any,
) -> None:
    """Fail unless two expressions have the same value at points drawn by ``rng``, however they are written.

    Simplifying could take for ever on what a learner may send; trying does not. Points where the desired
    expression is not finite are passed over. Symbols count by their names, so ``x`` is ``x`` whatever is
    assumed of it.

    Raises:
        ValueError: ``desired`` is finite at none of the points.
    """
    sympy = sys.modules["sympy"]
    if not isinstance(actual, sympy.Basic | int | float):
        fail(f"{message}: expected {show(desired)}, got {describe(actual)}", inputs)
    left, right = sympy.sympify(actual), sympy.sympify(desired)
    tried = 0
    for _ in range(4 * TRIES):
        point = {name: _draw(rng) for name in sorted(_names(left) | _names(right))}
        wanted = _value(right, point)
        if wanted is None:
            continue
        tried += 1
        found = _value(left, point)
        if found is None or not np.isclose(found, wanted, rtol=rtol, atol=1e-12):
            where = ", ".join(f"{name} = {float(value):g}" for name, value in point.items())
            detail = f"at {where or 'any point'}: expected {show(wanted)}, got {show(found)}"
            fail(message, inputs, f"{_both(left, right)}\n{detail}")
        if tried == TRIES:
            return
    if not tried:
        raise ValueError("the desired expression is finite at none of the points tried")


def _names(expression: Any) -> set[str]:
    return {symbol.name for symbol in expression.free_symbols}


def _draw(rng: np.random.Generator) -> Any:
    """Positive, so that roots and logarithms are real; rational, so that nothing is lost."""
    return sys.modules["sympy"].Rational(int(rng.integers(20, 400)), 100)


def _value(expression: Any, point: dict[str, Any]) -> complex | None:
    """The value as a complex number, or None where there is none."""
    sympy = sys.modules["sympy"]
    known = {symbol: sympy.Float(point[symbol.name], _DIGITS) for symbol in expression.free_symbols}
    try:
        value = complex(expression.evalf(_DIGITS, subs=known, maxn=100))
    except (TypeError, ValueError, ArithmeticError, AttributeError, RecursionError):
        return None
    return value if np.isfinite(value) else None


def _both(left: Any, right: Any) -> str:
    return f"{labelled('expected', show(right))}\n{labelled('got     ', show(left))}"
