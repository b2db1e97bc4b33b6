"""What can go wrong while somebody writes."""

from django.utils.translation import gettext_lazy as _

from common.errors import ConflictError


class DraftConflictError(ConflictError):
    """The draft was changed elsewhere since this text was loaded; both texts still exist."""

    code = "draft-conflict"
    title = _("This exercise was changed in another tab or on another device.")
