"""The Celery application. Tasks carry identifiers only; JSON is the only serialisation."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("kilohour")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()  # threads of the web server find it too
app.autodiscover_tasks()
