"""pandas' tables in checks: what is expected of one, and where it differs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.exam.compare import check_length
from grader.exam.failing import fail
from grader.exam.show import MAX_TEXT, clean, describe, show

MAX_ROWS = 8  # of a table that is shown
MAX_COLUMNS = 8
MAX_CELL = 24  # characters


def is_table(value: Any) -> bool:
    """Whether this is a DataFrame, a Series or an Index."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.DataFrame | pandas.Series | pandas.Index)


def expect_table(
    actual: Any,
    desired: Any,
    message: str,
    *,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    any_order: bool = False,
    index: bool = True,
    **inputs: Any,
) -> None:
    """Fail unless two DataFrames or Series hold the same columns, rows and labels; numbers may differ a little.

    Whole numbers may be floats, as pandas often makes them. The order of columns does not count.

    Args:
        any_order: rows may stand in any order; their labels then do not count.
        index: whether the labels of the rows count.
    """
    if type(actual) is not type(desired):
        fail(f"{message}: expected {describe(desired)}, got {describe(actual)}", inputs)
    left, right = _frame(actual), _frame(desired)
    detail = _shape_difference(left, right, index and not any_order)
    if detail:
        fail(message, inputs, detail)
    left = left[list(right.columns)]
    if any_order:
        left, right = _sorted(left), _sorted(right)
    differs = _differing(left, right, rtol, atol)
    if differs.any():
        fail(message, inputs, _marked(left, right, differs))


def show_table_difference(actual: Any, desired: Any) -> str:
    """What differs between two tables of one type: labels, kinds of columns, or entries, which are marked."""
    left, right = _frame(actual), _frame(desired)
    detail = _shape_difference(left, right, True)
    if detail:
        return detail
    differs = _differing(left, right, 0.0, 0.0)
    if differs.any():
        return _marked(left, right, differs)
    kinds = [
        f"column {show(name)}: expected dtype {right[name].dtype}, got {left[name].dtype}"
        for name in right.columns
        if right.columns.is_unique and left[name].dtype != right[name].dtype
    ]
    order = (
        [] if list(left.columns) == list(right.columns) else ["the columns are in another order"]
    )
    return "\n".join(kinds[:MAX_ROWS] + order) or f"expected\n{_text(right)}\ngot\n{_text(left)}"


def _frame(table: Any) -> Any:
    pandas = sys.modules["pandas"]
    if isinstance(table, pandas.DataFrame):
        return table
    if isinstance(table, pandas.Series):
        return table.to_frame("values" if table.name is None else table.name)
    check_length(table)
    return pandas.DataFrame({"values": list(table)})


def _shape_difference(left: Any, right: Any, index: bool) -> str:
    """Columns that are missing or too many, another number of rows, other labels; empty if all fit."""
    lines = []
    missing = [name for name in right.columns if name not in left.columns]
    extra = [name for name in left.columns if name not in right.columns]
    if missing:
        lines.append(f"missing columns: {_names(missing)}")
    if extra:
        lines.append(f"columns that should not be there: {_names(extra)}")
    if not missing and not extra and len(left.columns) != len(right.columns):
        lines.append(f"expected {len(right.columns)} columns, got {len(left.columns)}")
    if len(left) != len(right):
        lines.append(f"expected {len(right)} rows, got {len(left)}")
    elif index and not lines:
        places = [
            n for n, pair in enumerate(zip(left.index, right.index, strict=True)) if _differ(*pair)
        ]
        for place in places[:MAX_ROWS]:
            wanted, found = show(right.index[place]), show(left.index[place])
            lines.append(f"the label of row {place}: expected {wanted}, got {found}")
    if lines:
        lines.append(f"expected\n{_text(right)}\ngot\n{_text(left)}")
    return clean("\n".join(lines), 2 * MAX_TEXT)


def _names(names: Sequence[Any]) -> str:
    return clean(", ".join(show(name) for name in names), 200)


def _sorted(frame: Any) -> Any:
    """Rows in an order that depends on what they hold only."""
    order = sorted(range(len(frame)), key=lambda n: [_sort_key(item) for item in frame.iloc[n]])
    return frame.iloc[order].reset_index(drop=True)


def _sort_key(item: Any) -> tuple[bool, str, Any]:
    is_number = isinstance(item, int | float | np.number) and item == item
    return is_number, "" if is_number else str(item), round(float(item), 6) if is_number else 0.0


def _differing(left: Any, right: Any, rtol: float, atol: float) -> Any:
    """A mask of the entries that differ, one column after the other."""
    mask = np.zeros(right.shape, dtype=bool)
    for number in range(right.shape[1]):
        ours, theirs = right.iloc[:, number], left.iloc[:, number]
        if _is_numeric(ours) and _is_numeric(theirs):
            wanted, found = (column.to_numpy(float, na_value=np.nan) for column in (ours, theirs))
            mask[:, number] = ~np.isclose(found, wanted, rtol=rtol, atol=atol, equal_nan=True)
        else:
            pairs = zip(theirs, ours, strict=True)
            mask[:, number] = [_differ(found, wanted) for found, wanted in pairs]
    return mask


def _is_numeric(column: Any) -> bool:
    types = sys.modules["pandas"].api.types
    return bool(types.is_numeric_dtype(column) and not types.is_bool_dtype(column)
                and not types.is_complex_dtype(column))  # fmt: skip


def _differ(found: Any, wanted: Any) -> bool:
    missing = [item is None or _is_nan(item) for item in (found, wanted)]
    if any(missing):
        return missing[0] != missing[1]
    try:
        return not bool(np.all(found == wanted))
    except (TypeError, ValueError):
        return True


def _is_nan(item: Any) -> bool:
    isna = sys.modules["pandas"].isna(item)
    return isinstance(isna, bool | np.bool_) and bool(isna)


def _marked(left: Any, right: Any, differs: Any) -> str:
    """The rows and columns that differ, each wrong entry as ``→got← (expected)``."""
    rows = [n for n in range(len(right)) if differs[n].any()]
    columns = [n for n in range(right.shape[1]) if differs[:, n].any()]
    few = right.shape[1] <= MAX_COLUMNS
    shown = range(right.shape[1]) if few else columns[:MAX_COLUMNS]
    lines = [["", *(_cell(right.columns[n]) for n in shown)]]
    for row in rows[:MAX_ROWS]:
        cells = [
            f"→{_cell(left.iloc[row, n])}← ({_cell(right.iloc[row, n])})"
            if differs[row, n] else _cell(left.iloc[row, n])
            for n in shown
        ]  # fmt: skip
        lines.append([_cell(right.index[row]), *cells])
    rest = [f"… and {len(rows) - MAX_ROWS} more rows"] * (len(rows) > MAX_ROWS)
    head = f"{int(differs.sum())} of {differs.size} entries differ, shown as →got← (expected):"
    return "\n".join([head, *_aligned(lines), *rest])


def _text(frame: Any) -> str:
    shown = frame.iloc[:MAX_ROWS, :MAX_COLUMNS]
    lines = [["", *map(_cell, shown.columns)]]
    lines += [[_cell(label), *map(_cell, shown.iloc[n])] for n, label in enumerate(shown.index)]
    more = [f"… {len(frame)} rows in all"] * (len(frame) > MAX_ROWS)
    return "\n".join([*_aligned(lines), *more])


def _aligned(lines: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def _cell(value: Any) -> str:
    text = value if type(value) is str else show(value)
    return clean(text.replace("\n", " "), MAX_CELL)
