"""Celery's doors. Tasks carry identifiers only, and every one may come twice."""

import logging
import os
import socket
import uuid

from celery import shared_task
from django.conf import settings

from grader.kernels.client import KernelClient
from submissions import services

logger = logging.getLogger(__name__)


@shared_task(name="submissions.tasks.grade_run")
def grade_run(public_id: str) -> None:
    """Grade one run, if it is still waiting. A task that names no run of ours does nothing."""
    try:
        uuid.UUID(public_id)
    except (ValueError, TypeError, AttributeError):
        logger.warning("a task names no run: %.100r", public_id)
        return
    worker = f"{socket.gethostname()[:80]}/{os.getpid()}/{uuid.uuid4().hex}"
    client = KernelClient(settings.KERNEL_HOST_SOCKET)
    services.grade_run(public_id=public_id, worker=worker, client=client)


@shared_task(name="submissions.tasks.requeue_lost_runs")
def requeue_lost_runs() -> None:
    """Find runs that nobody works on any more. Sent by beat."""
    services.requeue_lost_runs()


@shared_task(name="submissions.tasks.remove_old_trials")
def remove_old_trials() -> None:
    """Forget checks that were made a day ago. Sent by beat."""
    services.remove_old_trials()
