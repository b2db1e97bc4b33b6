"""Addresses of the API."""

from django.urls import include, path

from api import views

app_name = "api"

version_1 = [
    path("exercises/", views.ExerciseList.as_view(), name="exercises"),
    path("exercises/<slug:slug>/", views.ExerciseDetail.as_view(), name="exercise"),
    path("exercises/<slug:slug>/starter.ipynb", views.Starter.as_view(), name="starter"),
    path("exercises/<slug:slug>/submissions/", views.Submit.as_view(), name="submit"),
    path("exercises/<slug:slug>/checks/", views.Check.as_view(), name="check"),
    path("checks/<uuid:public_id>/", views.CheckState.as_view(), name="check-state"),
    path("checks/<uuid:public_id>/cancel/", views.CancelCheck.as_view(), name="cancel-check"),
    path("submissions/", views.SubmissionList.as_view(), name="submissions"),
    path("submissions/<uuid:public_id>/", views.SubmissionDetail.as_view(), name="submission"),
    path("submissions/<uuid:public_id>/cancel/", views.Cancel.as_view(), name="cancel"),
    path(
        "submissions/<uuid:public_id>/notebook.ipynb",
        views.ExecutedNotebook.as_view(),
        name="executed-notebook",
    ),
    path("schema/", views.Schema.as_view(), name="schema"),
    path("docs/", views.Docs.as_view(), name="docs"),
]

urlpatterns = [path("v1/", include(version_1))]
