"""Why a submission is not taken. Each says what the learner can do."""

from django.utils.translation import gettext_lazy as _

from common.errors import ConflictError, LearnerError, TooManyError


class ExerciseClosedError(LearnerError):
    """The exercise has left the course; old reports stay."""

    code = "exercise-closed"
    status = 410
    title = _("This exercise takes no more submissions")


class AttemptsUsedError(LearnerError):
    code = "attempts-used"
    status = 409
    title = _("No attempt is left for this exercise")


class TooManyWaitingError(TooManyError):
    code = "too-many-waiting"
    title = _("Your earlier submissions are still waiting to be graded")


class TooOftenError(TooManyError):
    code = "too-often"
    title = _("You submit too often")


class QueueFullError(TooManyError):
    code = "queue-full"
    title = _("Too many submissions are waiting at the moment")


class KeyReusedError(ConflictError):
    """One idempotency key, two exercises: a mistake of the program that sends them."""

    code = "key-reused"
    title = _("This idempotency key already belongs to a submission for another exercise")


class NothingToRegradeError(LearnerError):
    """For operators."""

    code = "nothing-to-regrade"
    title = _("Nothing that was chosen has been graded yet")


class RegradeStateError(ConflictError):
    """For operators: a regrade goes from preview to applied to undone, and waits for its runs."""

    code = "regrade-state"
    title = _("This regrade cannot do that now")


class NotCancellableError(ConflictError):
    """Of a submission or a check: it has its report, or was cancelled before."""

    code = "already-ended"
    title = _("This has ended already, so there is nothing to cancel")
