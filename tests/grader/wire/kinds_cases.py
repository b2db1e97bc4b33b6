"""Every kind of value by copy, and what must not travel. Run by test_libraries.py under the core environment."""

import json
import typing

import numpy as np
import pandas as pd
import scipy.sparse
import sympy
from PIL import Image

from grader.wire import codec, frames
from grader.wire.records import Record, StandIn
from tests.grader.wire import sample_values
from tests.grader.wire.refusing import refused


def export(value):
    return {"$": "handle", "c": type(value).__name__}


def through_the_wire(value):
    node, buffers = codec.encode(value, export)
    text = json.dumps({"v": node}, allow_nan=False).encode()
    received = [bytearray(memoryview(data)) for data in buffers]
    return codec.decode(frames.parse_header(text)["v"], received, lambda node: node)


def encoded(value):
    node, buffers = codec.encode(value, export)
    return node, [bytes(data) for data in buffers]


def case_plain_values_keep_value_and_type():
    for value in sample_values.plain():
        back = through_the_wire(value)
        assert type(back) is type(value), (value, back)
        assert back == value, (value, back)


def case_zones_and_folds_are_kept():
    moment = sample_values.plain()[10]
    back = through_the_wire(moment)
    assert (back.fold, back.utcoffset(), back.tzinfo.key) == (
        1,
        moment.utcoffset(),
        "Europe/Berlin",
    )
    for zone in ("../../etc/passwd", "/etc/localtime", "x" * 99, "No/Where", 3, ""):
        assert refused({"$": "datetime", "v": "2024-01-01", "z": zone, "f": 0}), zone


def case_arrays_of_every_dtype_without_objects():
    for array in sample_values.arrays():
        back = through_the_wire(array)
        assert back.shape == array.shape
        assert back.dtype == array.dtype or back.dtype == sample_packed(array.dtype)
        assert repr(back.tolist()) == repr(array.tolist())
    scalar = sample_values.arrays()[-1][1]
    assert repr(through_the_wire([scalar])[0].tolist()) == repr(scalar.tolist())


def sample_packed(dtype):
    return np.dtype([(name, *([sample_packed(dtype[name])] if dtype[name].names else
                              [dtype[name].base, dtype[name].shape])) for name in dtype.names])  # fmt: skip


def case_long_doubles_carry_no_memory_of_ours():
    array = np.frombuffer(bytearray(b"\xab" * 32), np.uint8).copy()
    array[7], array[23] = 0xFF, 0xFF
    _, (data,) = encoded(array.view("g"))
    assert set(data[10:16] + data[26:32]) == {0}


def case_tables_with_every_kind_of_column():
    for table in sample_values.tables():
        back = through_the_wire(table)
        if isinstance(table, pd.Index):
            pd.testing.assert_index_equal(back, table)
        elif isinstance(table, pd.Series):
            pd.testing.assert_series_equal(back, table)
        else:
            pd.testing.assert_frame_equal(back, table)
    for column in (pd.Categorical(["a", "b"]), pd.Series(["x", "y"]).unique()):
        back = through_the_wire(column)
        assert type(back) is type(column)
        assert list(back) == list(column)


def case_sparse_matrices_in_every_form():
    for matrix in sample_values.matrices():
        back = through_the_wire(matrix)
        assert type(back) is type(matrix)
        assert back.shape == matrix.shape
        assert np.array_equal(back.toarray(), matrix.toarray())


def case_false_sparse_matrices_are_refused():
    good, buffers = encoded(scipy.sparse.csr_array(np.eye(3)))
    outside = np.array([0, 1, 7], "i4").tobytes()
    falling = np.array([0, 3, 1, 3], "i4").tobytes()
    for place, data in [(1, outside), (2, falling)]:
        spoilt = [*buffers[:place], data, *buffers[place + 1 :]]
        assert refused(good, *spoilt), place
    for change in ({"s": [2, 3]}, {"s": [3, 2]}, {"s": [2**40, 3]}, {"f": "xyz"}, {"f": []}):
        assert refused({**good, **change}, *buffers), change
    line, buffers = encoded(scipy.sparse.coo_array([0.0, 1.5, -2.0]))
    assert not refused(line, *buffers)
    for change in ({"s": []}, {"s": [2]}, {"s": [3, 3]}, {"s": [3, 3, 3]}, {"s": [2**40]},
                   {"a": False}, {"f": "lil"}, {"f": "dia"}, {"f": "csc"}, {"f": "csr"}):  # fmt: skip
        assert refused({**line, **change}, *buffers), change
    cube = scipy.sparse.coo_array(np.ones((2, 2, 2)))
    assert through_the_wire(cube)["$"] == "handle"


def case_images_of_every_mode():
    for image in sample_values.images():
        back = through_the_wire(image)
        assert (back.mode, back.size) == (image.mode, image.size)
        assert back.tobytes() == image.tobytes()
        assert back.getpalette() == image.getpalette()
    bomb = {"$": "image", "m": "1", "s": [60_000, 60_000], "b": 0}
    assert refused(bomb, bytes(60_000 * 7_500 // 100))
    assert refused({"$": "image", "m": "RGB", "s": [2, 2], "b": 0}, bytes(11))
    assert through_the_wire(Image.new("RGB", (0, 3))).size == (0, 3)


def case_named_tuples_travel_without_their_class():
    back = through_the_wire(sample_values.Point(1, [2]))
    assert type(back) is Record
    assert (back.x, back.y, tuple(back), back._asdict()) == (1, [2], (1, [2]), {"x": 1, "y": [2]})
    assert np.array_equal(through_the_wire(np.linalg.svd(np.eye(2))).S, np.ones(2))

    class WithMethod(typing.NamedTuple):
        a: int = 1

        def double(self):
            return 2 * self.a

    class Lying(tuple):
        def __len__(self):
            return 3

    for value in (WithMethod(), Lying(), Lying((1, 2))):
        assert through_the_wire(value)["$"] == "handle"
    assert refused({"$": "record", "n": ["a", "a"], "v": [1, 2]})
    assert refused({"$": "record", "n": ["__class__", 1], "v": [1, 2]})


def case_stand_ins_go_to_the_learner_only():
    node, _ = codec.encode(StandIn(shape=(3,), n=4), export)
    learners = codec.Decoder([], export, takes_stand_ins=True).value(node)
    assert (type(learners), learners.n) == (StandIn, 4)
    assert codec.decode(node, [], lambda node: "nothing known") == "nothing known"


def case_expressions_come_back_without_evaluation():
    for expression in sample_values.expressions():
        back = through_the_wire(expression)
        assert back == expression
        assert sympy.srepr(back) == sympy.srepr(expression)
    assert through_the_wire(sympy.Dummy("d"))["$"] == "handle"
    long = sympy.expand((sympy.Symbol("a") + sympy.Symbol("b") + 1) ** 9)
    assert through_the_wire(long) == long


def case_expressions_that_would_compute_for_ever_are_refused():
    ten, huge = ["Integer", 10], ["Integer", 10**9]
    growing = [["Symbol", "x"]] + [["Add", number, number] for number in range(40)]
    deep = [["Symbol", "x"]] + [["sin", number] for number in range(400)]
    for nodes in (
        [ten, huge, ["Pow", 0, 1]],
        [["Symbol", "x"], huge, ["Pow", 0, 1]],
        [ten, ten, ["Add", 0, 1]],
        [huge, ["factorial", 0]],
        [["sin", 0]],
        [ten, ["sin", 1]],
        [ten, ["sin", -1]],
        [ten, ["__import__", 0]],
        [["lambdify"]],
        [["Symbol", "x", {"is_evil": True}]],
        [["Symbol", "x", {"real": "yes"}]],
        [["Symbol", ""]],
        [["Float", "__import__('os')", 53]],
        [["Float", "1", 10**9]],
        [["Matrix", 2, 2]],
        [["Matrix", -1, -1]],
        growing,
        deep,
        [],
    ):
        assert refused({"$": "expression", "v": nodes}), nodes


def case_nothing_of_a_subclass_travels():
    for value in (
        type("Csr", (scipy.sparse.csr_array,), {})(np.eye(2)),
        type("Symbol", (sympy.Symbol,), {})("x"),
        type("Picture", (Image.Image,), {})(),
        type("Period", (str,), {})("2024"),
    ):
        assert through_the_wire(value)["$"] == "handle", type(value)
