"""Submissions for operators: to look at, never to edit."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from submissions.models import Grade, Regrade, Report, Run, Submission, Trial


class ReadOnly(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Submission)
class SubmissionAdmin(ReadOnly):
    list_display = ["public_id", "learner", "exercise", "number", "source", "submitted_at"]
    list_select_related = ["learner", "exercise"]
    list_filter = ["source", "exercise"]
    search_fields = ["public_id", "learner__username"]
    date_hierarchy = "submitted_at"


@admin.register(Run)
class RunAdmin(ReadOnly):
    list_display = ["public_id", "kind", "queue", "state", "lost_count", "queued_at", "finished_at"]
    list_filter = ["state", "queue", "kind"]
    search_fields = ["public_id", "submission__public_id"]


@admin.register(Trial)
class TrialAdmin(ReadOnly):
    list_display = ["public_id", "learner", "exercise", "requested_at"]
    list_select_related = ["learner", "exercise"]
    search_fields = ["public_id", "learner__username"]


@admin.register(Regrade)
class RegradeAdmin(ReadOnly):
    list_display = ["public_id", "scope", "uses_current_version", "state", "created_at"]
    list_filter = ["state"]


@admin.register(Report)
class ReportAdmin(ReadOnly):
    list_display = ["run", "verdict", "points", "max_points", "is_applied", "created_at"]
    list_filter = ["verdict", "is_applied"]
    # Notebooks hold megabytes and hostile outputs; the submission's page shows them safely.
    exclude = ["notebook"]


@admin.register(Grade)
class GradeAdmin(ReadOnly):
    list_display = ["learner", "exercise", "points", "max_points", "is_passed", "attempts"]
    list_select_related = ["learner", "exercise"]
    list_filter = ["is_passed", "exercise"]
    search_fields = ["learner__username"]
