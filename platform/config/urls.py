"""Every address of the site, room by room."""

from django.contrib import admin
from django.urls import include, path

from common.views import style

urlpatterns = [
    path("", include("study.urls")),
    path("", include("workbench.urls")),
    path("", include("workbench.live.urls")),
    path("", include("submissions.urls")),
    path("account/", include("accounts.urls")),
    path("account/", include("allauth.urls")),
    path("api/", include("api.urls")),
    path("style/", style, name="style"),
    path("operator/", admin.site.urls),
]
