"""A fuzzer in a kernel's place: whatever its channels carry, there is one report, and honest work goes on."""

import json

import pytest

from grader.verdict import Verdict
from tests.running import ANSWER, job

pytestmark = pytest.mark.kernels

RUNS, MESSAGES = 25, 400
# A notebook that sends the kernel's own messages and heaps of bytes that only resemble them.
FUZZ = """
import json, random, time, zmq
rng = random.Random({seed})
kernel = get_ipython().kernel
session = kernel.session
KINDS = ["stream", "display_data", "execute_result", "error", "status", "execute_input", "update_display_data",
         "clear_output", "comm_open", "comm_msg", "execute_reply", "kernel_info_reply", "iopub_welcome",
         "input_request", "shutdown_reply", "debug_event", "", "x" * 1000, 7, None]
NAMES = ["name", "text", "data", "metadata", "transient", "ename", "evalue", "traceback", "execution_state", "code",
         "execution_count", "wait", "comm_id", "status", "payload", "display_id", "text/plain", "image/png", "msg_id",
         "msg_type", "session", "date", "version", "buffers", "parent_header", "header", "content", "\\udfff"]
LEAVES = [None, True, -1, 2 ** 70, 1e308, float("nan"), float("inf"), "", "idle", "busy", "stdout", "\\ud800", "\\x00",
          "x" * 5000, "2026-01-01T00:00:00Z", "<script>", [], {{}}]

def value(depth=3):
    roll = rng.random()
    if depth == 0 or roll < 0.5: return rng.choice(LEAVES)
    if roll < 0.7: return [value(depth - 1) for _ in range(rng.randrange(4))]
    return {{rng.choice(NAMES): value(depth - 1) for _ in range(rng.randrange(6))}}

def header():
    found = dict(kernel.get_parent("shell").get("header", {{}}))
    for _ in range(rng.randrange(3)): found[rng.choice(NAMES)] = value()
    return found if rng.random() < 0.9 else value()

def pack(thing):
    roll = rng.random()
    if roll < 0.05: return rng.randbytes(rng.randrange(200))
    if roll < 0.07: return b"[" * 5000
    text = json.dumps(thing, default=str).encode("utf-8", "surrogatepass")
    return text if roll < 0.97 else text[:rng.randrange(len(text) + 1)]

def parts():
    head = session.msg_header(str(rng.choice(KINDS))) if rng.random() < 0.9 else value()
    if isinstance(head, dict) and rng.random() < 0.1: head[rng.choice(NAMES)] = value()
    if isinstance(head, dict) and rng.random() < 0.1: head["msg_type"] = rng.choice(KINDS)
    found = [pack(head), pack(header()), pack(value()), pack(value())]
    signature = session.sign(found) if rng.random() < 0.9 else rng.randbytes(rng.randrange(40))
    whole = [b"<IDS|MSG>", signature, *found, *(rng.randbytes(9) for _ in range(rng.randrange(2)))]
    while rng.random() < 0.05 and whole: del whole[rng.randrange(len(whole))]
    return whole or [b""]

def send():
    if rng.random() < 0.8:
        topic = [rng.choice([b"stream", b"", rng.randbytes(5)])] if rng.random() < 0.9 else []
        kernel.iopub_socket.send_multipart(topic + parts())
    else:
        kernel.shell_stream.socket.send_multipart([*kernel._parent_ident["shell"], *parts()])

try:
    for number in range({messages}):
        if number % 100 == 99: time.sleep(0.05)  # what is not read in time is lost
        send()
except BaseException:
    import os
    os._exit(3)  # a fault of the fuzzer's own, which the test finds
"""
# Whatever a run that was spoilt by its own kernel may come to.
ENDS = {
    Verdict.PASSED,
    Verdict.FAILED,
    Verdict.ERROR,
    Verdict.KERNEL_DIED,
    Verdict.OUTPUT_LIMIT,
    Verdict.TIME_LIMIT,
}


@pytest.mark.parametrize("seed", range(RUNS))
def test_ends_in_one_report(host, seed):
    report = host.grade(job(ANSWER, FUZZ.format(seed=seed, messages=MESSAGES), cell_seconds=25))
    assert report.verdict in ENDS
    assert "ended by itself" not in report.message
    assert report.points in (0, 3)
    assert len(json.dumps(report.to_json())) < 4 << 20
    assert host.grade(job(ANSWER)).points == 3
