"""Who a request comes from, as types."""

from accounts.models import User
from common.request import Request


class MemberRequest(Request):
    """A request behind ``login_required``: there is a user for certain."""

    user: User  # type: ignore[assignment]
