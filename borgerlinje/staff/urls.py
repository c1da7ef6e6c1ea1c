from django.urls import path

from borgerlinje.staff import first_account, views

app_name = "staff"
urlpatterns = [
    path("", views.welcome, name="welcome"),
    path("to-trin/", views.second_factor, name="second_factor"),
    path("foerste/", first_account.first, name="first"),
    path("foerste/<str:token>/", first_account.first_link, name="first_link"),
    path("<str:token>/", views.invited, name="invited"),
]
