"""The exercise page and what it sends."""

from django.urls import path

from workbench import views

app_name = "workbench"

urlpatterns = [
    path("exercises/<slug:slug>/", views.exercise, name="exercise"),
    path("exercises/<slug:slug>/draft/", views.draft, name="draft"),
    path("exercises/<slug:slug>/reset/", views.reset, name="reset"),
    path("exercises/<slug:slug>/upload/", views.upload, name="upload"),
    path("exercises/<slug:slug>/submit/", views.submit, name="submit"),
    path("exercises/<slug:slug>/bring-back/", views.bring_back, name="bring-back"),
    path("exercises/<slug:slug>/starter.ipynb", views.starter, name="starter"),
    path("exercises/<slug:slug>/mine.ipynb", views.mine, name="mine"),
    path("exercises/<slug:slug>/data/<path:name>", views.data, name="data"),
]
