"""ipykernel as a sandbox needs it: made in the template, given its channels in the fork.

The host binds the listening sockets and hands them in (``ZMQ_USE_FD``, zmq_setsockopt(3)), so the folder
that holds them is never seen from here and cannot be pointed elsewhere.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import uuid
import zlib
from contextlib import AbstractContextManager
from typing import Any

import zmq
from ipykernel.compiler import XCachingCompiler, get_tmp_directory
from ipykernel.iostream import IOPubThread
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from IPython.core.profiledir import ProfileDir
from tornado.ioloop import IOLoop
from traitlets import Type
from zmq.eventloop.zmqstream import ZMQStream

from grader.sandbox import live

IOPUB_QUEUE = 10_000  # messages; of more than 2,000 outputs none is kept


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

    def _really_send(self, msg: list[bytes], *args: Any, **kwargs: Any) -> None:
        """A send takes note of a subscription that has just come, and the loop would not be woken for it again
        (ZMQ_FD, zmq_getsockopt(3)): its welcome would never be sent.
        """
        super()._really_send(msg, *args, **kwargs)
        if self._is_master_process() and not self.closed and self.socket.events & zmq.POLLIN:
            self._xpub_stream.flush(zmq.POLLIN)

    def _setup_pipe_out(self) -> tuple[zmq.Context[Any], zmq.Socket[Any]]:
        context: zmq.Context[Any] = zmq.Context()
        pipe = context.socket(zmq.PUSH)
        pipe.linger = 3000
        pipe.connect(self._PIPE)
        return context, pipe


class _Compiler(XCachingCompiler):
    """Names cells without ipykernel's hash, which is written in Python and costs 1 ms for 4 KB."""

    def get_code_name(self, raw_code: str, code: str, number: int) -> str:
        name = zlib.crc32(raw_code.encode("utf-8", "surrogatepass"))
        return os.path.join(get_tmp_directory(), f"{name}.py")


class _Kernel(IPythonKernel):
    """Made in the template without a single socket; each fork adopts its own."""

    _CHANNELS = (
        "session", "control_stream", "debugpy_stream", "debug_shell_socket", "shell_stream",
        "control_thread", "shell_channel_thread", "iopub_thread", "iopub_socket", "stdin_socket",
    )  # fmt: skip

    @classmethod
    def instance(cls, *args: Any, **kwargs: Any) -> _Kernel:
        """The one kernel; the application asks for it when the channels are there."""
        is_made = cls.initialized()
        kernel: _Kernel = super().instance(*args, **kwargs)
        if is_made and kwargs:
            kernel._adopt(kwargs)
        return kernel

    def _adopt(self, found: dict[str, Any]) -> None:
        """What :class:`IPythonKernel` does in ``__init__`` with its channels."""
        for name in self._CHANNELS:
            setattr(self, name, found[name])
        self.ident = str(uuid.uuid4())
        self._stdout, self._stderr = sys.stdout, sys.stderr
        self.debugger = self.debugger_class(
            self.log,
            self.debugpy_stream,
            self._publish_debug_event,
            self.debug_shell_socket,
            self.session,
            self._kernel_modules,
            self.debug_just_my_code,
            self.filter_internal_frames,
        )
        for out in (self.shell.displayhook, self.shell.display_pub):
            out.session, out.pub_socket = self.session, self.iopub_socket
        self.shell.displayhook.topic = self._topic("execute_result")

    async def dispatch_shell(self, *args: Any, concurrent: bool = False, **kwargs: Any) -> None:
        """From here on an interrupt is meant for this request, though its cell has not begun yet."""
        if not concurrent:
            live.forget_interrupt()
        await super().dispatch_shell(*args, concurrent=concurrent, **kwargs)

    def pre_handler_hook(self) -> None:
        """The handler of interrupts stays the same throughout: see :meth:`SandboxKernelApp.init_signal`."""

    def post_handler_hook(self) -> None:
        pass

    def _send_interrupt_children(self) -> None:
        live.interrupt_all()

    def _cancel_on_sigint(self, future: asyncio.Future[Any]) -> AbstractContextManager[None]:
        loop = self.io_loop.asyncio_loop
        return live.cancelled_by_interrupt(lambda: loop.call_soon_threadsafe(future.cancel))


class SandboxKernelApp(IPKernelApp):
    """ipykernel without what only a kernel of one's own machine needs: files, heartbeat, parent poller.

    :meth:`prepare` runs in the template, :meth:`initialize` in the fork.
    """

    descriptors: dict[int, int]
    kernel_class = Type(_Kernel)

    def prepare(self) -> None:
        """Make kernel and shell. Nothing here may open a socket, start a thread or write a file."""
        # Lies nowhere before the fork, for it would make folders; so would IPython's own folder.
        self.profile_dir = ProfileDir()
        shell = live.ZMQInteractiveShell.instance(
            parent=self,
            profile_dir=self.profile_dir,
            ipython_dir="/tmp",
            user_ns={},
            compiler_class=_Compiler,
        )
        kernel = _Kernel.instance(parent=self, log=self.log, profile_dir=self.profile_dir)
        shell.parent = shell.kernel = self.kernel = kernel
        self.shell = shell
        super().init_extensions()
        shell.user_ns_hidden.update(shell.user_ns)
        shell._sys_modules_keys = set(sys.modules)

    def parse_command_line(self, argv: Any = None) -> None:
        pass

    def init_profile_dir(self) -> None:
        shell = self.kernel.shell
        shell.ipython_dir = os.environ["IPYTHONDIR"]
        self.profile_dir.location = os.path.join(shell.ipython_dir, "profile_default")
        shell.init_environment()

    def init_config_files(self) -> None:
        pass

    def load_config_file(self, *_args: Any, **_kwargs: Any) -> None:
        pass

    def init_extensions(self) -> None:
        pass  # see prepare()

    def init_code(self) -> None:
        pass  # there are no files to run first; the rest of it stands in prepare()

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
        # What the examiner or the page has not read yet waits here, in the learner's own memory: a socket of
        # this kind drops what is beyond its queue, and a burst of plots or prints must not lose its end.
        iopub.sndhwm = IOPUB_QUEUE
        self._bind_socket(iopub, self.iopub_port)
        self.configure_tornado_logger()
        self.iopub_thread = _IOPubThread(iopub, pipe=True, session=self.session)
        self.iopub_thread.start()
        self.iopub_socket = self.iopub_thread.background_socket

    def init_control(self, context: zmq.Context[Any]) -> None:
        super().init_control(context)
        # The debugger's own road back to the shell would look for a path that is not there.
        self.debug_shell_socket.disconnect(self.shell_socket.getsockopt(zmq.LAST_ENDPOINT))

    def init_signal(self) -> None:
        signal.signal(signal.SIGINT, live.on_interrupt)

    def start(self) -> None:
        """Serve until the learner's code leaves."""
        self.kernel.start()
        self.io_loop = IOLoop.current()
        while True:
            try:
                self.io_loop.start()
                return
            except KeyboardInterrupt:
                # Raised in a task of the learner's, which asyncio lets through to the loop.
                continue

    def _try_bind_socket(self, s: zmq.Socket[Any], port: int) -> int:
        s.setsockopt(zmq.USE_FD, self.descriptors[port])
        s.bind(f"ipc://kernel-{port}")
        return port
