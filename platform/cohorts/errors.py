"""Why a cohort cannot be as somebody wants it. For operators and mentors."""

from django.utils.translation import gettext_lazy as _

from common.errors import ConflictError, LearnerError


class CohortRefusedError(LearnerError):
    """Something about a cohort or membership does not fit; ``problems`` says what, field by field."""

    code = "cohort-refused"
    title = _("This cohort or membership cannot be so")


class NotAMemberError(ConflictError):
    code = "not-a-member"
    title = _("They do not belong to this cohort")
