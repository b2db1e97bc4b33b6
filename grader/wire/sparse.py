"""SciPy's sparse arrays and matrices on the wire, in the form that each is kept in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from grader.wire.codec import MAX_STEPS
from grader.wire.frames import WireError, WireLimitError
from grader.wire.plain import exactly

if TYPE_CHECKING:
    from grader.wire.codec import Decoder, Encoder

MAX_SIZE = 10_000_000  # rows or columns: some of SciPy's forms take memory for each
_FORMATS = ("csr", "csc", "coo", "dia", "bsr", "lil", "dok")
_OF_ONE_DIMENSION = ("csr", "coo", "dok")  # of arrays: there is no such matrix
_COMPRESSED = ("csr", "csc", "bsr")
# These two hold Python lists and dicts inside; they travel as coordinates.
_BY_COORDINATES = ("coo", "lil", "dok")


def _write(encoder: Encoder, value: Any, depth: int) -> Any:
    form = value.format
    if len(value.shape) > 2 or np.dtype(value.dtype).kind not in "biufc":
        return encoder.export(value)
    if form == "lil" and value.shape[0] > MAX_STEPS:
        return encoder.export(value)
    source = value.tocoo() if form in ("lil", "dok") else value
    if form in _COMPRESSED:
        parts = [source.data, source.indices, source.indptr]
    elif form == "dia":
        parts = [source.data, source.offsets]
    else:
        parts = [source.data, *source.coords]
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
    is_array = node["a"] is True
    if form not in _FORMATS or not all(0 <= n <= MAX_SIZE for n in shape):
        raise WireError("not a sparse matrix")
    if len(shape) != 2 and not (is_array and len(shape) == 1 and form in _OF_ONE_DIMENSION):
        raise WireError("not a sparse matrix")
    if parts[0].dtype.kind not in "biufc":
        raise WireError("not a matrix of numbers")
    make = getattr(scipy.sparse, f"{form}_{'array' if is_array else 'matrix'}")
    if form in _COMPRESSED:
        _check_compressed(form, shape, *parts)
        return make(tuple(parts), shape=shape)
    if form == "dia":
        data, offsets = parts
        _check_integers(offsets, -max(shape), max(shape) + 1)
        if data.ndim != 2 or len(data) != len(offsets) or len(np.unique(offsets)) != len(offsets):
            raise WireError("not diagonals")
        return make((data, offsets), shape=shape)
    # Two lists for each row, empty or not: no byte of the message stands for them.
    if form == "lil" and not decoder.affords(shape[0]):
        raise WireLimitError("too many rows of lists")
    data, *places = parts
    _check_coordinates(shape, data, places)
    triples = scipy.sparse.coo_array((data, tuple(places)), shape=shape)
    return triples if make is scipy.sparse.coo_array else make(triples)


def _check_compressed(form: str, shape: tuple[int, ...], data: Any, inner: Any, outer: Any) -> None:
    rows, columns = shape[::-1] if form == "csc" else (1, *shape)[-2:]
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


def _check_coordinates(shape: tuple[int, ...], data: Any, places: list[Any]) -> None:
    if data.ndim != 1 or len(places) != len(shape):
        raise WireError("not coordinates")
    for place, size in zip(places, shape, strict=True):
        if len(place) != len(data):
            raise WireError("not coordinates")
        _check_integers(place, 0, size)


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
