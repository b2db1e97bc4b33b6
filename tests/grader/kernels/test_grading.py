"""A grading through a real kernel host: real forks, real ipykernel, real walls."""

import base64
import socket
import time

import pytest

from grader.errors import ExerciseError, HostUnavailableError, RunLostError
from grader.kernels.client import KernelClient
from grader.verdict import Verdict
from tests.running import ANSWER, job, printed

pytestmark = pytest.mark.kernels


def test_right_answer_earns_everything(host):
    report = host.grade(job())
    assert report.verdict is Verdict.PASSED
    assert (report.points, report.max_points) == (3, 3)
    assert report.phases.keys() == {"kernel", "cells", "checks", "total"}
    assert len(report.environment_digest) == 64


def test_wrong_answer_says_what_was_expected(host):
    report = host.grade(job("def double(x):\n    return x * x"))
    assert report.verdict is Verdict.FAILED
    assert report.points == 0
    assert "twice x" in report.checks[0].message
    assert report.checks[0].example


def test_same_seed_gives_the_same_report(host):
    first, second = (host.grade(job("def double(x):\n    return x", seed=7)) for _ in range(2))
    assert [check.example for check in first.checks] == [check.example for check in second.checks]
    other = host.grade(job("def double(x):\n    return x", seed=8))
    assert other.checks[0].example != first.checks[0].example


def test_events_tell_cells_and_checks_in_order(host):
    events = []
    host.grade(job("import math", ANSWER), on_event=events.append)
    told = [(event["event"], event.get("state") or event.get("phase")) for event in events]
    assert told == [
        ("phase", "kernel"),
        ("phase", "cells"),
        ("cell", "running"),
        ("cell", "ok"),
        ("cell", "running"),
        ("cell", "ok"),
        ("phase", "checks"),
        ("check", None),
        ("check", None),
    ]


def test_an_error_in_one_cell_does_not_cost_the_others(host):
    report = host.grade(job("1 / 0", ANSWER))
    assert report.cells[0].verdict is Verdict.ERROR
    assert "ZeroDivisionError" in report.cells[0].message
    assert report.points == 3


def test_an_endless_recursion_is_told_as_such(host):
    # Not as a cell that took too long: its traceback once took 17 s.
    report = host.grade(job("def f(n):\n    return f(n + 1)\n\nf(0)", ANSWER, cell_seconds=12))
    assert report.cells[0].verdict is Verdict.ERROR
    assert report.cells[0].message.startswith("RecursionError")
    assert "return f(n + 1)" in printed_traceback(report)
    assert report.points == 3


def printed_traceback(report):
    return "\n".join(report.notebook["cells"][0]["outputs"][-1]["traceback"])


def test_a_figure_appears_below_its_cell(host):
    report = host.grade(
        job("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()", ANSWER)
    )
    outputs = report.notebook["cells"][0]["outputs"]
    assert "image/png" in outputs[-1]["data"]


def test_what_a_forked_child_prints_is_shown(host):
    code = "import os, time\nif os.fork() == 0:\n    print('from the child'); os._exit(0)\nos.wait(); time.sleep(0.3)"
    assert "from the child" in printed(host.grade(job(code, ANSWER)))


def test_public_data_lies_beside_the_notebook(host):
    with_data = job("print(open('data/words.txt').read())", ANSWER)
    with_data["exercise"]["data"] = {"words.txt": base64.b64encode(b"one two").decode()}
    assert printed(host.grade(with_data)) == "one two\n"


def test_a_function_that_never_ends_fails_its_check_and_the_rest_go_on(host):
    code = "def double(x):\n    if isinstance(x, int):\n        while True: pass\n    return 2 * x"
    report = host.grade(job(code, cell_seconds=2))
    assert [check.verdict for check in report.checks] == [Verdict.TIME_LIMIT, Verdict.PASSED]
    assert report.points == 1


def test_a_function_that_ends_the_process_fails_its_check_and_the_rest_go_on(host):
    code = "import os\ndef double(x):\n    if isinstance(x, int):\n        os._exit(0)\n    return 2 * x"
    report = host.grade(job(code))
    assert [check.verdict for check in report.checks] == [Verdict.KERNEL_DIED, Verdict.PASSED]


def test_broken_checks_are_the_authors_to_mend(host):
    with pytest.raises(ExerciseError):
        host.grade(job(checks="this is not Python"))


def test_a_check_that_crashes_is_ours_not_the_learners(host):
    checks = '@check(points=1, title="t", about="double")\ndef t(learner, rng):\n    {}["x"]'
    report = host.grade(job(checks=checks))
    assert report.verdict is Verdict.PLATFORM
    assert "KeyError" in report.author_errors[0]
    assert "KeyError" not in report.checks[0].message


def test_a_stopped_run_leaves_the_place_free(host):
    with pytest.raises(RunLostError):
        host.grade(job("import time; time.sleep(20)"), should_stop=lambda: True)
    assert host.grade(job()).points == 3


def test_no_host_is_said_so(tmp_path):
    with pytest.raises(HostUnavailableError):
        KernelClient(tmp_path / "none.sock").grade(job())


def test_a_host_that_has_not_answered_yet_is_waited_for_and_can_be_left(tmp_path):
    path = tmp_path / "silent.sock"
    asked: list[float] = []

    def third_time() -> bool:
        asked.append(time.monotonic())
        return len(asked) == 3

    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(path))
        listener.listen()
        with pytest.raises(RunLostError, match="stopped"):
            KernelClient(path).grade(job(), should_stop=third_time)
    assert asked[2] > asked[0]


def test_unknown_environment_is_refused(host):
    unknown = job()
    unknown["exercise"]["environment"] = "../../etc"
    with pytest.raises(HostUnavailableError, match="no environment"):
        host.grade(unknown)


@pytest.mark.parametrize(
    "limits", [{"memory_mb": 10**9}, {"total_seconds": 10**9}, {"memory_mb": "x"}]
)
def test_limits_beyond_the_hosts_are_refused(host, limits):
    with pytest.raises(HostUnavailableError):
        host.grade(job(**limits))
