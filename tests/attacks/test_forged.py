"""Values and messages that are made for the examiner: none earns a point, tells of its memory or ends it."""

import json

import pytest

from grader.exercises.printing import report_lines
from grader.verdict import Verdict
from tests.running import ANSWER, job

pytestmark = pytest.mark.kernels

INTERFACE = """
import sys
import numpy as np, pandas as pd
secret = np.arange(3.0)
address = secret.__array_interface__["data"][0]
interface = {"shape": (3,), "typestr": "<f8", "data": (address, True), "version": 3}
class Forged(tuple):
    _fields = ("__array_interface__",)
"""
# Its own side of the wire a kernel can change as it likes; the examiner's must refuse.
LYING = (
    INTERFACE
    + """
sys.modules["grader.wire.records"].is_field = lambda name: True
"""
)
FORGED = {
    "record": INTERFACE + "def double(x): return Forged([interface])",
    "lying": LYING + "def double(x): return Forged([interface])",
    "nested": LYING + "def double(x): return [Forged([interface])]",
    "series": INTERFACE + "def double(x): return pd.Series([interface], ['__array_interface__'])",
}
LONG = {
    "range": "def double(x): return range(10**8)",
    "ranges": "def double(x): return [range(10**8)] * 2",
    "index": "import pandas as pd\ndef double(x): return pd.RangeIndex(10**9)",
    "endless": "def double(x): return range(10**12)",
}
SEND = """
kernel = get_ipython().kernel
def send(kind, **content):
    kernel.session.send(kernel.iopub_socket, kind, content=content, parent=kernel.get_parent("shell"))
"""

REPLACE = """
session = get_ipython().kernel.session
pack = session.pack
session.pack = lambda content: pack(content).replace({old!r}, {new!r})
"""


@pytest.mark.parametrize("code", FORGED.values(), ids=FORGED)
def test_a_forged_array_earns_nothing_and_reads_nothing(host, code):
    report = host.grade(job(code))
    assert report.points == 0
    assert report.verdict is not Verdict.PLATFORM
    assert report.author_errors == ()
    assert "typestr" not in "".join(check.message for check in report.checks)


@pytest.mark.parametrize("code", LONG.values(), ids=LONG)
def test_a_long_range_is_a_wrong_answer(host, code):
    report = host.grade(job(code))
    assert (report.points, report.verdict) == (0, Verdict.FAILED)
    assert report.author_errors == ()
    assert "entries, more than can be compared" in report.checks[1].message


def test_a_printed_list_is_joined_and_ends_nothing(host):
    send = "send('stream', name='stdout', text=['a', 'b'])"
    report = host.grade(job(SEND + send, ANSWER))
    assert (report.points, report.verdict) == (3, Verdict.PASSED)
    assert report.notebook["cells"][0]["outputs"][0]["text"] == "ab"


def test_numbers_that_are_no_json_become_null(host):
    code = REPLACE.format(old=b'"N"', new=b"[NaN, -Infinity, 1e999, 1]")
    code += "from IPython.display import display; display({'application/json': 'N'}, raw=True)"
    report = host.grade(job(code, ANSWER))
    json.dumps(report.to_json(), allow_nan=False)
    data = report.notebook["cells"][0]["outputs"][0]["data"]
    assert data["application/json"] == [None, None, None, 1]


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        ("HALF", "ValueError: �"),
        ("\\x1b[2J\\x1b]0;owned\\x07", "ValueError: �[2J�]0;owned�"),
    ],
    ids=["half a character", "terminal"],
)
def test_an_error_is_told_without_control_characters(host, raised, told):
    code = REPLACE.format(old=b"HALF", new=rb"\ud800") + f"raise ValueError('{raised}')"
    report = host.grade(job(code, ANSWER))
    assert report.points == 3
    assert report.cells[0].message == told
    "\n".join(report_lines(report)).encode()
