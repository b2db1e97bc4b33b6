"""SciPy's sparse arrays and matrices on the wire, in the form that each is kept in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from grader.wire.frames import WireError
from grader.wire.plain import exactly

if TYPE_CHECKING:
    from grader.wire.codec import Decoder, Encoder

MAX_SIZE = 10_000_000  # rows or columns: some of SciPy's forms take memory for each
_FORMATS = ("csr", "csc", "coo", "dia", "bsr", "lil", "dok")
_COMPRESSED = ("csr", "csc", "bsr")
# These two hold Python lists and dicts inside; they travel as coordinates.
_BY_COORDINATES = ("coo", "lil", "dok")


def _write(encoder: Encoder, value: Any, depth: int) -> Any:
    form = value.format
    if len(value.shape) != 2 or np.dtype(value.dtype).kind not in "biufc":
        return encoder.export(value)
    source = value.tocoo() if form in ("lil", "dok") else value
    if form in _COMPRESSED:
        parts = [source.data, source.indices, source.indptr]
    elif form == "dia":
        parts = [source.data, source.offsets]
    else:
        parts = [source.data, source.row, source.col]
    return {
        "$": "sparse",
        "f": form,
        "a": type(value).__name__.endswith("_array"),
        "s": [int(size) for size in value.shape],
        "v": [encoder.value(np.asarray(part), depth + 2) for part in parts],
    }


def _read(decoder: Decoder, node: dict[str, Any]) -> Any:
    """SciPy's compiled code trusts positions, so all of them are checked before it sees them."""
    import scipy.sparse

    form, shape = node["f"], tuple(exactly(size, int) for size in exactly(node["s"], list))
    parts = [exactly(decoder.value(part), np.ndarray) for part in exactly(node["v"], list)]
    if form not in _FORMATS or len(shape) != 2 or not all(0 <= n <= MAX_SIZE for n in shape):
        raise WireError("not a sparse matrix")
    if parts[0].dtype.kind not in "biufc":
        raise WireError("not a matrix of numbers")
    make = getattr(scipy.sparse, f"{form}_{'array' if node['a'] is True else 'matrix'}")
    if form in _COMPRESSED:
        _check_compressed(form, shape, *parts)
        return make(tuple(parts), shape=shape)
    if form == "dia":
        data, offsets = parts
        _check_integers(offsets, -max(shape), max(shape) + 1)
        if data.ndim != 2 or len(data) != len(offsets) or len(np.unique(offsets)) != len(offsets):
            raise WireError("not diagonals")
        return make((data, offsets), shape=shape)
    data, row, column = parts
    _check_coordinates(shape, data, row, column)
    triples = scipy.sparse.coo_array((data, (row, column)), shape=shape)
    return triples if make is scipy.sparse.coo_array else make(triples)


def _check_compressed(form: str, shape: tuple[int, ...], data: Any, inner: Any, outer: Any) -> None:
    rows, columns = shape if form != "csc" else shape[::-1]
    if form == "bsr":
        if data.ndim != 3 or 0 in data.shape[1:] or rows % data.shape[1] or columns % data.shape[2]:
            raise WireError("not blocks")
        rows, columns = rows // data.shape[1], columns // data.shape[2]
    elif data.ndim != 1:
        raise WireError("not a compressed matrix")
    _check_integers(outer, 0, len(inner) + 1)
    _check_integers(inner, 0, columns)
    fits = len(outer) == rows + 1 and outer[0] == 0 and outer[-1] == len(inner) == len(data)
    if not fits or (np.diff(outer.astype(np.int64)) < 0).any():
        raise WireError("not a compressed matrix")


def _check_coordinates(shape: tuple[int, ...], data: Any, row: Any, column: Any) -> None:
    if data.ndim != 1 or not len(data) == len(row) == len(column):
        raise WireError("not coordinates")
    _check_integers(row, 0, shape[0])
    _check_integers(column, 0, shape[1])


def _check_integers(values: Any, low: int, end: int) -> None:
    if values.ndim != 1 or values.dtype not in (np.int32, np.int64):
        raise WireError("not positions")
    if values.size and not (values.min() >= low and values.max() < end):
        raise WireError("positions outside of the matrix")


def encoders() -> dict[type, Any]:
    """How each type is written."""
    import scipy.sparse

    names = [f"{form}_{kind}" for form in _FORMATS for kind in ("array", "matrix")]
    return {getattr(scipy.sparse, name): _write for name in names}


def decoders() -> dict[str, Any]:
    """How each tag is read."""
    return {"sparse": _read}
