"""From the text files of the course to checked values. Nothing here touches the database."""

from curriculum.loader.lessons import find_try_cells, is_try
from curriculum.loader.read import CONTENT, load_curriculum
from curriculum.loader.values import CurriculumContent, ModuleContent, SectionContent

__all__ = [
    "CONTENT",
    "CurriculumContent",
    "ModuleContent",
    "SectionContent",
    "find_try_cells",
    "is_try",
    "load_curriculum",
]
