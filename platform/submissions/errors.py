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


class KeyReusedError(ConflictError):
    """One idempotency key, two exercises: a mistake of the program that sends them."""

    code = "key-reused"
    title = _("This idempotency key already belongs to a submission for another exercise")


class NotCancellableError(ConflictError):
    code = "already-graded"
    title = _("This submission has already been graded")
