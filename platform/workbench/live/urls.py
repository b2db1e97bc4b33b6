"""Kernels, as the notebook page asks for them. The sockets are :mod:`workbench.live.handshake`'s."""

from django.urls import path

from workbench.live import views

app_name = "live"

_KERNELS = "kernel/<slug:slug>/api/kernels"
_KERNEL = f"{_KERNELS}/<uuid:kernel_id>"

urlpatterns = [
    path(_KERNELS, views.kernels, name="kernels"),
    path(_KERNEL, views.kernel, name="kernel"),
    path(f"{_KERNEL}/interrupt", views.interrupt, name="interrupt"),
    path(f"{_KERNEL}/restart", views.restart, name="restart"),
    path(f"{_KERNEL}/files", views.files, name="files"),
    path(f"{_KERNEL}/files/<path:path>", views.file, name="file"),
]
