"""The learner's doors to submissions."""

from submissions.views.pages import (
    cancel,
    download,
    list_attempts,
    list_submissions,
    show,
    show_state,
    show_status,
)

__all__ = [
    "cancel",
    "download",
    "list_attempts",
    "list_submissions",
    "show",
    "show_state",
    "show_status",
]
