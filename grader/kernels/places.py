"""Places for sandboxes: how many there may be at a time, and the uids that each place has for itself.

A uid tells a sandbox from the next one. So a place where something does not go stays closed until it has gone.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator

from grader.kernels.sandboxes import FIRST_LIVE_UID, FIRST_UID, Builder

log = logging.getLogger("grader.kernels")

VACANCY_SECONDS = 1.0  # between looks at a place that is closed


def grading_uids(place: int) -> dict[str, int]:
    """By role."""
    first = FIRST_UID + 2 * place
    return {"learner": first, "examiner": first + 1}


def live_uids(place: int) -> dict[str, int]:
    """By role."""
    return {"live": FIRST_LIVE_UID + place}


class Places:
    """So many places, each with the uids that ``uids_of`` tells."""

    def __init__(
        self, count: int, uids_of: Callable[[int], dict[str, int]], builder: Builder
    ) -> None:
        self._free = list(range(count))
        self._uids_of = uids_of
        self._builder = builder
        self._lock = threading.Lock()
        self._closing = threading.Event()

    @property
    def free(self) -> int:
        """How many are left."""
        return len(self._free)

    @contextlib.contextmanager
    def take(self) -> Iterator[int | None]:
        """A free place for as long as the block, ``None`` if all are taken."""
        with self._lock:
            place = self._free.pop(0) if self._free else None
        try:
            yield place
        finally:
            if place is not None:
                self._give_back(place)

    def close(self) -> None:
        """Wait for no place any more."""
        self._closing.set()

    def _give_back(self, place: int) -> None:
        if self._is_vacant(place):
            with self._lock:
                self._free.append(place)
            return
        log.error("place %d is closed: something of its sandbox does not go", place)
        threading.Thread(target=self._await_vacancy, args=[place], daemon=True).start()

    def _await_vacancy(self, place: int) -> None:
        while not self._closing.wait(VACANCY_SECONDS):
            if self._is_vacant(place):
                log.warning("place %d is open again", place)
                with self._lock:
                    self._free.append(place)
                return

    def _is_vacant(self, place: int) -> bool:
        return all(map(self._builder.is_vacant, self._uids_of(place).values()))
