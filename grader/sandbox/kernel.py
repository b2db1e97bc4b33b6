"""The learner's kernel: a real ipykernel on sockets that the host made, with our agent beside it.

The host binds the listening sockets and hands them in (``ZMQ_USE_FD``, zmq_setsockopt(3)), so the folder
that holds them is never seen from here and cannot be pointed elsewhere.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import socket
import sys
from collections.abc import Sequence
from typing import Any

import zmq
from ipykernel.iostream import IOPubThread
from ipykernel.kernelapp import IPKernelApp
from tornado.ioloop import IOLoop
from zmq.eventloop.zmqstream import ZMQStream

from grader.sandbox.agent import Agent
from grader.sandbox.kernel_channels import CHANNELS


class _IOPubThread(IOPubThread):
    """What forked children print travels by a socket file: a sandbox has no loopback for the TCP port."""

    _PIPE = "ipc:///tmp/.iopub"

    def _setup_pipe_in(self) -> None:
        self._pipe_uuid = os.urandom(16)
        pipe = self.socket.context.socket(zmq.PULL)
        pipe.linger = 0
        pipe.bind(self._PIPE)
        self._pipe_in = ZMQStream(pipe, self.io_loop)
        self._pipe_in.on_recv(self._handle_pipe_msg)

    def _setup_pipe_out(self) -> tuple[zmq.Context[Any], zmq.Socket[Any]]:
        context: zmq.Context[Any] = zmq.Context()
        pipe = context.socket(zmq.PUSH)
        pipe.linger = 3000
        pipe.connect(self._PIPE)
        return context, pipe


class SandboxKernelApp(IPKernelApp):
    """ipykernel without what only a kernel of one's own machine needs: files, heartbeat, parent poller."""

    descriptors: dict[int, int]

    def init_connection_file(self) -> None:
        pass

    def write_connection_file(self, **kwargs: Any) -> None:
        pass

    def log_connection_info(self) -> None:
        pass

    def init_crash_handler(self) -> None:
        pass

    def init_poller(self) -> None:
        pass

    def init_heartbeat(self) -> None:
        # Whether we live is the host's to know, from the process itself.
        self.heartbeat = None

    def init_iopub(self, context: zmq.Context[Any]) -> None:
        iopub = context.socket(zmq.XPUB)
        iopub.linger = 1000
        self._bind_socket(iopub, self.iopub_port)
        self.configure_tornado_logger()
        self.iopub_thread = _IOPubThread(iopub, pipe=True, session=self.session)
        self.iopub_thread.start()
        self.iopub_socket = self.iopub_thread.background_socket

    def init_control(self, context: zmq.Context[Any]) -> None:
        super().init_control(context)
        # The debugger's own road back to the shell would look for a path that is not there.
        self.debug_shell_socket.disconnect(self.shell_socket.getsockopt(zmq.LAST_ENDPOINT))

    def _try_bind_socket(self, s: zmq.Socket[Any], port: int) -> int:
        s.setsockopt(zmq.USE_FD, self.descriptors[port])
        s.bind(f"ipc://kernel-{port}")
        return port


def main(arguments: dict[str, Any], descriptors: Sequence[int]) -> None:
    """Run the kernel until it is killed. The first process of its pid namespace, on the main thread."""
    os.makedirs(os.environ["IPYTHONDIR"], exist_ok=True)
    os.makedirs(os.environ["MPLCONFIGDIR"], exist_ok=True)
    _silence()
    app = _make_app(arguments["key"], descriptors)
    app.initialize([])
    _show_plots(app)
    agent_socket = socket.socket(fileno=descriptors[len(CHANNELS)])
    agent = Agent(agent_socket, app.kernel.shell.user_ns)
    loop = IOLoop.current()

    def serve(_fd: int, _events: int) -> None:
        if not agent.handle_ready():
            loop.remove_handler(agent_socket.fileno())

    loop.add_handler(agent_socket.fileno(), serve, IOLoop.READ)
    app.start()


def _make_app(key: str, descriptors: Sequence[int]) -> SandboxKernelApp:
    app = SandboxKernelApp(
        transport="ipc", ip="kernel", shell_port=1, iopub_port=2, stdin_port=3, control_port=4
    )
    app.descriptors = {number + 1: descriptors[number] for number in range(len(CHANNELS))}
    app.session.key = key.encode()
    app.config.HistoryManager.enabled = False
    app.config.ZMQInteractiveShell.colors = "nocolor"
    app.config.InteractiveShell.colors = "nocolor"
    app.log_level = logging.CRITICAL
    return app


def _show_plots(app: SandboxKernelApp) -> None:
    """Figures appear below their cell, as ``%matplotlib inline`` does it."""
    if "matplotlib_inline.backend_inline" in sys.modules:
        sys.modules["matplotlib_inline.backend_inline"].configure_inline_support(
            app.shell, "module://matplotlib_inline.backend_inline"
        )


def _silence() -> None:
    """Standard streams lead nowhere: what a notebook prints travels as messages."""
    null = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    if null > 2:
        os.close(null)


def warm() -> None:
    """Pay first-use costs once, in the template: fonts, and the linear algebra of each library."""
    if "numpy" in sys.modules:
        numpy = sys.modules["numpy"]
        numpy.linalg.svd(numpy.eye(3) @ numpy.ones((3, 3)))
        numpy.random.default_rng(0).normal(size=3)
    if "torch" in sys.modules:
        torch = sys.modules["torch"]
        torch.set_num_threads(1)
        with contextlib.suppress(RuntimeError):
            torch.set_num_interop_threads(1)
        torch.ones(2, 2) @ torch.ones(2, 2)
    if "matplotlib" in sys.modules:
        _draw_once(sys.modules["matplotlib.pyplot"])
    _fail_once()


def _draw_once(pyplot: Any) -> None:
    pyplot.figure().add_subplot().plot([1, 2])
    pyplot.gcf().savefig(io.BytesIO(), format="png")
    pyplot.close("all")


def _fail_once() -> None:
    """The first traceback imports and parses a great deal."""
    from IPython.core.ultratb import VerboseTB

    try:
        raise ValueError
    except ValueError:
        VerboseTB(color_scheme="nocolor").text(*sys.exc_info())
