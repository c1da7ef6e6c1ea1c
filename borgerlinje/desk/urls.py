from django.urls import path

from borgerlinje.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("nu/", views.now, name="now"),
    path("status/", views.presence, name="presence"),
    path("tilbud/<uuid:offer_id>/afvis/", views.decline, name="decline"),
    path("laeg-paa/", views.hang_up, name="hang_up"),
    path("henvendelse/<uuid:contact_id>/notat/", views.note, name="note"),
    path("henvendelse/<uuid:contact_id>/luk/", views.close, name="close"),
    path("telefon/", views.phone, name="phone"),
    path("telefon/<str:name>/", views.phone_ready, name="phone_ready"),
]
