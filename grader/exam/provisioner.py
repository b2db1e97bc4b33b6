"""Where nbclient's kernels come from: the kernel host, asked over a socket (jupyter_client's seam for it).

The provisioner knows a kernel's life, nothing about notebooks. It runs inside the examiner's sandbox, so
it imports what the kernel environment holds and never the platform.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerBase

from grader.sandbox.kernel_channels import CHANNELS
from grader.sandbox.walls import KERNEL_FOLDER

MESSAGE_BYTES = 1 << 16
_PORTS = {f"{name}_port": number for number, name in enumerate(CHANNELS, start=1)}


class NoKernelError(Exception):
    """The host gave no kernel; the message says why."""


class HostLine:
    """The examiner's line to the kernel host: one JSON question, one JSON answer."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def kernel(self) -> tuple[dict[str, Any], socket.socket]:
        """A kernel of our own, in place of the one before, and the socket of its agent.

        Raises:
            NoKernelError: the host has none for us.
        """
        answer, descriptors = self._ask("kernel")
        if not descriptors:
            raise NoKernelError(answer.get("refused", "the kernel host gave no kernel"))
        return answer, socket.socket(fileno=descriptors[0])

    def fate(self) -> str:
        """Why the kernel is gone: ``"memory"``, ``"exit"``, ``"ended"`` by us, ``""`` while it lives."""
        return str(self._ask("fate")[0].get("fate", ""))

    def end(self) -> None:
        """End the kernel and everything in its sandbox."""
        self._ask("end")

    def _ask(self, question: str) -> tuple[dict[str, Any], list[int]]:
        try:
            self._socket.send(json.dumps({"ask": question}).encode())
            message, descriptors, _, _ = socket.recv_fds(self._socket, MESSAGE_BYTES, 1)
        except OSError as error:
            raise NoKernelError(f"the kernel host is gone: {error}") from error
        return json.loads(message or b"{}"), descriptors


class SandboxProvisioner(KernelProvisionerBase):
    """A kernel in a sandbox of the kernel host. Alive for as long as its agent's socket is open."""

    line: HostLine
    agent: socket.socket | None = None

    @property
    def has_process(self) -> bool:
        return self.agent is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        return {**await super().pre_launch(cmd=[], **kwargs), "cmd": []}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        answer, self.agent = self.line.kernel()
        info = {
            "transport": "ipc",
            "ip": f"{KERNEL_FOLDER}/{int(answer['number'])}",
            "hb_port": 0,
            **_PORTS,
            "key": str(answer["key"]).encode(),
            "signature_scheme": "hmac-sha256",
        }
        self.connection_info = cast(KernelConnectionInfo, info)
        return self.connection_info

    async def poll(self) -> int | None:
        """``None`` while the kernel lives, as for a process."""
        if self.agent is None:
            return 0
        self.agent.setblocking(False)
        try:
            return None if self.agent.recv(1, socket.MSG_PEEK) else 0
        except BlockingIOError:
            return None
        except OSError:
            return 0

    async def wait(self) -> int | None:
        """Returns when the kernel has died. Nothing else makes its agent's socket readable between calls."""
        if self.agent is None:
            return 0
        loop = asyncio.get_running_loop()
        died = asyncio.Event()
        loop.add_reader(self.agent, died.set)
        try:
            await died.wait()
            return 0
        finally:
            loop.remove_reader(self.agent)

    async def send_signal(self, signum: int) -> None:
        """A sandbox is ended as a whole or not at all."""

    async def kill(self, restart: bool = False) -> None:
        if self.agent is not None:
            with contextlib.suppress(NoKernelError):
                self.line.end()

    async def terminate(self, restart: bool = False) -> None:
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        if self.agent is not None:
            self.agent.close()
            self.agent = None
