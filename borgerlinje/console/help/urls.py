from django.urls import path

from borgerlinje.console.help import views

urlpatterns = [
    path("lige-nu/henvendelse/<uuid:contact_id>/overtag/", views.take_over, name="take_over"),
    path("lige-nu/medarbejder/<int:employee_id>/afslut-tilstand/", views.set_right, name="set_right"),
]
