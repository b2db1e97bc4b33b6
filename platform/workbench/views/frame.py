"""The page inside an output that brings scripts of its own."""

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_exempt
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET


@require_GET
@xframe_options_sameorigin
@csp_exempt()
def script_frame(request: HttpRequest) -> HttpResponse:
    """An empty page that shows the HTML it is sent, and reports its height.

    Scripts in there run without an origin: no cookies, no storage, no network, no way out of the frame.
    Frames made of a string would inherit the notebook page's policy, and nothing would run.
    """
    script = request.build_absolute_uri(static("js/script-frame.js"))
    policy = {
        "sandbox": "allow-scripts",
        "default-src": NONE,
        # Without an origin, 'self' need not mean us: the one script of ours is named.
        "script-src": f"{UNSAFE_INLINE} {UNSAFE_EVAL} {script}",
        "style-src": UNSAFE_INLINE,
        "img-src": "data: blob:",
        "font-src": "data:",
        "connect-src": NONE,
        "form-action": NONE,
        "base-uri": NONE,
        "frame-ancestors": SELF,
    }
    response = render(request, "workbench/frame.html", {"script": script})
    response["Content-Security-Policy"] = "; ".join(f"{k} {v}" for k, v in policy.items())
    # The next release may bring another script.
    response["Cache-Control"] = "no-cache"
    return response
