"""A run that takes the examiner along is lost, not one that waits for a host: so it cannot go round for ever."""

import dataclasses
import socket
import time

import pytest

from grader.errors import HostUnavailableError, RunLostError
from grader.kernels import grading
from grader.kernels.client import KernelClient, _follow
from grader.verdict import Verdict
from grader.wire import frames
from tests.grader.kernels.starting import own_host
from tests.running import job

CHECK = '@check(points=1, title="t")\ndef t(learner):\n    '


def lose(client, check):
    with pytest.raises(RunLostError) as caught:
        client.grade(job(checks=CHECK + check))
    return str(caught.value)


@pytest.mark.kernels
class TestExaminer:
    def test_a_segfault(self, host):
        assert "status -11" in lose(KernelClient(host._path), "import ctypes; ctypes.string_at(0)")
        assert host.grade(job()).verdict is Verdict.PASSED

    def test_an_exit(self, host):
        assert "status 3" in lose(KernelClient(host._path), "import os; os._exit(3)")

    def test_a_failure_that_it_tells_of(self, host):
        assert "the examiner failed: SystemExit" in lose(
            KernelClient(host._path), "raise SystemExit"
        )

    def test_out_of_memory(self, tmp_path, monkeypatch):
        small = dataclasses.replace(grading.POLICY, examiner_memory_bytes=300 << 20)
        monkeypatch.setattr(grading, "POLICY", small)
        with own_host(tmp_path) as (host, client):
            if host.groups.kind == "none":
                pytest.skip("an ordinary user's examiner has no limit of its own")
            assert "out of memory" in lose(client, "x = b'x' * (500 << 20)")


class TestEvents:
    @pytest.mark.parametrize(
        ("event", "error"), [("unserved", HostUnavailableError), ("failed", RunLostError)]
    )
    def test_only_a_host_that_serves_no_kernel_is_waited_for(self, event, error):
        ours, theirs = socket.socketpair()
        connection, _other = socket.socketpair()
        with ours, theirs, connection, _other:
            frames.send(theirs, {"event": event, "reason": "why"})
            with pytest.raises(error, match="why"):
                _follow(ours, connection, time.monotonic() + 5, None, None)
