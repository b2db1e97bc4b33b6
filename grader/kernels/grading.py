"""One grading on the host: a learner's kernel, an examiner, and the short talk between us and the latter.

The examiner may ask three things: for a kernel (the first, or a fresh one in place of a dead one), what
became of the kernel, and that it be ended. Nothing here reads the channel between worker and examiner.
"""

from __future__ import annotations

import contextlib
import json
import logging
import secrets
import select
import shutil
import socket
import time
from pathlib import Path
from typing import Any

from grader.errors import HostUnavailableError
from grader.kernels import sockets
from grader.kernels.places import grading_uids
from grader.kernels.sandboxes import Builder, Sandbox
from grader.kernels.templates import Template
from grader.sandbox.policy import Limits, load_policy
from grader.sandbox.template import MESSAGE_BYTES

log = logging.getLogger("grader.kernels")

POLICY = load_policy()
TICK_SECONDS = 0.25


class Grading:
    """Runs until the examiner ends, the worker goes away, or time is up; then nothing is left."""

    def __init__(
        self,
        builder: Builder,
        templates: dict[str, Template],
        limits: Limits,
        folder: Path,
        place: int,
    ) -> None:
        self._builder = builder
        self._templates = templates
        self._limits = limits
        self._folder = folder
        self._place = place
        self._kernel: Sandbox | None = None
        self._kernel_fate = ""
        self._kernels_made = 0
        self._waiting: tuple[dict[str, Any], socket.socket] | None = None

    def run(self, worker: socket.socket, channel: int) -> str:
        """Grade; answers how it ended: ``"done"``, ``"gone"`` (the worker went away), ``"time"``, or what
        became of an examiner that did not end in peace.

        Raises:
            HostUnavailableError: a sandbox could not be made, or its template is gone.
            OSError: something of it does not go.
        """
        deadline = time.monotonic() + self._limits.total_seconds + POLICY.grace_seconds
        # Each of these is done whatever becomes of the others.
        with contextlib.ExitStack() as left:
            self._make_folder()
            left.callback(shutil.rmtree, self._folder, ignore_errors=True)
            control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            left.callback(control.close)
            left.callback(theirs.close)
            left.callback(self._drop_waiting)
            left.callback(self._end_kernel, "")
            # First the kernel: it gets ready while the examiner reads its job.
            self._waiting = self._make_kernel()
            examiner = self._build("examiner", POLICY.examiner_memory_bytes, self._folder)
            left.callback(examiner.end)
            examiner.start(
                {"environment_digest": self._templates["examiner"].environment.digest},
                [channel, theirs.fileno()],
            )
            theirs.close()
            return self._watch(worker, control, examiner, deadline)

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(mode=0o711)
        except OSError as error:
            raise HostUnavailableError(f"no folder for a run: {error}") from error

    def _drop_waiting(self) -> None:
        if self._waiting:
            self._waiting[1].close()

    def _watch(
        self, worker: socket.socket, control: socket.socket, examiner: Sandbox, deadline: float
    ) -> str:
        while time.monotonic() < deadline:
            watched = [worker, control, examiner.status]
            if self._kernel and self._kernel.is_alive:
                watched.append(self._kernel.status)
            readable, _, _ = select.select(watched, [], [], TICK_SECONDS)
            if worker in readable:
                return "gone"
            if examiner.status in readable:
                return _how_it_ended(examiner)
            self._look_after_kernel()
            if control in readable and not self._answer(control):
                # It closed its end: about to exit.
                select.select([examiner.status], [], [], POLICY.grace_seconds)
                return _how_it_ended(examiner)
        return "time"

    def _look_after_kernel(self) -> None:
        kernel = self._kernel
        if kernel is None:
            return
        kernel.notice()
        # Version 1 control groups kill one process only; the rest of the sandbox must follow.
        if kernel.was_out_of_memory():
            self._end_kernel("memory")
        elif kernel.is_lost:
            raise HostUnavailableError("the kernel's template was ended from outside")
        elif not kernel.is_alive:
            self._end_kernel("exit")

    def _answer(self, control: socket.socket) -> bool:
        message = control.recv(MESSAGE_BYTES)
        if not message:
            return False
        request = json.loads(message).get("ask")
        if request == "kernel":
            self._hand_over(control)
        elif request == "fate":
            control.send(json.dumps({"fate": self._await_fate()}).encode())
        elif request == "end":
            self._end_kernel("ended")
            control.send(b'{"fate": "ended"}')
        else:
            return False
        return True

    def _hand_over(self, control: socket.socket) -> None:
        if self._waiting is None:
            self._end_kernel("ended")
            try:
                self._waiting = self._make_kernel()
            except HostUnavailableError as error:
                control.send(json.dumps({"refused": str(error)}).encode())
                return
        answer, agent = self._waiting
        self._waiting = None
        with agent:
            socket.send_fds(control, [json.dumps(answer).encode()], [agent.fileno()])

    def _await_fate(self) -> str:
        """Why the kernel is gone, ``""`` while it lives. A death just seen elsewhere may reach us late."""
        if self._kernel:
            select.select([self._kernel.status], [], [], TICK_SECONDS)
            self._look_after_kernel()
        return self._kernel_fate

    def _make_kernel(self) -> tuple[dict[str, Any], socket.socket]:
        if self._kernels_made >= POLICY.grading_kernels:
            raise HostUnavailableError("no more kernels for this run")
        self._kernels_made += 1
        number, key = self._kernels_made, secrets.token_hex(32)
        with contextlib.ExitStack() as on_failure, contextlib.ExitStack() as handed_in:
            try:
                ours, agent = socket.socketpair()
                on_failure.callback(ours.close)
                handed_in.callback(agent.close)
                listeners = sockets.listen(self._folder / str(number))
                handed_in.callback(sockets.close, listeners)
            except OSError as error:
                raise HostUnavailableError(f"no sockets for a kernel: {error}") from error
            self._kernel = self._build("learner", self._limits.memory_mb << 20, None)
            self._kernel_fate = ""
            descriptors = [*(listener.fileno() for listener in listeners), agent.fileno()]
            self._kernel.start({"key": key}, descriptors)
            on_failure.pop_all()
        return {"number": number, "key": key}, ours

    def _build(self, role: str, memory_bytes: int, kernel_folder: Path | None) -> Sandbox:
        uid = grading_uids(self._place)[role]
        return self._builder.build(self._templates[role], role, uid, memory_bytes, kernel_folder)

    def _end_kernel(self, fate: str) -> None:
        kernel, self._kernel = self._kernel, None
        if kernel:
            self._kernel_fate = fate
            try:
                kernel.end()
            except OSError:
                # No reason to lose the report: the place stays closed, and no other kernel is made here.
                log.exception("something of a learner's kernel does not go")


def _how_it_ended(examiner: Sandbox) -> str:
    """``"done"``, or what became of it: a notebook may bring it down.

    Raises:
        HostUnavailableError: its template was ended from outside.
    """
    examiner.notice()
    if examiner.is_lost:
        raise HostUnavailableError("the examiner's template was ended from outside")
    if not examiner.exit_code:
        return "done"
    memory = ", out of memory" if examiner.was_out_of_memory() else ""
    ended = f"the examiner ended with status {examiner.exit_code}{memory}"
    log.error(ended)
    return ended
