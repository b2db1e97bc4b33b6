"""What the text of an answer is built of: the definitions that it needs, and loops where there should be none."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.exam.source import BrokenRule, Cell, Names
from grader.verdict import Verdict

Trees = Sequence[tuple[Cell, ast.AST]]
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

VECTORISE = "Let NumPy work on whole arrays at once instead."
_LOOPS: dict[type[ast.AST], str] = {
    ast.For: "a for loop",
    ast.AsyncFor: "a for loop",
    ast.While: "a while loop",
    ast.ListComp: "a list comprehension",
    ast.SetComp: "a set comprehension",
    ast.DictComp: "a dict comprehension",
    ast.GeneratorExp: "a generator expression",
}
# Loops by another name: each calls Python code once an element.
_HIDDEN = frozenset(
    [
        "map", "filter", "functools.reduce", "itertools.starmap", "numpy.vectorize",
        "numpy.frompyfunc", "numpy.fromiter", "numpy.apply_along_axis", "numpy.apply_over_axes",
    ]
)  # fmt: skip
_HIDDEN_METHODS = frozenset(("apply", "applymap", "iterrows", "itertuples", "agg", "transform"))


def missing_definitions(required: Sequence[str], trees: Trees) -> list[BrokenRule]:
    """The required definitions that an answer lacks or gives another signature.

    Args:
        required: ``svd(A)``, ``pinv(A, rtol=0)`` (a default, whichever), ``class Scaler``,
            ``Scaler.fit(X)`` (without self).
    """
    found, defined = [], _definitions(trees)
    for text in required:
        name, parameters = read_signature(text)
        if name not in defined:
            message = f"Your notebook should define {text}."
            found.append(BrokenRule("", 0, name, message, name, Verdict.NOT_ATTEMPTED))
            continue
        cell, node = defined[name]
        own = _parameters(node, "." in name)
        if parameters is None or own is None or _fits(parameters, own):
            continue
        message = (
            f"{cell.place(node.lineno)} defines {name}({_written(own)}), but it should be {text}."
        )
        found.append(BrokenRule(cell.id, node.lineno, name, message, name, Verdict.FAILED))
    return found


def read_signature(text: str) -> tuple[str, list[tuple[str, bool]] | None]:
    """``f(a, b=0)`` as its name and its parameters, each with whether it has a default; a class has none.

    Raises:
        ValueError: it is no signature.
    """
    if text.startswith("class "):
        name, parameters = text.removeprefix("class ").strip(), None
    else:
        name, _, rest = text.partition("(")
        try:
            (node,) = ast.parse(f"def f({rest}: pass").body
        except (SyntaxError, ValueError):
            raise ValueError(f"{text!r} is no signature such as f(a, b=0) or class C") from None
        parameters = _parameters(node, False)
    if not all(part.isidentifier() for part in name.split(".")) or name.count(".") > 1:
        raise ValueError(f"{text!r} is no signature such as f(a, b=0) or class C")
    return name, parameters


def loops_in(
    functions: Sequence[str], trees: Trees, names: Names, instead: Mapping[str, str]
) -> Iterator[BrokenRule]:
    """Every loop in these functions, and in those of the answer that they call."""
    defined = _definitions(trees)
    for function in functions:
        for name in _reached(function, defined):
            cell, node = defined[name]
            for line, what in _loops(node, names):
                where = f"in {name}" + ("" if name == function else f", which {function} calls")
                advice = instead.get(function, VECTORISE)
                message = (
                    f"{cell.place(line)} has {what} {where}. "
                    f"This exercise asks you to write {function} without loops. {advice}"
                )
                yield BrokenRule(cell.id, line, what, message, function)


def _definitions(trees: Trees) -> dict[str, tuple[Cell, Any]]:
    """Functions, classes and methods by name; what stands later counts."""
    found: dict[str, tuple[Cell, Any]] = {}
    for cell, tree in trees:
        for node in _statements(tree):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        found[target.id] = (cell, node.value)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                for item in node.names:
                    found[item.asname or item.name] = (cell, node)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found[node.name] = (cell, node)
                if isinstance(node, ast.ClassDef):
                    methods = (item for item in node.body if isinstance(item, ast.FunctionDef))
                    found |= {f"{node.name}.{method.name}": (cell, method) for method in methods}
    return found


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """The statements of a module, also those below if, try and with, but of no function or class."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.expr):
            continue
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _statements(node)


def _parameters(node: Any, is_method: bool) -> list[tuple[str, bool]] | None:
    """Names of the parameters, each with whether it may be left out; None if the text does not tell."""
    if not isinstance(node, Function) or getattr(node, "decorator_list", None):
        return None
    args = node.args
    plain = [*args.posonlyargs, *args.args]
    needed = len(plain) - len(args.defaults)
    found = [(item.arg, place >= needed) for place, item in enumerate(plain)]
    found += [
        (item.arg, default is not None)
        for item, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)
    ]
    found += [(f"*{item.arg}", True) for item in (args.vararg, args.kwarg) if item]
    return found[1:] if is_method else found


def _fits(wanted: list[tuple[str, bool]], own: list[tuple[str, bool]]) -> bool:
    """The wanted ones come first, in order, with defaults where wanted; more must be optional."""
    first, rest = own[: len(wanted)], own[len(wanted) :]
    pairs = zip(wanted, first, strict=False)
    named = len(first) == len(wanted) and all(
        mine == theirs and (has_default or not needs_default)
        for (theirs, needs_default), (mine, has_default) in pairs
    )
    return named and all(optional for _, optional in rest)


def _written(parameters: list[tuple[str, bool]]) -> str:
    return ", ".join(
        f"{name}=…" if optional and not name.startswith("*") else name
        for name, optional in parameters
    )


def _reached(function: str, defined: Mapping[str, tuple[Cell, Any]]) -> list[str]:
    """The function and those of the answer that it calls, directly or not."""
    reached: list[str] = []
    waiting = [name for name in defined if name == function or name.startswith(function + ".")]
    while waiting:
        name = waiting.pop()
        node = defined[name][1]
        if name in reached or not isinstance(node, Function):
            continue
        reached.append(name)
        owner = name.partition(".")[0]
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and part.id in defined:
                waiting.append(part.id)
            elif isinstance(part, ast.Attribute) and f"{owner}.{part.attr}" in defined:
                waiting.append(f"{owner}.{part.attr}")
    return sorted(reached, key=lambda name: name != function)


def _loops(node: ast.AST, names: Names) -> Iterator[tuple[int, str]]:
    for part in ast.walk(node):
        line = getattr(part, "lineno", 1)
        if type(part) in _LOOPS:
            yield line, _LOOPS[type(part)]
        elif isinstance(part, ast.Call):
            called = names.dotted(part.func) or ""
            method = called.rpartition(".")[2]
            if called in _HIDDEN and called.partition(".")[0] not in names.defined:
                yield line, f"{called.replace('numpy.', 'np.')}, a loop by another name,"
            elif method in _HIDDEN_METHODS and "." in called:
                yield line, f".{method}(), a loop by another name,"
