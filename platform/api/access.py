"""Who is asking, and how often they may."""

import logging

from redis.exceptions import RedisError
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from accounts.models import User

logger = logging.getLogger(__name__)


class Throttle(UserRateThrottle):
    """Counts in the cache. Without the cache everybody is let through: submissions are limited by their own rule."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        try:
            return super().allow_request(request, view)
        except (RedisError, OSError) as error:
            logger.warning("requests are not counted: %s", error)
            return True


def get_learner(request: Request) -> User:
    """The user whose token or session came with the request.

    Raises:
        NotAuthenticated: there is none.
    """
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user
