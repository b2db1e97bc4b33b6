"""Errors are output too: however much of it an exception or a message of the kernel's brings, there is one verdict."""

import json
import os
import signal
import threading

import pytest

from grader.verdict import Verdict
from tests.attacks.leaks import side_of
from tests.running import ANSWER, CHECKS, job, printed

pytestmark = pytest.mark.kernels

CUT = "the notebook had printed more than 1 MB or 2000 pieces of output; the rest was cut."
FLOOD = """
import time
kernel = get_ipython().kernel
for number in range({count}):
    if number % 100 == 99: time.sleep(0.1)  # what is not read in time is lost
    content = {{"ename": "E", "evalue": "x" * {size}, "traceback": ["y"]}}
    kernel.send_response(kernel.iopub_socket, "error", content)
"""


def size(report):
    return len(json.dumps(report.to_json()))


def test_a_long_exception_is_cut_and_costs_nothing(host):
    report = host.grade(job('raise ValueError("é" * 3_000_000)', ANSWER))
    assert (report.verdict, report.points) == (Verdict.PASSED, 3)
    assert report.cells[0].verdict is Verdict.ERROR
    assert report.cells[0].message.startswith("ValueError: ééé")
    assert printed(report).startswith("ValueError: ééé")
    assert report.notes == (f"By cell 1 {CUT}",)
    assert size(report) < 2 << 20


def test_a_short_one_is_kept_whole(host):
    report = host.grade(job('raise ValueError("é" * 100_000)', ANSWER))
    assert report.notes == ()
    assert printed(report) == "ValueError: " + "é" * 100_000
    assert len(report.notebook["cells"][0]["outputs"][0]["traceback"]) > 1


@pytest.mark.parametrize(
    "code",
    [
        'raise ValueError("x" * 25_000_000)',
        "'x' * 40_000_000",
        "get_ipython().set_next_input('x' * 40_000_000)",  # in the reply, not among the outputs
    ],
    ids=["exception", "value", "reply"],
)
def test_too_much_at_once_ends_the_run(host, code):
    report = host.grade(job(ANSWER, code, cell_seconds=25))
    assert report.verdict is Verdict.OUTPUT_LIMIT
    assert report.message == "Cell 2 printed more than 32 MB at once."
    assert size(report) < 2 << 20


def test_a_flood_of_errors_ends_the_run(host):
    report = host.grade(job(FLOOD.format(count=100, size=1_000_000), ANSWER, cell_seconds=25))
    assert report.verdict is Verdict.OUTPUT_LIMIT
    assert report.message == "Cell 1 printed more than 64 MB."
    assert size(report) < 2 << 20


def test_many_small_errors_are_cut(host):
    report = host.grade(job(FLOOD.format(count=2_500, size=10), ANSWER))
    assert report.points == 3
    assert report.notes == (f"By cell 1 {CUT}",)
    assert len(report.notebook["cells"][0]["outputs"]) <= 2_001


def test_one_output_shown_in_many_places_counts_in_each(host):
    code = "from IPython.display import *\nfor n in range(50): display(n, display_id='a')\n"
    code += "update_display('x' * 100_000, display_id='a')"
    report = host.grade(job(code, ANSWER))
    assert report.points == 3
    assert report.notes == (f"By cell 1 {CUT}",)
    assert size(report) < 2 << 20


def test_what_a_kernel_says_of_its_counts_is_not_kept(host):
    code = "import os\nk = get_ipython().kernel\ncontent = {'code': '', 'execution_count': 'x' * 10**6}\n"
    code += (
        "for n in range(9): k.send_response(k.iopub_socket, 'execute_input', content)\nos._exit(0)"
    )
    report = host.grade(job(code, ANSWER))
    assert report.verdict is Verdict.KERNEL_DIED
    assert size(report) < 1 << 20


def test_a_burst_of_outputs_is_read_to_its_end(host):
    code = "from IPython.display import display\nfor n in range(1_900): display(n)"
    report = host.grade(job(code, ANSWER))
    assert report.notes == ()
    assert len(report.notebook["cells"][0]["outputs"]) == 1_900


@pytest.mark.skipif(os.geteuid() != 0, reason="stops a process of another user")
def test_a_burst_waits_for_an_examiner_that_is_held_up(host):
    code = "from IPython.display import display\nimport time\ntime.sleep(0.7)\n"
    code += "for n in range(1_900): display(n)"

    def hold_up(event):
        if event.get("event") != "cell" or event["state"] != "running":
            return
        for pid in side_of(host, "examiner")[1:]:
            os.kill(pid, signal.SIGSTOP)
            threading.Timer(3, os.kill, [pid, signal.SIGCONT]).start()

    report = host.grade(job(code), on_event=hold_up)
    assert report.notes == ()
    assert len(report.notebook["cells"][0]["outputs"]) == 1_900


LATE = """
import itertools, time
kernel = get_ipython().kernel
status = kernel._publish_status
def late(*args, **kwargs):
    if args[0] == "idle":
        for number in {numbers}:
            time.sleep(0.7)
            display(number)
    status(*args, **kwargs)
kernel._publish_status = late
"""


def test_what_comes_slowly_after_the_reply_is_read_to_its_end(host):
    report = host.grade(job(LATE.format(numbers="range(5)")))
    assert [each["data"]["text/plain"] for each in report.notebook["cells"][0]["outputs"]] == [
        "0", "1", "2", "3", "4"
    ]  # fmt: skip


def test_a_cell_that_never_says_it_is_over_has_no_more_than_its_time(host):
    report = host.grade(job(LATE.format(numbers="itertools.count()"), ANSWER, cell_seconds=3))
    assert report.verdict is Verdict.TIME_LIMIT
    assert report.message == "Cell 2 ran longer than 3 s."
    assert 3 <= len(report.notebook["cells"][0]["outputs"]) <= 6


def test_a_flood_during_the_checks_does_not_reach_the_examiner(host):
    code = "import threading\ndef flood():\n    while True: print('x' * (1 << 20), flush=True)\n"
    code += f"{ANSWER}\nthreading.Thread(target=flood, daemon=True).start()"
    slowly = CHECKS.replace("x = int(", "import time; time.sleep(3); x = int(")
    report = host.grade(job(code, checks=slowly))
    assert report.verdict in (Verdict.PASSED, Verdict.OUTPUT_LIMIT)
    assert size(report) < 2 << 20
