"""One value of each kind that the environments can hold, for round trips and for spoiling on the way."""

import datetime
from collections import Counter, OrderedDict, deque, namedtuple
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import scipy.sparse
import sympy
from PIL import Image

from grader.wire.records import StandIn

x, n = sympy.Symbol("x", positive=True), sympy.Symbol("n", integer=True)
Point = namedtuple("Point", "x y")
NESTED = np.dtype(
    [("a", "i4"), ("b", "f8", (2,)), ("c", "U3"), ("d", [("e", "?"), ("f", "M8[s]")])], align=True
)
FORMATS = ("csr", "csc", "coo", "dia", "bsr", "lil", "dok")


def plain() -> list:
    """Values that compare by ==."""
    berlin = ZoneInfo("Europe/Berlin")
    return [
        [1, -(2**200), 1.5, True, None, "text", b"bytes", 2j, ...],
        {"a": [1, (2, 3)], 4: {5, 6}, (7,): frozenset("x")},
        [*range(40)],
        ["word"] * 20,
        OrderedDict(a=1),
        Counter("aab"),
        deque([1, 2]),
        slice(1, None, 2),
        range(3, 9, 2),
        Fraction(1, 3),
        datetime.datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=berlin),
        datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC),
        datetime.date(2024, 2, 29),
        datetime.time(12, 30),
        datetime.timedelta(days=-1, microseconds=5),
        pd.Timestamp("2024-07-01 12:00", tz="Asia/Tokyo"),
        pd.Timestamp("2024-07-01"),
        pd.Timedelta("3h"),
        pd.Period("2024-03", "M"),
        pd.Period("2024Q2"),
        pd.Interval(0, 2.5, closed="left"),
        np.dtype("<f4"),
        np.dtype([("a", "<i4"), ("b", "<f8", (2,))]),
        np.float32(0.5),
        np.datetime64("2024-01-01", "D"),
        np.longdouble(1) / 3,
    ]


def arrays() -> list:
    """NumPy arrays."""
    nested = np.zeros(3, NESTED)
    nested["a"], nested["c"], nested["d"]["e"] = [1, 2, 3], "ab", [True, False, True]
    return [
        np.arange(6.0).reshape(2, 3),
        np.array([True, False]),
        np.array([1 + 2j]),
        np.array(["a", "bcd"]),
        np.array([b"x", b"yz"]),
        np.array(["2024-01-01", "NaT"], "M8[s]"),
        np.array([1, 2], "m8[h]"),
        np.array([1, np.nan, -np.inf, 0], "g"),
        np.zeros(2, "V5"),
        np.array(["any", "length of text"], np.dtypes.StringDType()),
        nested,
    ]


def tables() -> list:
    """pandas' own."""
    frame = pd.DataFrame(
        {
            "period": pd.period_range("2024", periods=3, freq="M"),
            "zoned": pd.date_range("2024", periods=3, tz="Asia/Tokyo"),
            "kind": pd.Categorical(["u", "v", "u"]),
            "range": pd.interval_range(0, 3),
            "text": ["x", None, "z"],
            "maybe": pd.array([1, None, 3], dtype="Int64"),
        }
    )
    return [
        frame,
        frame.set_index(["kind", "text"]),
        pd.cut(pd.Series([1, 5, 9.0]), 3),
        pd.Series([1, 2], index=pd.period_range("2024", periods=2, freq="D"), name="s"),
        pd.interval_range(0, 3),
        pd.period_range("2024", periods=3, freq="W"),
    ]


def matrices() -> list:
    """SciPy's sparse ones."""
    source = scipy.sparse.random(6, 4, 0.5, random_state=1)
    names = [f"{form}_{kind}" for form in FORMATS for kind in ("array", "matrix")]
    line = scipy.sparse.coo_array([0.0, 1.5, 0.0, -2.0])
    return [getattr(scipy.sparse, name)(source) for name in names] + [
        line, line.tocsr(), line.todok(), scipy.sparse.coo_array(np.zeros(3)),
    ]  # fmt: skip


def images() -> list:
    """Pillow's."""
    colour = Image.new("RGB", (5, 3), (10, 20, 30))
    colour.putpixel((1, 1), (200, 5, 7))
    return [colour.convert(mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I", "F")]


def expressions() -> list:
    """SymPy's."""
    y, f = sympy.Symbol("y"), sympy.Function("f")
    return [
        2 * x**2 - 3 * x / 7 + sympy.pi,
        sympy.sin(y) * sympy.exp(-(y**2) / 2) / sympy.sqrt(2 * sympy.pi),
        sympy.Integral(sympy.exp(-(x**2)), (x, 0, sympy.oo)),
        sympy.Sum(1 / n**2, (n, 1, sympy.oo)),
        sympy.Piecewise((x, y > 0), (0, True)),
        sympy.Matrix([[1, x], [y, sympy.Rational(1, 2)]]),
        sympy.Eq(f(y).diff(y), f(y)),
        sympy.solveset(y**2 - 1, y),
        sympy.Float("0.1", 50),
        sympy.Integer(10) ** 60,
        sympy.And(y > 0, y < 1),
    ]


def others() -> list:
    """What compares in no simple way."""
    generator = np.random.default_rng(3)
    return [Point(1, [2]), np.linalg.svd(np.eye(2)), StandIn(a=1, b=[2.0]), generator]


def everything() -> list:
    """All of them in one list."""
    parts = (plain, arrays, tables, matrices, images, expressions, others)
    return [value for part in parts for value in part()]
