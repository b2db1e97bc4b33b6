"""One learner's kernel as the examiner sees it: run a notebook in it, then speak with its agent.

nbclient executes the cells. What is ours: a client that knows a fork is ready as soon as its iopub answers,
bounds on what a kernel may print, and deaths that are noticed at once.
"""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from traitlets import Type

from grader.exam.outputs import (
    MAX_MESSAGE,
    MESSAGE_BYTES,
    POLICY,
    BoundedClient,
    OutputFloodError,
    error_of,
)
from grader.exam.preparation import preparation
from grader.exam.provisioner import HostLine, NoKernelError, SandboxProvisioner
from grader.exam.show import clean
from grader.exam.streams import join_streams
from grader.report import CellResult
from grader.verdict import Verdict

RECEIVE_QUEUE = (
    1_000  # a kernel drops what is beyond that, so it must hold a burst of small messages
)
# Of each channel: what a kernel may send at once, and how many messages wait for us.
BOUNDS = ((zmq.MAXMSGSIZE, MESSAGE_BYTES), (zmq.RCVHWM, RECEIVE_QUEUE))
READY_SECONDS = 20.0

Emit = Callable[[dict[str, Any]], None]


# How a cell ends that is no Python: nothing of it has run.
_NO_PYTHON = frozenset(("SyntaxError", "IndentationError", "TabError"))


class _Client(AsyncKernelClient):
    """Needs no heartbeat and no guessing: ready when the subscription to iopub is confirmed."""

    def start_channels(self, *_args: Any, **_kwargs: Any) -> None:
        for option, most in BOUNDS:
            # Of all sockets that are made from here on: a connected one takes no bounds any more.
            self.context.setsockopt(option, most)
        super().start_channels(stdin=False, hb=False, control=False)
        self._monitors = [
            channel.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
            for channel in (self.shell_channel, self.iopub_channel)
        ]

    async def await_cut(self) -> None:
        """Returns when a channel is closed: the kernel has gone, or sent more at once than it may."""
        waiting = [asyncio.ensure_future(monitor.poll()) for monitor in self._monitors]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for future in waiting:
                future.cancel()

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Raises queue.Empty if the kernel stays silent."""
        deadline = time.monotonic() + (timeout or READY_SECONDS)
        while True:
            message = await self.get_iopub_msg(timeout=deadline - time.monotonic())
            if message["msg_type"] == "iopub_welcome":
                return


class _Manager(AsyncKernelManager):
    client_class = "grader.exam.kernel._Client"
    client_factory = Type(klass=_Client)

    def __init__(self, line: HostLine) -> None:
        super().__init__(shutdown_wait_time=0)
        self._kernel_spec = KernelSpec(argv=[], display_name="Python", language="python")
        self.provisioner = SandboxProvisioner(
            kernel_id="sandbox", kernel_spec=self._kernel_spec, parent=self
        )
        self.provisioner.line = line

    def _reconcile_connection_info(self, info: Any) -> None:
        """The host's word stands: there are no ports of our own to compare it with."""
        self.load_connection_info(info)

    async def _async_request_shutdown(self, restart: bool = False) -> None:
        """Nobody waits for a learner's kernel to end by itself."""


class LearnerKernel:
    """A fresh kernel. :meth:`run` executes a notebook in it; afterwards :attr:`agent` can be called."""

    def __init__(
        self, line: HostLine, notebook: Mapping[str, Any], limits: Mapping[str, float]
    ) -> None:
        import nbformat

        self._line = line
        self._limits = limits
        self._seconds_left = limits["cell_seconds"]
        self._manager = _Manager(line)
        self.notebook: NotebookNode = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
        self._client = BoundedClient(
            self.notebook,
            km=self._manager,
            timeout_func=lambda _cell: self._seconds_left,
            allow_errors=True,
            record_timing=False,
            coalesce_streams=False,
        )
        self.cells: list[CellResult] = []
        self.broken: CellResult | None = None  # the cell at which the run ended before its time
        self._watch: asyncio.Future[None] | None = None
        self.ran: set[str] = set()  # the ids of the cells that were Python
        self.is_handed_out = False

    def hand_out(self) -> socket.socket:
        """The agent's socket, for the judge; from then on it decides whether this kernel is still good."""
        self.is_handed_out = True
        agent: socket.socket = self._manager.provisioner.agent  # type: ignore[union-attr]
        return agent

    @property
    def cut(self) -> str:
        """What to tell a learner whose output was cut, or nothing."""
        if self._client.cut_at is None:
            return ""
        kept = f"{POLICY.output_kept_bytes >> 20} MB or {POLICY.output_messages} pieces"
        where = f"By cell {self._client.cut_at + 1} the notebook had printed"
        return f"{where} more than {kept} of output; the rest was cut."

    async def start(self, data: Mapping[str, str], rules: Mapping[str, Any] | None = None) -> None:
        """Get a kernel, lay the exercise's public files (name → base64) below ``data/``, guard imports.

        Raises:
            NoKernelError: the host has none, or it stays silent.
        """
        try:
            await self._client.async_start_new_kernel()
            await self._client.async_start_new_kernel_client()
        except NoKernelError:
            raise
        except Exception as error:
            raise NoKernelError(f"the kernel did not answer: {error!r}") from error
        self._watch = asyncio.ensure_future(self._client.watch_connection())
        code = preparation(data, rules or {})
        if code:
            await self._client.kc._async_execute_interactive(  # type: ignore[union-attr]
                code, silent=True, store_history=False, timeout=READY_SECONDS
            )

    async def run(self, emit: Emit, deadline: float) -> None:
        """Execute every code cell; stops at the first that ends the kernel or its time.

        Afterwards nothing is read from the kernel's channels, so nothing piles up there either.
        """
        try:
            await self._run_cells(emit, deadline)
        finally:
            self._stop_listening()

    async def _run_cells(self, emit: Emit, deadline: float) -> None:
        codes = [
            (index, cell) for index, cell in enumerate(self.notebook.cells)
            if cell.cell_type == "code" and cell.source.strip()
        ]  # fmt: skip
        for position, (index, cell) in enumerate(codes, start=1):
            where = {"event": "cell", "id": cell["id"], "index": position, "of": len(codes)}
            emit({**where, "state": "running"})
            started = time.monotonic()
            verdict, message = await self._run_cell(index, cell, deadline)
            result = CellResult(cell["id"], verdict, message, time.monotonic() - started)
            self.cells.append(result)
            error = error_of(cell)
            if error is None or error.ename not in _NO_PYTHON:
                self.ran.add(cell["id"])
            emit({**where, "state": "ok" if result.verdict.is_pass else "error"})
            if result.verdict not in (Verdict.PASSED, Verdict.ERROR):
                self.broken = result
                return

    async def _run_cell(
        self, index: int, cell: NotebookNode, deadline: float
    ) -> tuple[Verdict, str]:
        most = self._limits["cell_seconds"]
        self._seconds_left = max(0.01, min(most, deadline - time.monotonic()))
        try:
            await self._execute(index, cell)
        except CellTimeoutError:
            self._line.end()
            if self._seconds_left < most:
                total = self._limits["total_seconds"]
                return (
                    Verdict.TIME_LIMIT,
                    f"was running when the {total:g} s for all cells were over",
                )
            return Verdict.TIME_LIMIT, f"ran longer than {most:g} s"
        except OutputFloodError as error:
            self._line.end()
            return Verdict.OUTPUT_LIMIT, f"printed more than {error}"
        except DeadKernelError:
            return self.fate()
        except Exception as error:  # a hostile kernel can send anything
            self._line.end()
            return (
                Verdict.KERNEL_DIED,
                f"made the kernel send what no kernel sends ({type(error).__name__})",
            )
        cell.outputs = join_streams(cell.outputs)
        return _outcome(cell)

    async def _execute(self, index: int, cell: NotebookNode) -> None:
        """Raises:
        Exception: nbclient's, or what went wrong with the outputs.
        """
        try:
            await self._client.async_execute_cell(
                cell, index, execution_count=self._client.code_cells_executed + 1
            )
        except DeadKernelError:
            if self._client.fault is None:
                raise
        if self._client.fault is not None:
            raise self._client.fault

    def fate(self) -> tuple[Verdict, str]:
        """What to tell a learner whose kernel has gone: the end of a sentence about a cell or call."""
        if self._line.fate() == "memory":
            return Verdict.MEMORY_LIMIT, f"used more than {self._limits['memory_mb']} MB of memory"
        return Verdict.KERNEL_DIED, "was running when the Python process ended by itself"

    async def close(self) -> None:
        """End the sandbox. The next kernel of this grading is a fresh one."""
        self._stop_listening()
        self._line.end()
        await self._manager.provisioner.cleanup()  # type: ignore[union-attr]

    def _stop_listening(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
        if self._client.kc is not None:
            self._client.kc.stop_channels()


def _outcome(cell: NotebookNode) -> tuple[Verdict, str]:
    error = error_of(cell)
    if error is None:
        return Verdict.PASSED, ""
    return Verdict.ERROR, f"{clean(error.ename, 100)}: {clean(error.evalue, MAX_MESSAGE)}"


def new_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop


def rehearse_notebook() -> None:
    """In the template: make and drop what a run is made of, without a socket."""
    import nbformat

    cell = nbformat.v4.new_code_cell("1")  # type: ignore[no-untyped-call]
    notebook = nbformat.v4.new_notebook(cells=[cell])  # type: ignore[no-untyped-call]
    limits = {"cell_seconds": 1.0, "total_seconds": 1.0}
    LearnerKernel(HostLine(socket.socket()), json.loads(json.dumps(notebook)), limits)
