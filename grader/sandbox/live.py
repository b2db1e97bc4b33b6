"""What a kernel for live work has beside an ipykernel: its beginning, its files, and interrupts.

A grading's kernel is told what to do by the examiner through the agent; a live one by whoever ordered it, over
the same descriptor: first the exercise's public files, then ``begin`` with the key that signs its messages.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from ipykernel import zmqshell
from IPython.core.events import EventManager
from IPython.core.interactiveshell import InteractiveShell

from grader.sandbox import guard
from grader.sandbox.files import Files
from grader.wire import packets


class Line:
    """The line to whoever ordered the kernel."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._files = Files(os.getcwd())
        self._begin: dict[str, Any] = {}

    def await_begin(self) -> bytes:
        """Take files until told to begin; returns the key that signs messages.

        Raises:
            WireError: whoever ordered us has gone, or speaks otherwise.
        """
        while True:
            header, body = packets.receive(self._sock)
            if header.get("do") == "begin":
                self._begin = header
                return str(header["key"]).encode()
            answer, _ = self._files.answer(header, body)
            packets.send(self._sock, {"id": header.get("id"), **answer})

    def serve(self, namespace: dict[str, Any]) -> None:
        """Say that the kernel is ready; from then on files are served beside whatever it runs."""
        if self._begin["forbidden"]:
            guard.install(namespace, self._begin["forbidden"], self._begin["instead"])
        packets.send(self._sock, {"id": self._begin.get("id")})
        self._begin = {}
        threading.Thread(target=self._files.serve, args=[self._sock], daemon=True).start()


def interrupt_all() -> None:
    """Interrupt what the learner runs: the main thread and every process that it has started.

    The kernel is the first process of its namespace, which signals to a group or to everybody pass over.
    """
    if os.getpid() == 1:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGINT)
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


class _Stop:
    """What becomes of an interrupt that comes when no code of the learner's runs."""

    is_due = False  # on the way to it, or between two lines: it is raised in the next one's place
    cancel: Callable[[], object] | None = None  # a cell waits in an ``await``


def on_interrupt(_number: int, frame: FrameType | None) -> None:
    """The handler: only what the learner runs is interrupted, never the kernel's own loop."""
    if runs_learners_code(frame):
        raise KeyboardInterrupt
    _Stop.is_due = True
    if _Stop.cancel:
        _Stop.cancel()


def forget_interrupt() -> None:
    """The next request is taken: what came before it was not meant for it."""
    _Stop.is_due = False


@contextlib.contextmanager
def cancelled_by_interrupt(cancel: Callable[[], object]) -> Iterator[None]:
    """For a cell with ``await``: what waits is cancelled, what computes is interrupted."""
    before, _Stop.cancel = _Stop.cancel, cancel
    try:
        yield
    finally:
        _Stop.cancel = before


_INTERRUPTED = compile("raise KeyboardInterrupt", "<stop>", "exec")


class ZMQInteractiveShell(zmqshell.ZMQInteractiveShell):
    """Keeps the name: by it libraries see that they are in a notebook."""

    async def run_code(self, code_obj: Any, result: Any = None, *, async_: bool = False) -> bool:
        """An interrupt that came on the way here is raised in the cell's place, and shown as its own."""
        if _Stop.is_due:
            _Stop.is_due = False
            code_obj, async_ = _INTERRUPTED, False
        failed: bool = await super().run_code(code_obj, result, async_=async_)
        return failed

    def showtraceback(self, exc_tuple: Any = None, *args: Any, **kwargs: Any) -> None:
        """Where the learner's code stood is told, not who interrupted it there."""
        _, _, traceback = exc_tuple or sys.exc_info()
        while traceback and traceback.tb_next:
            if traceback.tb_next.tb_frame.f_code in (on_interrupt.__code__, _INTERRUPTED):
                traceback.tb_next = None
            traceback = traceback.tb_next
        super().showtraceback(exc_tuple, *args, **kwargs)


# While one of these runs, IPython takes an interrupt for the learner's and tells of it.
_RUNNING = {
    ZMQInteractiveShell.run_code.__code__,
    InteractiveShell.run_code.__code__,
    EventManager.trigger.__code__,
}


def runs_learners_code(frame: FrameType | None) -> bool:
    """Whether a cell, what IPython does after it, or a callback of the learner's is on the stack."""
    namespace = InteractiveShell.instance().user_ns
    while frame is not None:
        if frame.f_code in _RUNNING or frame.f_globals is namespace:
            return True
        frame = frame.f_back
    return False
