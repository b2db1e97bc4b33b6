"""One kernel process: ordered from the kernel host, linked, heard, and ended. Used once."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from grader.errors import HostUnavailableError
from grader.kernels.live import LiveKernel, open_live
from workbench.live import messages, threads
from workbench.live.frames import Frame
from workbench.live.link import Link, Listener
from workbench.live.zmtp import LineError

# A publisher's first words are lost to whoever subscribes late: so we ask until something is heard.
ASK_AFTER_SECONDS = (0.3, 0.7, 2.0, 5.0)
# Its line may end a little before the host knows why.
FATE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Order:
    """What an exercise wants of a kernel; see :func:`grader.kernels.live.open_live`."""

    environment: str
    limits: Mapping[str, float]
    data: Mapping[str, bytes]
    rules: Mapping[str, Any]

    def place(self) -> LiveKernel:
        """Waits for the host; for a thread."""
        return open_live(
            settings.KERNEL_HOST_SOCKET,
            environment=self.environment,
            limits=self.limits,
            data=self.data,
            rules=self.rules,
        )


class Process:
    """A sandbox with the link to it. :attr:`ended` is done, with the reason, when it died by itself."""

    def __init__(self, sandbox: LiveKernel, listener: Listener) -> None:
        self.sandbox = sandbox
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._listener = listener
        self._heard = asyncio.Event()
        self._link = Link(sandbox.connection, self._listen, self._lost)
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, order: Order, listener: Listener) -> "Process":
        """Order a kernel and wait until it answers.

        Raises:
            HostBusyError: every place is taken.
            HostUnavailableError: no host answers, or the kernel does not.
        """
        process = cls(await threads.order(order.place), listener)
        asyncio.get_running_loop().add_reader(process.sandbox.fileno(), process._notice)
        try:
            await process._link.open()
            await process._await_voice()
        except LineError as error:
            await process.close()
            raise HostUnavailableError(f"the kernel does not answer: {error}") from error
        except BaseException:
            await process.close()
            raise
        return process

    async def send(self, frame: Frame) -> None:
        """Raises:
        LineError: it is gone.
        """
        await self._link.send(frame)

    async def interrupt(self) -> None:
        """Stop the running cell."""
        with contextlib.suppress(LineError):
            await self.send(messages.make("control", "interrupt_request", {}))

    async def close(self) -> None:
        """End it; when this returns nothing is left."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.sandbox.fileno())
        self.ended.cancel()
        self._link.close()
        await threads.order(self.sandbox.close)

    async def _listen(self, frame: Frame, is_cut: bool) -> None:
        if frame.channel == "iopub":
            self._heard.set()
        await self._listener(frame, is_cut)

    async def _await_voice(self) -> None:
        """Until something came on iopub; kernels of today greet a subscriber by themselves."""
        for seconds in ASK_AFTER_SECONDS:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._heard.wait()
                    return
            await self.send(messages.make("shell", "kernel_info_request", {}))
        raise LineError("nothing on iopub")

    def _notice(self) -> None:
        """The order's connection became readable: the kernel has ended."""
        fate = self.sandbox.fate()
        if fate:
            asyncio.get_running_loop().remove_reader(self.sandbox.fileno())
            self._end(fate)

    def _lost(self) -> None:
        """A channel ended. A kernel without its channels is as good as dead, whatever it does inside."""
        loop = asyncio.get_running_loop()
        loop.call_later(FATE_SECONDS, lambda: self._end(self.sandbox.fate() or "exit"))

    def _end(self, reason: str) -> None:
        if not self.ended.done():
            self.ended.set_result(reason)
