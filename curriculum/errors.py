"""Errors of the curriculum: whoever writes the course must act."""

from common.errors import AuthorError


class ContentError(AuthorError):
    """The content files hold mistakes. ``problems`` names each with file, field and reason."""

    code = "course-content"
