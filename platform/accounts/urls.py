from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.profile, name="profile"),
    path("token/", views.token, name="token"),
    path("token/revoke/", views.revoke_token, name="revoke_token"),
]
