"""Who a request comes from."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import SignedOutError
from common.request import Request


class MemberRequest(Request):
    """A request behind ``login_required``: there is a user for certain."""

    user: User  # type: ignore[assignment]


def require_learner(request: HttpRequest) -> User:
    """The user who is signed in, for views that scripts call.

    Raises:
        SignedOutError: nobody is.
    """
    if not isinstance(request.user, User):
        raise SignedOutError(_("You are signed out. Sign in in another tab, then try again."))
    return request.user
