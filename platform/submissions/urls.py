"""Addresses of submissions."""

from django.urls import path

from submissions import views

app_name = "submissions"

urlpatterns = [
    path("submissions/", views.list_submissions, name="list"),
    path("submissions/<uuid:public_id>/", views.show, name="detail"),
    path("submissions/<uuid:public_id>/status/", views.show_status, name="status"),
    path("submissions/<uuid:public_id>/state/", views.show_state, name="state"),
    path("submissions/<uuid:public_id>/notebook.ipynb", views.download, name="notebook"),
    path("submissions/<uuid:public_id>/cancel/", views.cancel, name="cancel"),
    path("exercises/<slug:slug>/attempts/", views.list_attempts, name="attempts"),
    path(
        "exercises/<slug:slug>/check/<uuid:public_id>/cancel/",
        views.cancel_check,
        name="cancel-check",
    ),
]
