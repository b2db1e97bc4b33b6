"""What the exercise page and the API do with a learner's work."""

from workbench.services.drafts import (
    Work,
    bring_back,
    get_work,
    reset_draft,
    save_draft,
    set_aside_text,
    submit_work,
    upload_notebook,
)
from workbench.services.worksheets import SheetCell, Worksheet, get_worksheet, load_exercise

__all__ = [
    "SheetCell",
    "Work",
    "Worksheet",
    "bring_back",
    "get_work",
    "get_worksheet",
    "load_exercise",
    "reset_draft",
    "save_draft",
    "set_aside_text",
    "submit_work",
    "upload_notebook",
]
