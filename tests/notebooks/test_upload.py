"""A file from outside: read within limits, refused with a sentence, never a crash."""

import json
import subprocess
import sys
import time
import tracemalloc

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.errors import NotebookError
from notebooks import reader, upload
from notebooks.upload import SMALL_BYTES, parse_request, parse_upload, read_upload

GOOD = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"name": "x"}},
    "cells": [
        {
            "id": "double",
            "cell_type": "code",
            "source": ["def double(x):\n", "    return 2 * x"],
            "metadata": {"kilohour": {"id": "double", "points": 99}, "tags": ["x"]},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "99 points"}],
            "execution_count": 1,
        }
    ],
}


def test_of_a_notebook_only_text_is_taken() -> None:
    assert parse_upload(json.dumps(GOOD).encode()) == {
        "nbformat": 4,
        "nbformat_minor": 5,
        "cells": [
            {
                "id": "double",
                "cell_type": "code",
                "source": "def double(x):\n    return 2 * x",
                "metadata": {"kilohour": {"id": "double"}},
            }
        ],
    }


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert parse_upload(b"\xef\xbb\xbf" + json.dumps(GOOD).encode())["nbformat"] == 4


def hostile(text: str) -> bytes:
    return b'{"nbformat": 4, "nbformat_minor": 5, "cells": [], "metadata": ' + text.encode() + b"}"


HOSTILE = {
    "nothing": (b"", "empty"),
    "blanks": (b" \n", "empty"),
    "no JSON": (b"print('hello')", "not JSON"),
    "cut off": (json.dumps(GOOD).encode()[:-9], "not JSON"),
    "a list": (b"[1, 2]", "JSON object"),
    "UTF-16": (json.dumps(GOOD).encode("utf-16"), "UTF-8"),
    "Latin-1": (b'{"metadata": "caf\xe9"}', "not UTF-8"),
    "NUL byte": (b'{"a": "\x00"}', "NUL"),
    "NUL escape": (hostile(r'"\u0000"'), "NUL"),
    "lone surrogate": (hostile(r'"\ud800"'), "surrogate"),
    "surrogate in a key": (hostile(r'{"\udc00": 1}'), "surrogate"),
    "duplicate key": (hostile('{"a": 1, "a": 2}'), "twice"),
    "deep": (hostile("[" * 40 + "]" * 40), "deeper"),
    "very deep": (b"[" * 4_000_000, "deeper"),
    "very deep objects": (b'{"a":' * 800_000, "deeper"),
    "huge whole number": (hostile("9" * 4_000_000), "number"),
    "huge fraction": (hostile("0." + "1" * 4_000_000), "number"),
    "huge exponent": (hostile("1e" + "9" * 100), "number"),
    "many values": (hostile("[" + "[]," * 1_500_000 + "[]]"), "more than"),
    "many cells": (
        b'{"nbformat": 4, "nbformat_minor": 5, "cells": [' + b"{}," * 500 + b"{}]}",
        "501 cells",
    ),
    "a zip file": (b"PK\x03\x04" + bytes(range(256)), "NUL"),
}


@pytest.mark.parametrize(("data", "reason"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_cannot_be_used_is_refused_quickly_with_a_reason(data: bytes, reason: str) -> None:
    started = time.monotonic()
    with pytest.raises(NotebookError) as caught:
        parse_upload(data)
    assert reason in str(caught.value)
    assert "Traceback" not in str(caught.value)
    assert time.monotonic() - started < 10


# Run apart: a process's children share one peak, and the tests before this one started large ones.
PEAK = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "-I", "-S", sys.argv[1]], stdin=sys.stdin, capture_output=True)
assert b"problems" in done.stdout
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_memory_stays_bounded(tmp_path) -> None:
    bomb = tmp_path / "bomb.json"
    bomb.write_bytes(b"[" + b'{"a":0},' * 600_000 + b"0]")
    with bomb.open("rb") as source:
        peak = subprocess.check_output([sys.executable, "-c", PEAK, reader.__file__], stdin=source)
    assert int(peak) < 800 * 1024


DENSE = {"dicts": b'{"a":0},', "lists": b"[[]],", "numbers": b"1e9,", "keys": b'{"\\u0000":{}},'}


@pytest.mark.parametrize("piece", DENSE.values(), ids=DENSE)
def test_what_is_read_here_takes_little(piece: bytes) -> None:
    data = b"[" + piece * ((SMALL_BYTES - 3) // len(piece)) + b"0]"
    assert len(data) <= SMALL_BYTES
    started = time.process_time()
    with pytest.raises(NotebookError):
        parse_upload(data)
    assert time.process_time() - started < 2
    tracemalloc.start()
    with pytest.raises(NotebookError):
        parse_upload(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 32 * 1024 * 1024


@pytest.mark.parametrize("name", HOSTILE)
def test_both_ways_say_the_same(name: str) -> None:
    data = HOSTILE[name][0][:SMALL_BYTES]
    here = json.loads(json.dumps(reader.answer(data, "notebook")))
    assert here == upload._read_elsewhere(data, "notebook")


LARGE = b"{}" + b" " * SMALL_BYTES


def test_a_reader_that_dies_is_a_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    script = tmp_path / "dies.py"
    script.write_text("import os; os.abort()")
    monkeypatch.setattr("notebooks.upload.READER", script)
    with pytest.raises(NotebookError, match="within our limits"):
        parse_upload(LARGE)


def test_a_reader_that_hangs_is_a_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    script = tmp_path / "hangs.py"
    script.write_text("import time; time.sleep(60)")
    monkeypatch.setattr("notebooks.upload.READER", script)
    monkeypatch.setattr("notebooks.upload.WALL_SECONDS", 0.2)
    with pytest.raises(NotebookError, match="within our limits"):
        parse_upload(LARGE)


def test_a_request_holds_a_notebook_or_answers() -> None:
    body = json.dumps({"notebook": GOOD}).encode()
    assert parse_request(body) == {"notebook": parse_upload(json.dumps(GOOD).encode())}
    assert parse_request(b'{"answers": {"double": "x", "b": 3}}') == {
        "answers": {"double": "x", "b": None}
    }


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{}",
        b'{"answers": []}',
        b'{"answers": {}, "notebook": {}}',
        b'{"notebook": 3}',
        b"[",
    ],
)
def test_other_requests_are_refused(body: bytes) -> None:
    with pytest.raises(NotebookError):
        parse_request(body)


def test_large_files_are_not_even_read() -> None:
    with pytest.raises(NotebookError, match=r"10\.0.MB; at most 5\.0.MB"):
        read_upload(SimpleUploadedFile("x.ipynb", b" " * 10 * 1024 * 1024))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
cells = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "id": json_values,
            "cell_type": st.sampled_from(["code", "markdown", "raw", "heading"]) | json_values,
            "source": st.text() | st.lists(st.text()) | json_values,
            "metadata": st.fixed_dictionaries({}, optional={"kilohour": json_values}) | json_values,
        },
    )
    | json_values
)


@given(
    st.binary()
    | json_values.map(lambda value: json.dumps(value).encode())
    | st.fixed_dictionaries(
        {"nbformat": json_values, "nbformat_minor": json_values, "cells": cells | json_values}
    ).map(lambda value: json.dumps(value).encode())
)
@settings(max_examples=400, deadline=1000, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        notebook = reader.read(data)
    except reader.UnusableError:
        return
    assert set(notebook) == {"nbformat", "nbformat_minor", "cells"}
    for cell in notebook["cells"] or []:
        assert cell is None or set(cell) <= {"id", "cell_type", "source", "metadata"}
    json.dumps(notebook).encode()
