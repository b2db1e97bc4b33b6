"""Cells as files of ``__main__``, which a traceback finds at once."""

from __future__ import annotations

import inspect

from ipykernel.compiler import XCachingCompiler


class CellCompiler(XCachingCompiler):
    """ipykernel's, which also tells :mod:`inspect` which module each cell is of.

    IPython asks that three times for every frame of a traceback, and ``inspect.getmodule`` goes through all
    modules for a file that it does not know. With the libraries of a template loaded, an endless recursion
    took longer to be told than a cell may run.
    """

    def cache(self, transformed_code: str, number: int = 0, raw_code: str | None = None) -> str:
        name: str = super().cache(transformed_code, number, raw_code)
        inspect.modulesbyfile[name] = "__main__"  # type: ignore[attr-defined]
        return name
