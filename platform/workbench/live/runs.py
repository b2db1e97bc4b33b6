"""The requests of a kernel that wait for their reply: who asked, and how long the first of them runs."""

import time
from collections import OrderedDict
from dataclasses import dataclass

from workbench.live.clients import Client

# More than a notebook has cells; a page that sends on and on has its oldest forgotten.
MOST_WAITING = 2000


@dataclass(slots=True)
class Request:
    """``parent`` is the header as it was sent: answers made by us carry it too."""

    client: Client | None
    kind: str
    parent: bytes
    replied_at: float | None = None


class Runs:
    """Requests by id, in the order in which the kernel takes them."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, Request] = OrderedDict()
        self._runs: OrderedDict[str, Request] = OrderedDict()
        self._started_at = 0.0  # of the first run
        self._asks_since: float | None = None

    def add(self, key: str, request: Request) -> None:
        self._waiting[key] = request
        if len(self._waiting) > MOST_WAITING:
            self.reply(next(iter(self._waiting)))
        if request.kind == "execute_request":
            if not self._runs:
                self._start_next()
            self._runs[key] = request

    def find(self, key: str) -> Request | None:
        return self._waiting.get(key)

    def reply(self, key: str) -> Request | None:
        """The request that this answers; each is answered once."""
        request = self._waiting.pop(key, None)
        if key in self._runs:
            is_first = next(iter(self._runs)) == key
            del self._runs[key]
            if is_first:
                self._start_next()
        return request

    def first(self) -> Request | None:
        """The run that the kernel is at."""
        return next(iter(self._runs.values()), None)

    def has_run(self, key: str) -> bool:
        return key in self._runs

    def is_running(self) -> bool:
        return bool(self._runs)

    def is_asking(self) -> bool:
        return self._asks_since is not None

    def ask(self) -> None:
        """The run waits for the learner: that time is not counted."""
        if self._asks_since is None:
            self._asks_since = time.monotonic()

    def answer(self) -> None:
        if self._asks_since is not None:
            self._started_at += time.monotonic() - self._asks_since
            self._asks_since = None

    def seconds(self) -> float:
        """How long the first run takes already; 0.0 when none does, or when it waits for the learner."""
        if not self._runs or self._asks_since is not None:
            return 0.0
        return time.monotonic() - self._started_at

    def forget(self, client: Client) -> None:
        """The client is gone; its runs go on."""
        for request in self._waiting.values():
            if request.client is client:
                request.client = None

    def _start_next(self) -> None:
        self._started_at = time.monotonic()
        self._asks_since = None
