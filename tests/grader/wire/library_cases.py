"""NumPy and pandas on the wire. Run by test_libraries.py under the core environment."""

import copy
import socket
import threading

import numpy as np
import pandas as pd

from grader.wire import codec, frames

DTYPES = [
    "b1",
    "i1",
    "i2",
    "i4",
    "i8",
    "u1",
    "u2",
    "u4",
    "u8",
    "f2",
    "f4",
    "f8",
    "c8",
    "c16",
    "S3",
    "U4",
    "M8[ns]",
    "m8[D]",
]


def export(value):
    return {"$": "handle", "c": type(value).__name__}


def through_the_wire(value):
    node, buffers = codec.encode(value, export)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        thread = threading.Thread(target=frames.send, args=(ours, {"v": node}, buffers))
        thread.start()
        header, received = frames.receive(theirs)
        thread.join()
    return codec.decode(header["v"], received, lambda node: node)


def refused(node, buffers=()):
    try:
        codec.decode(node, [bytearray(data) for data in buffers], lambda node: node)
    except frames.WireError:
        return True
    return False


def case_arrays_of_every_dtype_and_shape():
    for dtype in DTYPES:
        for shape in [(), (0,), (3,), (2, 3), (2, 0, 3), (1, 2, 1, 2)]:
            array = np.arange(int(np.prod(shape)), dtype="i8").reshape(shape).astype(dtype)
            back = through_the_wire(array)
            assert back.dtype == array.dtype, dtype
            assert back.shape == shape
            assert np.array_equal(back, array), dtype
            assert back.flags.writeable


def case_byte_order_and_layout_do_not_matter():
    array = np.arange(6, dtype=">f8").reshape(2, 3)
    for variant in (array, array.T, array[:, ::2], np.asfortranarray(array)):
        assert np.array_equal(through_the_wire(variant), variant)


def case_scalars_keep_their_type():
    for dtype in DTYPES:
        scalar = np.ones(1, "i8").astype(dtype)[0]
        back = through_the_wire([scalar])[0]
        assert type(back) is type(scalar)
        assert back == scalar


def case_not_a_number_and_not_a_time_survive():
    assert np.isnan(through_the_wire(np.float32("nan")))
    assert np.isnat(through_the_wire(np.array(["NaT"], "M8[s]")))[0]


def case_generators_go_on_where_they_stood():
    for name in ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"]:
        generator = np.random.Generator(getattr(np.random, name)(7))
        generator.random(3), generator.integers(5, dtype=np.uint32)
        assert np.array_equal(through_the_wire(generator).random(5), generator.random(5)), name


def case_false_states_of_generators_are_refused():
    for name in ["PCG64", "MT19937", "Philox", "SFC64"]:
        generator = np.random.Generator(getattr(np.random, name)(7))
        for key, value in [("pos", 10**6), ("buffer_pos", -5), ("has_uint32", 7), ("key", [1])]:
            node, buffers = codec.encode(generator, export)
            node = copy.deepcopy(node)
            state = node["v"]
            inner = state["state"] if key in state["state"] else state
            if key in inner:
                inner[key] = value
                assert refused(node, buffers), (name, key)
    assert refused({"$": "generator", "n": "seed", "v": {}})


def case_what_can_run_code_stays_behind():
    class Inherited(np.ndarray):
        pass

    for value in (
        np.array([object()]),
        np.zeros(2).view(Inherited),
        np.matrix([1]),
        np.ma.array([1]),
        np.zeros(2, [("a", "O")]),
        np.rec.array([(1, 2.0)]),
        type("Frame", (pd.DataFrame,), {})(),
        np.random.RandomState(1),
    ):
        assert through_the_wire(value)["$"] == "handle", type(value)


def case_false_arrays_are_refused():
    good = {"$": "array", "d": "<f8", "s": [1], "b": 0}
    for change in (
        {"d": "O"},
        {"d": "|O8"},
        {"d": "<f8,<f8"},
        {"d": "object"},
        {"d": "<U99999999999"},
        {"d": 8},
        {"d": "<f16"},
        {"s": [2]},
        {"s": [-1]},
        {"s": [True]},
        {"s": [1] * 33},
        {"s": [2**62, 2**62]},
        {"s": [0, 2**62]},
        {"s": "1"},
        {"b": 1},
        {"$": "scalar"},
    ):
        assert refused({**good, **change}, [bytes(8)]), change
    assert refused({**good, "d": "<U2"}, [b"\xff" * 8])
    assert refused({**good, "d": "<U0", "s": [2**25, 2**25]}, [b""])
    assert not refused(good, [bytes(8)])


def case_truth_values_are_only_two():
    back = codec.decode(
        {"$": "array", "d": "|b1", "s": [3], "b": 0}, [bytearray(b"\0\2\1")], export
    )
    assert back.view("u1").tolist() == [0, 1, 1]


def case_tables_come_back_with_labels_and_types():
    frame = pd.DataFrame(
        {
            "number": [1, 2],
            "text": ["x", None],
            "kind": pd.Categorical(["u", "v"], ordered=True),
            "day": pd.date_range("2020", periods=2),
            "moment": pd.date_range("2020", periods=2, tz="Europe/Berlin"),
            "maybe": pd.array([1, None], dtype="Int64"),
            "flag": pd.array([True, None], dtype="boolean"),
            "mixed": pd.Series([1, "a"], dtype=object),
            "words": pd.Series(["x", "y"], dtype=object),
            "nested": pd.Series([[1, 2], (3,)], dtype=object),
        },
        index=pd.Index([3, 4], name="key"),
    )
    pd.testing.assert_frame_equal(through_the_wire(frame), frame)
    texts = pd.Series(["x", None], dtype="string")
    pd.testing.assert_series_equal(through_the_wire(texts), texts)
    pd.testing.assert_frame_equal(through_the_wire(frame[[]]), frame[[]])
    pd.testing.assert_frame_equal(through_the_wire(pd.DataFrame()), pd.DataFrame())
    twice = pd.DataFrame([[1, 2.5]], columns=["a", "a"])
    pd.testing.assert_frame_equal(through_the_wire(twice), twice)
    for name in frame:
        pd.testing.assert_series_equal(through_the_wire(frame[name]), frame[name])


def case_indexes_come_back():
    pairs = pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", None])
    for index in (
        pd.RangeIndex(1, 9, 3, name="n"),
        pd.Index([1.5, 2.5]),
        pd.Index(["a", "b"], name="t"),
        pd.date_range("2020", periods=3),
        pd.date_range("2020", periods=3, tz="UTC"),
        pd.to_timedelta([1, 2], unit="D"),
        pd.CategoricalIndex(["a", "b"]),
        pairs,
    ):
        back = through_the_wire(index)
        pd.testing.assert_index_equal(back, index)
        assert getattr(back, "freq", None) == getattr(index, "freq", None), index
    series = pd.Series([1.0, 2.0], index=pairs, name=("a", 1))
    pd.testing.assert_series_equal(through_the_wire(series), series)
    assert through_the_wire(pd.Timestamp("2020")) == pd.Timestamp("2020")
    assert through_the_wire(pd.Timedelta("3D")) == pd.Timedelta("3D")
    missing = through_the_wire([pd.NA, pd.NaT])
    assert missing[0] is pd.NA, missing
    assert missing[1] is pd.NaT, missing


def case_regular_moments_keep_their_step():
    days = pd.date_range("2024-01-01", periods=40)
    sales = pd.Series(np.arange(40.0), index=days, name="sales")
    for name in ("2D", "W", "ME", "MS", "QE", "QS-OCT", "YE", "B", "BME", "SME"):
        resampled = sales.resample(name).sum()
        assert resampled.index.freq is not None, name
        pd.testing.assert_series_equal(through_the_wire(resampled), resampled)
        frame = resampled.to_frame()
        pd.testing.assert_frame_equal(through_the_wire(frame), frame)
        pd.testing.assert_frame_equal(through_the_wire(frame.T), frame.T)
    for index in (
        pd.date_range("2024", periods=5, freq="h"),
        pd.date_range("2024", periods=5, freq="90min"),
        pd.date_range("2024-03-30", periods=50, freq="h", tz="Europe/Berlin"),
        pd.date_range("2024-03-30", periods=3, tz="Europe/Berlin"),
        pd.date_range("2024", periods=5)[::-1],
        pd.date_range("2024", periods=3, freq="WOM-3THU"),
        pd.date_range("2024", periods=0, freq="D"),
        pd.timedelta_range("1h", periods=4, freq="15min"),
    ):
        back = through_the_wire(pd.Series(range(len(index)), index=index)).index
        pd.testing.assert_index_equal(back, index)
        assert back.freq == index.freq is not None, index


def case_steps_that_stay_behind_are_none():
    holiday = pd.offsets.CustomBusinessDay(holidays=["2024-01-02"])
    for step in (holiday, pd.DateOffset(days=1, hours=1)):
        index = pd.date_range("2024", periods=4, freq=step)
        back = through_the_wire(index)
        assert list(back) == list(index)
        assert back.freq is None


def case_false_steps_are_refused_or_dropped():
    node, buffers = codec.encode(pd.date_range("2024-01-01", periods=4), export)
    for name in ("object", "D" * 99, "0D", "1e9D", "99999999999D", "C", 3, [], {}, None, True, ""):
        assert refused({**node, "f": name}, buffers), name
    received = [bytearray(data) for data in buffers]
    for name in ("ME", "2D", "W-XXX", "QE-ABC", "SME-99", "WOM-4ABC", "-9999YE-DEC", "999999999D"):
        back = codec.decode({**node, "f": name}, received.copy(), export)
        assert len(back) == 4, name
        assert back.freq is None, name
    numbers, buffers = codec.encode(pd.Index([1, 2]), export)
    assert not refused({**numbers, "f": "D"}, buffers)


def case_a_message_makes_us_take_few_steps_through_a_calendar():
    business = pd.date_range("1900", periods=codec.MAX_STEPS // 3, freq="B")
    first, *rest = through_the_wire([business] * 5)
    assert first.freq == business.freq
    assert [index.freq is not None for index in rest] == [True, True, False, False]
    hours = pd.date_range("2000", periods=2 * codec.MAX_STEPS, freq="h")
    assert through_the_wire(hours).freq == hours.freq


def case_false_tables_are_refused():
    node, buffers = codec.encode(pd.DataFrame({"a": [1.0, 2.0]}), export)
    for change in (
        {"c": []},
        {"c": 3},
        {"c": [["pickle", ""]]},
        {"c": [["array", [1, 2]]]},
        {"i": {"$": "index", "r": [0, 2**62, 1], "n": None}},
        {"i": {"$": "index", "r": [0, 5, 1], "n": None}},
        {"k": {"$": "index", "r": [0, 1, 1], "n": [1]}},
    ):
        assert refused({**node, **change}, buffers), change
    for zone in ("../../etc/passwd", "x" * 100, 3):
        assert refused({"$": "series", "c": ["zoned", [], zone], "i": {}, "n": None}), zone


def case_random_corruption_is_a_declared_error():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
    values = [frame, np.eye(3), np.random.default_rng(1), frame["b"], frame.index]
    junk = [None, True, -1, 2**70, "x", [], {}, [1, 2], {"$": "array"}, "<f8", 1.5]
    for value in values:
        node, buffers = codec.encode(value, export)
        for _ in range(300):
            broken = copy.deepcopy(node)
            _corrupt(broken, junk, rng)
            refused(broken, buffers)  # any other exception fails this case


def _corrupt(node, junk, rng):
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    key = keys[rng.integers(len(keys))]
    if isinstance(node[key], dict | list) and node[key] and rng.random() < 0.7:
        _corrupt(node[key], junk, rng)
    else:
        node[key] = junk[rng.integers(len(junk))]
