"""Keeping a run while it is graded."""

from __future__ import annotations

import logging
import threading
import time
from types import TracebackType
from typing import Any

from django.db import DatabaseError, InterfaceError, connection

from notebooks.storable import to_storable
from submissions.models import Run
from submissions.services.progress import Progress
from submissions.services.runs import LEASE, record_progress, renew_lease

logger = logging.getLogger(__name__)

WRITE_SECONDS = 0.25
RENEW_SECONDS = LEASE.total_seconds() / 4


class LeaseKeeper:
    """Renews a run's lease and writes its progress from a thread of its own.

    A thread, since the grading may be silent for as long as one cell takes. Progress is written at most
    every ``WRITE_SECONDS``, and the last state always is. Use as a context manager.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._progress = Progress()
        self._written: dict[str, Any] = self._progress.to_json()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._lost = threading.Event()
        self._renewed = time.monotonic()
        self._thread = threading.Thread(target=self._keep, name=f"lease {run.pk}", daemon=True)

    def __enter__(self) -> LeaseKeeper:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def note(self, event: dict[str, Any]) -> None:
        """Take an event of the examiner."""
        with self._lock:
            self._progress.add(event)

    def is_lost(self) -> bool:
        """Whether somebody else may be grading the run by now."""
        return self._lost.is_set()

    def _keep(self) -> None:
        try:
            while not self._ended.wait(WRITE_SECONDS) and not self._lost.is_set():
                self._tick()
        finally:
            connection.close()

    def _tick(self) -> None:
        with self._lock:
            progress = self._progress.to_json()
        age = time.monotonic() - self._renewed
        try:
            if progress != self._written:
                held = record_progress(run=self._run, progress=to_storable(progress))
            elif age >= RENEW_SECONDS:
                held = renew_lease(run=self._run)
            else:
                return
        except (DatabaseError, InterfaceError):
            logger.warning("run %s: cannot renew its lease", self._run.public_id, exc_info=True)
            connection.close()
            if age >= LEASE.total_seconds():
                self._lost.set()
            return
        self._written, self._renewed = progress, time.monotonic()
        if not held:
            logger.warning("run %s was taken over", self._run.public_id)
            self._lost.set()
