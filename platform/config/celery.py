"""The Celery application. Tasks carry identifiers only; JSON is the only serialisation."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("kilohour")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()  # threads of the web server find it too
app.autodiscover_tasks()


@task_prerun.connect
def _check_connections(**_about_the_task: Any) -> None:
    """As before a request: what is too old is closed, the rest is tried before it is used again."""
    close_old_connections()
