"""ipykernel's channels as a sandbox has them, where a race must be lost on purpose to be seen."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / "var" / "environments" / "core" / "bin" / "python"

SUBSCRIBED_BESIDE_A_SEND = """
import threading, time, zmq
from jupyter_client.session import Session
from grader.sandbox.kernel_app import _IOPubThread

_IOPubThread._PIPE = "ipc://pipe"
iopub = zmq.Context().socket(zmq.XPUB)
iopub.bind("ipc://iopub")
thread = _IOPubThread(iopub, pipe=True, session=Session(key=b"key"))
thread.start()
is_busy, may_send = threading.Event(), threading.Event()

def send():
    is_busy.set()
    may_send.wait()
    thread._really_send([b"status"])

thread.schedule(send)
is_busy.wait()
client = zmq.Context().socket(zmq.SUB)
client.connect("ipc://iopub")
client.subscribe(b"")
time.sleep(0.5)  # the subscription is on its way to the thread, which does not look
may_send.set()
while client.poll(10_000):
    if b"iopub_welcome" in b"".join(client.recv_multipart()):
        print("welcome")
        break
"""


def test_who_subscribes_while_something_is_sent_is_welcomed(tmp_path: Path):
    done = subprocess.run(
        [PYTHON, "-c", SUBSCRIBED_BESIDE_A_SEND],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout == "welcome\n", done.stderr
