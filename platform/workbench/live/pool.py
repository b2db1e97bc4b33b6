"""Every live kernel of this process: started, found, limited, and ended when nobody needs it."""

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest

from common.clock import now
from grader.errors import HostBusyError
from workbench.live import records, threads
from workbench.live.clients import Client, Close
from workbench.live.errors import NoLiveProcessError, PlacesTakenError
from workbench.live.kernel import Kernel
from workbench.live.process import Order
from workbench.live.subjects import Subject
from workbench.live.waiting import WaitingList

log = logging.getLogger(__name__)

KERNELS_PER_LEARNER = 2
TICK_SECONDS = 1.0
RECORD_SECONDS = 60.0
# What a view waits for; longer than a start takes, shorter than a page's patience.
CALL_SECONDS = 20.0

T = TypeVar("T")
CLOSE_CODES = {
    records.Reason.IDLE: Close.IDLE,
    records.Reason.REPLACED: Close.REPLACED,
}


class Pool:
    """Lives on one event loop. Views, which run in threads, come in through :meth:`call`."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._kernels: dict[UUID, Kernel] = {}
        self._waiting = WaitingList()
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._janitor: asyncio.Task[None] | None = None

    async def open(self) -> None:
        lost = await threads.query(records.end_lost)
        if lost:
            log.info("%s kernels of an earlier process are gone", lost)
        self._janitor = asyncio.create_task(self._keep_house())

    async def close(self) -> None:
        """End every kernel."""
        if self._janitor:
            self._janitor.cancel()
        ends = [self.end(kernel, records.Reason.SHUTDOWN) for kernel in self._kernels.values()]
        await asyncio.gather(*ends, return_exceptions=True)

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run it on the loop and wait for it, from another thread."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(CALL_SECONDS)
        except TimeoutError:
            future.cancel()
            raise

    def find(self, kernel_id: UUID) -> Kernel | None:
        kernel = self._kernels.get(kernel_id)
        return None if kernel is None or kernel.is_ended else kernel

    def running(self, learner_id: int, subject: Subject | None = None) -> list[Kernel]:
        """The learner's kernels, oldest first."""
        return [
            kernel
            for kernel in list(self._kernels.values())
            if kernel.learner_id == learner_id
            and subject in (None, kernel.subject)
            and not kernel.is_ended
        ]

    async def start(self, learner_id: int, subject: Subject, order: Order) -> tuple[Kernel, bool]:
        """The learner's kernel for the subject, and whether it was started just now.

        Raises:
            PlacesTakenError: the host is full; says at which place the learner waits.
            HostUnavailableError: there is no host.
        """
        async with self._locks[learner_id]:
            for kernel in self.running(learner_id, subject):
                kernel.touch()
                return kernel, False
            kernel = Kernel(learner_id, subject, order)
            await self._start(kernel)
            return kernel, True

    async def end(self, kernel: Kernel, reason: str) -> None:
        """End it; its place is free when this returns."""
        kernel.is_ended = True
        try:
            await kernel.end(CLOSE_CODES.get(records.Reason(reason), Close.GONE))
        finally:
            self._kernels.pop(kernel.id, None)
        await threads.query(records.record_end, kernel.id, reason)

    def end_session(self, session_key: str) -> None:
        """Whoever signed out in this process loses the sockets at once; from any thread."""
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._end_session, session_key)

    def _end_session(self, session_key: str) -> None:
        for client in self._clients():
            if client.session_key == session_key:
                client.close(Close.SESSION_ENDED)

    def _clients(self) -> Iterator[Client]:
        for kernel in self._kernels.values():
            yield from list(kernel.clients)

    async def _start(self, kernel: Kernel) -> None:
        """Those that are too many with it end, but not for a mere place in the queue."""
        place = self._waiting.place(kernel.learner_id)
        if place > 1:
            raise PlacesTakenError(place)
        surplus = self.running(kernel.learner_id)[: 1 - KERNELS_PER_LEARNER or None]
        try:
            await self._start_beside(surplus, kernel)
        except HostBusyError:
            raise PlacesTakenError(self._waiting.join(kernel.learner_id)) from None
        self._waiting.leave(kernel.learner_id)
        self._kernels[kernel.id] = kernel
        await threads.query(
            records.record_start,
            public_id=kernel.id,
            learner_id=kernel.learner_id,
            exercise_id=kernel.subject.exercise_id,
            section_id=kernel.subject.section_id,
        )
        await self._replace(surplus)

    async def _start_beside(self, surplus: Sequence[Kernel], kernel: Kernel) -> None:
        """On a full host the surplus makes room, for it is their turn.

        Raises:
            HostBusyError, HostUnavailableError: there is none.
        """
        try:
            await kernel.start()
        except HostBusyError:
            if not surplus:
                raise
            self._waiting.join(kernel.learner_id)  # so that nobody else takes what is given back
            await self._replace(surplus)
            await kernel.start()

    async def _replace(self, surplus: Sequence[Kernel]) -> None:
        for kernel in surplus:
            if not kernel.is_ended:
                await self.end(kernel, records.Reason.REPLACED)

    # -- Housekeeping -------------------------------------------------------------------------------

    async def _keep_house(self) -> None:
        recorded_at = time.monotonic()
        while True:
            await asyncio.sleep(TICK_SECONDS)
            try:
                await asyncio.gather(*(self._look_after(one) for one in [*self._kernels.values()]))
                if time.monotonic() - recorded_at > RECORD_SECONDS:
                    await self._record_activity(time.monotonic() - recorded_at)
                    recorded_at = time.monotonic()
            except Exception:  # one bad minute must not end the care for all
                log.exception("housekeeping failed")

    async def _look_after(self, kernel: Kernel) -> None:
        reason = self._needless(kernel)
        if reason:
            await self.end(kernel, reason)
        else:
            # May take as long as a kernel takes to come back.
            task = asyncio.create_task(kernel.tick())
            _kept.add(task)
            task.add_done_callback(_kept.discard)

    def _needless(self, kernel: Kernel) -> str:
        if kernel.is_ended and not kernel.has_failed:
            return ""  # somebody ends it just now
        if kernel.has_failed:  # it could not be brought back
            return records.Reason.DIED
        seconds = time.monotonic()
        if kernel.is_working:
            return ""  # its run has a limit of its own
        if kernel.idle_seconds() > settings.LIVE_IDLE_SECONDS:
            return records.Reason.IDLE
        since = max(kernel.alone_since, kernel.active_at)
        if not kernel.clients and seconds - since > settings.LIVE_ALONE_SECONDS:
            return records.Reason.ALONE
        return ""

    async def _record_activity(self, seconds: float) -> None:
        """Of the kernels with which something was done in the last ``seconds``."""
        at = {
            kernel.id: now() - timedelta(seconds=kernel.idle_seconds())
            for kernel in self._kernels.values()
            if kernel.idle_seconds() < seconds
        }
        await threads.query(records.record_activity, list(at.items()))


# Tasks of nobody in particular, which the loop would forget otherwise.
_kept: set[asyncio.Task[None]] = set()
_current: Pool | None = None


def find_current() -> Pool | None:
    """The pool of this process, if it holds one."""
    return _current


def current() -> Pool:
    """The pool of this process.

    Raises:
        NoLiveProcessError: it holds none; another one does.
    """
    if _current is None:
        raise NoLiveProcessError
    return _current


@contextlib.asynccontextmanager
async def running_pool() -> AsyncIterator[Pool]:
    """The one pool of this process, while the block runs."""
    global _current
    pool = Pool()
    await pool.open()
    _current = pool

    def end_session(request: HttpRequest, **_rest: Any) -> None:
        if request and request.session.session_key:
            pool.end_session(request.session.session_key)

    user_logged_out.connect(end_session)
    try:
        yield pool
    finally:
        user_logged_out.disconnect(end_session)
        _current = None
        await pool.close()
