"""The account pages that allauth does not bring."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from rest_framework.authtoken.models import Token

from accounts import services
from accounts.access import MemberRequest
from accounts.forms import ProfileForm


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: MemberRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        services.update_profile(user=request.user, **form.cleaned_data)
        messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile")
    return render(request, "account/profile.html", {"form": form})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
@reauthentication_required(allow_get=True)
def token(request: MemberRequest) -> HttpResponse:
    """Whether there is a token; a POST makes one and shows its key this once."""
    key = services.create_token(user=request.user) if request.method == "POST" else None
    current = Token.objects.filter(user=request.user).first()
    return render(request, "account/token.html", {"token": current, "key": key})


@login_required
@require_POST
def revoke_token(request: MemberRequest) -> HttpResponse:
    services.revoke_token(user=request.user)
    messages.success(request, _("The token is revoked. Programs that used it are locked out."))
    return redirect("accounts:token")
