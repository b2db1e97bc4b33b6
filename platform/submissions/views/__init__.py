"""The learner's doors to submissions."""

from submissions.views.pages import (
    cancel,
    cancel_check,
    download,
    list_attempts,
    list_submissions,
    show,
    show_state,
    show_status,
)

__all__ = [
    "cancel",
    "cancel_check",
    "download",
    "list_attempts",
    "list_submissions",
    "show",
    "show_state",
    "show_status",
]
