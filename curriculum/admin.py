"""The mirror, to look at. It changes by editing the content files and syncing, never here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from curriculum import models


class ReadOnlyAdmin(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MirroredAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "slug", "position", "retired_at"]
    list_filter = [("retired_at", admin.EmptyFieldListFilter)]
    search_fields = ["slug"]


@admin.register(models.Exercise)
class ExerciseAdmin(MirroredAdmin):
    list_display = ["title", "slug", "section", "environment", "points", "retired_at"]
    list_select_related = ["section"]
    search_fields = ["slug", "title"]


@admin.register(models.ExerciseVersion)
class ExerciseVersionAdmin(ReadOnlyAdmin):
    list_display = ["exercise", "digest", "released_at"]
    list_select_related = ["exercise"]
    search_fields = ["exercise__slug", "digest"]
    # The payload is long and holds the solution.
    fields = ["exercise", "digest", "released_at"]


admin.site.register(
    [
        models.Course,
        models.Module,
        models.Section,
        models.Topic,
        models.PracticeItem,
        models.Resource,
        models.Person,
        models.ScheduleRow,
        models.Deliverable,
        models.Tip,
    ],
    MirroredAdmin,
)
