"""The learner's kernel: a real ipykernel on sockets that the host made, graded or at work.

Beside it stands our agent for a grading, and a line to whoever ordered it for live work.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Sequence
from functools import cache
from typing import Any

from tornado.ioloop import IOLoop

from grader.sandbox import live
from grader.sandbox.agent import Agent
from grader.sandbox.compiler import CellCompiler
from grader.sandbox.kernel_app import SandboxKernelApp
from grader.sandbox.kernel_channels import CHANNELS
from grader.sandbox.rehearsal import rehearse_completion, rehearse_libraries


def main(arguments: dict[str, Any], descriptors: Sequence[int]) -> None:
    """Run the kernel until it is killed. The first process of its pid namespace, on the main thread."""
    os.makedirs(os.environ["MPLCONFIGDIR"], exist_ok=True)
    _silence()
    app = _prepared()
    app.descriptors = {number + 1: descriptors[number] for number in range(len(CHANNELS))}
    sock = socket.socket(fileno=descriptors[len(CHANNELS)])
    if arguments.get("live"):
        _begin_live(app, sock)
    else:
        _begin_graded(app, sock, arguments["key"].encode())
    app.start()


def _begin_live(app: SandboxKernelApp, sock: socket.socket) -> None:
    line = live.Line(sock)
    app.session.key = line.await_begin()
    app.initialize([])
    if "matplotlib" in sys.modules:
        # Plots without plt.show() appear too. A grading's stay open, for the checks to look at.
        sys.modules["matplotlib"].interactive(True)
    line.serve(app.kernel.shell.user_ns)


def _begin_graded(app: SandboxKernelApp, sock: socket.socket, key: bytes) -> None:
    app.session.key = key
    app.initialize([])
    agent = Agent(sock, app.kernel.shell.user_ns)
    loop = IOLoop.current()

    def serve(_fd: int, _events: int) -> None:
        if not agent.handle_ready():
            loop.remove_handler(sock.fileno())

    loop.add_handler(sock.fileno(), serve, IOLoop.READ)


@cache
def _prepared() -> SandboxKernelApp:
    """The kernel as far as it can be made before the fork; that is most of it."""
    # The one instance: %matplotlib asks for it.
    app: SandboxKernelApp = SandboxKernelApp.instance(
        transport="ipc", ip="kernel", shell_port=1, iopub_port=2, stdin_port=3, control_port=4
    )
    app.config.HistoryManager.enabled = False
    app.config.ZMQInteractiveShell.colors = "nocolor"
    app.config.InteractiveShell.colors = "nocolor"
    app.log_level = logging.CRITICAL
    app.prepare()
    app.kernel.shell.compile = CellCompiler()
    _show_plots(app.kernel.shell)
    return app


def _show_plots(shell: Any) -> None:
    """Figures appear below their cell, as ``%matplotlib inline`` does it."""
    if "matplotlib_inline.backend_inline" in sys.modules:
        sys.modules["matplotlib_inline.backend_inline"].configure_inline_support(
            shell, "module://matplotlib_inline.backend_inline"
        )


def _silence() -> None:
    """Standard streams lead nowhere: what a notebook prints travels as messages."""
    null = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    if null > 2:
        os.close(null)


def warm() -> None:
    """In the template: use every library once, make the kernel and let it run a cell."""
    rehearse_libraries()
    _fail_once()
    shell = _prepared().kernel.shell
    shell.run_cell("pass", store_history=False, silent=True)
    shell.display_formatter.format(1)


def warm_live() -> None:
    """In the twin that live kernels are forked from: gradings complete nothing."""
    rehearse_completion(_prepared().kernel.shell)


def _fail_once() -> None:
    """The first traceback imports and parses a great deal."""
    from IPython.core.ultratb import VerboseTB

    try:
        raise ValueError
    except ValueError:
        VerboseTB(color_scheme="nocolor").text(*sys.exc_info())
