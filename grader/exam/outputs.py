"""Reads what a notebook's cells print, raise and draw, within bounds.

nbclient does the reading. What is ours: how much is kept, what floods us, and that nothing waits for a cell of
which we know already that it has failed.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbformat import NotebookNode

from grader.sandbox.policy import load_policy

MESSAGE_BYTES = 32 << 20  # one message of a kernel's
DEATH_TICKS, DEATH_TICK_SECONDS = 10, 0.05
SILENCE_SECONDS = 2  # after a reply: what a cell has not said by then, it does not say any more
MAX_MESSAGE = 500  # characters of an error that is told

# Read in the template: behind the walls the file is not there any more.
POLICY = load_policy()

# What takes room in the notebook. An error beyond the bounds is shortened, all else is left out.
_OUTPUTS = frozenset(("stream", "display_data", "execute_result", "update_display_data", "error"))


class OutputFloodError(Exception):
    """The notebook printed more than is worth reading; the message says how much: “64 MB”."""


class BoundedClient(NotebookClient):
    """nbclient with bounds on output and deaths noticed from the kernel's own socket."""

    cut_at: int | None = None  # the index of the cell at which output was dropped first
    fault: Exception | None = None  # what ended the reading of outputs
    _bytes = 0
    _messages = 0
    _heard = 0  # messages on iopub, of whatever cell

    async def _async_poll_kernel_alive(self) -> None:
        await self.km.provisioner.wait()  # type: ignore[union-attr]
        self._stop_waiting()

    async def _async_poll_for_reply(
        self,
        msg_id: str,
        cell: NotebookNode,
        timeout: int | None,
        task_poll_output_msg: asyncio.Future[Any],
        task_poll_kernel_alive: asyncio.Future[Any],
    ) -> dict[str, Any]:
        """nbclient would drop what it has not read a while after the reply. As long as more comes, we read on:
        a long tail costs time on a busy machine. A kernel that never comes to an end has what is left of the
        cell's time.
        """
        end = time.monotonic() + (timeout or 0)
        at_once: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        at_once.set_result(None)
        reply: dict[str, Any] = await super()._async_poll_for_reply(
            msg_id, cell, timeout, at_once, task_poll_kernel_alive
        )
        end = max(end, time.monotonic() + SILENCE_SECONDS)
        heard = -1
        while heard < self._heard and time.monotonic() < end and not task_poll_output_msg.done():
            heard = self._heard
            await asyncio.wait((task_poll_output_msg,), timeout=SILENCE_SECONDS)
        task_poll_output_msg.cancel()
        return reply

    async def _async_poll_output_msg(
        self, parent_msg_id: str, cell: NotebookNode, cell_index: int
    ) -> None:
        """A fault ends the cell at once: nbclient would look at it only after the cell has ended."""
        try:
            await self._read_outputs(parent_msg_id, cell, cell_index)
        except Exception as error:
            self.fault = error
            self._stop_waiting()

    async def _read_outputs(self, parent: str, cell: NotebookNode, cell_index: int) -> None:
        while True:
            message = await self.kc.iopub_channel.get_msg(timeout=None)  # type: ignore[union-attr]
            self._heard += 1
            if message["parent_header"].get("msg_id") == parent:
                try:
                    self.process_message(message, cell, cell_index)
                except CellExecutionComplete:
                    return

    async def watch_connection(self) -> None:
        """zmq cuts the connection of a kernel that sends too much at once, without a word to us."""
        await self.kc.await_cut()  # type: ignore[union-attr]
        for _ in range(DEATH_TICKS):  # a kernel that dies closes its connections too
            if await self.km.provisioner.poll() is not None:  # type: ignore[union-attr]
                return
            await asyncio.sleep(DEATH_TICK_SECONDS)
        self.fault = OutputFloodError(f"{MESSAGE_BYTES >> 20} MB at once")
        self._stop_waiting()

    def _stop_waiting(self) -> None:
        if self.task_poll_for_reply and not self.task_poll_for_reply.done():
            self.task_poll_for_reply.cancel()

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        content = msg["content"]
        if msg["msg_type"] != "execute_result":
            content.pop("execution_count", None)  # which we count ourselves
        if msg["msg_type"] in _OUTPUTS:
            self._messages += 1
            self._bytes += _size(content) * self._copies(content)
            if self._bytes > POLICY.output_flood_bytes:
                raise OutputFloodError(f"{POLICY.output_flood_bytes >> 20} MB")
            if self._bytes > POLICY.output_kept_bytes or self._messages > POLICY.output_messages:
                self.cut_at = cell_index if self.cut_at is None else self.cut_at
                if msg["msg_type"] != "error" or error_of(cell):
                    return None
                msg["content"] = _shortened(content)
        return super().process_message(msg, cell, cell_index)

    def _copies(self, content: dict[str, Any]) -> int:
        """In how many places it is shown: itself, and wherever outputs of the same display id stand."""
        display = (content.get("transient") or {}).get("display_id")
        places = self._display_id_map.get(display, {}) if display else {}
        return 1 + sum(len(numbers) for numbers in places.values())

    def handle_comm_msg(self, outs: Any, msg: dict[str, Any], cell_index: int) -> None:
        """Widgets have nobody to talk to while a notebook is graded."""


def _size(content: Any) -> int:
    """Bytes that it takes in a report."""
    return len(json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _shortened(error: Mapping[str, Any]) -> dict[str, Any]:
    name, message = str(error.get("ename"))[:100], str(error.get("evalue"))[:MAX_MESSAGE]
    return {"ename": name, "evalue": message, "traceback": [f"{name}: {message}"]}


def error_of(cell: NotebookNode) -> NotebookNode | None:
    """The first that a cell has raised."""
    return next((item for item in cell.outputs if item.output_type == "error"), None)
