"""What libraries ask a value for is answered by its class alone, never by what a learner called something."""

from __future__ import annotations

import sys
from typing import Any


def hide_labels() -> None:
    """Let no label of a Series or DataFrame pass for an attribute that begins with two underscores.

    pandas looks for an unknown attribute among the labels. NumPy asks for ``__array_interface__`` and believes
    the address that it gets, so an item of that name would read any memory of ours.
    """
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return
    for kind in (pandas.Series, pandas.DataFrame):
        kind.__getattr__ = _without_protocols(kind.__getattr__)


def _without_protocols(look_up: Any) -> Any:
    def look_up_label(self: Any, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return look_up(self, name)

    return look_up_label
