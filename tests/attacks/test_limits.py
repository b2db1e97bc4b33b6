"""Each limit is a verdict of its own with a sentence for the learner, and where it is known, the cell."""

import re
import time

import pytest

from grader.errors import RunLostError
from grader.kernels.client import KernelClient
from grader.verdict import Verdict
from tests.running import ANSWER, job, printed

pytestmark = pytest.mark.kernels


class TestCellTime:
    def test_an_endless_cell_is_ended_and_named(self, host):
        report = host.grade(job(ANSWER, "while True: pass", cell_seconds=1))
        assert report.verdict is Verdict.TIME_LIMIT
        assert report.message == "Cell 2 ran longer than 1 s."

    def test_the_same_cell_goes_on_where_the_order_allows_it(self, host):
        code = "import time\nend = time.monotonic() + 1.5\nwhile time.monotonic() < end: pass"
        assert host.grade(job(ANSWER, code, cell_seconds=1)).points == 0
        assert host.grade(job(ANSWER, code, cell_seconds=10)).points == 3

    def test_signals_do_not_help(self, host):
        code = "import signal, time\nfor s in (2, 14, 15): signal.signal(s, signal.SIG_IGN)\ntime.sleep(9)"
        assert host.grade(job(code, cell_seconds=1)).verdict is Verdict.TIME_LIMIT


class TestTotalTime:
    def test_many_slow_cells_are_ended(self, host):
        slow = "import time; time.sleep(0.5)"
        report = host.grade(job(*[slow] * 9, cell_seconds=2, total_seconds=2))
        told = r"Cell [2-5] was running when the 2 s for all cells were over\."
        assert re.fullmatch(told, report.message)
        assert host.grade(job(*[slow] * 4, ANSWER, cell_seconds=5)).points == 3

    def test_an_examiner_that_does_not_end_is_ended(self, host):
        """Not even checks can hold a place: the host's own clock runs beside the examiner's."""
        checks = '@check(points=1, title="t", about="x")\ndef t(learner):\n    while True: pass'
        started = time.monotonic()
        with pytest.raises(RunLostError):
            KernelClient(host._path).grade(job(checks=checks, cell_seconds=1, total_seconds=1))
        assert time.monotonic() - started < 20


class TestMemory:
    def test_a_cell_that_takes_too_much(self, host):
        code = "x = []\nwhile True: x.append(bytes(10**7).replace(b'\\0', b'x'))"
        report = host.grade(job(ANSWER, code, memory_mb=256))
        assert report.verdict is Verdict.MEMORY_LIMIT
        assert report.message == "Cell 2 used more than 256 MB of memory."

    def test_a_call_that_takes_too_much(self, host):
        code = "def double(x):\n    y = []\n    while True: y.append(b'x' * 10**7)"
        report = host.grade(job(code, memory_mb=256))
        assert {check.verdict for check in report.checks} == {Verdict.MEMORY_LIMIT}
        assert "used more than 256 MB of memory" in report.checks[0].message

    def test_a_child_that_takes_too_much(self, host):
        code = "import os, time\nif os.fork() == 0:\n    x = []\n    while True: x.append(bytearray(10**7))\ntime.sleep(5)"
        assert host.grade(job(code, memory_mb=256)).verdict is Verdict.MEMORY_LIMIT

    def test_files_in_memory_count(self, host):
        code = "for n in range(240): open(f'/home/learner/{n}', 'wb').write(bytes(1 << 20))"
        assert host.grade(job(code, ANSWER)).points == 3
        report = host.grade(job(code, ANSWER, memory_mb=192))
        assert report.verdict is Verdict.MEMORY_LIMIT
        assert report.message == "Cell 1 used more than 192 MB of memory."


class TestOutput:
    def test_what_is_too_much_is_cut_and_costs_nothing(self, host):
        report = host.grade(job("print('x' * (3 << 20))", ANSWER))
        assert report.points == 3
        assert report.notes == (
            "By cell 1 the notebook had printed more than 1 MB or 2000 pieces of output; the rest was cut.",
        )
        assert len(str(report.notebook)) < 2 << 20

    def test_less_is_kept_whole(self, host):
        report = host.grade(job("print('x' * (1 << 19))", ANSWER))
        assert report.notes == ()
        assert len(printed(report)) == (1 << 19) + 1

    def test_progress_bars_are_shown_as_they_end(self, host):
        code = "for n in range(3): print(f'\\r{n} of 2', end='', flush=True)\nprint('\\ndone')"
        assert printed(host.grade(job(code, ANSWER))) == "2 of 2\ndone\n"

    def test_a_flood_ends_the_run(self, host):
        code = "import time\nwhile True: print('x' * (1 << 19), flush=True); time.sleep(0.01)"
        report = host.grade(job(ANSWER, code))
        # A kernel drops what the examiner is too slow to read, so on a busy machine time is up first.
        assert (report.verdict, report.message) in [
            (Verdict.OUTPUT_LIMIT, "Cell 2 printed more than 64 MB."),
            (Verdict.TIME_LIMIT, "Cell 2 ran longer than 10 s."),
        ]

    def test_one_huge_value(self, host):
        report = host.grade(job("'x' * 100_000_000", ANSWER))
        assert report.verdict is Verdict.OUTPUT_LIMIT


class TestProcess:
    @pytest.mark.parametrize("end", ["os._exit(0)", "os.abort()", "ctypes.string_at(1)"])
    def test_a_process_that_ends_itself(self, host, end):
        report = host.grade(job(ANSWER, f"import ctypes, os\n{end}"))
        assert report.verdict is Verdict.KERNEL_DIED
        assert report.message == "Cell 2 was running when the Python process ended by itself."

    def test_a_fork_bomb(self, host):
        code = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"
        assert host.grade(job(code, cell_seconds=2)).verdict is Verdict.TIME_LIMIT
        assert host.grade(job()).points == 3

    def test_closing_every_descriptor(self, host):
        assert host.grade(job("import os\nos.closerange(3, 100)", ANSWER)).points == 0
