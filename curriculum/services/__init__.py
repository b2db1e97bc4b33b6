"""What may be done to the course, and what is computed over all of it."""

from curriculum.services.hours import HourTotals, sum_hours
from curriculum.services.mirror import Counts
from curriculum.services.sync import SyncResult, sync_curriculum

__all__ = ["Counts", "HourTotals", "SyncResult", "sum_hours", "sync_curriculum"]
