"""A learner's kernel for one exercise or lesson: the same to its pages, whichever process stands behind it."""

import asyncio
import contextlib
import logging
import time
from collections import OrderedDict
from uuid import uuid4

from grader.errors import PlatformError
from workbench.live import messages
from workbench.live.budgets import Bucket
from workbench.live.clients import Client, Close
from workbench.live.frames import Frame
from workbench.live.messages import MessageError
from workbench.live.outputs import OutputGate, cut_notice
from workbench.live.process import Order, Process
from workbench.live.recording import Recording
from workbench.live.runs import Request, Runs
from workbench.live.subjects import Subject
from workbench.live.zmtp import LineError

log = logging.getLogger(__name__)

MOST_CLIENTS = 4
# A run that does not heed the interrupt at its limit has so long until it is killed.
GRACE_SECONDS = 5.0
# iopub may lose the word that a run has ended; after its reply it is said in the kernel's place.
IDLE_SECONDS = 2.0
IDLES_KEPT = 256
REPLY_BYTES = 4 * 1024 * 1024
QUESTION_BYTES = 64 * 1024
# A kernel that dies again and again comes back ever later.
REVIVALS_PER_SECOND, REVIVALS_AT_ONCE = 1 / 10, 5
HOST_TRIES, HOST_PAUSE_SECONDS = 15, 1.0
WARM_UP = "import math\nmath."


class Kernel:
    """Made by the pool, started with :meth:`start`, ended for good with :meth:`end`."""

    def __init__(self, learner_id: int, subject: Subject, order: Order) -> None:
        self.id = uuid4()
        self.learner_id, self.subject = learner_id, subject
        # As in grading, so that what runs here runs there.
        self.cell_seconds = float(order.limits["cell_seconds"])
        self.started_at = self.active_at = self.alone_since = time.monotonic()
        self.clients: set[Client] = set()
        self.is_ended = self.has_failed = False
        self.process: Process | None = None
        self.processes = 0  # that have stood behind it: a page sees by it that it missed a death
        self._order = order
        self._ready = asyncio.Event()
        self._changing = asyncio.Lock()
        self._revivals = Bucket(REVIVALS_PER_SECOND, REVIVALS_AT_ONCE)
        self._watch: asyncio.Task[None] | None = None
        self._forget_process()

    def _forget_process(self) -> None:
        """Nothing that the last process was asked or said holds for the next."""
        self._runs = Runs()
        self._gate = OutputGate()
        self._idle: OrderedDict[str, None] = OrderedDict()
        self._overdue: Request | None = None  # the run that was interrupted for its time
        self._stops_next = False  # the run that has not begun yet
        self._recording = Recording()

    @property
    def state(self) -> str:
        if not self._ready.is_set():
            return "starting"
        return "busy" if self._runs.is_running() else "idle"

    @property
    def is_working(self) -> bool:
        """Whether a run is on its way that does not wait for the learner's answer."""
        return self.state == "busy" and not self._runs.is_asking()

    def idle_seconds(self) -> float:
        """How long the learner has done nothing with it."""
        return time.monotonic() - self.active_at

    def touch(self) -> None:
        self.active_at = time.monotonic()

    # -- Life ---------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Raises:
        HostBusyError, HostUnavailableError: there is none.
        """
        async with self._changing:
            await self._open()

    async def restart(self) -> None:
        """A fresh process, because the learner wants one.

        Raises:
            HostBusyError, HostUnavailableError: there is none; the kernel has ended then.
        """
        async with self._changing:
            self.touch()
            await self._drop()
            try:
                await self._open()
            except PlatformError:
                self._fail()
                raise
            self._tell(messages.status("idle", fresh=True))

    async def interrupt(self) -> None:
        """Stop the run that is on its way; the kernel forgets what comes before it has begun with it."""
        self.touch()
        self._stops_next = self._runs.is_running() and not self._has_begun()
        if self.process and not self._stops_next:
            await self.process.interrupt()

    async def end(self, code: Close) -> None:
        """End it for good; its pages are told why."""
        self.is_ended = True
        self.close_clients(code)
        async with self._changing:
            await self._drop()

    async def tick(self) -> None:
        """Called about once a second: runs that take too long are interrupted, then killed."""
        run, seconds = self._runs.first(), self._runs.seconds()
        if run is None or seconds <= self.cell_seconds:
            self._overdue = None
        elif run is not self._overdue:
            self._overdue = run
            self._tell_overtime(run)
            if self.process:
                await self.process.interrupt()
        elif seconds > self.cell_seconds + GRACE_SECONDS and self.process:
            await self._revive(self.process, "time")

    async def _open(self) -> None:
        process = await Process.start(self._order, self._hear)
        if self.is_ended:  # meanwhile
            await process.close()
            return
        self.process = process
        self.processes += 1
        self._watch = asyncio.create_task(self._await_death(process))
        self._ready.set()
        # The first completion loads what the later ones need.
        warm_up = {"code": WARM_UP, "cursor_pos": len(WARM_UP)}
        with contextlib.suppress(LineError):
            await process.send(messages.make("shell", "complete_request", warm_up))

    async def _drop(self) -> None:
        self._ready.clear()
        process, self.process = self.process, None
        if self._watch and self._watch is not asyncio.current_task():
            self._watch.cancel()
        self._forget_process()
        if process:
            await process.close()

    def _fail(self) -> None:
        """There is no process any more; the pool clears away what is left."""
        self.is_ended = self.has_failed = True
        self.close_clients(Close.GONE)

    async def _await_death(self, process: Process) -> None:
        reason = await process.ended
        await self._revive(process, reason)

    async def _revive(self, dead: Process, reason: str) -> None:
        """Tell what happened and put a fresh process in the place of this one."""
        async with self._changing:
            if self.process is not dead or self.is_ended:
                return
            log.info("kernel %s ended: %s", self.id, reason)
            self._tell(messages.status("restarting", reason=reason))
            await self._drop()
            await asyncio.sleep(self._revivals.owe(1))
            if not self.is_ended and await self._open_again():
                self._tell(messages.status("idle", fresh=True))
            else:
                self._fail()

    async def _open_again(self) -> bool:
        """The host may be away itself, for a while."""
        for _ in range(HOST_TRIES):
            if self.is_ended:
                return False
            try:
                await self._open()
                return True
            except PlatformError as error:
                log.warning("no fresh kernel: %s", error)
                await asyncio.sleep(HOST_PAUSE_SECONDS)
        return False

    # -- Pages --------------------------------------------------------------------------------------

    def attach(self, client: Client, run: str = "") -> None:
        """``run``: the request that the page waits for, from before it was away."""
        self.clients.add(client)
        client.offer(messages.status(self.state))
        if run:
            self._rejoin(client, run)

    def _rejoin(self, client: Client, run: str) -> None:
        """Tell from its beginning what the run has said, and then what comes, if it is the latest or waits."""
        request = self._runs.find(run)
        if request:
            request.client = client
        if run == self._recording.key:
            client.offer(messages.status("busy", again=run, seconds=self._recording.seconds))
            for frame in self._recording.replay():
                client.offer(frame)
        elif request:
            client.offer(messages.status("busy", again=run, seconds=0))

    def detach(self, client: Client) -> None:
        self.clients.discard(client)
        self._runs.forget(client)
        self.alone_since = time.monotonic()

    def close_clients(self, code: Close) -> None:
        for client in list(self.clients):
            client.close(code)

    async def take(self, client: Client, frame: Frame) -> None:
        """A message from a page: passed on if pages may send such; waits while the kernel cannot take it.

        Raises:
            MessageError: it has no header.
        """
        header = messages.read_header(frame.header)
        if header.type not in messages.ALLOWED.get(frame.channel, ()):
            return
        await self._ready.wait()
        process = self.process
        if process is None or self._runs.find(header.id):
            return
        self.touch()
        if frame.channel == "stdin":
            self._runs.answer()
            self._recording.answer(frame.content)
        elif header.type.endswith("_request"):
            self._runs.add(header.id, Request(client, header.type, frame.header))
        with contextlib.suppress(LineError):  # its death is told to everybody
            await process.send(frame)

    # -- The kernel's messages ----------------------------------------------------------------------

    def _has_begun(self) -> bool:
        return self._runs.has_run(self._recording.key)

    async def _hear(self, frame: Frame, is_cut: bool) -> None:
        try:
            kind = messages.read_header(frame.header).type
            parent = messages.read_parent(frame.parent)
            if parent.startswith(messages.OWN):
                return
            if frame.channel == "iopub":
                self._publish(frame, kind, parent, is_cut)
            elif frame.channel == "stdin":
                self._question(frame, kind, parent, is_cut)
            else:
                self._reply(frame, kind, parent, is_cut)
        except MessageError as error:
            log.debug("kernel %s says nonsense: %s", self.id, error)
        if self.process and self._stops_next and self._has_begun():
            self._stops_next = False
            await self.process.interrupt()

    def _publish(self, frame: Frame, kind: str, parent: str, is_cut: bool) -> None:
        may_drop = kind in messages.OUTPUTS
        self._begin_recording(parent)
        for passed in self._gate.judge(frame, kind, parent, is_cut=is_cut):
            if kind == "status" and b'"idle"' in passed.content:
                self._note_idle(parent)
            self._tell(passed, parent=parent, may_drop=may_drop)

    def _begin_recording(self, parent: str) -> None:
        """The kernel is at one run at a time: the first word of the next takes the last one's place."""
        is_new = self._runs.has_run(parent) and parent not in self._idle
        if is_new and parent != self._recording.key:
            self._recording = Recording(parent)

    def _reply(self, frame: Frame, kind: str, parent: str, is_cut: bool) -> None:
        request = self._runs.find(parent)
        if request is None or kind != request.kind.replace("_request", "_reply"):
            return
        self._runs.reply(parent)
        if is_cut or frame.size > REPLY_BYTES:
            content = {"status": "error", "ename": "TooLarge", "evalue": "", "traceback": []}
            frame = messages.make(frame.channel, kind, content, parent=request.parent)
        if request.client:
            request.client.offer(frame)
        if parent == self._recording.key:
            self._recording.end(frame)
        if request.kind == "execute_request" and parent not in self._idle:
            loop = asyncio.get_running_loop()
            loop.call_later(IDLE_SECONDS, self._miss_idle, self._idle, parent, request.parent)

    def _question(self, frame: Frame, kind: str, parent: str, is_cut: bool) -> None:
        request = self._runs.find(parent)
        if kind != "input_request" or is_cut or frame.size > QUESTION_BYTES:
            return
        if request and not self._runs.is_asking():
            self._begin_recording(parent)
            if parent == self._recording.key:
                self._recording.ask(frame)
            self._runs.ask()
            if request.client:
                request.client.offer(frame)

    def _note_idle(self, parent: str) -> None:
        self._idle[parent] = None
        if len(self._idle) > IDLES_KEPT:
            self._idle.popitem(last=False)

    def _miss_idle(self, idle: OrderedDict[str, None], parent: str, header: bytes) -> None:
        """No word on iopub long after the reply: it was dropped, and output before it perhaps, too."""
        if idle is not self._idle or parent in idle:
            return
        self._note_idle(parent)
        said = messages.status("idle", parent=header)
        for frame in (*self._gate.cut(said, parent), said):
            self._tell(frame, parent=parent)

    def _tell(self, frame: Frame, *, parent: str = "", may_drop: bool = False) -> None:
        """``parent``: the id of the request that it is about."""
        if parent and parent == self._recording.key:
            self._recording.add(frame, messages.read_header(frame.header).type)
        for client in list(self.clients):
            if not client.offer(frame, may_drop=may_drop):
                self._tell_cut(client, frame)

    def _tell_overtime(self, run: Request) -> None:
        """Said before the interrupt, which would look like the learner's own otherwise."""
        is_graded = self.subject.exercise_id is not None
        notice = self._gate.overtime(run.parent, self.cell_seconds, is_graded=is_graded)
        self._tell(notice, parent=messages.read_parent(run.parent))

    def _tell_cut(self, client: Client, frame: Frame) -> None:
        """One page reads too slowly: it alone misses output."""
        parent = messages.read_parent(frame.parent)
        if len(client.cut) > IDLES_KEPT:
            client.cut.clear()
        if parent not in client.cut:
            client.cut.add(parent)
            client.offer(cut_notice(frame.parent))
