from django.urls import path

from borgerlinje.console import views

app_name = "console"
urlpatterns = [
    path("", views.start, name="start"),
    path("lige-nu/", views.live, name="live"),
    path("lige-nu/nu/", views.live_now, name="live_now"),
    path("konto/", views.account, name="account"),
    path("log-af/", views.sign_out, name="sign_out"),
]
