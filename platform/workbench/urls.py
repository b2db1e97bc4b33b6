"""The exercise page and what it sends."""

from django.urls import path

from workbench.views import checks, drafts, exercise, files, frame, history, notebook

app_name = "workbench"

urlpatterns = [
    path("exercises/<slug:slug>/", exercise.exercise, name="exercise"),
    path("exercises/<slug:slug>/draft/", drafts.draft, name="draft"),
    path("exercises/<slug:slug>/reset/", drafts.reset, name="reset"),
    path("exercises/<slug:slug>/upload/", drafts.upload, name="upload"),
    path("exercises/<slug:slug>/submit/", drafts.submit, name="submit"),
    path("exercises/<slug:slug>/notebook/", notebook.notebook, name="notebook"),
    path("exercises/<slug:slug>/notebook/outputs/", notebook.outputs, name="outputs"),
    path("exercises/<slug:slug>/notebook/reset/", notebook.reset, name="notebook-reset"),
    path("exercises/<slug:slug>/notebook/restore/", notebook.restore, name="notebook-restore"),
    path("exercises/<slug:slug>/check/", checks.check, name="check"),
    path("exercises/<slug:slug>/check/<uuid:public_id>/", checks.check_state, name="check-state"),
    path("exercises/<slug:slug>/notebook/submit/", checks.submit, name="notebook-submit"),
    path("exercises/<slug:slug>/history/", history.history, name="history"),
    path("exercises/<slug:slug>/history/<int:pk>/", history.version, name="version"),
    path("exercises/<slug:slug>/history/restore/", history.restore, name="restore"),
    path("exercises/<slug:slug>/starter.ipynb", files.starter, name="starter"),
    path("exercises/<slug:slug>/mine.ipynb", files.mine, name="mine"),
    path("exercises/<slug:slug>/data/<path:name>", files.data, name="data"),
    path("notebook/frame/", frame.script_frame, name="script-frame"),
]
