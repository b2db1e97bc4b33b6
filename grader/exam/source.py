"""The cells of an answer, and what the names in them stand for."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from grader.verdict import Verdict

_ALIASES = {
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    "sns": "seaborn",
    "sp": "scipy",
}
# What gives names a meaning; most nodes are none of these.
_NAMING = (ast.Import, ast.ImportFrom, ast.Assign, ast.FunctionDef, ast.ClassDef, ast.arg)


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """Where an answer breaks a rule, as a sentence for the learner.

    ``about`` names the function that it concerns; without one it concerns the whole answer. ``verdict``
    is what checks about it get.
    """

    cell: str
    line: int
    name: str
    message: str
    about: str = ""
    verdict: Verdict = Verdict.FORBIDDEN


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell: its id, its number in the notebook from 1, its text, whether a learner wrote it, and
    whether the kernel could run it: it may have raised, but no SyntaxError.
    """

    id: str
    number: int
    source: str
    is_learners: bool
    has_run: bool = False

    def place(self, line: int) -> str:
        """“Line 3 of cell 4 (svd)”."""
        return f"Line {line} of cell {self.number} ({self.id})"


@dataclass
class Names:
    """What names stand for: imports, and assignments of one dotted name to another."""

    aliases: dict[str, str] = field(default_factory=dict)
    stars: set[str] = field(default_factory=set)
    defined: set[str] = field(default_factory=set)

    def collect(self, nodes: Iterable[ast.AST]) -> None:
        """Learn the names of one cell from all nodes of its tree."""
        for node in nodes:
            if not isinstance(node, _NAMING):
                continue
            if isinstance(node, ast.Import):
                for item in node.names:
                    root = item.name.partition(".")[0]
                    self.aliases[item.asname or root] = item.name if item.asname else root
            elif isinstance(node, ast.ImportFrom) and node.module:
                for item in node.names:
                    if item.name == "*":
                        self.stars.add(node.module)
                    self.aliases[item.asname or item.name] = f"{node.module}.{item.name}"
            elif isinstance(node, ast.Assign) and len(node.targets) == 1:
                self._assign(node.targets[0], node.value)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                self.defined.add(node.name)
            elif isinstance(node, ast.arg):
                self.defined.add(node.arg)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if not isinstance(target, ast.Name):
            return
        dotted = self.dotted(value)
        if dotted is not None and "." in dotted:
            self.aliases[target.id] = dotted
        elif not isinstance(value, ast.Name):
            self.defined.add(target.id)

    def dotted(self, node: ast.expr) -> str | None:
        """The canonical dotted name of an expression, as far as the text tells."""
        if isinstance(node, ast.Name):
            return self.aliases.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            base = self.dotted(node.value)
            return canonical(f"{base or ''}.{node.attr}")
        if isinstance(node, ast.Call):
            return self.called_name(node)
        return None

    def called_name(self, node: ast.Call) -> str | None:
        """``getattr(np, "dot")``, ``__import__("numpy")``, ``importlib.import_module("numpy")``."""
        function = self.dotted(node.func)
        texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
        if function == "getattr" and len(node.args) > 1 and isinstance(texts[1], str):
            return canonical(f"{self.dotted(node.args[0]) or ''}.{texts[1]}")
        if (
            function in ("__import__", "importlib.import_module")
            and texts
            and isinstance(texts[0], str)
        ):
            return texts[0]
        return None

    def used_by(self, node: ast.AST) -> Iterator[tuple[str, bool]]:
        """Canonical names that a node uses, each with whether it imports it."""
        if isinstance(node, ast.Import):
            yield from ((item.name, True) for item in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((canonical(f"{node.module}.{item.name}"), True) for item in node.names)
        elif isinstance(node, ast.Call):
            dotted = self.called_name(node)
            if dotted is not None:
                yield dotted, "." not in dotted or not self._is_getattr(node)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            dotted = self.dotted(node)
            if dotted is not None:
                yield dotted, False
                if dotted.partition(".")[0] not in self.defined:
                    yield from ((canonical(f"{module}.{dotted}"), False) for module in self.stars)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield from ((name, False) for name in self._meanings(node.id))

    def attribute_of(self, node: ast.AST) -> str | None:
        """What follows the dot, also as ``getattr(x, "T")``."""
        if isinstance(node, ast.Attribute):
            return node.attr
        if isinstance(node, ast.Call) and self._is_getattr(node) and len(node.args) > 1:
            name = node.args[1]
            return (
                name.value if isinstance(name, ast.Constant) and type(name.value) is str else None
            )
        return None

    def _is_getattr(self, node: ast.Call) -> bool:
        return self.dotted(node.func) == "getattr"

    def _meanings(self, name: str) -> Iterator[str]:
        if name in self.aliases:
            yield canonical(self.aliases[name])
        elif name not in self.defined:
            yield name
            yield from (canonical(f"{module}.{name}") for module in self.stars)


def canonical(name: str) -> str:
    """The one spelling of a dotted name: ``np.linalg._linalg.svd`` → ``numpy.linalg.svd``,
    aliases spelt out, private parts left out.
    """
    root, dot, rest = name.partition(".")
    parts = [*_ALIASES.get(root, root).split("."), *rest.split(".")] if dot else [root]
    if dot == "" and name in _ALIASES:
        return _ALIASES[name]
    kept = [part for n, part in enumerate(parts) if n == 0 or not part.startswith("_")]
    return ".".join(part for n, part in enumerate(kept) if n == 0 or part != kept[n - 1])
