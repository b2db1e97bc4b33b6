"""Keeping a run while it is graded."""

from __future__ import annotations

import logging
import time
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
    """Renews a run's lease and writes its progress, as often as somebody asks whether it is lost.

    That must be several times a second. Progress is written at most every ``WRITE_SECONDS``.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._progress = Progress()
        self._written: dict[str, Any] = self._progress.to_json()
        self._is_lost = False
        self._looked = self._renewed = time.monotonic()

    def note(self, event: dict[str, Any]) -> None:
        """Take an event of the examiner."""
        self._progress.add(event)

    def is_lost(self) -> bool:
        """Whether somebody else may be grading the run by now."""
        at = time.monotonic()
        if not self._is_lost and at - self._looked >= WRITE_SECONDS:
            self._looked = at
            self._keep(at - self._renewed)
        return self._is_lost

    def _keep(self, age: float) -> None:
        progress = self._progress.to_json()
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
            self._is_lost = age >= LEASE.total_seconds()
            return
        self._written, self._renewed = progress, time.monotonic()
        if not held:
            logger.warning("run %s was taken over", self._run.public_id)
            self._is_lost = True
