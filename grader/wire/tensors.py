"""PyTorch tensors on the wire. Values, dtype and ``requires_grad`` of a leaf travel; the graph does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from grader.wire.arrays import read_array, write_array
from grader.wire.frames import MAX_BUFFER_BYTES, WireError

if TYPE_CHECKING:
    from grader.wire.codec import Decoder, Encoder

_DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.bool,
        torch.uint8,
        torch.uint16,
        torch.uint32,
        torch.uint64,
        torch.int8,
        torch.int16,
        torch.int32,
        torch.int64,
        torch.float16,
        torch.bfloat16,
        torch.float32,
        torch.float64,
        torch.complex64,
        torch.complex128,
    )
}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}


def _write_tensor(encoder: Encoder, value: torch.Tensor, depth: int) -> Any:
    name = _NAMES.get(value.dtype)
    if name is None or value.layout is not torch.strided or value.device.type != "cpu":
        return encoder.export(value)
    plain = value.detach().resolve_conj().resolve_neg().contiguous()
    if value.dtype is torch.bfloat16:  # NumPy has no such type: its bits travel
        plain = plain.view(torch.int16)
    node = write_array(encoder, plain.numpy(), depth + 1)
    gradient = value.grad if value.is_leaf else None
    return {
        "$": "tensor",
        "t": name,
        "v": node,
        "r": value.is_leaf and value.requires_grad,
        "g": None if gradient is None else encoder.value(gradient, depth + 1),
    }


def _read_tensor(decoder: Decoder, node: dict[str, Any]) -> torch.Tensor:
    dtype = _DTYPES[node["t"]]
    values = read_array(decoder, node["v"])
    if not values.flags.writeable:
        values = values.copy()
    tensor = torch.from_numpy(values)
    if dtype is torch.bfloat16 and tensor.dtype is torch.int16:
        tensor = tensor.view(torch.bfloat16)
    if tensor.dtype is not dtype:
        raise WireError("a tensor whose data is of another dtype")
    tensor.requires_grad_(node["r"] is True)
    if node["g"] is not None:
        tensor.grad = decoder.value(node["g"])
    return tensor


def _write_dtype(encoder: Encoder, value: torch.dtype, depth: int) -> Any:
    name = _NAMES.get(value)
    return encoder.export(value) if name is None else {"$": "dtype-torch", "v": name}


def _write_size(encoder: Encoder, value: torch.Size, depth: int) -> Any:
    return {"$": "size", "v": [int(length) for length in value]}


def _read_size(decoder: Decoder, node: dict[str, Any]) -> torch.Size:
    sizes = decoder.items(node["v"])
    if not all(type(size) is int and 0 <= size <= MAX_BUFFER_BYTES for size in sizes):
        raise WireError("a shape that cannot be")
    return torch.Size(sizes)


def encoders() -> dict[type, Any]:
    """How each type is written."""
    return {
        torch.Tensor: _write_tensor,
        torch.nn.Parameter: _write_tensor,
        torch.dtype: _write_dtype,
        torch.Size: _write_size,
    }


def decoders() -> dict[str, Any]:
    """How each tag is read."""
    return {
        "tensor": _read_tensor,
        "dtype-torch": lambda decoder, node: _DTYPES[node["v"]],
        "size": _read_size,
    }
