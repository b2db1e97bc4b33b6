"""Cohorts on the operator's pages: made, filled and left here."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cohorts import services
from cohorts.models import Cohort, Membership, StudyGroup


class StudyGroupInline(admin.TabularInline):
    model = StudyGroup
    extra = 1


@admin.register(Cohort)
class CohortAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "starts_on", "ends_on"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = ["public_id", "created_at"]
    inlines = [StudyGroupInline]


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    """Nobody is deleted here: who leaves is let go by the action, and stays on record."""

    list_display = ["user", "cohort", "role", "study_group", "joined_at", "left_at"]
    list_select_related = ["user", "cohort", "study_group"]
    list_filter = ["cohort", "role", ("left_at", admin.EmptyFieldListFilter)]
    search_fields = ["user__username", "user__display_name", "cohort__name", "cohort__slug"]
    autocomplete_fields = ["user"]
    fields = ["cohort", "user", "role", "study_group", "joined_at", "left_at"]
    actions = ["let_go"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # In the form while adding, all of them: a constraint on a field that is not there is not checked.
        return [] if obj is None else ["cohort", "user", "joined_at", "left_at"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Let the chosen members leave their cohorts"))
    def let_go(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        chosen = list(queryset.filter(left_at=None).select_related("cohort", "user"))
        for membership in chosen:
            services.remove_member(cohort=membership.cohort, user=membership.user)
        said = ngettext("%(count)d member left.", "%(count)d members left.", len(chosen))
        self.message_user(request, said % {"count": len(chosen)})
