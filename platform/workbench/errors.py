"""What can go wrong while somebody writes."""

from django.utils.translation import gettext_lazy as _

from common.errors import ConflictError, LearnerError


class DraftConflictError(ConflictError):
    """The draft was changed elsewhere since this text was loaded; both texts still exist."""

    code = "draft-conflict"
    title = _("This exercise was changed in another tab or on another device.")


class OtherCellsError(LearnerError):
    """A page's cells are not those of the exercise, as a rule because it was released anew since."""

    code = "other-cells"
    title = _(
        "These are not the cells of this exercise as it is now. Load the page again; "
        "what you wrote is offered there."
    )


class UnknownError(LearnerError):
    """For scripts: what they ask for is not there, or not theirs."""

    code = "not-found"
    status = 404
    title = _("There is no such thing here.")
