"""Speaks with a live kernel as a notebook page does, through jupyter_client."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from jupyter_client.blocking import BlockingKernelClient

from grader.kernels.client import KernelClient
from grader.kernels.live import LiveKernel, open_live

SECONDS = 20.0
LIMITS = {"memory_mb": 512, "cell_seconds": 20, "total_seconds": 60}


class Talk:
    """A live kernel and a client that is connected to it."""

    def __init__(self, kernel: LiveKernel) -> None:
        self.kernel = kernel
        self.client = BlockingKernelClient()
        self.client.load_connection_info(kernel.connection)
        self.client.start_channels(hb=False)

    def run(self, code: str, **options: Any) -> dict[str, Any]:
        """The reply's content, with what was shown under ``outputs``."""
        outputs: list[dict[str, Any]] = []
        reply = self.client.execute_interactive(
            code, output_hook=outputs.append, timeout=SECONDS, stop_on_error=False, **options
        )
        shown = [message for message in outputs if message["msg_type"] not in ("status",)]
        return {**reply["content"], "outputs": shown}

    def printed(self, code: str) -> str:
        outputs = self.run(code)["outputs"]
        return "".join(message["content"].get("text", "") for message in outputs)

    def send(self, code: str, wait: float = 0.3) -> str:
        """Start a cell and leave it running; answers the request's id."""
        # Else ipykernel aborts what comes within milliseconds of a cell that failed.
        number: str = self.client.execute(code, stop_on_error=False)
        time.sleep(wait)
        return number

    def reply(self, number: str) -> dict[str, Any]:
        return self.client._recv_reply(number, timeout=SECONDS)["content"]

    def interrupt(self) -> None:
        request = self.client.session.msg("interrupt_request")
        self.client.control_channel.send(request)
        answer = self.client.get_control_msg(timeout=SECONDS)
        assert answer["content"]["status"] == "ok"
        while self.client.stdin_channel.msg_ready():  # nobody answers that any more
            self.client.get_stdin_msg()

    def until(self, kind: str) -> dict[str, Any]:
        """The next message of this kind on iopub."""
        while True:
            message = self.client.get_iopub_msg(timeout=SECONDS)
            if message["msg_type"] == kind:
                return message

    def await_end(self) -> str:
        """Why the kernel ended."""
        end = time.monotonic() + SECONDS
        while not self.kernel.fate() and time.monotonic() < end:
            time.sleep(0.02)
        return self.kernel.fate()

    def close(self) -> None:
        self.client.stop_channels()
        self.kernel.close()


@contextlib.contextmanager
def live(host: KernelClient, **options: Any) -> Iterator[Talk]:
    """A talk with a fresh kernel. ``options`` are those of ``open_live``; ``memory_mb`` is a limit."""
    limits = {**LIMITS, "memory_mb": options.pop("memory_mb", LIMITS["memory_mb"])}
    order = {"environment": "core", "limits": limits, "data": {}, "rules": {}, **options}
    talk = Talk(open_live(host._path, **order))
    try:
        yield talk
    finally:
        talk.close()
