"""Fetching a cohort on behalf of somebody."""

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from accounts.models import User
from cohorts.models import Cohort


def get_cohort(user: User | AnonymousUser, slug: str) -> Cohort:
    """The cohort of that slug.

    Raises:
        Http404: there is none, or it is not this user's to see; the two are not told apart.
    """
    cohort = Cohort.objects.visible_to(user).filter(slug=slug).first()
    if cohort is None:
        raise Http404
    return cohort
