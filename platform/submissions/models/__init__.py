"""What was handed in, each time it was run, what came out, and what counts.

*Submission* → *Run* → *Report*; one *Grade* for each learner and exercise; a *Regrade* is many runs of what
was handed in before; a *Trial* is run too, but was never handed in. Other apps read these; only
:mod:`submissions.services` writes them.
"""

from submissions.models.outcomes import Grade, Report
from submissions.models.runs import Regrade, Run, draw_seed
from submissions.models.work import Submission, Trial

__all__ = ["Grade", "Regrade", "Report", "Run", "Submission", "Trial", "draw_seed"]
