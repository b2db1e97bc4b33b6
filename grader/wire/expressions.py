"""SymPy expressions on the wire: a flat list of nodes of closed kinds, rebuilt without evaluation.

Nothing is parsed or evaluated: each node names a class of the list and the numbers of its arguments, which
stand before it. Rebuilding does not compute either, since ``10**10**9`` would never end; what only
computing could have made, such as a sum of two numbers, is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from grader.wire.frames import WireError
from grader.wire.plain import exactly
from grader.wire.vocabulary import (
    ASSUMPTIONS,
    COMPOSITES,
    CONSTANT_CLASSES,
    CONSTANTS,
    HOLDERS,
    class_of,
)

if TYPE_CHECKING:
    from grader.wire.codec import Decoder, Encoder

MAX_NODES = 2_000  # different ones
MAX_SIZE = 20_000  # of the tree that they stand for, where one may occur many times
MAX_DEPTH = 150
MAX_NAME = 100
MAX_EXPONENT = 10_000

_DECIMAL = re.compile(r"-?[0-9]{1,1200}(\.[0-9]{0,1200})?(e[+-]?[0-9]{1,6})?")


class _UnknownError(Exception):
    """A part that is not of the list: the whole expression stays behind."""


def _write(encoder: Encoder, value: Any, depth: int) -> Any:
    try:
        nodes = _Writer().write(value)
    except (_UnknownError, RecursionError):
        return encoder.export(value)
    encoder.count(len(nodes) + sum(map(len, nodes)))
    return {"$": "expression", "v": nodes}


class _Writer:
    def __init__(self) -> None:
        import sympy

        self._sympy = sympy
        self._nodes: list[list[Any]] = []
        self._numbers: dict[Any, int] = {}

    def write(self, value: Any) -> list[list[Any]]:
        self._add(value)
        return self._nodes

    def _add(self, value: Any) -> int:
        is_shared = not isinstance(value, self._sympy.MatrixBase)
        if is_shared and value in self._numbers:
            return self._numbers[value]
        node = self._node(value)
        if len(self._nodes) >= MAX_NODES:
            raise _UnknownError
        self._nodes.append(node)
        number = len(self._nodes) - 1
        if is_shared:
            self._numbers[value] = number
        return number

    def _node(self, value: Any) -> list[Any]:
        sympy, kind = self._sympy, type(value)
        if kind is sympy.Symbol:
            given = {
                name: flag for name, flag in value._assumptions_orig.items() if flag is not None
            }
            return ["Symbol", value.name, given] if given else ["Symbol", value.name]
        if issubclass(kind, sympy.Integer):
            return ["Integer", _integer(value.p)]
        if issubclass(kind, sympy.Rational):
            return ["Rational", _integer(value.p), _integer(value.q)]
        if kind is sympy.Float:
            return ["Float", _digits(value), int(value._prec)]
        if isinstance(value, sympy.MatrixBase):
            return ["Matrix", *map(int, value.shape), *map(self._add, value.flat())]
        name = kind.__name__
        if name in CONSTANT_CLASSES and not value.args:
            return [CONSTANT_CLASSES[name]]
        if isinstance(kind, sympy.core.function.UndefinedFunction):
            return ["Function", name, *map(self._add, value.args)]
        if name in COMPOSITES and kind is class_of(name):
            return [name, *map(self._add, value.args)]
        raise _UnknownError


def _digits(value: Any) -> str:
    from mpmath.libmp import prec_to_dps, to_str

    return str(to_str(value._mpf_, prec_to_dps(value._prec) + 3))


def _integer(value: int) -> int:
    if int(value).bit_length() > 4_000:
        raise _UnknownError
    return int(value)


def _read(decoder: Decoder, node: dict[str, Any]) -> Any:
    return _Reader().read(exactly(node["v"], list))


class _Reader:
    def __init__(self) -> None:
        import sympy

        self._sympy = sympy
        self._built: list[tuple[Any, int, int]] = []  # value, size, depth

    def read(self, nodes: list[Any]) -> Any:
        if not 0 < len(nodes) <= MAX_NODES:
            raise WireError("not an expression")
        for node in nodes:
            kind, *rest = exactly(node, list)
            self._built.append(self._build(exactly(kind, str), rest))
        return self._built[-1][0]

    def _build(self, kind: str, rest: list[Any]) -> tuple[Any, int, int]:
        leaf = self._leaf(kind, rest)
        if leaf is not None:
            return leaf, 1, 1
        head: list[Any] = []
        if kind == "Function":
            head, rest = [_name(rest[0])], rest[1:]
        elif kind == "Matrix":
            head, rest = [exactly(side, int) for side in rest[:2]], rest[2:]
        elif kind not in COMPOSITES:
            raise WireError("not a part of an expression")
        parts = [self._built[self._number(number)] for number in rest]
        size = 1 + sum(part[1] for part in parts)
        depth = 1 + max((part[2] for part in parts), default=0)
        if size > MAX_SIZE or depth > MAX_DEPTH:
            raise WireError("an expression too large")
        return self._composite(kind, head, [part[0] for part in parts]), size, depth

    def _number(self, number: Any) -> int:
        if type(number) is not int or not 0 <= number < len(self._built):
            raise WireError("no such part")
        return number

    def _leaf(self, kind: str, rest: list[Any]) -> Any:
        sympy = self._sympy
        if kind == "Symbol":
            given = exactly(rest[1], dict) if len(rest) > 1 else {}
            if not ASSUMPTIONS.issuperset(given) or not all(
                type(f) is bool for f in given.values()
            ):
                raise WireError("not assumptions")
            return sympy.Symbol(_name(rest[0]), **given)
        if kind == "Integer":
            return sympy.Integer(exactly(rest[0], int))
        if kind == "Rational":
            return sympy.Rational(exactly(rest[0], int), exactly(rest[1], int))
        if kind == "Float":
            digits, precision = exactly(rest[0], str), exactly(rest[1], int)
            if not _DECIMAL.fullmatch(digits) or not 1 <= precision <= 4_000:
                raise WireError("not a number")
            return sympy.Float(digits, precision=precision)
        return getattr(sympy.S, kind) if kind in CONSTANTS and not rest else None

    def _composite(self, kind: str, head: list[Any], parts: list[Any]) -> Any:
        sympy = self._sympy
        if kind == "Matrix":
            rows, columns = head
            if min(head) < 0 or rows * columns != len(parts):
                raise WireError("not a matrix")
            return sympy.Matrix(rows, columns, parts)
        if kind == "Function":
            return sympy.Function(head[0])(*parts, evaluate=False)
        if kind in ("Add", "Mul"):
            if len(parts) < 2 or sum(bool(part.is_number and part.is_Number) for part in parts) > 1:
                raise WireError("not a sum or product")
            return getattr(sympy, kind)._from_args(parts)
        if kind == "Pow":
            return self._power(*parts)
        if kind in HOLDERS or kind == "ExprCondPair":
            return class_of(kind)(*parts)
        if kind in ("Piecewise", "Max", "Min"):
            return class_of(kind)(*parts, evaluate=False)
        grows = kind in ("gamma", "loggamma", "factorial", "binomial")
        if grows and any(part.is_Number and not abs(part) <= 1_000 for part in parts):
            raise WireError("a number too large")
        return class_of(kind)(*parts, evaluate=False)

    def _power(self, base: Any, exponent: Any) -> Any:
        if exponent.is_Rational:
            is_huge = abs(exponent) > MAX_EXPONENT
            if is_huge or (base.is_Rational and exponent.is_Integer):
                raise WireError("a power that is not written out")
        return self._sympy.Pow(base, exponent, evaluate=False)


def _name(text: Any) -> str:
    if type(text) is not str or not 0 < len(text) <= MAX_NAME:
        raise WireError("not a name")
    return text


def encoders() -> dict[type, Any]:
    """How each type is written."""
    import sympy

    numbers = sympy.core.numbers
    leaves = [sympy.Symbol, sympy.Integer, sympy.Rational, sympy.Float, sympy.Matrix]
    leaves += [numbers.Zero, numbers.One, numbers.NegativeOne, numbers.Half, sympy.ImmutableMatrix]
    constants = [type(getattr(sympy.S, name)) for name in CONSTANTS]
    return dict.fromkeys([*leaves, *constants, *map(class_of, COMPOSITES)], _write)


def decoders() -> dict[str, Any]:
    """How each tag is read."""
    return {"expression": _read}
