"""Which parts of SymPy's expressions travel, by the names of their classes."""

from __future__ import annotations

from typing import Any

CONSTANTS = (
    "Pi", "Exp1", "ImaginaryUnit", "Infinity", "NegativeInfinity", "ComplexInfinity", "NaN",
    "EulerGamma", "GoldenRatio", "Catalan", "true", "false", "EmptySet", "Reals", "Integers",
)  # fmt: skip
FUNCTIONS = (
    "sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan", "acot", "atan2",
    "sinh", "cosh", "tanh", "coth", "asinh", "acosh", "atanh", "exp", "log", "Abs", "sign",
    "floor", "ceiling", "re", "im", "arg", "conjugate", "Max", "Min", "erf", "erfc", "gamma",
    "loggamma", "factorial", "binomial", "Heaviside", "DiracDelta", "LambertW", "Piecewise",
    "ExprCondPair",
)  # fmt: skip
RELATIONS = (
    "Equality", "Unequality", "StrictLessThan", "LessThan", "StrictGreaterThan", "GreaterThan",
    "And", "Or", "Not",
)  # fmt: skip
HOLDERS = (
    "Tuple", "Derivative", "Integral", "Sum", "Product", "Limit", "FiniteSet", "Interval", "Union",
)  # fmt: skip
ASSUMPTIONS = frozenset(
    [
        "commutative", "complex", "real", "imaginary", "extended_real", "rational", "irrational",
        "integer", "even", "odd", "prime", "positive", "negative", "nonpositive", "nonnegative",
        "zero", "nonzero", "finite", "infinite",
    ]
)  # fmt: skip
COMPOSITES = frozenset(("Add", "Mul", "Pow", *FUNCTIONS, *RELATIONS, *HOLDERS))
CONSTANT_CLASSES = {name: name for name in CONSTANTS} | {
    "BooleanTrue": "true",
    "BooleanFalse": "false",
}


def class_of(name: str) -> Any:
    """SymPy's class of that name, one of the list."""
    import sympy

    if name == "ExprCondPair":
        return sympy.functions.elementary.piecewise.ExprCondPair
    return getattr(sympy, name)
