from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CurriculumConfig(AppConfig):
    """The course, mirrored from the text files under ``curriculum/content``."""

    name = "curriculum"
    verbose_name = _("Curriculum")
