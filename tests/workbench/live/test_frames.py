"""Frames and messages: what is none is refused, whatever it claims."""

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workbench.live.server import read
from workbench.live.frames import MOST_BYTES, Frame, FrameError, pack, unpack
from workbench.live.messages import MessageError, read_header, read_object
from workbench.live.outputs import BYTES_PER_RUN, OutputGate, cut_stream

GOOD = pack(Frame("shell", b"{}", b"{}", b"{}", b"{}", [b"one", b""]))


def test_a_frame_comes_back_as_it_was() -> None:
    frame = Frame("shell", b'{"a":1}', b"{}", b"{}", b"[]", [b"\0\1", b""])
    assert unpack(pack(frame)) == frame
    assert read(pack(Frame("iopub", b'{"msg_type":"status"}'))).type == "status"


def offsets(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}Q", *values)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"1234567",
        offsets(6),
        offsets(2**63),
        offsets(5, 48, 48, 48, 48, 48),
        offsets(6, 56, 56, 56, 56, 56, 57),
        offsets(6, 0, 8, 16, 24, 32, 56),
        offsets(6, 56, 58, 57, 58, 58, 58) + b"xx",
        GOOD + b"x",
        GOOD[:-1],
        offsets(200, *range(200)),
        b"\0" * (MOST_BYTES + 1),
    ],
)
def test_what_is_no_frame_is_refused(data: bytes) -> None:
    with pytest.raises(FrameError):
        unpack(data)


@given(st.binary(max_size=200))
def test_noise_is_refused_or_read(noise: bytes) -> None:
    for data in (noise, offsets(6, 56, 56, 56, 56, 56, 56 + len(noise)) + noise):
        try:
            unpack(data)
        except FrameError:
            continue


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"msg_id": 1, "msg_type": "x"}',
        b'{"msg_id": "", "msg_type": "x"}',
        b'{"msg_id": "a"}',
        json.dumps({"msg_id": "a" * 200, "msg_type": "x"}).encode(),
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"a":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        b'{"a": ' + b"9" * 10_000 + b"}",
    ],
)
def test_what_is_no_header_is_refused(data: bytes) -> None:
    with pytest.raises(MessageError):
        read_header(data)


def test_a_large_object_is_not_even_read() -> None:
    with pytest.raises(MessageError):
        read_object(b'{"a": 1}', 4)


@given(st.text(), st.integers(1, 60))
def test_a_stream_is_cut_at_a_character(text: str, room: int) -> None:
    content = json.dumps({"name": "stdout", "text": text}).encode()
    found = cut_stream(content, room)
    if found is not None and room < len(content):
        assert text.startswith(found["text"])


def stream(size: int) -> Frame:
    content = json.dumps({"name": "stdout", "text": "x" * size}).encode()
    return Frame("iopub", b'{"msg_id":"m","msg_type":"stream"}', content=content)


def test_a_run_shows_so_much_then_a_notice_once() -> None:
    gate = OutputGate()
    passed = [
        frame
        for _ in range(12)
        for frame in gate.judge(stream(1_000_000), "stream", "run", is_cut=False)
    ]
    notices = [frame for frame in passed if b"kilohour" in frame.metadata]
    assert len(notices) == 1
    assert passed[-1] is notices[0]
    shown = sum(frame.size for frame in passed)
    assert 0.9 * BYTES_PER_RUN < shown <= BYTES_PER_RUN + 2000


def test_forged_news_are_rebuilt_or_dropped() -> None:
    gate = OutputGate()
    header = b'{"msg_id":"m","msg_type":"status"}'
    forged = json.dumps({"execution_state": "idle", "kilohour": {"fresh": True}}).encode()
    (passed,) = gate.judge(Frame("iopub", header, content=forged), "status", "run", is_cut=False)
    assert b"kilohour" not in passed.content
    restarting = Frame("iopub", header, content=b'{"execution_state": "restarting"}')
    assert gate.judge(restarting, "status", "run", is_cut=False) == []
    assert gate.judge(stream(1), "shutdown_reply", "run", is_cut=False) == []
