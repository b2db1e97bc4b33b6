"""What the workbench does: drafts, their versions and outputs, and what a page gets of an exercise."""

from workbench.services.boot import build_boot, describe_cells
from workbench.services.cells import PageCell, SentCell, page_cells, read_page
from workbench.services.checks import check_draft
from workbench.services.comparing import CellChange, compare_versions, count_changes
from workbench.services.drafts import Work, get_work, keep_current, save_draft, set_aside_text
from workbench.services.handing_in import submit_work
from workbench.services.outputs import Shown, get_outputs, save_outputs
from workbench.services.replacing import reset_draft, restore_version, upload_notebook
from workbench.services.takeaway import build_notebook
from workbench.services.worksheets import SheetCell, Worksheet, get_worksheet, load_exercise

__all__ = [
    "CellChange",
    "PageCell",
    "SentCell",
    "SheetCell",
    "Shown",
    "Work",
    "Worksheet",
    "build_boot",
    "build_notebook",
    "check_draft",
    "compare_versions",
    "count_changes",
    "describe_cells",
    "get_outputs",
    "get_work",
    "get_worksheet",
    "keep_current",
    "load_exercise",
    "page_cells",
    "read_page",
    "reset_draft",
    "restore_version",
    "save_draft",
    "save_outputs",
    "set_aside_text",
    "submit_work",
    "upload_notebook",
]
