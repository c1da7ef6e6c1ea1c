from django.urls import path

from borgerlinje.console.guides.solutions import status, views

urlpatterns = [
    path("selvbetjening/", views.solutions, name="solutions"),
    path("selvbetjening/ny/", views.solution_new, name="solution_new"),
    path("selvbetjening/fortryd/", status.solution_status_undo, name="solution_status_undo"),
    path("selvbetjening/drift/<int:status_id>/slut/", status.solution_status_end, name="solution_status_end"),
    path("selvbetjening/<slug:slug>/", views.solution, name="solution"),
    path("selvbetjening/<slug:slug>/adresser/", views.solution_addresses, name="solution_addresses"),
    path("selvbetjening/<slug:slug>/drift/", status.solution_status, name="solution_status"),
]
