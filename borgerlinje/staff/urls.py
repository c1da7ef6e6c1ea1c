from django.urls import path

from borgerlinje.staff import views

app_name = "staff"
urlpatterns = [
    path("", views.welcome, name="welcome"),
    path("<str:token>/", views.invited, name="invited"),
]
