"""Messages made to have us read or take memory that is not theirs. Run by test_libraries.py under the core environment."""

import collections
import resource

import numpy as np
import pandas as pd
import scipy.sparse

from grader.wire import codec, frames
from grader.wire.records import Record

INTERFACE = {"shape": [1], "typestr": "<f8", "data": [64, True], "version": 3}
PROBED = [
    "__array_interface__", "__array__", "__array_struct__", "__array_priority__", "__array_ufunc__",
    "__array_function__", "__dlpack__", "__dlpack_device__", "__dataframe__", "__arrow_c_stream__",
    "__cuda_array_interface__", "__torch_function__", "__class__", "_typ", "_sympy_", "_", "class",
    "a b", "1", "",
]  # fmt: skip
MEGABYTES = 200


def export(value):
    return {"$": "handle", "c": type(value).__name__}


def through_the_wire(value):
    node, buffers = codec.encode(value, export)
    return codec.decode(node, [bytearray(data) for data in buffers], lambda node: node)


def refused(node, *buffers):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        codec.decode(node, [bytearray(data) for data in buffers], lambda node: node)
    except frames.WireError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEGABYTES << 10
    return False


def case_records_have_no_names_that_libraries_ask_for():
    for name in PROBED:
        node = {"$": "record", "n": [name], "v": [INTERFACE]}
        assert refused(node), name
        assert refused([{"$": "tuple", "v": [node]}]), name
    for fields, items in ((["a", "a"], [1]), (["a"], [1, 2]), (["x" * 201], [1]), ([["a"]], [1])):
        assert refused({"$": "record", "n": fields, "v": items}), fields


def case_a_record_answers_to_no_such_name_whatever_its_fields():
    forged = Record([INTERFACE])
    for name in PROBED[:16]:
        forged._fields = (name,)
        if not hasattr(tuple, name):
            assert not hasattr(forged, name), name
    forged._fields = ("__array_interface__",)
    assert np.asarray(forged).dtype == object


def case_named_tuples_with_such_fields_stay_behind():
    class Forged(tuple):
        _fields = ("__array_interface__",)

    for value in (Forged([1]), collections.namedtuple("Renamed", "def x", rename=True)(1, 2)):
        assert through_the_wire(value)["$"] == "handle"
    assert through_the_wire(collections.namedtuple("Named", "x")(1)).x == 1


def case_structured_dtypes_whose_size_overflows_are_refused():
    wide = [[f"f{number}", "|V9999999"] for number in range(256)]
    wraps = [
        ["a", "|V2097152", [2047]],
        ["b", "|V2097152"],
        ["c", "<f8"],
    ]  # 2**32 + 8 bytes: 8 in 32 bits
    for dtype in (wide, wraps, [["a", wide]], [["a", "<f8", [2**18, 2**10]]]):
        assert refused({"$": "array", "d": dtype, "s": [1], "b": 0}, bytes(8)), dtype[:2]
        assert refused({"$": "dtype", "v": dtype}), dtype[:2]
    good = np.zeros(2, [("a", "<f8", (2, 2)), ("b", [("c", "<U3")])])
    assert through_the_wire(good).dtype == good.dtype


def case_moments_are_counted_in_steps_of_one_at_least():
    for unit in ("<M8[0s]", "<m8[0as]", "<M8[0000Y]", "<M8[01s]"):
        assert refused({"$": "array", "d": unit, "s": [1], "b": 0}, bytes(8)), unit
        assert refused({"$": "dtype", "v": [["a", unit]]}), unit
    for frequency in ("0D", "00M", "0W-SUN"):
        assert refused({"$": "period", "v": [1, frequency]}), frequency
    assert through_the_wire(np.zeros(1, "M8[25s]")).dtype == "M8[25s]"
    assert through_the_wire(np.zeros(1, "m8")).dtype == "m8"
    assert through_the_wire(pd.Period("2020", "3D")) == pd.Period("2020", "3D")


def case_shapes_that_overflow_or_do_not_fit_are_refused():
    for dtype in ("<f8", "|V0", "<U0", "|S0", [["a", "|V0"]]):
        for shape in ([2**32, 2**32], [2**31, 2**31, 4], [2**25, 2**25], [2**63], [0, 2**63], [3]):
            assert refused({"$": "array", "d": dtype, "s": shape, "b": 0}, bytes(8)), (dtype, shape)


def case_one_item_is_not_repeated_along_an_index():
    index = {"$": "index", "r": [0, 10**8, 1], "n": None}
    names = {"$": "index", "r": [0, 1, 1], "n": None}
    for shape, size in (([], 8), ([1], 8), ([1, 1], 8)):
        column = ["array", {"$": "array", "d": "<f8", "s": shape, "b": 0}]
        assert refused({"$": "frame", "c": [column], "i": index, "k": names}, bytes(size)), shape
        assert refused({"$": "series", "c": column, "i": index, "n": None}, bytes(size)), shape
    for value in (pd.array([1]), pd.Categorical(["a"]), pd.array(["a"])):
        node, buffers = codec.encode(pd.DataFrame({0: value}), export)
        assert refused({**node, "i": index}, *map(bytes, buffers)), value


def case_columns_have_one_dimension():
    for shape, size in (([], 1), ([2, 2], 4)):
        array = {"$": "array", "d": "|i1", "s": shape, "b": 0}
        for column in (["array", array], ["category", array, ["array", array], False]):
            assert refused({"$": "index", "c": column, "n": None}, bytes(size)), column
            assert refused({"$": "column", "c": column}, bytes(size)), column


def case_categories_are_those_that_there_are():
    node, buffers = codec.encode(pd.Categorical(["a", "b"]), export)
    for codes in ([0, 2], [0, -2], [127, -128]):
        data = [np.array(codes, "i1").tobytes(), *map(bytes, buffers[1:])]
        assert refused(node, *data), codes


def case_empty_rows_of_lists_cost_memory_and_are_bounded():
    line = {"$": "array", "d": "<i8", "s": [0], "b": 0}
    matrix = {"$": "sparse", "f": "lil", "a": True, "s": [2_000_000, 1]}
    parts = [{**line, "b": number} for number in range(3)]
    assert refused({**matrix, "v": parts}, b"", b"", b"")
    many = [
        {**matrix, "s": [20_000, 1], "v": [{**line, "b": 3 * n + k} for k in range(3)]}
        for n in range(100)
    ]
    assert refused(many, *[b""] * 300)
    assert through_the_wire(scipy.sparse.lil_array((60_000, 1)))["$"] == "handle"
    assert through_the_wire(scipy.sparse.lil_array(np.eye(3))).nnz == 3


def case_sparse_positions_lie_inside():
    def node(form, shape, *sizes):
        parts = [{"$": "array", "d": d, "s": [n], "b": b} for b, (d, n) in enumerate(sizes)]
        return {"$": "sparse", "f": form, "a": True, "s": shape, "v": parts}

    value = bytes(8)
    for place in (2, -1, 2**40):
        wrong = np.array([place], "<i8").tobytes()
        ends = np.array([0, 1, 1], "<i8").tobytes()
        form = node("coo", [2, 2], ("<f8", 1), ("<i8", 1), ("<i8", 1))
        assert refused(form, value, wrong, bytes(8)), place
        assert refused(form, value, bytes(8), wrong), place
        for name in ("csr", "csc"):
            form = node(name, [2, 2], ("<f8", 1), ("<i8", 1), ("<i8", 3))
            assert refused(form, value, wrong, ends), place
            assert refused(form, value, bytes(8), np.array([0, place, 1], "<i8").tobytes()), place
    false = np.array([0, 2**40, 1], "<i8").tobytes()
    assert refused(node("csr", [2, 2], ("<f8", 1), ("<i8", 1), ("<i8", 3)), value, bytes(8), false)
