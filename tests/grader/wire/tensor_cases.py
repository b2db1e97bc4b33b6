"""PyTorch tensors on the wire. Run by test_libraries.py under the deep environment."""

import torch

from grader.wire import codec, frames
from tests.grader.wire.refusing import refused

DTYPES = (
    "bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 "
    "float16 bfloat16 float32 float64 complex64 complex128"
)


def through_the_wire(value):
    node, buffers = codec.encode(value, lambda value: {"$": "handle"})
    return codec.decode(node, [bytearray(data) for data in buffers], lambda node: node)


def case_every_dtype_is_kept():
    for name in DTYPES.split():
        tensor = torch.ones(2, 3).to(getattr(torch, name))
        back = through_the_wire(tensor)
        assert back.dtype is tensor.dtype, name
        assert torch.equal(back, tensor), name
        assert through_the_wire(tensor.dtype) is tensor.dtype
    for name, most in [("uint16", 2**16 - 1), ("uint32", 2**32 - 1), ("uint64", 2**64 - 1)]:
        assert through_the_wire(torch.tensor([most], dtype=getattr(torch, name))).item() == most
    assert through_the_wire(torch.zeros(0, 3).shape) == (0, 3)


def case_sizes_that_cannot_be_are_refused():
    for sizes in ([2**63], [2**70, 1], [-1], [True], ["a"], [None], [[1]], 3):
        assert refused({"$": "size", "v": sizes}), sizes
    array = {"$": "array", "d": "<f4", "s": [4], "b": 0}
    tensor = {"$": "tensor", "t": "float32", "v": array, "r": False, "g": None}
    assert not refused(tensor, bytes(16))
    for change in (
        {"v": {**array, "s": [2**62, 4]}},
        {"v": {**array, "s": [5]}},
        {"t": "float64"},
        {"t": "bfloat16"},
        {"t": "__dict__"},
        {"g": {**tensor, "v": {**array, "s": [2], "b": 1}}},
        {"g": [1.0]},
    ):
        assert refused({**tensor, **change}, bytes(16), bytes(8)), change


def case_views_and_empty_tensors_come_back():
    tensor = torch.arange(6.0).reshape(2, 3)
    for variant in (tensor.T, tensor[:, 1], tensor[0, 0], torch.zeros(0, 3)):
        assert torch.equal(through_the_wire(variant), variant)


def case_parameters_come_with_their_gradient_and_results_without_a_graph():
    weight = torch.nn.Parameter(torch.ones(3))
    loss = (2 * weight).sum()
    loss.backward()
    back = through_the_wire(weight)
    assert type(back) is torch.Tensor
    assert back.requires_grad
    assert torch.equal(back.grad, torch.full((3,), 2.0))
    assert not through_the_wire(2 * weight).requires_grad


def case_sparse_tensors_and_subclasses_stay_behind():
    assert through_the_wire(torch.eye(2).to_sparse()) == {"$": "handle"}
    assert through_the_wire(torch.nn.Linear(1, 1)) == {"$": "handle"}


def case_false_tensors_are_refused():
    node, buffers = codec.encode(torch.ones(2), lambda value: {"$": "handle"})
    for change in ({"t": "int64"}, {"t": "object"}, {"v": 3}, {"g": 3}, {"g": {"$": "tensor"}}):
        try:
            codec.decode(
                {**node, **change}, [bytearray(data) for data in buffers], lambda node: node
            )
        except frames.WireError:
            continue
        raise AssertionError(change)
