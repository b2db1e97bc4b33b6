"""The API's description, for programs and for people."""

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

from api.access import Throttle


class Schema(SpectacularAPIView):
    """OpenAPI 3, as YAML or JSON."""

    permission_classes = (AllowAny,)
    throttle_classes = (Throttle,)


class Docs(SpectacularSwaggerSplitView):
    """The description to read and to try. Its script comes from an address of its own: no inline code."""

    url_name = "api:schema"
    template_name = "api/docs.html"
    permission_classes = (AllowAny,)
    throttle_classes = ()  # two templates, nothing to protect
