"""Who waits for a place while the host is full: by learner, first come, first served."""

import time
from collections import OrderedDict

# Whoever has not asked again for so long has gone; pages ask every RETRY_SECONDS.
RETRY_SECONDS = 3
FORGET_SECONDS = 15.0


class WaitingList:
    def __init__(self) -> None:
        self._asked_at: OrderedDict[int, float] = OrderedDict()

    def place(self, learner_id: int) -> int:
        """Their place, from 1; 0 when they do not wait and nobody else does."""
        self._forget()
        if learner_id in self._asked_at:
            self._asked_at[learner_id] = time.monotonic()
            return 1 + list(self._asked_at).index(learner_id)
        return self.join(learner_id) if self._asked_at else 0

    def join(self, learner_id: int) -> int:
        """The same, and they wait from now on."""
        self._asked_at.setdefault(learner_id, 0.0)
        self._asked_at[learner_id] = time.monotonic()
        return 1 + list(self._asked_at).index(learner_id)

    def leave(self, learner_id: int) -> None:
        self._asked_at.pop(learner_id, None)

    def _forget(self) -> None:
        now = time.monotonic()
        for learner_id, asked_at in list(self._asked_at.items()):
            if now - asked_at > FORGET_SECONDS:
                del self._asked_at[learner_id]
