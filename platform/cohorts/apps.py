from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CohortsConfig(AppConfig):
    """Who learns together, who mentors them, and so who may see whom."""

    name = "cohorts"
    verbose_name = _("Cohorts")
