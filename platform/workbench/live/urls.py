"""Kernels, as the notebook page asks for them. The sockets are :mod:`workbench.live.handshake`'s."""

from django.urls import include, path

from workbench.live import views

app_name = "live"

_ONE = "kernels/<uuid:kernel_id>"

_below = [
    path("kernels", views.kernels, name="kernels"),
    path(_ONE, views.kernel, name="kernel"),
    path(f"{_ONE}/interrupt", views.interrupt, name="interrupt"),
    path(f"{_ONE}/restart", views.restart, name="restart"),
    path(f"{_ONE}/files", views.files, name="files"),
    path(f"{_ONE}/files/<path:path>", views.file, name="file"),
]

urlpatterns = [
    path("kernel/<slug:slug>/api/", include(_below)),
    path("kernel/lessons/<slug:module_slug>/<slug:section_slug>/api/", include(_below)),
]
