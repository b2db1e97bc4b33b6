"""How much may pass in a time."""

import time


class Bucket:
    """Holds up to ``capacity``, refilled at ``rate`` a second."""

    def __init__(self, rate: float, capacity: float) -> None:
        self._rate, self._capacity = rate, capacity
        self._left = capacity
        self._filled_at = time.monotonic()

    def take(self, amount: float) -> bool:
        """Take it all, or nothing and answer false."""
        self._fill()
        if amount > self._left:
            return False
        self._left -= amount
        return True

    def owe(self, amount: float) -> float:
        """Take it in any case; answers the seconds until that is paid back (0.0: nothing is owed)."""
        self._fill()
        self._left -= amount
        return max(0.0, -self._left / self._rate)

    def left(self) -> float:
        self._fill()
        return max(0.0, self._left)

    def _fill(self) -> None:
        now = time.monotonic()
        self._left = min(self._capacity, self._left + (now - self._filled_at) * self._rate)
        self._filled_at = now
