"""Answers whose names or lengths are meant for NumPy in the examiner. Run by test_exam.py under the core environment."""

import resource
from collections import deque

import numpy as np
import pandas as pd

from grader.exam import CheckFailure, expect_close, expect_equal
from grader.exam.compare import as_array, numbers, same, without_names
from grader.exam.protocols import hide_labels
from grader.wire.records import Record
from tests.grader.exam.stage import judge, learner, raised

SECRET = np.arange(5.0)
INTERFACE = {
    "shape": (5,),
    "typestr": "<f8",
    "data": (SECRET.__array_interface__["data"][0], True),
    "version": 3,
}
PROBES = ("__array_interface__", "__array__", "__array_struct__", "__dlpack__", "_typ", "_sympy_")
FORGED = f"""
INTERFACE = {INTERFACE!r}
class Forged(tuple):
    _fields = ("__array_interface__",)
def forged(): return Forged([INTERFACE])
def nested(): return [Forged([INTERFACE])]
"""
CHECKS = """
@check(points=1, title="forged")
def forged(learner, rng):
    expect_close(learner.forged(), np.arange(5.0), "differs")

@check(points=1, title="nested")
def nested(learner, rng):
    expect_close(learner.nested(), [np.arange(5.0)], "differs")

@check(points=1, title="converted")
def converted(learner, rng):
    expect_close(np.asarray(learner.forged()), np.arange(5.0), "differs")
"""


def case_a_forged_record_earns_nothing():
    results, _, _ = judge(FORGED, "import numpy as np\n" + CHECKS)
    assert [result.points for result in results] == [0, 0, 0]
    assert not any("3., 4." in result.message + result.example for result in results)


def case_records_are_compared_as_plain_tuples():
    record = Record.of(("a", "b"), [1, Record.of(("c",), [2])])
    assert same(record, (1, (2,)))
    assert same((1, (2,)), record)
    assert numbers(Record.of(("a", "b"), [1, 2])).tolist() == [1, 2]
    rows = [Record.of(("x", "y"), [1, 2]), Record.of(("x", "y"), [3, 4])]
    assert numbers(rows).tolist() == [[1, 2], [3, 4]]


def case_numpy_gets_no_record_however_deep():
    record = Record.of(("a",), [Record.of(("b",), [1])])
    for value in (record, [record], (deque([record]),)):
        assert "Record" not in kinds(without_names(value))
    flat = [1.0, 2.0]
    assert without_names(flat) is flat


def kinds(value):
    own = {type(value).__name__}
    return own.union(*map(kinds, value)) if isinstance(value, list | tuple | deque) else own


def case_no_record_that_lies_reaches_numpy():
    forged = Record([INTERFACE])
    forged._fields = ("__array_interface__",)
    for value in (forged, [forged], (forged,), deque([forged]), [[(forged,)]]):
        assert numbers(value) is None


def case_labels_are_no_protocols():
    hide_labels()
    label = "__array_interface__"
    indexes = [pd.Index([label]), pd.CategoricalIndex([label])]
    indexes.append(pd.MultiIndex.from_arrays([[label]]))
    for index in indexes:
        assert np.asarray(pd.Series([INTERFACE], index=index)).dtype == object
    assert np.asarray(pd.DataFrame({label: [1]})).tolist() == [[1]]
    table = pd.DataFrame({"a": [1], "_b": [2]})
    assert (table.a[0], table._b[0], pd.Series({"c": 3}).c) == (1, 2, 3)


def case_the_learners_objects_are_not_asked_for_protocols():
    code = f"""
asked = []
class Probed:
    def __getattr__(self, name):
        asked.append(name)
        return {INTERFACE!r}
def probed(): return Probed()
"""
    found = learner(code)
    probed = found.probed()
    for name in PROBES:
        assert not hasattr(probed, name), name
    before = list(found.value("asked"))
    array = np.asarray(probed)
    assert array.dtype == object
    assert numbers(probed) is None
    assert numbers([probed]) is None
    assert list(found.value("asked")) == before
    assert not set(before) & set(PROBES)


def case_ranges_too_long_to_be_written_out_are_named():
    for value, found in (
        (range(10**8), "a range has 100,000,000"),
        (range(10**30), "a range has 1,000,000,000,000"),
        (range(0, -(10**9), -2), "a range has 500,000,000"),
        ([range(10**8)] * 2, "a list of 2 has 200,000,000"),
        (deque([range(10**8)]), "has 100,000,000"),
        ((1, [(range(10**8),)]), "a tuple of 2 has 100,000,000"),
        (Record.of(("a",), [range(10**8)]), "has 100,000,000"),
        (pd.RangeIndex(10**9), "a RangeIndex has 1,000,000,000"),
    ):
        failure = raised(CheckFailure, expect_close, value, np.zeros(3), "differs")
        assert found in failure.message
        assert failure.message.endswith("entries, more than can be compared")
    several = [range(3_000_000), range(3_000_000)]
    assert "6,000,000" in raised(CheckFailure, expect_equal, several, np.zeros(3), "m").message


def case_long_ranges_are_values_like_others():
    expect_equal(range(10**12), range(10**12), "differs")
    raised(CheckFailure, expect_equal, range(10**12), [1], "differs")
    raised(CheckFailure, expect_equal, pd.RangeIndex(10**9), pd.RangeIndex(3), "differs")
    expect_close(range(3), [0, 1, 2], "differs")
    expect_close([range(0, 4, 2), range(5, 3, -1)], [[0, 2], [5, 4]], "differs")
    expect_close(pd.RangeIndex(3), [0, 1, 2], "differs")


def case_an_index_and_another_kind_of_value_are_not_compared_entry_by_entry():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for other in (5, [1], "a", None, pd.Index([1]), {"a": 1}):
        assert not same(pd.RangeIndex(60_000_000), other)
        assert not same(other, pd.RangeIndex(60_000_000))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30 << 10


def case_values_that_libraries_refuse_to_compare_are_different():
    years, days = np.array([2**62], "M8[9999Y]"), np.array([1], "M8[ns]")
    for actual, desired in ((years, days), (pd.NA, 1), ([pd.NA], [1]), (pd.Series([1, 2]), 1)):
        assert not same(actual, desired)
        raised(CheckFailure, expect_equal, actual, desired, "differs")
    assert same([pd.NA, pd.NaT], [pd.NA, pd.NaT])


def case_what_no_library_can_convert_is_no_array():
    class Odd:
        def __array__(self, *_args, **_kwargs):
            raise RuntimeError

    assert as_array(Odd()) is None


def case_a_long_range_is_the_learners_fault_not_the_authors():
    checks = "import numpy as np\n" + CHECKS.split('@check(points=1, title="nested")')[0]
    results, author, _ = judge("def forged(): return range(10**12)", checks)
    assert author["errors"] == []
    assert results[0].points == 0
    assert "1,000,000,000,000 entries" in results[0].message
