"""Frames: what is sent arrives, and nothing over a limit is read, parsed or sent."""

import contextlib
import json
import socket
import struct
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.wire import frames


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def raw(header: bytes, lengths: tuple[int, ...] = (), magic: bytes = b"KHW1") -> bytes:
    count = len(lengths)
    return struct.pack(f"!4sII{count}I", magic, len(header), count, *lengths) + header


def test_header_and_buffers_arrive(pair):
    ours, theirs = pair
    frames.send(ours, {"a": [1, 2.5, None, "é"]}, [b"one", bytearray(b"")])
    assert frames.receive(theirs) == ({"a": [1, 2.5, None, "é"]}, [b"one", b""])


def test_large_buffers_arrive(pair):
    ours, theirs = pair
    data = bytes(frames.MAX_BUFFER_BYTES)
    thread = threading.Thread(target=frames.send, args=(ours, {}, [data]))
    thread.start()
    _, buffers = frames.receive(theirs, time.monotonic() + 20)
    thread.join()
    assert len(buffers[0]) == len(data)


def test_more_buffers_arrive_than_one_call_fills(pair):
    ours, theirs = pair
    buffers = [str(number).encode() * (number % 3) for number in range(frames.MAX_BUFFERS)]
    thread = threading.Thread(target=frames.send, args=(ours, {"a": 1}, buffers))
    thread.start()
    assert frames.receive(theirs, time.monotonic() + 20) == ({"a": 1}, buffers)
    thread.join()


def test_a_frame_may_come_in_pieces(pair):
    ours, theirs = pair
    whole = raw(b'{"a":1}', (3, 0, 2)) + b"onexy"

    def dribble():
        for byte in whole:
            ours.send(bytes([byte]))
            time.sleep(0.001)

    thread = threading.Thread(target=dribble)
    thread.start()
    assert frames.receive(theirs, time.monotonic() + 20) == ({"a": 1}, [b"one", b"", b"xy"])
    thread.join()


def test_an_end_is_told_from_silence(pair):
    ours, theirs = pair
    with pytest.raises(frames.WireTimeoutError):
        frames.receive(ours, time.monotonic() + 0.01)
    theirs.close()
    with pytest.raises(frames.WireClosedError):
        frames.receive(ours)


def test_a_drip_does_not_extend_the_deadline(pair):
    ours, theirs = pair
    stop = threading.Event()

    def drip():
        while not stop.wait(0.02):
            theirs.send(b"K")

    thread = threading.Thread(target=drip)
    thread.start()
    started = time.monotonic()
    with pytest.raises(frames.WireError):
        frames.receive(ours, started + 0.2)
    stop.set()
    thread.join()
    assert time.monotonic() - started < 20


def test_a_reader_that_does_not_read_is_left_at_the_deadline(pair):
    ours, _ = pair
    with pytest.raises(frames.WireTimeoutError):
        frames.send(ours, {}, [bytes(8 << 20)], time.monotonic() + 0.05)


@pytest.mark.parametrize(
    "data",
    [
        raw(b"{}", magic=b"HTTP"),
        raw(b"{}", (frames.MAX_BUFFER_BYTES, 1)),
        struct.pack("!4sII", b"KHW1", frames.MAX_HEADER_BYTES + 1, 0),
        struct.pack("!4sII", b"KHW1", 2, 2**32 - 1),
    ],
    ids=["magic", "buffers too large", "header too large", "too many buffers"],
)
def test_a_false_prefix_is_refused_before_the_rest_is_read(pair, data):
    ours, theirs = pair
    theirs.sendall(data)
    with pytest.raises(frames.WireError) as caught:
        frames.receive(ours, time.monotonic() + 1)
    assert not isinstance(caught.value, frames.WireTimeoutError)


@pytest.mark.parametrize(
    "text",
    [
        b"[" * frames.MAX_HEADER_BYTES,
        b'{"a":' * 100_000,
        b'"' + b'\\"' * 500_000,
        b'{"a":[' + b"1," * 100_000 + b"1]}",
        b'{"a":' + b"9" * 1_000_000 + b"}",
        b'{"a":' + b"9" * 1_299 + b"}",
        b'{"a":-' + b"0" * 2_000 + b"}",
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1',
        b"[1]",
        b"",
        b"\xff\xfe",
        '{"a":"é"}'.encode(),
    ],
)
def test_hostile_headers_are_refused_quickly(text):
    started = time.process_time()
    with pytest.raises(frames.WireError):
        frames.parse_header(text)
    assert time.process_time() - started < 0.5


def test_integers_up_to_the_limit_pass():
    largest = 2**frames.MAX_INT_BITS - 1
    assert frames.parse_header(json.dumps({"a": largest}).encode()) == {"a": largest}


@pytest.mark.parametrize(
    "header", [{"a": float("nan")}, {"a": object()}, {"a": [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}]
)
def test_nothing_over_a_limit_is_sent(pair, header):
    ours, theirs = pair
    with pytest.raises(frames.WireError):
        frames.send(ours, header)
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(1)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_as_a_header_raise_only_the_declared_error(text):
    with contextlib.suppress(frames.WireError):
        assert isinstance(frames.parse_header(text), dict)


json_like = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=9), inner, max_size=5)
    ),
    max_leaves=30,
)


@settings(max_examples=200, deadline=None)
@given(json_like)
def test_what_json_writes_the_scanner_counts_rightly(value):
    text = json.dumps({"v": value}, allow_nan=False).encode()
    if _depth(value) + 1 > frames.MAX_DEPTH:
        return
    try:
        assert frames.parse_header(text) == json.loads(text)
    except frames.WireLimitError:
        assert b"e3" in text or any(len(part) > 1_000 for part in text.split())


def _depth(value) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0
