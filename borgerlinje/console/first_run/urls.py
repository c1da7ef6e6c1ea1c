from django.urls import path

from borgerlinje.console.first_run import views

urlpatterns = [
    path("kom-i-gang/", views.first_run, name="first_run"),
    path("kom-i-gang/opkald/", views.first_call, name="first_call"),
    path("kom-i-gang/center/", views.first_centre, name="first_centre"),
    path("kom-i-gang/medlem/", views.first_member, name="first_member"),
    path("kom-i-gang/linje/", views.first_line, name="first_line"),
    path("kom-i-gang/medarbejder/", views.first_employee, name="first_employee"),
    path("kom-i-gang/aaben/", views.first_opening, name="first_opening"),
]
