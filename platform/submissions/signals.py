"""News for the rooms above."""

from django.dispatch import Signal

# Sent after commit, once for each applied report. Arguments: report, grade (rows of this app).
submission_graded = Signal()
