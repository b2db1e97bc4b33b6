"""One live kernel on the host: forked for whoever ordered it, watched, and ended without a trace."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import socket
from pathlib import Path

from grader.kernels import sockets
from grader.kernels.sandboxes import Builder, Sandbox
from grader.kernels.templates import Template
from grader.sandbox.policy import Limits, load_policy

TICK_SECONDS = 1.0  # between looks at the memory of a kernel that keeps still


class Session:
    """Runs until the kernel ends or whoever ordered it closes the connection; then nothing is left.

    ``folder`` takes the kernel's sockets, for the uid of whoever ordered it alone.
    """

    def __init__(
        self, builder: Builder, template: Template, limits: Limits, folder: Path, kernel_uid: int
    ) -> None:
        self._builder = builder
        self._template = template
        self._limits = limits
        self._folder = folder
        self._kernel_uid = kernel_uid

    def run(self, connection: socket.socket, line: socket.socket, uid: int) -> str:
        """Answers how it ended: ``"memory"``, ``"exit"``, ``"host"`` (a fault of ours), ``"gone"`` (the other
        side closed). ``line`` is the kernel's end of the line to whoever ordered it; it is closed here.

        Raises:
            HostUnavailableError: the sandbox could not be made.
            OSError: so could its folder; or something of the sandbox does not go.
        """
        # Each of these is done whatever becomes of the others.
        with contextlib.ExitStack() as left:
            left.callback(shutil.rmtree, self._folder, ignore_errors=True)
            with line, contextlib.ExitStack() as handed_in:
                self._folder.mkdir(mode=0o700)
                listeners = sockets.listen(self._folder / "k", 0o600)
                handed_in.callback(sockets.close, listeners)
                self._hand_over(uid)
                kernel = self._build()
                left.callback(kernel.end)
                descriptors = [*(end.fileno() for end in listeners), line.fileno()]
                kernel.start({"live": True}, descriptors)
            return self._watch(connection, kernel)

    def _build(self) -> Sandbox:
        return self._builder.build(
            self._template,
            "live",
            self._kernel_uid,
            self._limits.memory_mb << 20,
            weight=load_policy().live_cpu_weight,
        )

    def _hand_over(self, uid: int) -> None:
        if uid in (os.geteuid(), 0):
            return  # root needs no leave
        for path in (*self._folder.iterdir(), self._folder):
            os.chown(path, uid, -1)

    def _watch(self, connection: socket.socket, kernel: Sandbox) -> str:
        while True:
            readable, _, _ = select.select([connection, kernel.status], [], [], TICK_SECONDS)
            if connection in readable:
                return "gone"
            kernel.notice()
            if kernel.was_out_of_memory():
                return "memory"
            if kernel.is_lost:
                return "host"
            if not kernel.is_alive:
                return "exit"
